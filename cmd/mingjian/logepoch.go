package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

func logEpoch(terminal) *cobra.Command {
	var c config
	begin := newEpoch{}
	cmd := &cobra.Command{
		Use: "epoch", Short: "Begin an epoch in a log that was put back by the means of its store", Args: cobra.NoArgs,
		Long: "Where a log went back to an earlier state by other means than mingjian restore (pg_restore, a snapshot of a disk, a\n" +
			"backup of EventStoreDB), nothing in it tells. This records that a new epoch begins behind its last event, so that consumers\n" +
			"who are ahead of it are told instead of being given other events under the positions that they know. Run it before\n" +
			"the first server starts, then mingjian projection realign.",
		Example: "  mingjian log epoch --events postgres://mingjian@db/ledger --by he.ops --reason '主库损坏，恢复到昨日快照'",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if err := errors.Join(c.checkStores(), c.noLedger()); err != nil {
				return err
			}
			events, err := c.openEvents(cmd.Context(), false)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, events.Close()) }()
			kept, err := headOfLog(cmd.Context(), events)
			if err != nil {
				return err
			}
			if kept.Events == 0 {
				return usage("--events: the log has no events: there is nothing to begin behind")
			}
			if err := begin.behind(cmd.Context(), events, kept.Head, false, time.Time{}); err != nil {
				return err
			}
			now, err := headOfLog(cmd.Context(), events)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "epoch %s begins behind position %s\n", now.Epoch, kept.Position)
			return err
		},
	}
	c.storeFlags(cmd.Flags(), "data directory; no server may run on a ledger in it")
	begin.flags(cmd.Flags())
	return cmd
}
