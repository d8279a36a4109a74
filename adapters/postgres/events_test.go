package postgres_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

// openStore opens a store that the test closes.
func openStore(t testing.TB, url string, opt postgres.Options) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), url, opt)
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

// subject makes stores in databases of their own, as the suite wants them.
func subject(opt postgres.Options) estest.Factory {
	return func(t *testing.T) *estest.Subject {
		url := postgrestest.New(t)
		s := openStore(t, url, opt)
		return &estest.Subject{
			Log: s,
			Reopen: func() estest.Log {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				s = openStore(t, url, opt)
				return s
			},
			Corrupt: func(r es.Record) { corrupt(t, url, r) },
		}
	}
}

// corrupt changes one bit of a record's data past the store.
func corrupt(t testing.TB, url string, r es.Record) {
	t.Helper()
	data := append([]byte(nil), r.Data...)
	data[len(data)/2] ^= 1
	tamper(t, url, "UPDATE mingjian_events.event SET data = $1 WHERE position = $2", data, r.Position.String())
}

// tamper changes the database past the store and its guards.
func tamper(t testing.TB, url, statement string, args ...any) {
	t.Helper()
	conn := dial(t, url)
	for _, setting := range []string{"SET session_replication_role = replica", "SET search_path = mingjian_events"} {
		if _, err := conn.Exec(t.Context(), setting); err != nil {
			t.Fatal(err)
		}
	}
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			p, err := es.ParsePosition(text)
			if err != nil {
				t.Fatal(err)
			}
			commit, _ := p.Pair()
			args[i] = int64(commit)
		}
	}
	if _, err := conn.Exec(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func TestStoreKeepsTheContract(t *testing.T) {
	estest.StoreSuite(t, subject(postgres.Options{}), estest.Features{})
}

// With one connection to read with, a read that needed a second one would wait for ever.
func TestStoreKeepsTheContractWithOneReader(t *testing.T) {
	estest.StoreSuite(t, subject(postgres.Options{Readers: 1}), estest.Features{})
}

func TestStoreAgainstTheFake(t *testing.T) {
	estest.Metamorphic(t, subject(postgres.Options{}), estest.Features{})
}
