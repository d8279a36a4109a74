package projections_test

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

var errBadRecord = errors.New("a record that can't be taken")

// tally counts the records of each stream; a record of the type "bad" stops it.
func tally(name string) projections.Projection {
	table := "tally_" + name
	return projections.Projection{
		Name:   name,
		Tables: []projections.Table{{Name: table, Columns: []string{"n"}}},
		Project: func(rec es.Record) (projections.Change, error) {
			if rec.Type == "bad" {
				return projections.Change{}, errBadRecord
			}
			k := projections.Key{Table: table, Key: rec.Stream.ID}
			return projections.Change{Keys: []projections.Key{k}, Apply: func(rows *projections.Rows) error {
				n := 0
				row, err := rows.Get(table, k.Key)
				if err != nil {
					return err
				}
				if row != nil {
					n, _ = strconv.Atoi(row.Columns[0])
				}
				rows.Put(table, projections.Row{Key: k.Key, Columns: []string{strconv.Itoa(n + 1)}})
				return nil
			}}, nil
		},
	}
}

// good makes the records first to last of one stream.
func good(first, last int) []es.Record {
	var out []es.Record
	for i := first; i <= last; i++ {
		out = append(out, es.Record{
			Proposed: es.Proposed{ID: es.ID(strconv.Itoa(i)), Type: "good"}, Stream: es.Stream{Category: "s", ID: "one"}, Position: pos(i),
		})
	}
	return out
}

func bad(n int) es.Record {
	r := good(n, n)[0]
	r.Type = "bad"
	return r
}

func pos(n int) es.Position { return es.At(uint64(n), 0) } //nolint:gosec // small

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func counted(t *testing.T, views projections.Reader, table string) string {
	t.Helper()
	row, err := views.Get(t.Context(), table, "one")
	switch {
	case err != nil:
		t.Fatal(err)
		return ""
	case row == nil:
		return "nothing"
	}
	return row.Columns[0]
}

// start runs it until the test ends, and returns what it answered.
func start(t *testing.T, run func(context.Context) error) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	return func() error {
		cancel()
		return <-done
	}
}

func TestRunnerFollowsAndIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views := projectionstest.NewMemory(t)
		log := projectionstest.NewLog(3, good(1, 10)...)
		p := tally("a")
		target, err := views.Attach(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		r := projections.NewRunner(p, log, target, quiet())
		stop := start(t, r.Run)
		if err := r.Wait(t.Context(), pos(10)); err != nil {
			t.Fatal(err)
		}
		if got := counted(t, views, "tally_a"); got != "10" {
			t.Errorf("after waiting for 10 the view counts %s", got)
		}
		if err := r.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		log.Add(good(11, 12)...)
		if err := r.Wait(t.Context(), pos(12)); err != nil || counted(t, views, "tally_a") != "12" {
			t.Errorf("after two more: %v, %s", err, counted(t, views, "tally_a"))
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := r.Wait(short, pos(13)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting for what is not there: %v", err)
		}
		if err := stop(); err != nil {
			t.Errorf("Run answers %v when its context ends", err)
		}
	})
}

func TestRunnerTriesAgainWithGrowingPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views := projectionstest.NewMemory(t)
		log := projectionstest.NewLog(3, good(1, 10)...)
		p := tally("a")
		target, err := views.Attach(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		mend := views.Break("tally_a", "one")
		r := projections.NewRunner(p, log, target, quiet())
		began := time.Now()
		stop := start(t, r.Run)
		<-time.After(49 * time.Millisecond) // of the bubble's clock
		synctest.Wait()
		if s := r.State(); !errors.Is(s.Trouble, projectionstest.ErrInjected) || s.Failed != nil || s.CaughtUp {
			t.Errorf("in trouble, the state is %+v", s)
		}
		<-time.After(80 * time.Second) // tries 50, 100, 200 ms … 10 s apart in the end, the next but one at 92.75 s
		mend()
		views.Lose(2) // the outcome is unknown, and it took effect
		if err := r.Wait(t.Context(), pos(10)); err != nil {
			t.Fatal(err)
		}
		if got := counted(t, views, "tally_a"); got != "10" {
			t.Errorf("after all troubles the view counts %s", got)
		}
		if waited := time.Since(began); waited > 93*time.Second {
			t.Errorf("it took %s: a pause is longer than 10 s", waited)
		}
		if s := r.State(); s.Trouble != nil {
			t.Errorf("trouble is over, and the state says %v", s.Trouble)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestRunnerStopsForGood(t *testing.T) {
	for name, c := range map[string]struct {
		records []es.Record
		move    es.Position // another runner's doing, after the checkpoint was read
		through int
		is      func(error) bool
	}{
		"ARecordThatCannotBeTaken": {append(good(1, 4), bad(5)), es.Position{}, 4, func(err error) bool {
			stop := (*projections.ProjectError)(nil)
			return errors.As(err, &stop) && stop.Record.Position == pos(5) && errors.Is(err, errBadRecord)
		}},
		"AnotherRunner": {good(1, 4), pos(4), 0, func(err error) bool { return errors.Is(err, projections.ErrMoved) }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				views := projectionstest.NewMemory(t)
				p := tally("a")
				target, err := views.Attach(t.Context(), p)
				if err != nil {
					t.Fatal(err)
				}
				r := projections.NewRunner(p, projectionstest.NewLog(2, c.records...), &moving{target, c.move}, quiet())
				if err := r.Run(t.Context()); !c.is(err) {
					t.Errorf("Run answers %v", err)
				}
				if s := r.State(); !c.is(s.Failed) || s.Through != pos(c.through) || s.CaughtUp {
					t.Errorf("state is %+v", s)
				}
				if err := r.Wait(t.Context(), pos(c.through)); err != nil {
					t.Errorf("waiting for what took effect: %v", err)
				}
				if err := r.Wait(t.Context(), pos(9)); !c.is(err) {
					t.Errorf("waiting beyond the stop: %v", err)
				}
			})
		})
	}
}

// moving is a target whose checkpoint another runner moves after it was read.
type moving struct {
	projections.Target
	to es.Position
}

func (m *moving) Checkpoint(ctx context.Context) (es.Position, error) {
	at, err := m.Target.Checkpoint(ctx)
	if err == nil && m.to != (es.Position{}) {
		err = m.Commit(ctx, at, m.to, projections.NewRows(nil))
	}
	return at, err
}

func TestApplyLoadsNothingForRecordsOfNoConcern(t *testing.T) {
	p := tally("a")
	project := p.Project
	p.Project = func(r es.Record) (projections.Change, error) {
		c, err := project(r)
		if r.Position.Compare(pos(3)) != 0 {
			c.Apply = nil
		}
		return c, err
	}
	s := &shelf{rows: map[projections.Key]*projections.Row{}}
	apply := func(first, last int) {
		t.Helper()
		if err := projections.Apply(t.Context(), p, s, pos(first-1), es.Batch{Records: good(first, last), Through: pos(last)}); err != nil {
			t.Fatal(err)
		}
	}
	apply(1, 2)
	if len(s.loads) != 0 {
		t.Errorf("loaded %v for nothing", s.loads)
	}
	apply(3, 9)
	if len(s.loads) != 1 || len(s.loads[0]) != 1 {
		t.Errorf("loads are %v", s.loads)
	}
}
