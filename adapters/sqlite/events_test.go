package sqlite_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

// openStore opens a store that the test closes.
func openStore(t testing.TB, path string, opt sqlite.Options) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// subject makes stores in folders of their own, as the suite wants them.
func subject(opt sqlite.Options) estest.Factory {
	return func(t *testing.T) *estest.Subject {
		path := filepath.Join(t.TempDir(), "events.db")
		s := openStore(t, path, opt)
		return &estest.Subject{
			Log: s,
			Reopen: func() estest.Log {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				s = openStore(t, path, opt)
				return s
			},
			Corrupt: func(r es.Record) { corrupt(t, path, r) },
		}
	}
}

// corrupt changes one bit of a record's data past the store.
func corrupt(t *testing.T, path string, r es.Record) {
	t.Helper()
	data := append([]byte(nil), r.Data...)
	data[len(data)/2] ^= 1
	tamper(t, path, fmt.Sprintf("UPDATE event SET data = x'%x' WHERE position = %s", data, r.Position))
}

// tamper changes the file past the store and its guards.
func tamper(t *testing.T, path, statement string) {
	t.Helper()
	for _, step := range []string{
		"DROP TRIGGER event_is_never_updated", "DROP TRIGGER event_is_never_deleted", statement,
	} {
		if err := execute(t, path, step); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
	}
}

func execute(t *testing.T, path, statement string) error {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_pragma=recursive_triggers(1)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.ExecContext(t.Context(), statement)
	return err
}

func TestStoreKeepsTheContract(t *testing.T) {
	estest.StoreSuite(t, subject(sqlite.Options{}), estest.Features{})
}

// With one connection to read with, a read that needed a second one would wait for ever.
func TestStoreKeepsTheContractWithOneReader(t *testing.T) {
	estest.StoreSuite(t, subject(sqlite.Options{Readers: 1}), estest.Features{})
}

func TestStoreAgainstTheFake(t *testing.T) {
	estest.Metamorphic(t, subject(sqlite.Options{}), estest.Features{})
}

func TestStoreAnswersTheLongLog(t *testing.T) {
	t.Parallel()
	estest.LongLog(t, subject(sqlite.Options{}), estest.Features{})
}
