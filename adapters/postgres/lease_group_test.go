package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

func TestViewsOfSeveralProcessesKeepTheContract(t *testing.T) {
	t.Parallel()
	projectionstest.SharedSuite(t, func(t *testing.T) func() projectionstest.SharedViews {
		at := postgrestest.New(t)
		return func() projectionstest.SharedViews { return views(t, at) }
	})
}

func views(t *testing.T, at string) *postgres.Views {
	t.Helper()
	v, err := postgres.OpenViews(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	})
	return v
}

// TestHoldDoesNotWaitForTheStopped: a process was stopped in the midst of a commit, and another one while it changed the sets.
func TestHoldDoesNotWaitForTheStopped(t *testing.T) {
	t.Parallel()
	at := postgrestest.New(t)
	if _, err := views(t, at).Hold(t.Context(), counting("a"), 1); err != nil {
		t.Fatal(err)
	}
	for i, begun := range []string{
		`UPDATE mingjian_views.generation SET checkpoint = '7'`,
		`SELECT pg_advisory_xact_lock(hashtextextended('mingjian views a', 0))`,
	} {
		stopped := dial(t, at)
		for _, statement := range []string{`BEGIN`, begun} {
			if _, err := stopped.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		target, err := views(t, at).Hold(t.Context(), counting("a"), uint64(i+2)) //nolint:gosec // small
		if err != nil {
			t.Fatal(err)
		}
		if at, err := target.Checkpoint(t.Context()); err != nil || at != (es.Position{}) {
			t.Errorf("checkpoint %s, %v", at, err)
		}
		if _, err := stopped.Exec(t.Context(), `COMMIT`); err == nil {
			t.Error("who was stopped committed in the end")
		}
	}
}

// counting counts the records of each stream, and keeps the sum of what they say.
func counting(name string) projections.Projection {
	table := "tally_" + name
	return projections.Projection{
		Name: name, Tables: []projections.Table{{Name: table, Columns: []string{"n"}}},
		Project: func(rec es.Record) (projections.Change, error) {
			k := projections.Key{Table: table, Key: rec.Stream.ID}
			return projections.Change{Keys: []projections.Key{k}, Apply: func(rows *projections.Rows) error {
				row, err := rows.Get(table, k.Key)
				if err != nil {
					return err
				}
				n := 0
				if row != nil {
					if n, err = strconv.Atoi(row.Columns[0]); err != nil {
						return err
					}
				}
				rows.Put(table, projections.Row{Key: k.Key, Columns: []string{strconv.Itoa(n + 1)}, Doc: []byte(rec.ID)})
				return nil
			}}, nil
		},
	}
}

// notes makes the records first to last, of seven streams.
func notes(first, last int) (out []es.Record) {
	for i := first; i <= last; i++ {
		out = append(out, es.Record{
			Proposed: es.Proposed{ID: es.DeriveID("", strconv.Itoa(i)), Type: "noted"},
			Stream:   es.Stream{Category: "s", ID: strconv.Itoa(i % 7)}, Position: es.At(uint64(i), 0), //nolint:gosec // small
		})
	}
	return out
}

// replica is one process: a group, on a wire of its own.
type replica struct {
	*projections.Group
	t     *testing.T
	name  string
	views *postgres.Views
	wire  *tap
	stop  func()
	once  sync.Once
}

type replicas struct {
	t    *testing.T
	at   string
	log  *projectionstest.Log
	list []projections.Projection
	term time.Duration

	mu   sync.Mutex
	seen map[es.ID]int // by the reactor
}

func newReplicas(t *testing.T, term time.Duration) *replicas {
	r := &replicas{t: t, at: postgrestest.New(t), log: projectionstest.NewLog(5), term: term, seen: map[es.ID]int{}}
	for i := range 6 {
		r.list = append(r.list, counting(fmt.Sprintf("m%d", i)))
	}
	return r
}

func (s *replicas) start(name string) *replica {
	t := s.t
	t.Helper()
	w, here := through(t, s.at)
	r := &replica{t: t, name: name, views: views(t, here), wire: w}
	leases, err := postgres.OpenLeases(t.Context(), here, postgres.LeaseOptions{Name: name, Serves: true, Term: s.term})
	if err != nil {
		t.Fatal(err)
	}
	policy := projections.Reactor{Name: "policy", React: func(_ context.Context, rec es.Record) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.seen[rec.ID]++
		return nil
	}}
	r.Group, err = projections.NewGroup(s.log, r.views, slog.New(slog.DiscardHandler), s.list, []projections.Reactor{policy})
	if err == nil {
		err = r.Share(leases)
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	r.stop = func() {
		r.once.Do(func() {
			cancel()
			if err := errors.Join(<-done, leases.Close()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	t.Cleanup(func() {
		w.kill()
		r.stop()
	})
	return r
}

// reach waits on every one of them for what was added, and sees that each reads it.
func (s *replicas) reach(n int, all ...*replica) {
	s.t.Helper()
	for _, r := range all {
		if err := errors.Join(r.WaitViews(s.t.Context(), es.At(uint64(n), 0)), r.Wait(s.t.Context(), "policy", es.At(uint64(n), 0))); err != nil { //nolint:gosec // small
			s.t.Fatal(r.name, err)
		}
		for _, p := range s.list {
			sum := 0
			for stream := range 7 {
				row, err := r.views.Get(s.t.Context(), p.Tables[0].Name, strconv.Itoa(stream))
				if err != nil {
					s.t.Fatal(r.name, err)
				}
				if row != nil {
					k, _ := strconv.Atoi(row.Columns[0])
					sum += k
				}
			}
			if sum != n {
				s.t.Errorf("%s reads %d of %d in %s", r.name, sum, n, p.Name)
			}
		}
	}
}

// holdings counts what each of them runs.
func (s *replicas) holdings(r *replica) map[string]int {
	s.t.Helper()
	list, err := r.Status(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	out := map[string]int{}
	for _, st := range list {
		out[st.Holder]++
	}
	return out
}

// same compares each view with one made from the first record on, and the reactor with the log.
func (s *replicas) same(n int, r *replica) {
	s.t.Helper()
	for _, p := range s.list {
		fresh := projectionstest.NewMemory(s.t)
		want, err := fresh.Attach(s.t.Context(), p)
		if err == nil {
			err = projections.Fill(s.t.Context(), p, s.log, want, es.At(uint64(n), 0), nil) //nolint:gosec // small
		}
		if err != nil {
			s.t.Fatal(err)
		}
		got, err := views(s.t, s.at).Attach(s.t.Context(), p)
		if err != nil {
			s.t.Fatal(err)
		}
		for d, err := range projections.Diff(s.t.Context(), got, want) {
			if err != nil {
				s.t.Fatal(err)
			}
			s.t.Errorf("%s: row %s is %v, and made anew %v", p.Name, d.Key.Key, d.A, d.B)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.seen) != n {
		s.t.Errorf("the policy saw %d of %d records", len(s.seen), n)
	}
}

// TestReplicasOnOneDatabase: three processes; one dies, one is silent for longer than a term and comes back, one stops in order,
// while the log grows.
func TestReplicasOnOneDatabase(t *testing.T) {
	t.Parallel()
	s := newReplicas(t, 2*time.Second)
	n := 0
	add := func(k int) {
		s.log.Add(notes(n+1, n+k)...)
		n += k
	}
	add(20)
	a, b, c := s.start("a"), s.start("b"), s.start("c")
	s.reach(n, a, b, c)
	for range 20 {
		add(3)
		s.reach(n, a, b, c)
	}
	mend := b.wire.silence() // with commits on their way, if it has any
	add(10)
	s.reach(n, a, c)
	mend()
	add(10)
	s.reach(n, a, b, c)
	a.wire.kill()
	add(10)
	s.reach(n, b, c)
	b.stop()
	add(10)
	s.reach(n, c)
	if got := s.holdings(c); got["c"] != 7 {
		t.Errorf("the last one runs %v", got)
	}
	if err := c.Ready(); err != nil {
		t.Error(err)
	}
	s.same(n, c)
}
