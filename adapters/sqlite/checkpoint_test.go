package sqlite

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

func TestCheckpointerWakesAsTheWALGrows(t *testing.T) {
	for name, c := range map[string]struct {
		events, bytes, commits int
		alone                  bool
	}{
		"small events": {1, 600, checkpointPages / 3, false},
		"large events": {1, 40 << 10, checkpointPages / 13, false},
		"batches":      {checkpointPages / 4, 150 * checkpointPages, 1, false},
		"one writer":   {1, 600, checkpointAlone / 3, true},
	} {
		k := &checkpointer{wake: make(chan struct{}, 1)}
		for range c.commits {
			k.wrote(c.events, c.bytes, c.alone)
		}
		if len(k.wake) != 0 {
			t.Errorf("%s: woken after %d commits", name, c.commits)
		}
		for range 2 * c.commits {
			k.wrote(c.events, c.bytes, c.alone) // also when it is awake already
		}
		if len(k.wake) != 1 {
			t.Errorf("%s: not woken after %d commits", name, 3*c.commits)
		}
	}
}

// The WAL begins anew after a checkpoint, unless a reader still looks at it. A reader that goes while appends pause is the
// last chance: what is copied then counts too.
func TestCheckpointLetsTheWALBeginAnew(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "events.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n := 0
	grow := func() (log int) {
		n++
		e := es.Proposed{ID: es.DeriveID("grow", strconv.Itoa(n)), Type: "mingjian.test.noted.v1"}
		if _, err := s.Append(t.Context(), es.Stream{Category: "test", ID: strconv.Itoa(n)}, es.NoStream{}, e); err != nil {
			t.Fatal(err)
		}
		if err := s.db.read.QueryRowContext(t.Context(), "PRAGMA wal_checkpoint(NOOP)").Scan(new(int), &log, new(int)); err != nil {
			t.Fatal(err)
		}
		return log
	}
	for range 50 {
		grow()
	}
	reader, err := s.db.read.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.QueryRowContext(t.Context(), "SELECT count(*) FROM event").Scan(new(int)); err != nil {
		t.Fatal(err)
	}
	before := grow()
	if err := s.keeper.checkpoint(); err != nil {
		t.Fatal(err)
	}
	if now := grow(); now <= before {
		t.Fatalf("the WAL went from %d to %d pages under a reader", before, now)
	}
	k, err := newCheckpointer(s.db.path, leaving{reader})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(k.checkpoint(), k.close()); err != nil {
		t.Fatal(err)
	}
	if now := grow(); now >= 20 {
		t.Fatalf("the WAL goes on at page %d after a checkpoint", now)
	}
}

// leaving is a pause at whose beginning a reader goes.
type leaving struct{ reader *sql.Tx }

func (l leaving) Lock()   { _ = l.reader.Rollback() }
func (l leaving) Unlock() {}

func TestCheckpointBesideAppends(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "events.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			want := es.Expected(es.NoStream{})
			for i := range 200 {
				e := es.Proposed{ID: es.DeriveID("beside", strconv.Itoa(w), strconv.Itoa(i)), Type: "mingjian.test.noted.v1"}
				if _, err := s.Append(t.Context(), es.Stream{Category: "test", ID: strconv.Itoa(w)}, want, e); err != nil {
					t.Error(err)
					return
				}
				want = es.Exactly(i)
			}
		})
	}
	for range 30 {
		if err := s.keeper.checkpoint(); err != nil {
			t.Error(err)
		}
	}
	all.Wait()
	if err := s.Check(t.Context(), func(p adapter.Problem) { t.Error(p) }); err != nil {
		t.Fatal(err)
	}
	if head, err := s.Head(t.Context()); err != nil || head != es.At(800, 0) {
		t.Fatalf("head %s, %v", head, err)
	}
}
