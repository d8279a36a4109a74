package postgres

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

func opened(t *testing.T, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// next appends the n-th event of a stream.
func next(ctx context.Context, s *Store, stream string, n int) error {
	want := es.Expected(es.NoStream{})
	if n > 0 {
		want = es.Exactly(n - 1)
	}
	e := es.Proposed{ID: es.DeriveID(es.ID(stream), strconv.Itoa(n)), Type: "mingjian.test.noted.v1", Data: []byte("{}")}
	_, err := s.Append(ctx, es.Stream{Category: "test", ID: stream}, want, e)
	return err
}

// A server that was started anew while nobody appended is no reason for an error.
func TestAnIdleConnectionIsTriedBeforeItIsUsed(t *testing.T) {
	url := postgrestest.New(t)
	s := opened(t, url)
	other, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close(t.Context()) }()
	for n := range 9 {
		if err := next(t.Context(), s, "a", n); err != nil {
			t.Fatal(err)
		}
		if n%4 != 3 {
			continue
		}
		end := "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
		if _, err := other.Exec(t.Context(), end); err != nil {
			t.Fatal(err)
		}
		s.writer.used = time.Time{} // long ago
	}
}

// While a process appends alone, a batch is one statement, which asks for nothing first. An append by another process costs it
// one guess.
func TestAloneABatchIsOneStatement(t *testing.T) {
	url := postgrestest.New(t)
	a, b := opened(t, url), opened(t, url)
	for n := range steadyAfter + 1 {
		if err := next(t.Context(), a, "a", n); err != nil {
			t.Fatal(err)
		}
	}
	looks := func() int { return a.writer.looks }
	was := looks()
	for n := range 20 { // new streams and old ones
		if err := next(t.Context(), a, strconv.Itoa(n/2), n%2); err != nil {
			t.Fatal(err)
		}
	}
	if looks() != was {
		t.Errorf("looked %d times", looks()-was)
	}
	if err := next(t.Context(), b, "b", 0); err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		if err := next(t.Context(), a, "c", n); err != nil {
			t.Fatal(err)
		}
	}
	if looks() != was+3 {
		t.Errorf("looked %d times after another store appended, want 3", looks()-was)
	}
}

// No statement reads a table from end to end, whether the server has statistics or none.
func TestStatementsUseIndexes(t *testing.T) {
	url := postgrestest.New(t)
	s := opened(t, url)
	for n := range 50 {
		if err := next(t.Context(), s, strconv.Itoa(n), 0); err != nil {
			t.Fatal(err)
		}
	}
	conn, err := pgx.ConnectConfig(t.Context(), s.pool.Config().ConnConfig)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	for _, round := range []string{"SELECT", "ANALYZE"} {
		if _, err := conn.Exec(t.Context(), round); err != nil {
			t.Fatal(err)
		}
		for name, q := range map[string]struct{ query, args string }{
			"stream":  {selectStream, "'test', 'a', 0"},
			"log":     {selectLog, "0"},
			"names":   {findNames, "0"},
			"streams": {findStreams, "'{test}', '{a}'"},
			"events":  {findEvents, "'{00000000-0000-0000-0000-000000000000}'"},
		} {
			plan := explained(t, conn, q.query, q.args)
			for _, scan := range []string{"Seq Scan", "Hash", "Merge", "Sort"} {
				if strings.Contains(plan, scan) {
					t.Errorf("%s, after %s: %s", name, round, plan)
				}
			}
			if !strings.Contains(plan, "Index") {
				t.Errorf("%s: this plan can't be judged: %s", name, plan)
			}
		}
	}
}

func explained(t *testing.T, conn *pgx.Conn, query, args string) string {
	t.Helper()
	for _, statement := range []string{"DEALLOCATE ALL", "PREPARE explained AS " + query} {
		if _, err := conn.PgConn().Exec(t.Context(), statement).ReadAll(); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	results, err := conn.PgConn().Exec(t.Context(), "EXPLAIN EXECUTE explained("+args+")").ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, row := range results[0].Rows {
		lines = append(lines, string(row[0]))
	}
	return strings.Join(lines, "\n")
}
