package main

import (
	"errors"
	"fmt"
	"log/slog"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

func projectionCommand(t terminal) *cobra.Command {
	c := &cobra.Command{
		Use: "projection", Short: "List the projections of a ledger, or rebuild them", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var conf config
	conf.storeFlags(c.PersistentFlags(), "data directory; no server may run on a ledger in it")
	conf.vaultFlags(c.PersistentFlags())
	conf.rulesFlags(c.PersistentFlags())
	conf.Patience, conf.Drain = time.Minute, time.Hour
	c.AddCommand(projectionList(t, &conf), projectionRebuild(t, &conf), projectionRealign(t, &conf))
	return c
}

func projectionList(t terminal, c *config) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "Bring the views up to the log and say where each stands", Args: cobra.NoArgs,
		Example: "  mingjian projection list --data data",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withInstance(cmd.Context(), *c, quiet(t), func(in *instance) error {
				settled := in.group.Settle(cmd.Context())
				states, err := in.group.Status(cmd.Context())
				if err != nil {
					return errors.Join(settled, err)
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
				fmt.Fprintln(w, "NAME\tKIND\tPOSITION\tHEAD\tSTATE")
				for _, s := range states {
					kind, state := "view", "up to date"
					if s.Reactor {
						kind = "reactor"
					}
					switch {
					case s.Failed != nil:
						state = "stopped: " + s.Failed.Error()
					case s.Behind() > 0:
						state = fmt.Sprintf("%d behind", s.Behind())
					}
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", s.Name, kind, s.Through, s.Head, state)
				}
				return errors.Join(settled, w.Flush())
			})
		},
	}
}

// quiet logs what an operator must see of a command that is no server.
func quiet(t terminal) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
