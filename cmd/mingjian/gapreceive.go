package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/mingjian-ledger/mingjian/adapters/airgap"
)

func gapReceive(t terminal) *cobra.Command {
	var c config
	var g gapPlaces
	var every time.Duration
	cmd := &cobra.Command{
		Use: "receive", Short: "Take what is in the folder of a gap into an outer ledger", Args: cobra.NoArgs,
		Long: "Takes all bundles that follow upon what the ledger has, removes those that it has, and writes a receipt that says how far it\n" +
			"is and what it lacks. The ledger is made if missing, and is the outer one of that inner ledger from then on; one that has\n" +
			"authorities, subjects or disclosures of its own is refused. A data directory is written by one process: where a server\n" +
			"runs on it, that takes the bundles (mingjian serve --gap-receive).\n" +
			"Exit code 3 says that nothing more is taken before people act, and what they can do.",
		Example: "  mingjian gap receive --data /var/lib/mingjian-outer --gap-folder /mnt/gap --gap-peer inner.pem",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if err := c.checkStores(); err != nil {
				return err
			}
			r, err := g.receiver(&c)
			if err != nil {
				return err
			}
			lock, err := c.prepareDirectory()
			if err != nil {
				return err
			}
			events, err := c.openEvents(cmd.Context(), false)
			if err != nil {
				return errors.Join(err, lock.Close())
			}
			r.Log = events
			err = repeated(cmd.Context(), t, every, func() error {
				got, err := r.Receive(cmd.Context())
				if err != nil {
					return err
				}
				return toldReceived(cmd.OutOrStdout(), got)
			})
			return errors.Join(err, events.Close(), lock.Close())
		},
	}
	c.storeFlags(cmd.Flags(), "data directory; made if missing")
	g.flags(cmd.Flags())
	g.againFlag(cmd.Flags())
	cmd.Flags().DurationVar(&every, "every", 0, "go on, and look that often for what came; once if 0")
	return cmd
}

func (g *gapPlaces) receiver(c *config) (*airgap.Receiver, error) {
	folder, key, peers, err := g.open(c, false)
	if err != nil {
		return nil, err
	}
	return &airgap.Receiver{Folder: folder, Key: key, Peers: peers, Clock: c.now, Patience: g.Again}, nil
}

func toldReceived(out io.Writer, r airgap.Received) error {
	for _, bad := range r.Bad {
		if _, err := fmt.Fprintf(out, "%s: %s: %v\n", bad.File, bad.Reason, bad.Err); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(out, "%d bundles taken, %d had been taken before; %d acts\n", r.Bundles, r.Repeated, r.Acts); err != nil {
		return err
	}
	if again := r.Receipt.Again; again != nil {
		if _, err := fmt.Fprintf(out, "lacks act %d and those behind it: %s\n", again.From, again.Reason); err != nil {
			return err
		}
	}
	if r.Receipt.Refused != "" {
		return refuted("nothing more is taken: %s", advice(r.Receipt.Refused))
	}
	return nil
}

// advice says what people can do where no re-request helps.
func advice(r airgap.Reason) string {
	const outer = "Restore the outer ledger from a backup of before that (mingjian restore), or begin another one in an empty place; " +
		"then receive again, and it asks for the rest"
	switch r {
	case airgap.RolledBack:
		return "the inner ledger was restored, and lost acts that are public outside. " + outer
	case airgap.Diverged:
		return "the inner log was set back without a word, and goes on otherwise than what is public outside. " +
			"Begin an epoch in it (mingjian log epoch). " + outer
	case airgap.Lost, airgap.Truncated, airgap.Tampered, airgap.Unreadable, airgap.Foreign:
	}
	return string(r)
}

// receiveGap takes bundles for as long as a server runs, in one of several processes at a time.
func (in *instance) receiveGap(ctx context.Context, every time.Duration) (stop func()) {
	if in.gap == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		in.alone(ctx, "job:gap", func(ctx context.Context) { in.eachBundle(ctx, every) })
	}()
	return func() {
		cancel()
		<-ended
	}
}

func (in *instance) eachBundle(ctx context.Context, every time.Duration) {
	look := time.NewTicker(every)
	defer look.Stop()
	for {
		got, err := in.gap.Receive(ctx)
		if err != nil && ctx.Err() == nil {
			in.log.WarnContext(ctx, "the gap: bundles were not taken, tried again later", slog.Any("error", err))
		}
		in.logReceived(ctx, got)
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
	}
}

func (in *instance) logReceived(ctx context.Context, got airgap.Received) {
	for _, bad := range got.Bad {
		in.log.WarnContext(ctx, "the gap: a file can't be taken", slog.String("file", bad.File), slog.String("reason", string(bad.Reason)), slog.Any("error", bad.Err))
	}
	if again := got.Receipt.Again; again != nil {
		in.log.WarnContext(ctx, "the gap: acts are lacking", slog.Uint64("from", again.From), slog.String("reason", string(again.Reason)))
	}
	if refused := got.Receipt.Refused; refused != "" {
		in.log.ErrorContext(ctx, "the gap: nothing more is taken", slog.String("reason", string(refused)), slog.String("advice", advice(refused)))
	}
	if got.Bundles > 0 {
		in.log.InfoContext(ctx, "the gap: bundles taken", slog.Int("bundles", got.Bundles), slog.Uint64("acts", got.Acts))
	}
}
