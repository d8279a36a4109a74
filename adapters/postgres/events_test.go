package postgres_test

import (
	"context"
	"flag"
	"iter"
	"sync/atomic"
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
	tamper(t, url, "UPDATE mingjian_events.event SET data = $1 WHERE position = $2", data, at(r))
}

// at is the position of a record as the database has it.
func at(r es.Record) int64 {
	commit, _ := r.Position.Pair()
	return int64(commit)
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
	if _, err := conn.Exec(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func TestStoreKeepsTheContract(t *testing.T) {
	estest.StoreSuite(t, subject(postgres.Options{}), estest.Features{})
}

// Every case opens the same log, so that a dozen stores append to it at once as the processes of a deployment do. With one
// connection to read with, a read that needed a second one would wait for ever.
func TestStoresOfOneLogKeepTheContract(t *testing.T) {
	url := postgrestest.New(t)
	opt := postgres.Options{Readers: 1}
	estest.StoreSuite(t, func(t *testing.T) *estest.Subject {
		s := openStore(t, url, opt)
		return &estest.Subject{Log: s, Reopen: func() estest.Log {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = openStore(t, url, opt)
			return s
		}}
	}, estest.Features{Trusting: true}) // a damaged record would be every case's
	clean(t, openStore(t, url, opt))
}

func TestStoreAgainstTheFake(t *testing.T) {
	few(t)
	estest.Metamorphic(t, subject(postgres.Options{}), estest.Features{})
}

// Two stores take turns, so that what the one remembers of the log is now right and now wrong.
func TestTwoStoresAgainstTheFake(t *testing.T) {
	few(t)
	estest.Metamorphic(t, func(t *testing.T) *estest.Subject {
		url := postgrestest.New(t)
		var turns atomic.Int64
		both := turning{turns: &turns, stores: []*postgres.Store{openStore(t, url, postgres.Options{}), openStore(t, url, postgres.Options{})}}
		return &estest.Subject{Log: both}
	}, estest.Features{Volatile: true}) // reopened in the test above
}

// turning is one log through several stores; each appends some times in a row and reads now and then.
type turning struct {
	turns  *atomic.Int64
	stores []*postgres.Store
}

func (l turning) next(run int64) *postgres.Store {
	return l.stores[l.turns.Add(1)/run%int64(len(l.stores))]
}

func (l turning) Append(ctx context.Context, stream es.Stream, want es.Expected, events ...es.Proposed) (es.Position, error) {
	return l.next(7).Append(ctx, stream, want, events...)
}

func (l turning) Read(ctx context.Context, stream es.Stream, from es.Revision) iter.Seq2[es.Record, error] {
	return l.next(1).Read(ctx, stream, from)
}

func (l turning) Follow(ctx context.Context, after es.Position) iter.Seq2[es.Batch, error] {
	return l.next(1).Follow(ctx, after)
}

func (l turning) Head(ctx context.Context) (es.Position, error) { return l.next(1).Head(ctx) }

// few has rapid draw fewer logs than its default, unless the command line asks for more: here, each step is a commit of a server.
func few(t *testing.T) {
	t.Helper()
	checks := flag.Lookup("rapid.checks")
	if was := checks.Value.String(); was == checks.DefValue {
		if err := checks.Value.Set("30"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = checks.Value.Set(was) })
	}
}

func TestStoreAnswersTheLongLog(t *testing.T) {
	t.Parallel()
	estest.LongLog(t, subject(postgres.Options{}), estest.Features{})
}
