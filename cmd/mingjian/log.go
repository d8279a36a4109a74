package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/mingjian-ledger/mingjian/adapters/archive"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/ledger"
)

func logCommand(t terminal) *cobra.Command {
	c := &cobra.Command{
		Use: "log", Short: "Tell the head of the log, carry it into another store, or begin an epoch", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(logHeadCommand(t), logExport(t), logImport(t), logEpoch(t))
	return c
}

func logHeadCommand(terminal) *cobra.Command {
	var c config
	var file string
	cmd := &cobra.Command{
		Use: "head", Short: "Read the log and tell where it ends, and the hash over all of it", Args: cobra.NoArgs,
		Long: "Reads every event and tells how many there are, the position and the hash of the last, and a hash over all of them. With\n" +
			"--export this goes into a file, with marks on the way. Keep the file elsewhere: mingjian verify --head then tells a log\n" +
			"that lost its end, or was rewritten, which nothing within the store can.",
		Example: "  mingjian log head --data /var/lib/mingjian --export /elsewhere/head-2026-11-22.json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.reading(cmd.Context(), func(events eventLog) error {
				kept, err := headOfLog(cmd.Context(), events)
				if err != nil {
					return err
				}
				if file != "" {
					if err := kept.write(file); err != nil {
						return err
					}
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "epoch %s: %d events to position %s\nlast event %s\nall events %s\n",
					kept.Epoch, kept.Events, kept.Position, kept.Hash, kept.Chain)
				return err
			})
		},
	}
	c.storeFlags(cmd.Flags(), "data directory; a server may run on it")
	cmd.Flags().StringVar(&file, "export", "", "new file for it")
	return cmd
}

// reading opens the log for reading.
func (c *config) reading(ctx context.Context, work func(eventLog) error) error {
	if err := c.checkStores(); err != nil {
		return err
	}
	if err := c.noLedger(); err != nil {
		return err
	}
	events, err := c.openEvents(ctx, true)
	if err != nil {
		return err
	}
	return errors.Join(work(events), events.Close())
}

func logExport(terminal) *cobra.Command {
	var c config
	cmd := &cobra.Command{
		Use: "export FILE", Short: "Write every event into a file that any store takes", Args: cobra.ExactArgs(1),
		Long: "Writes the log of any store into a new file, gzipped lines of JSON, an event each with its bytes, hash and position, as far\n" +
			"as it goes when the command begins; the server may go on. mingjian log import brings it into another store. Lists,\n" +
			"tokens and the vault are copied on their own.",
		Example: "  mingjian log export --data /var/lib/mingjian events.jsonl.gz",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.reading(cmd.Context(), func(events eventLog) error {
				head, err := exportLog(cmd.Context(), events, args[0], func() {})
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "wrote %d events to position %s; all events %s\n", head.Events, head.Position, head.Chain)
				return err
			})
		},
	}
	c.storeFlags(cmd.Flags(), "data directory; a server may run on it")
	return cmd
}

// exportLog writes a log into a new file, telling of each event; what is not finished is no file.
func exportLog(ctx context.Context, events es.Source, name string, written func()) (head ledger.Head, err error) {
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return head, usage("%s exists: a log goes into a new file", name)
	}
	partial := name + ".partial"
	f, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // the file that the user named
	if err != nil {
		return head, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(partial))
		}
	}()
	through, err := events.Head(ctx)
	chain := ledger.NewChain()
	if err == nil {
		err = archive.Write(ctx, f, events, through, func(r es.Record) {
			chain.Add(r)
			written()
		})
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return head, err
	}
	return chain.Head(), os.Rename(partial, name)
}

func logImport(terminal) *cobra.Command {
	var c config
	begin := newEpoch{}
	cmd := &cobra.Command{
		Use: "import FILE", Short: "Bring an exported log into an empty store", Args: cobra.ExactArgs(1),
		Long: "Brings the events of a file into an empty store, in their order and byte for byte, each checked against its hash, and begins\n" +
			"a new epoch behind them. The store gives them positions of its own; where these are others than before, the epoch says so.\n" +
			"Exit code 3 says that the file is not what was exported. What an import that was cut off left behind is to be removed.",
		Example: "  mingjian log import events.jsonl.gz --data /var/lib/mingjian-new --by he.ops --reason '迁移到新机房'",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if err := c.checkStores(); err != nil {
				return err
			}
			lock, err := c.prepareDirectory()
			if err != nil {
				return err
			}
			if lock != nil {
				defer func() { err = errors.Join(err, lock.Close()) }()
			}
			events, err := c.openEvents(cmd.Context(), false)
			if err != nil {
				return err
			}
			head, err := importLog(cmd.Context(), events, args[0], begin)
			if err = errors.Join(err, events.Close()); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "brought in %d events; all events %s\n", head.Events, head.Chain)
			return err
		},
	}
	c.storeFlags(cmd.Flags(), "data directory; made if missing")
	begin.flags(cmd.Flags())
	return cmd
}

// importLog brings a file into an empty store and begins an epoch behind it.
func importLog(ctx context.Context, to archive.Log, name string, begin newEpoch) (head ledger.Head, err error) {
	f, err := os.Open(name) //nolint:gosec // the file that the user named
	if err != nil {
		return head, usage("%w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	chain, renumbered := ledger.NewChain(), false
	err = archive.Import(ctx, to, archive.Read(ctx, f), func(r es.Record, at es.Position) {
		renumbered = renumbered || r.Position != at
		chain.Add(r)
	})
	head = chain.Head()
	if spoilt := (*archive.SpoiltError)(nil); errors.As(err, &spoilt) {
		return head, refuted("%w", err)
	}
	if err != nil {
		return head, err
	}
	return head, begin.behind(ctx, to, head, renumbered, time.Time{})
}
