package bus_test

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/bus/bustest"
	"github.com/mingjian-ledger/mingjian/adapters/bus/natstest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

// counted is a source that knows how much was asked of it.
type counted struct {
	es.Source
	batches atomic.Int64
}

func (c *counted) Follow(ctx context.Context, after es.Position) iter.Seq2[es.Batch, error] {
	return func(yield func(es.Batch, error) bool) {
		for b, err := range c.Source.Follow(ctx, after) {
			c.batches.Add(1)
			if !yield(b, err) {
				return
			}
		}
	}
}

// TestTheOutboxCatchesUpAfterAnOutage: while the bus is away the log grows by what an hour brings; the outbox asks for nothing more of
// it than the batch that it has, and then publishes all of it in order.
func TestTheOutboxCatchesUpAfterAnOutage(t *testing.T) {
	t.Parallel()
	s := natstest.New(t, natstest.Options{})
	b := open(t, s.URL()+quick)
	log := estest.NewStore(t)
	source := &counted{Source: log}
	o := outbox.Outbox{Bus: b, Streams: log, Epoch: func(context.Context) (string, error) { return "1-5f0c2a9e", nil }}
	target, err := projectionstest.NewMemory(t).Attach(t.Context(), o.Reactor().Keeps())
	if err != nil {
		t.Fatal(err)
	}
	assign(t, log, 0)
	runner := projections.NewReactorRunner(o.Reactor(), source, target, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- runner.Run(ctx) }()
	if err := runner.Wait(t.Context(), head(t, log)); err != nil {
		t.Fatal(err)
	}
	s.Stop()
	const outage = 2000
	for n := 1; n <= outage; n++ {
		assign(t, log, n)
	}
	for runner.State().Tries == 0 {
		rest(t.Context())
	}
	before, at := source.batches.Load(), runner.State().Through
	for runner.State().Tries < 3 {
		rest(t.Context())
	}
	if now := runner.State().Through; now != at {
		t.Errorf("the outbox went from %s to %s without a bus", at, now)
	}
	if n := source.batches.Load() - before; n > 3 { // one a try
		t.Errorf("the outbox asked for %d batches in three tries", n)
	}
	s.Start()
	if err := runner.Wait(t.Context(), head(t, log)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	var got []string
	for line, err := range b.Tail(t.Context(), tailOf(outbox.Staff+".>")) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, line.Subject)
	}
	var want []string
	for n := range outage + 1 {
		want = append(want, fmt.Sprintf("%s.inspection.XZ-SCJG.i%d", outbox.Staff, n))
	}
	if !slices.Equal(want, got) {
		t.Errorf("%d messages of %d, or another order", len(got), len(want))
	}
}

func assign(t *testing.T, log *estest.Store, n int) {
	t.Helper()
	id := fmt.Sprint("i", n)
	events, err := es.Propose(es.Metadata{Command: es.DeriveID("", id)}, inspection.Assigned{Inspection: id, Draw: "d", Task: "t", Plan: "p", Authority: "XZ-SCJG"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.Append(t.Context(), es.Stream{Category: "inspection", ID: id}, es.NoStream{}, events...); err != nil {
		t.Fatal(err)
	}
}

func head(t *testing.T, log es.Source) es.Position {
	t.Helper()
	p, err := log.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// BenchmarkPublish is one message after the other, each on the disk before the next: what an outbox does that catches up. The server has
// sync always, which a cluster with replicas need not have.
func BenchmarkPublish(b *testing.B) {
	for name, o := range map[string]natstest.Options{"sync always": {}, "sync by and by": {Lazy: true}} {
		b.Run(name, func(b *testing.B) {
			bus := open(b, natstest.New(b, o).URL())
			for n := 0; b.Loop(); n++ {
				if err := bus.Publish(b.Context(), bustest.Message(bustest.Penalty("a"), n)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
