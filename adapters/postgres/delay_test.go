package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

const (
	delayWriters = 16
	delayEach    = 15
)

// delay has inserts into a table wait before they commit, each for a time of its own, and some of them fail then.
func delay(t *testing.T, url, schema, table string) {
	t.Helper()
	execute(t, url,
		`CREATE FUNCTION `+schema+`.delay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			PERFORM pg_sleep(random() * 0.004);
			IF random() < 0.1 THEN RAISE EXCEPTION 'delayed and then aborted'; END IF;
			RETURN NULL;
		END $$`,
		`CREATE TRIGGER delay AFTER INSERT ON `+schema+`.`+table+` EXECUTE FUNCTION `+schema+`.delay()`)
}

// Sixteen writers in four stores, whose commits are delayed and aborted at random, and a reader in each store: all readers see
// every event once, in one order, which is that of the positions, and no position is left out.
func TestReadersSkipNothingUnderDelayingWriters(t *testing.T) {
	url := postgrestest.New(t)
	stores := make([]*postgres.Store, 4)
	for i := range stores {
		stores[i] = openStore(t, url, postgres.Options{})
	}
	delay(t, url, "mingjian_events", "event")
	seen := make([][]es.Record, len(stores))
	var all sync.WaitGroup
	for i, s := range stores {
		all.Go(func() { seen[i] = until(t, s, delayWriters*delayEach) })
	}
	for w := range delayWriters {
		all.Go(func() {
			name := "w" + strconv.Itoa(w)
			for i := range delayEach {
				persist(t, stores[w%len(stores)], name, i)
			}
		})
	}
	all.Wait()
	for reader, records := range seen {
		next := map[es.Stream]es.Revision{}
		for i, r := range records {
			if r.Position != es.At(uint64(i+1), 0) || r.Hash() != seen[0][i].Hash() || r.Revision != next[r.Stream] {
				t.Fatalf("reader %d: the record %d is %s@%d at %s", reader, i, r.Stream, r.Revision, r.Position)
			}
			next[r.Stream]++
		}
	}
	clean(t, stores[0])
}

// persist appends the i-th event of a stream, again and again with the same id while the outcome is unknown.
func persist(t *testing.T, s *postgres.Store, name string, i int, pause ...func()) (p es.Position) {
	for t.Context().Err() == nil {
		p, err := s.Append(t.Context(), testStream(name), after(i), noted(name, i))
		if err == nil {
			return p
		}
		_, conflict := errors.AsType[*es.ConflictError](err)
		_, reused := errors.AsType[*es.ReusedError](err)
		if conflict || reused || errors.Is(err, postgres.ErrClosed) {
			t.Errorf("event %d of %s: %v", i, name, err)
			return p
		}
		for _, wait := range pause {
			wait()
		}
	}
	return p
}

// until follows a store from the beginning until n records are there.
func until(t *testing.T, s *postgres.Store, n int) (records []es.Record) {
	for b, err := range s.Follow(t.Context(), es.Position{}) {
		if err != nil {
			t.Errorf("follow: %v", err)
			return records
		}
		if records = append(records, b.Records...); len(records) >= n {
			break
		}
	}
	return records
}

// The same load on a table whose positions are those of a sequence, with a reader that asks for what lies beyond the last position
// it saw: it skips. So the test above could fail.
func TestANaiveReaderSkipsUnderDelayingWriters(t *testing.T) {
	url := postgrestest.New(t)
	execute(t, url, "CREATE TABLE naive (position bigserial PRIMARY KEY, writer integer NOT NULL, n integer NOT NULL)")
	delay(t, url, "public", "naive")
	for round := range 20 {
		seen, err := naive(t, url, round*delayEach)
		if err != nil {
			t.Fatal(err)
		}
		if skipped := delayWriters*delayEach - seen; skipped > 0 {
			t.Logf("round %d: the naive reader skipped %d of %d", round, skipped, delayWriters*delayEach)
			return
		}
	}
	t.Fatal("the naive reader skipped nothing: the load is too weak to tell a good reader from a bad one")
}

// naive writes with 16 writers and counts what the reader saw of it.
func naive(t *testing.T, url string, first int) (seen int, err error) {
	var writers sync.WaitGroup
	faults := make(chan error, delayWriters)
	for w := range delayWriters {
		conn := dial(t, url)
		writers.Go(func() {
			for i := 0; i < delayEach; {
				if _, err := conn.Exec(t.Context(), "INSERT INTO naive (writer, n) VALUES ($1, $2)", w, first+i); err == nil {
					i++
				} else if conn.IsClosed() {
					faults <- err
					return
				}
			}
		})
	}
	written := make(chan struct{})
	go func() {
		writers.Wait()
		close(written)
	}()
	reader := dial(t, url)
	var last int64
	if err := reader.QueryRow(t.Context(), "SELECT coalesce(max(position), 0) FROM naive WHERE n < $1", first).Scan(&last); err != nil {
		return 0, err
	}
	for done := false; ; {
		n, err := beyond(t.Context(), reader, &last)
		if err != nil {
			return 0, err
		}
		if seen += n; done {
			break
		}
		select {
		case <-written:
			done = true // and look once more
		default:
		}
	}
	select {
	case err := <-faults:
		return 0, fmt.Errorf("a naive writer: %w", err)
	default:
		return seen, nil
	}
}

// beyond counts the rows after the last position that was seen.
func beyond(ctx context.Context, conn *pgx.Conn, last *int64) (n int, err error) {
	found, err := conn.Query(ctx, "SELECT position FROM naive WHERE position > $1 ORDER BY position", *last)
	if err != nil {
		return 0, err
	}
	_, err = pgx.ForEachRow(found, []any{last}, func() error {
		n++
		return nil
	})
	return n, err
}
