package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/mingjian-ledger/mingjian/adapters/airgap"
	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
)

func gapSend(t terminal) *cobra.Command {
	var c config
	var g gapPlaces
	var state string
	var every time.Duration
	var from uint64
	cmd := &cobra.Command{
		Use: "send", Short: "Write what is newly public into the folder of a gap", Args: cobra.NoArgs,
		Long: "Writes bundles of all that became public since the last call, and those again that the last receipt asks for; a server may\n" +
			"run on the ledger. With --every it goes on until it is stopped. Over a link that carries no receipts, people read on the\n" +
			"outer side what is lacking (mingjian gap receive says so) and give the number of the act to --from.\n" +
			"What goes out is written down in the folder --gap-state before it goes, so that a bundle is the same whenever it is sent.\n" +
			"It refuses to go on from a log that is behind what was sent: begin an epoch first (mingjian log epoch).",
		Example: "  mingjian gap send --data /var/lib/mingjian --gap-folder /mnt/gap --every 1m\n" +
			"  mingjian gap send --data /var/lib/mingjian --gap-folder /mnt/gap --from 1042",
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, release, err := g.sender(&c, state)
			if err != nil {
				return err
			}
			err = c.reading(cmd.Context(), func(events eventLog) error {
				s.Log = events
				return repeated(cmd.Context(), t, every, func() error {
					sent, err := s.Send(cmd.Context(), from)
					from = 0
					if err == nil {
						err = toldSent(cmd.OutOrStdout(), sent)
					}
					return err
				})
			})
			return errors.Join(err, release.Close())
		},
	}
	c.storeFlags(cmd.Flags(), "data directory; a server may run on it")
	g.flags(cmd.Flags())
	stateFlag(cmd.Flags(), &state)
	cmd.Flags().DurationVar(&every, "every", 0, "go on, and look that often for what is new; once if 0")
	cmd.Flags().Uint64Var(&from, "from", 0, "number of an act from which on all is sent again")
	return cmd
}

// sender is one whose state nobody else works on.
func (g *gapPlaces) sender(c *config, state string) (*airgap.Sender, io.Closer, error) {
	folder, key, peers, err := g.open(c, true)
	if err != nil {
		return nil, nil, err
	}
	s := &airgap.Sender{Folder: folder, State: g.state(c, state), Key: key, Peers: peers}
	if err := os.MkdirAll(s.State, 0o700); err != nil {
		return nil, nil, usage("--gap-state: %w", err)
	}
	lock, err := sqlite.Lock(s.State)
	if err != nil {
		return nil, nil, usage("--gap-state: %w", err)
	}
	return s, lock, nil
}

// repeated does the work once, or until it is stopped; what goes wrong then is logged, and may be right the next time.
func repeated(ctx context.Context, t terminal, every time.Duration, work func() error) error {
	if every <= 0 {
		return work()
	}
	log, tick := quiet(t), time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := work(); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "the gap: tried again later", slog.Any("error", err))
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func toldSent(out io.Writer, s airgap.Sent) error {
	if s.Series == "" {
		_, err := fmt.Fprintln(out, "the ledger has no events")
		return err
	}
	again := ""
	if s.Again > 0 || s.Reason != "" {
		again = fmt.Sprintf(", %d again", s.Again)
	}
	if s.Reason != "" {
		again += fmt.Sprintf(" (%s)", s.Reason)
	}
	if _, err := fmt.Fprintf(out, "series %s: %d bundles written%s; %d acts\n", s.Series, s.Bundles, again, s.Acts); err != nil {
		return err
	}
	return toldReceipt(out, s.Receipt)
}

func toldReceipt(out io.Writer, r *airgap.Receipt) error {
	if r == nil {
		return nil
	}
	_, err := fmt.Fprintf(out, "the outer side has %d acts\n", r.Acts)
	if r.Again != nil {
		_, more := fmt.Fprintf(out, "it asks for act %d and those behind it: %s\n", r.Again.From, r.Again.Reason)
		err = errors.Join(err, more)
	}
	if r.Refused != "" {
		_, more := fmt.Fprintf(out, "it takes nothing more: %s\n", advice(r.Refused))
		err = errors.Join(err, more)
	}
	return err
}

// sentSoFar tells what the sender wrote down.
func (g *gapPlaces) sentSoFar(c *config, state string, out io.Writer) error {
	s := &airgap.Sender{State: g.state(c, state)}
	if g.Folder != "" {
		folder, _, peers, err := g.open(c, true)
		if err != nil {
			return err
		}
		s.Folder, s.Peers = folder, peers
	}
	b, err := s.Status()
	if err != nil {
		return err
	}
	if b.Ledger == "" {
		_, err := fmt.Fprintln(out, "nothing was sent, and nothing was taken")
		return err
	}
	if _, err := fmt.Fprintf(out, "inner ledger %s\nseries %s.%d: %d bundles\n%d acts, chain %s\n", b.Ledger, b.Epoch, b.Series, b.Bundles, b.Acts, b.Chain); err != nil {
		return err
	}
	return toldReceipt(out, b.Receipt)
}
