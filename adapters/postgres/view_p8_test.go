package postgres_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
	"github.com/mingjian-ledger/mingjian/projections"
)

// BenchmarkP8 measures from the acknowledgement of an append to its being visible, in the process that projects and in another
// one that only reads, at half the rate that 64 writers reach while nobody projects.
func BenchmarkP8(b *testing.B) {
	const n = 64
	cluster := postgrestest.NewCluster(b)
	for b.Loop() {
		rate := unpaced(b, appending(b, n, storing(b.Context(), openStore(b, cluster.NewDatabase(b), postgres.Options{}))))
		pause := time.Duration(n / (rate / 2) * float64(time.Second))
		for what, elsewhere := range map[string]bool{"here": false, "on another replica": true} {
			l := newLag(b, cluster.NewDatabase(b), pause, n, elsewhere)
			_, p99, err := plan.Compare(durably(b, cluster.NewDatabase(b)), l.load(b))
			if err != nil {
				b.Fatal(err)
			}
			print(b, ratio.Goal{ID: "P8", What: "p99 from acknowledged to visible " + what + " / p99 of one durable commit", AtMost: 10}, p99)
		}
	}
}

// durably is one writer that commits one small row at a time.
func durably(b *testing.B, url string) ratio.Load {
	conn, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close(context.WithoutCancel(b.Context())) })
	if _, err := conn.Exec(b.Context(), `CREATE TABLE log (data bytea)`); err != nil {
		b.Fatal(err)
	}
	data := file(b, "0", 0)[0].Data
	return func(more func() bool) (done ratio.Done, err error) {
		for err == nil && more() {
			start := time.Now()
			_, err = conn.Exec(b.Context(), `INSERT INTO log VALUES ($1)`, data)
			done.Took = append(done.Took, time.Since(start))
			done.Units++
		}
		return done, err
	}
}

// unpaced is the rate of a load, in units a second.
func unpaced(b *testing.B, load ratio.Load) float64 {
	b.Helper()
	start := time.Now()
	done, err := load(func() bool { return time.Since(start) < 4*plan.Slice })
	if err != nil {
		b.Fatal(err)
	}
	return float64(done.Units) / time.Since(start).Seconds()
}

// lag is a store with a view that follows it, and writers that call at fixed times.
type lag struct {
	store   *postgres.Store
	visible func(context.Context, es.Position) error
	pause   time.Duration // of one writer
	due     []time.Time   // of each writer's next call
	acked   chan acked
}

type acked struct {
	position es.Position
	when     time.Time
}

func newLag(b *testing.B, url string, pause time.Duration, writers int, elsewhere bool) *lag {
	b.Helper()
	open := func() *postgres.Views {
		v, err := postgres.OpenViews(b.Context(), url)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = v.Close() })
		return v
	}
	l := &lag{store: openStore(b, url, postgres.Options{}), pause: pause, due: make([]time.Time, writers)}
	target, err := open().Attach(b.Context(), filed())
	if err != nil {
		b.Fatal(err)
	}
	runner := projections.NewRunner(filed(), l.store, target, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(context.WithoutCancel(b.Context()))
	l.visible = runner.Wait
	done := make(chan error, 1)
	go func() { done <- runner.Run(ctx) }()
	b.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			b.Error(err)
		}
	})
	if !elsewhere {
		return l
	}
	other := open()
	if _, err := other.Join(b.Context(), filed()); err != nil {
		b.Fatal(err)
	}
	h := &hearing{moved: make(chan struct{})}
	l.visible = h.wait
	go func() {
		for a, err := range other.Elsewhere(ctx) {
			if err != nil {
				return
			}
			h.note(a.Through)
		}
	}()
	return l
}

// hearing is how far another process is known to be.
type hearing struct {
	mu      sync.Mutex
	through es.Position
	moved   chan struct{} // closed and replaced when it moves
}

func (h *hearing) note(p es.Position) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.through = p
	close(h.moved)
	h.moved = make(chan struct{})
}

func (h *hearing) wait(ctx context.Context, p es.Position) error {
	for {
		h.mu.Lock()
		there, moved := h.through.Compare(p) >= 0, h.moved
		h.mu.Unlock()
		if there {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// append stores one event when its writer's time has come. A writer that is late calls at once, but catches up no calls of an
// earlier slice.
func (l *lag) append(ctx context.Context, w int, want es.Expected, e es.Proposed) error {
	now := time.Now()
	if behind := now.Sub(l.due[w]); behind > plan.Slice/4 {
		l.due[w] = now.Add(l.pause * time.Duration(w) / time.Duration(len(l.due)))
	}
	<-time.After(l.due[w].Sub(now))
	l.due[w] = l.due[w].Add(l.pause)
	at, err := l.store.Append(ctx, es.Stream{Category: "bench", ID: string(rune('a' + w))}, want, e)
	l.acked <- acked{at, time.Now()}
	return err
}

// load appends, and measures until each event is visible instead of until it is stored.
func (l *lag) load(b *testing.B) ratio.Load {
	ctx := b.Context()
	calls := appending(b, len(l.due), func(w int, want es.Expected, e es.Proposed) error { return l.append(ctx, w, want, e) })
	return func(more func() bool) (ratio.Done, error) {
		l.acked = make(chan acked, 1<<16)
		var took []time.Duration
		seen := make(chan error, 1)
		go func() {
			var err error
			for a := range l.acked {
				err = errors.Join(err, l.visible(ctx, a.position))
				took = append(took, time.Since(a.when))
			}
			seen <- err
		}()
		done, err := calls(more)
		close(l.acked)
		err = errors.Join(err, <-seen)
		done.Took = took
		return done, err
	}
}
