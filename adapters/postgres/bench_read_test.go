package postgres_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
)

// The archive that is read: streams of ten events.
const (
	archiveStreams = 4000
	archiveLength  = 10
)

func archiveName(i int) string { return string(es.DeriveID("archive", strconv.Itoa(i))) }

// archive fills a store and a bare log alike, and returns the payload's bytes and where the bare log may be read.
func archive(b *testing.B) (s *postgres.Store, url string, bare *pgxpool.Pool, payload int64) {
	b.Helper()
	url = postgrestest.New(b)
	s, log := openStore(b, url, postgres.Options{}), newBareLog(b, url)
	for n := range archiveLength {
		load := make(chan error, 64)
		for lane := range cap(load) {
			go func() {
				var err error
				for i := lane; i < archiveStreams && err == nil; i += cap(load) {
					e := file(b, archiveName(i), n)
					if _, err = s.Append(b.Context(), es.Stream{Category: "bench", ID: archiveName(i)}, after(n), e...); err == nil {
						err = log.append(i, after(n), e[0])
					}
				}
				load <- err
			}()
		}
		for range cap(load) {
			if err := <-load; err != nil {
				b.Fatal(err)
			}
		}
	}
	for i := range archiveStreams {
		for n := range archiveLength {
			e := file(b, archiveName(i), n)[0]
			payload += int64(len(e.Data) + len(e.Meta))
		}
	}
	bare, err := pgxpool.New(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(bare.Close)
	if _, err := bare.Exec(b.Context(), "ANALYZE"); err != nil {
		b.Fatal(err)
	}
	return s, url, bare, payload
}

func BenchmarkP5(b *testing.B) {
	s, _, bare, _ := archive(b)
	for b.Loop() {
		rate := compare(b,
			loading(func(i int) (tally, error) {
				rows, err := bare.Query(b.Context(), "SELECT type, data FROM bare WHERE stream = $1 ORDER BY revision", i)
				if err != nil {
					return tally{}, err
				}
				state, _, err := foldRows(rows, func() bool { return true })
				return state, err
			}),
			loading(func(i int) (tally, error) {
				r, err := es.Load(b.Context(), s, filings, archiveName(i))
				return r.State, err
			}))
		print(b, ratio.Goal{ID: "P5", What: "load and fold 10 events / bare indexed select", AtLeast: 0.5}, rate)
	}
}

// loading loads streams at random.
func loading(load func(i int) (tally, error)) ratio.Load {
	chance := rand.New(rand.NewPCG(1, 2))
	return func(more func() bool) (done ratio.Done, err error) {
		for more() {
			state, err := load(chance.IntN(archiveStreams))
			if err != nil {
				return done, err
			}
			if state.fines != 45 {
				return done, fmt.Errorf("folded to %+v", state)
			}
			done.Units++
		}
		return done, nil
	}
}

// foldRows decodes and folds rows of type and data.
func foldRows(rows pgx.Rows, more func() bool) (state tally, n int, err error) {
	defer rows.Close()
	for more() && rows.Next() {
		var typ string
		var data []byte
		if err := rows.Scan(&typ, &data); err != nil {
			return state, n, err
		}
		e, err := filings.Decode(typ, data)
		if err != nil {
			return state, n, err
		}
		state = filings.Evolve(state, e)
		n++
	}
	return state, n, rows.Err()
}

func BenchmarkP6(b *testing.B) {
	s, _, bare, _ := archive(b)
	for b.Loop() {
		rate := compare(b,
			func(more func() bool) (done ratio.Done, err error) {
				for more() && err == nil {
					var rows pgx.Rows
					var n int
					if rows, err = bare.Query(b.Context(), "SELECT type, data FROM bare ORDER BY position"); err == nil {
						_, n, err = foldRows(rows, more)
					}
					done.Units += n
				}
				return done, err
			},
			func(more func() bool) (done ratio.Done, err error) {
				for more() && err == nil {
					var n int
					n, err = replay(b.Context(), s, more)
					done.Units += n
				}
				return done, err
			})
		print(b, ratio.Goal{ID: "P6", What: "replay through typed handlers / bare scan plus decode", AtLeast: 0.5}, rate)
	}
}

// replay follows the log as a projection does: the type decides whether to decode.
func replay(ctx context.Context, s *postgres.Store, more func() bool) (n int, err error) {
	var state tally
	for batch, err := range s.Follow(ctx, es.Position{}) {
		if err != nil {
			return n, err
		}
		for _, r := range batch.Records {
			if r.Type != (filing{}).EventType() {
				continue
			}
			e, err := filings.Decode(r.Type, r.Data)
			if err != nil {
				return n, err
			}
			state = filings.Evolve(state, e)
			if n++; !more() {
				return n, nil
			}
		}
		if batch.CaughtUp {
			return n, nil
		}
	}
	return n, nil
}

func BenchmarkP13(b *testing.B) {
	_, url, _, payload := archive(b)
	conn := dial(b, url)
	var size int64
	for b.Loop() {
		err := conn.QueryRow(b.Context(), `SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c
			WHERE c.relkind = 'r' AND c.relnamespace = 'mingjian_events'::regnamespace`).Scan(&size)
		if err != nil {
			b.Fatal(err)
		}
	}
	r := float64(size) / float64(payload)
	print(b, ratio.Goal{ID: "P13", What: "bytes on disk / data and metadata, streams of 10 events", AtMost: 1.35},
		ratio.Figure{Median: r, Low: r, High: r, Limit: float64(payload), Subject: float64(size)})
}
