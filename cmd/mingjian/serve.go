package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"
)

func serveCommand(t terminal) *cobra.Command {
	var c config
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve the ledger over REST and gRPC", Args: cobra.NoArgs,
		Long: "Serves the ledger of a data directory, or of the servers that --events, --views and so on name: any number of processes\n" +
			"may serve the same views on PostgreSQL, all with the same --master-key. Passwords in these URLs are better given by the\n" +
			"environment (MINGJIAN_EVENTS and so on, or PGPASSWORD), which no process list shows. A TERM or INT signal ends it in\n" +
			"order: calls under way finish, the views reach what was accepted, the stores close.",
		Example: "  mingjian serve --data /var/lib/mingjian --http 127.0.0.1:8080 --grpc 127.0.0.1:9090\n" +
			"  mingjian serve --events postgres://mingjian@db/ledger --views postgres://mingjian@db/ledger --master-key /etc/mingjian/master.key",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.validate(); err != nil {
				return err
			}
			log, err := c.logger(t)
			if err != nil {
				return err
			}
			return serve(cmd.Context(), c, log, func(ctx context.Context, in *instance, d *doors) error {
				log.InfoContext(ctx, "serving", slog.String("http", d.url()), slog.String("data", c.stored()))
				if d.grpcAddr != nil {
					log.InfoContext(ctx, "serving gRPC alone too", slog.String("grpc", d.grpcAddr.String()))
				}
				return in.until(ctx, d)
			})
		},
	}
	c.flags(cmd.Flags())
	return cmd
}

// serve opens an instance with its doors, does the work and closes all in order, whatever the work answers.
func serve(ctx context.Context, c config, log *slog.Logger, work func(context.Context, *instance, *doors) error) error {
	c.serves = true
	in, err := open(ctx, c, log)
	if err != nil {
		return err
	}
	in.awaitViews(ctx)
	d, err := openDoors(ctx, c, in.rest, in.server.GRPC, log)
	if err == nil {
		in.server.Serving(true)
		err = in.serving(ctx, d, work)
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.Drain)
	defer cancel()
	if d != nil {
		in.retire()
		err = errors.Join(err, d.shut(stopping))
	}
	err = errors.Join(err, in.close(stopping))
	if err == nil {
		log.InfoContext(ctx, "stopped in order")
	}
	return err
}

// serving does the work while the jobs of a server run.
func (in *instance) serving(ctx context.Context, d *doors, work func(context.Context, *instance, *doors) error) error {
	exchanged, err := in.keepExchanging(ctx)
	if err != nil {
		return err
	}
	daily, received := in.keepDaily(ctx), in.receiveGap(ctx, in.config.Gap.Every)
	err = work(ctx, in, d)
	received()
	daily()
	exchanged()
	return err
}

// awaitViews gives the tables of the views a moment to be there, so that the first call finds them. Whatever takes longer
// only keeps the instance from being ready.
func (in *instance) awaitViews(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, in.config.Patience)
	defer cancel()
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for in.group.Ready() != nil {
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
	}
}

// until waits for the signal to stop, for a door to fail, or for the log to be found other than it was.
func (in *instance) until(ctx context.Context, d *doors) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-d.failed:
		return fmt.Errorf("a door failed: %w", err)
	case err := <-in.group.Stray(): // nothing more may go into a log that lost what was in it
		return err
	}
}
