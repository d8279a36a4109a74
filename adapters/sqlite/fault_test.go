package sqlite_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// A transaction that fails, while it inserts or when it commits, leaves nothing behind: not in the file, and not in what the
// store remembers of streams, names and positions.
func TestAFailedTransactionLeavesNothing(t *testing.T) {
	for name, fault := range map[string][]string{
		"while it inserts": {`CREATE TRIGGER fault BEFORE INSERT ON event WHEN instr(CAST(NEW.data AS TEXT), 'boom')
			BEGIN SELECT RAISE(ABORT, 'injected'); END`},
		"and SQLite rolls back": {`CREATE TRIGGER fault BEFORE INSERT ON event WHEN instr(CAST(NEW.data AS TEXT), 'boom')
			BEGIN SELECT RAISE(ROLLBACK, 'injected'); END`},
		"when it commits": {
			"CREATE TABLE parent (id INTEGER PRIMARY KEY)",
			"CREATE TABLE child (parent INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)",
			`CREATE TRIGGER fault AFTER INSERT ON event WHEN instr(CAST(NEW.data AS TEXT), 'boom')
			BEGIN INSERT INTO child VALUES (1); END`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "events.db")
			s := openStore(t, path, sqlite.Options{})
			fill(t, s, 1, 2)
			for _, statement := range fault {
				if err := execute(t, path, statement); err != nil {
					t.Fatal(err)
				}
			}
			boom := noted("0", 3)
			boom.Type, boom.Data = "mingjian.test.boomed.v1", []byte(`"boom"`)
			targets := []struct {
				stream es.Stream
				want   es.Expected
			}{{testStream("0"), es.Exactly(1)}, {es.Stream{Category: "news", ID: "1"}, es.NoStream{}}}
			for range 2 {
				for _, to := range targets {
					_, err := s.Append(t.Context(), to.stream, to.want, noted("0", 2), boom)
					if _, conflict := errors.AsType[*es.ConflictError](err); err == nil || conflict {
						t.Fatalf("%s: %v", to.stream, err)
					}
				}
			}
			for i, to := range targets {
				calm := boom
				calm.ID, calm.Data = es.DeriveID("calm", to.stream.String()), []byte(`"calm"`)
				if pos, err := s.Append(t.Context(), to.stream, to.want, calm); err != nil || pos != es.At(uint64(3+i), 0) {
					t.Fatalf("%s afterwards: %s, %v", to.stream, pos, err)
				}
			}
			clean(t, s)
			if got := whole(t, s); len(got) != 4 {
				t.Fatalf("%d records", len(got))
			}
		})
	}
}

// Everybody in a failed batch is told, and everybody can try again with the same ids.
func TestAFailedBatchIsEverybodysFault(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	s := openStore(t, path, sqlite.Options{})
	fill(t, s, 1, 1)
	if err := execute(t, path, `CREATE TRIGGER fault BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'injected'); END`); err != nil {
		t.Fatal(err)
	}
	try := func(i int) error {
		name := fmt.Sprint("w", i)
		_, err := s.Append(t.Context(), testStream(name), es.NoStream{}, noted(name, 0))
		return err
	}
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if err := try(i); err == nil || !strings.Contains(err.Error(), "injected") {
				t.Errorf("writer %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if err := execute(t, path, "DROP TRIGGER fault"); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		if err := try(i); err != nil {
			t.Errorf("writer %d again: %v", i, err)
		}
	}
	clean(t, s)
	if got := whole(t, s); len(got) != 21 {
		t.Fatalf("%d records", len(got))
	}
}
