package webhook

import (
	"cmp"
	"context"
	"crypto/tls"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

// Item is a release as far as the choice of endpoints depends on it.
type Item struct {
	Sequence   uint64
	Disclosure string
	Kind       string // of the record
	Authority  string
}

// Page is a run of the feed.
type Page struct {
	Epoch string // of the ledger now
	After uint64 // what was asked for; less, the last number that both have, if the ledger was restored to before it
	Items []Item // with consecutive numbers from After + 1
}

// Feed is the feed of releases.
//
// Head is the number of the latest release, 0 for none, with the name of the ledger's epoch. Page returns at most limit releases
// after a number of an epoch; no name means the present one. Message makes the message of a release as the bus has it and as the feed
// shows it at this moment. Errors pass: the same is asked again. All may be called from many goroutines.
type Feed interface {
	Head(ctx context.Context) (sequence uint64, epoch string, err error)
	Page(ctx context.Context, epoch string, after uint64, limit int) (Page, error)
	Message(ctx context.Context, sequence uint64) (outbox.Message, error)
}

// Options are what Webhooks works with. Store, Feed, Encode and Clock are required.
type Options struct {
	Store    *Store
	Feed     Feed
	Encode   func(context.Context, outbox.Message) ([]byte, error) // as a CloudEvent, structured JSON
	Targets  Targets
	Resolver Resolver      // the machine's if nil
	TLS      *tls.Config   // what certificates are trusted, for one; the machine's if nil
	Timeout  time.Duration // of a try; 15 s if 0
	Clock    func() time.Time
	Timer    func(time.Duration) (at <-chan time.Time, stop func()) // of that clock; the machine's if nil
	Chance   func() float64                                         // from 0 up to 1; that of math/rand if nil
	Poll     time.Duration                                          // longest wait for what other processes did; 0 where there are none
	Log      *slog.Logger
	Sandbox  bool // what is sent is fictional, and says so
	// Trace follows a try: it answers the context of the work, and is told the outcome at its end. It may be nil.
	Trace func(ctx context.Context, name string) (context.Context, func(outcome string))
}

const (
	lanes    = 4  // tries at one endpoint at the same time
	allLanes = 32 // and at all
)

// Webhooks keeps endpoints and pushes to them.
type Webhooks struct {
	Options
	sender  *sender
	metrics *metrics
	changes signal
	lanes   chan struct{}
}

// New makes one; Run pushes.
func New(o Options) *Webhooks {
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	if o.Timer == nil {
		o.Timer = func(d time.Duration) (<-chan time.Time, func()) {
			t := time.NewTimer(d)
			return t.C, func() { t.Stop() }
		}
	}
	if o.Chance == nil {
		o.Chance = rand.Float64
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Trace == nil {
		o.Trace = func(ctx context.Context, _ string) (context.Context, func(string)) { return ctx, func(string) {} }
	}
	o.Timeout = cmp.Or(o.Timeout, answerTime)
	return &Webhooks{Options: o, sender: newSender(o), metrics: newMetrics(o.Store), lanes: make(chan struct{}, allLanes)}
}

const answerTime = 15 * time.Second

// Collector are its metrics.
func (w *Webhooks) Collector() prometheus.Collector { return w.metrics }

// News says that the feed may have more.
func (w *Webhooks) News() { w.changes.tell() }

// Run pushes until ctx ends. One process at a time should: of two, receivers get everything twice.
func (w *Webhooks) Run(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	defer w.sender.client.CloseIdleConnections()
	var mu sync.Mutex
	running := map[string]bool{}
	for ctx.Err() == nil {
		changed := w.changes.next()
		ids, err := w.Store.active(ctx)
		if err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "endpoints of webhooks can't be read", slog.Any("error", err))
		}
		mu.Lock()
		for _, id := range ids {
			if running[id] {
				continue
			}
			running[id] = true
			all.Go(func() {
				w.serve(ctx, id)
				mu.Lock()
				delete(running, id)
				mu.Unlock()
				w.changes.tell() // it may have been resumed meanwhile
			})
		}
		mu.Unlock()
		w.wait(ctx, changed, nil, w.again(time.Time{}, err))
	}
}

const troubleWait = 5 * time.Second

// again is when to look again without being told: when something is due, and sooner if it failed or others may have done something.
func (w *Webhooks) again(due time.Time, err error) time.Time {
	now := w.Clock()
	for _, d := range []time.Duration{w.Poll, troubleWait} {
		if at := now.Add(d); d > 0 && (d != troubleWait || err != nil) && (due.IsZero() || at.Before(due)) {
			due = at
		}
	}
	return due
}

// wait ends when something changed, a try ended, or it is time; zero for never.
func (w *Webhooks) wait(ctx context.Context, changed <-chan struct{}, done <-chan string, due time.Time) (ended string) {
	var at <-chan time.Time
	if !due.IsZero() {
		var stop func()
		at, stop = w.Timer(max(due.Sub(w.Clock()), 0))
		defer stop()
	}
	select {
	case <-changed:
	case ended = <-done:
	case <-at:
	case <-ctx.Done():
	}
	return ended
}

// signal wakes all who wait. The zero value is ready.
type signal struct {
	mu sync.Mutex
	c  chan struct{}
}

// next is closed at the next tell.
func (s *signal) next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c == nil {
		s.c = make(chan struct{})
	}
	return s.c
}

func (s *signal) tell() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c != nil {
		close(s.c)
		s.c = nil
	}
}
