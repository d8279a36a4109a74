//go:build linux

package sqlite_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
	"github.com/mingjian-ledger/mingjian/projections"
)

// filed is a view of filings: each event decodes and writes a row of its own, found by two columns.
func filed() projections.Projection {
	return projections.Projection{
		Name: "filed.v1",
		Tables: []projections.Table{{
			Name: "filed", Columns: []string{"plan", "decided"}, Indexes: [][]string{{"plan", "decided"}, {"decided"}},
		}},
		Project: func(rec es.Record) (projections.Change, error) {
			var e filing
			if err := json.Unmarshal(rec.Data, &e); err != nil {
				return projections.Change{}, err
			}
			key := projections.Key{Table: "filed", Key: string(rec.ID)}
			return projections.Change{Keys: []projections.Key{key}, Apply: func(rows *projections.Rows) error {
				rows.Put("filed", projections.Row{Key: key.Key, Columns: []string{e.Plan, e.Decided}, Doc: rec.Data})
				return nil
			}}, nil
		},
	}
}

// BenchmarkP8 measures from the acknowledgement of an append to its being visible, at half the rate that 64 writers reach
// while nobody projects.
func BenchmarkP8(b *testing.B) {
	const n = 64
	fresh := func() *sqlite.Store { return openStore(b, filepath.Join(b.TempDir(), "events.db"), sqlite.Options{}) }
	for range b.N {
		rate := unpaced(b, appending(b, n, storing(b, fresh())))
		pause := time.Duration(n / (rate / 2) * float64(time.Second))
		raw := newRawLog(b)
		_, p99 := compare(b,
			appending(b, 1, func(_ int, _ es.Stream, _ es.Expected, e es.Proposed) error { return raw.write(e) }),
			newLag(b, fresh(), pause, n).load(b))
		print(b, ratio.Goal{ID: "P8", What: "p99 from acknowledged to visible / p99 of a raw write+fdatasync", AtMost: 10}, p99)
		_, p99 = compare(b, appending(b, 1, storing(b, fresh())), newLag(b, fresh(), pause, n).load(b))
		print(b, ratio.Goal{ID: "P8", What: "p99 from acknowledged to visible / p99 of an append, 1 writer", AtMost: 10}, p99)
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
	store  *sqlite.Store
	runner *projections.Runner
	pause  time.Duration // of one writer
	due    []time.Time   // of each writer's next call
	acked  chan acked
}

type acked struct {
	position es.Position
	when     time.Time
}

func newLag(b *testing.B, s *sqlite.Store, pause time.Duration, writers int) *lag {
	b.Helper()
	views, err := sqlite.OpenViews(b.Context(), filepath.Join(b.TempDir(), "views.db"))
	if err != nil {
		b.Fatal(err)
	}
	target, err := views.Attach(b.Context(), filed())
	if err != nil {
		b.Fatal(err)
	}
	l := &lag{store: s, pause: pause, due: make([]time.Time, writers)}
	l.runner = projections.NewRunner(filed(), s, target, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(context.WithoutCancel(b.Context()))
	done := make(chan error, 1)
	go func() { done <- l.runner.Run(ctx) }()
	b.Cleanup(func() {
		stop()
		if err := errors.Join(<-done, views.Close()); err != nil {
			b.Error(err)
		}
	})
	return l
}

// append stores one event when its writer's time has come. A writer that is late calls at once, but catches up no calls of an
// earlier slice.
func (l *lag) append(ctx context.Context, w int, stream es.Stream, want es.Expected, e es.Proposed) error {
	now := time.Now()
	if behind := now.Sub(l.due[w]); behind > plan.Slice/4 {
		l.due[w] = now.Add(l.pause * time.Duration(w) / time.Duration(len(l.due)))
	}
	<-time.After(l.due[w].Sub(now))
	l.due[w] = l.due[w].Add(l.pause)
	at, err := l.store.Append(ctx, stream, want, e)
	l.acked <- acked{at, time.Now()}
	return err
}

// load appends, and measures until each event is visible instead of until it is stored.
func (l *lag) load(b *testing.B) ratio.Load {
	ctx := b.Context()
	calls := appending(b, len(l.due), func(w int, stream es.Stream, want es.Expected, e es.Proposed) error {
		return l.append(ctx, w, stream, want, e)
	})
	return func(more func() bool) (ratio.Done, error) {
		l.acked = make(chan acked, 1<<16)
		var took []time.Duration
		seen := make(chan error, 1)
		go func() {
			var err error
			for a := range l.acked {
				err = errors.Join(err, l.runner.Wait(ctx, a.position))
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
