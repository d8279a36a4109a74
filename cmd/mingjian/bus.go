package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

func busCommand(t terminal) *cobra.Command {
	c := &cobra.Command{
		Use: "bus", Short: "Read the bus of messages for other systems, and give handlers again what they could not take", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var conf config
	conf.busFlag(c.PersistentFlags())
	c.AddCommand(busTail(t, &conf), busRedrive(t, &conf), busDescribe())
	return c
}

func busTail(t terminal, c *config) *cobra.Command {
	tail := bus.Tail{Subject: outbox.Public + ".>"}
	var asJSON bool
	var since time.Duration
	var limit int
	cmd := &cobra.Command{
		Use: "tail", Short: "Print the messages that the bus keeps, oldest first", Args: cobra.NoArgs,
		Long: "Prints when the bus took a message, its subject, type and id; with --json the message itself, one a line. It takes\n" +
			"nothing from anybody who reads the bus.",
		Example: "  mingjian bus tail --bus nats://127.0.0.1:4222 --follow\n" +
			"  mingjian bus tail --bus nats://127.0.0.1:4222 --subject 'mingjian.v1.staff.inspection.SCJG.>' --since 24h --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if since > 0 {
				tail.Since = time.Now().Add(-since)
			}
			return withBus(cmd.Context(), c, t, func(b *bus.Bus) error {
				n := 0
				for line, err := range b.Tail(cmd.Context(), tail) {
					if err != nil {
						if cmd.Context().Err() != nil {
							return nil // that is how one stops to follow
						}
						return err
					}
					if err := printLine(cmd.OutOrStdout(), line, asJSON); err != nil {
						return err
					}
					if n++; n == limit {
						return nil
					}
				}
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&tail.Subject, "subject", tail.Subject, "which messages; * is one part of a subject, > all of the rest")
	f.BoolVar(&tail.Follow, "follow", false, "go on with what comes")
	f.BoolVar(&tail.New, "new", false, "only what comes from now on; with --follow")
	f.DurationVar(&since, "since", 0, "only what the bus took within this time; 0 for all that it keeps")
	f.IntVar(&limit, "limit", 0, "end after so many messages; 0 for no limit")
	f.BoolVar(&asJSON, "json", false, "print the messages themselves (CloudEvents), one a line")
	return cmd
}

func printLine(w io.Writer, line bus.Line, asJSON bool) error {
	if asJSON {
		var one bytes.Buffer
		if json.Compact(&one, line.Event) != nil {
			one.Reset()
			fmt.Fprintf(&one, "%q", line.Event) // no JSON: whoever may write to the stream wrote it
		}
		_, err := fmt.Fprintln(w, one.String())
		return err
	}
	var event struct{ Type, ID string }
	if err := json.Unmarshal(line.Event, &event); err != nil {
		event.Type = "no CloudEvent"
	}
	_, err := fmt.Fprintf(w, "%s\t%s\t%q\t%q\n", line.At.UTC().Format(time.RFC3339), line.Subject, event.Type, event.ID)
	return err
}

func busRedrive(t terminal, c *config) *cobra.Command {
	var handler string
	cmd := &cobra.Command{
		Use: "redrive", Short: "Give handlers again what they could not take", Args: cobra.NoArgs,
		Long:    "Messages that a handler failed on are on the subject " + bus.Poison + " with the reason. Each goes to its handler alone.",
		Example: "  mingjian bus redrive --bus nats://127.0.0.1:4222 --handler webhooks",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withBus(cmd.Context(), c, t, func(b *bus.Bus) error {
				n, err := b.Redrive(cmd.Context(), handler)
				if err == nil || n > 0 {
					_, printed := fmt.Fprintf(cmd.OutOrStdout(), "%d messages re-driven\n", n)
					err = errors.Join(err, printed)
				}
				return err
			})
		},
	}
	cmd.Flags().StringVar(&handler, "handler", "", "name of the handler; all if empty")
	return cmd
}

func busDescribe() *cobra.Command {
	return &cobra.Command{
		Use: "describe", Short: "Print the AsyncAPI document of all messages", Args: cobra.NoArgs,
		Example: "  mingjian bus describe",
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(bus.Document())
			return err
		},
	}
}

// withBus opens the bus of a command.
func withBus(ctx context.Context, c *config, t terminal, do func(*bus.Bus) error) error {
	address, err := c.busURL()
	if err != nil {
		return err
	}
	b, err := bus.Open(ctx, address, bus.Options{Log: quiet(t)})
	if err != nil {
		return c.Bus.mask(err)
	}
	if err = b.Check(ctx); err == nil {
		err = do(b)
	}
	return errors.Join(c.Bus.mask(err), b.Close())
}
