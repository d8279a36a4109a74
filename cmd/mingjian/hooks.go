package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/adapters/vault"
	"github.com/mingjian-ledger/mingjian/adapters/webhook"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
	"github.com/mingjian-ledger/mingjian/projections/release"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// push says where webhooks may go, beyond https on port 443 of public hosts.
type push struct {
	Networks string
	Ports    string
	Plain    bool
}

func (p *push) flags(f *pflag.FlagSet) {
	f.StringVar(&p.Networks, "webhook-networks", "", "networks to which webhooks may go though they are not public, as prefixes with a comma between (10.1.0.0/16)")
	f.StringVar(&p.Ports, "webhook-ports", "443", "ports to which webhooks may go, with a comma between")
	f.BoolVar(&p.Plain, "webhook-plain", false, "webhooks may go to http:// too, where everybody on the way reads them")
}

// targets is what the flags say.
func (p *push) targets() (t webhook.Targets, err error) {
	t.Plain = p.Plain
	for text := range listed(p.Networks) {
		prefix, err := netip.ParsePrefix(text)
		if err != nil || prefix.Masked() != prefix {
			return t, fmt.Errorf("--webhook-networks: %q is no network such as 10.1.0.0/16", text)
		}
		t.Networks = append(t.Networks, prefix)
	}
	for text := range listed(p.Ports) {
		port, err := strconv.ParseUint(text, 10, 16)
		if err != nil || port == 0 {
			return t, fmt.Errorf("--webhook-ports: %q is no port", text)
		}
		t.Ports = append(t.Ports, uint16(port))
	}
	return t, nil
}

// listed are the parts between commas.
func listed(text string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" && !yield(part) {
				return
			}
		}
	}
}

// sealing are the master keys of the vault, under which other secrets are sealed too: these are sealed anew before a former key goes.
type sealing struct {
	*vault.KeyFile
	anew func(ctx context.Context, master string, retire func(context.Context) error) error
}

// Retire is of vault.KeyService.
func (s sealing) Retire(ctx context.Context, keep string) error {
	return s.anew(ctx, keep, func(ctx context.Context) error { return s.KeyFile.Retire(ctx, keep) })
}

// hooks are the receivers of webhooks, and who pushes to them.
type hooks struct {
	store  *webhook.Store
	pushes *webhook.Webhooks
	stop   func() // nil while nothing is pushed
}

// hookPoll is the longest wait for what other servers did to a receiver.
const hookPoll = 5 * time.Second

func (in *instance) openHooks(ctx context.Context) (_ *hooks, err error) {
	targets, err := in.config.Push.targets()
	if err != nil {
		return nil, usage("%w", err)
	}
	store, err := in.config.openWebhooks(ctx)
	if err != nil {
		return nil, err
	}
	o := webhook.Options{
		Store: store, Feed: pushedFeed{in}, Targets: targets, Clock: in.config.now, Log: in.log, Trace: in.tracing.Push,
		Sandbox: in.config.Sandbox,
		Encode: func(ctx context.Context, m outbox.Message) ([]byte, error) {
			return bus.Encode(ctx, in.config.publicURL(), m)
		},
	}
	if store.Shared() {
		o.Poll = hookPoll
	}
	h := &hooks{store: store, pushes: webhook.New(o)}
	if err := in.metrics.Register(h.pushes.Collector()); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	in.config.anew = store.Retire
	return h, nil
}

// run pushes in one of several servers at a time, until end.
func (h *hooks) run(ctx context.Context, in *instance) {
	if !in.config.serves {
		return
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	unwatch := in.views.Watch(func(keys []projections.Key) {
		for _, k := range keys {
			if k.Table == release.Table {
				h.pushes.News()
				return
			}
		}
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		in.alone(ctx, "webhooks", h.pushes.Run)
	}()
	h.stop = func() {
		unwatch()
		cancel()
		<-done
	}
}

// end breaks off what is under way; it comes again.
func (h *hooks) end() {
	if h != nil && h.stop != nil {
		h.stop()
		h.stop = nil
	}
}

// pushedFeed is the public feed for webhooks.
type pushedFeed struct{ in *instance }

func (f pushedFeed) Head(ctx context.Context) (uint64, string, error) {
	epoch, err := f.in.epoch(ctx)
	if err != nil {
		return 0, "", err
	}
	_, head, err := release.Feed(ctx, f.in.views, 1<<62, 1)
	return head, epoch, err
}

// Page looks at what never changes of a release, so that it need not ask what is withheld.
func (f pushedFeed) Page(ctx context.Context, epoch string, after uint64, limit int) (p webhook.Page, err error) {
	if p.Epoch, err = f.in.epoch(ctx); err != nil {
		return p, err
	}
	if p.After, err = f.in.epochs.Resume(ctx, f.in.base(), epoch, after); err != nil {
		return p, err
	}
	list, _, err := release.Feed(ctx, f.in.views, p.After, limit)
	for _, r := range list {
		p.Items = append(p.Items, webhook.Item{
			Sequence: r.GetSequence(), Disclosure: r.GetDisclosureId(), Kind: r.GetRecordKind(), Authority: r.GetAuthority().GetId(),
		})
	}
	return p, err
}

// Message is that of the outbox, made anew of the event.
func (f pushedFeed) Message(ctx context.Context, sequence uint64) (m outbox.Message, err error) {
	list, _, err := release.Feed(ctx, f.in.views, sequence-1, 1)
	if err != nil {
		return m, err
	}
	if len(list) == 0 {
		return m, fmt.Errorf("the feed has no release %d", sequence)
	}
	rec, err := f.event(ctx, list[0])
	if err != nil {
		return m, err
	}
	item, err := grpcapi.FeedServer{Base: f.in.base()}.Released(ctx, rec.Position)
	if err != nil {
		return m, err
	}
	messages, err := outbox.Messages(rec, outbox.Facts{Item: item})
	if err != nil {
		return m, err
	}
	if len(messages) != 1 {
		return m, fmt.Errorf("release %d has %d messages", sequence, len(messages))
	}
	m = messages[0]
	m.Epoch, err = f.in.epoch(ctx)
	return m, err
}

// event is the one that a release was made of.
func (f pushedFeed) event(ctx context.Context, r *viewv1.Release) (es.Record, error) {
	stream := es.Stream{Category: disclosure.Decider.Category, ID: r.GetDisclosureId()}
	for rec, err := range f.in.events.Read(ctx, stream, 0) {
		if err != nil {
			return rec, err
		}
		if rec.Position.String() == r.GetPosition() {
			return rec, nil
		}
	}
	return es.Record{}, fmt.Errorf("the log has no event of release %d at %s", r.GetSequence(), r.GetPosition())
}
