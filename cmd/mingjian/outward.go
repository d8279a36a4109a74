package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"

	"github.com/spf13/pflag"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
	"github.com/mingjian-ledger/mingjian/projections/release"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// noBus says that no messages are published.
const noBus = "none"

// busFolder keeps what handlers of the embedded bus could not take.
const busFolder = "bus"

func (c *config) busFlag(f *pflag.FlagSet) {
	f.Var(&c.Bus, "bus", "where messages for other systems go: none, embedded, or nats://HOST with its settings; none if empty")
}

// checkBus refuses what is no bus, without quoting it.
func (c *config) checkBus() error {
	if c.Bus.url == "" || c.Bus.url == noBus || c.Bus.url == bus.Embedded {
		return nil
	}
	if _, err := bus.ParseAddress(c.Bus.url); err != nil {
		return fmt.Errorf("--bus: %w", err)
	}
	return nil
}

// outward publishes what happens for other systems. It is a group of its own: while the bus is away it stays behind, and neither
// readiness nor the end of the process waits for it.
type outward struct {
	bus   *bus.Bus
	group *projections.Group
	end   context.CancelFunc
	ended chan error
}

// openBus opens the bus and adds its metrics; nothing is published yet. Without a bus it is nil.
func (in *instance) openBus(ctx context.Context) (_ *outward, err error) {
	c := &in.config
	if c.Bus.url == "" || c.Bus.url == noBus {
		return nil, nil
	}
	if err := in.beginOutbox(ctx); err != nil {
		return nil, err
	}
	o := &outward{ended: make(chan error, 1)}
	if o.bus, err = bus.Open(ctx, c.Bus.url, bus.Options{Source: c.publicURL(), Folder: c.path(busFolder), Log: in.log}); err != nil {
		return nil, c.Bus.mask(err)
	}
	outside := outbox.Outbox{Bus: in.tracing.Publisher(o.bus), Releases: publicFeed{in}, Streams: in.events, Epoch: in.epoch}
	reactors := []projections.Reactor{in.tracing.Reactor(outside.Reactor())}
	if o.group, err = projections.NewGroup(in.events, in.views, in.log, nil, reactors); err == nil {
		err = in.metrics.Register(o.bus.Collector())
	}
	if err == nil && in.leases != nil {
		err = o.group.Share(in.leases)
	}
	if err != nil {
		return nil, errors.Join(err, o.bus.Close())
	}
	return o, nil
}

// run publishes until close.
func (o *outward) run(ctx context.Context) {
	if o == nil {
		return
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	o.end = cancel
	go func() { o.ended <- o.group.Run(running) }()
}

// close ends it where it is; it goes on from there at the next start.
func (o *outward) close() error {
	if o == nil {
		return nil
	}
	var err error
	if o.end != nil {
		o.end()
		err = <-o.ended
	}
	return errors.Join(err, o.bus.Close())
}

// status is how far it is.
func (o *outward) status(ctx context.Context, log *slog.Logger) []projections.Status {
	if o == nil {
		return nil
	}
	states, err := o.group.Status(ctx)
	if err != nil {
		log.WarnContext(ctx, "progress of the outbox is not known", slog.Any("error", err))
	}
	return states
}

// publicFeed is what the feed shows to everybody.
type publicFeed struct{ in *instance }

// Released waits until the view of releases has the event.
func (f publicFeed) Released(ctx context.Context, at es.Position) (*viewv1.Release, error) {
	if err := f.in.group.Wait(ctx, release.Name, at); err != nil {
		return nil, err
	}
	return grpcapi.FeedServer{Base: f.in.base()}.Released(ctx, at)
}

// withBusPages are further pages of the REST door: those given, and the descriptions of the messages.
func withBusPages(pages map[string]http.Handler) (map[string]http.Handler, error) {
	all := maps.Clone(pages)
	messages, err := bus.Pages()
	maps.Insert(all, maps.All(messages))
	return all, err
}

// busURL is the address that a command of the bus needs.
func (c *config) busURL() (string, error) {
	if slices.Contains([]string{"", noBus, bus.Embedded}, c.Bus.url) {
		return "", usage("--bus: nats:// or tls:// and a host; the embedded bus is within its server and keeps no messages")
	}
	if err := c.checkBus(); err != nil {
		return "", usage("%w", err)
	}
	return c.Bus.url, nil
}
