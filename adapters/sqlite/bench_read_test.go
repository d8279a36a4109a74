//go:build linux

package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
)

// The archive that is read: streams of ten events.
const (
	archiveStreams = 4000
	archiveLength  = 10
)

func archiveName(i int) string { return string(es.DeriveID("archive", strconv.Itoa(i))) }

// archive fills a store and a bare log alike, and returns the payload's bytes.
func archive(b *testing.B, s *sqlite.Store, bare *bareLog) (payload int64) {
	for n := range archiveLength {
		load := make(chan error, 64)
		for lane := range cap(load) {
			go func() {
				var err error
				for i := lane; i < archiveStreams && err == nil; i += cap(load) {
					e := file(b, archiveName(i), n)
					if _, err = s.Append(b.Context(), es.Stream{Category: "bench", ID: archiveName(i)}, after(n), e...); err == nil {
						err = bare.append(i, after(n), e[0])
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
	return payload
}

func BenchmarkP5(b *testing.B) {
	s := openStore(b, filepath.Join(b.TempDir(), "events.db"), sqlite.Options{})
	bare := newBareLog(b)
	archive(b, s, bare)
	ctx := context.WithoutCancel(b.Context())
	one, err := bare.db.PrepareContext(ctx, "SELECT type, data FROM event WHERE stream = ? ORDER BY revision") //nolint:sqlclosecheck // closed below
	if err != nil {
		b.Fatal(err)
	}
	defer one.Close()
	for b.Loop() {
		rate, _ := compare(b,
			loading(func(i int) (tally, error) {
				rows, err := one.QueryContext(ctx, i)
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
		print(b, ratio.Goal{ID: "P5", What: "load and fold 10 events / bare indexed select, same decoder", AtLeast: 0.5}, rate)
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
func foldRows(rows *sql.Rows, more func() bool) (state tally, n int, err error) {
	defer rows.Close()
	for rows.Next() && more() {
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
	s := openStore(b, filepath.Join(b.TempDir(), "events.db"), sqlite.Options{})
	bare := newBareLog(b)
	archive(b, s, bare)
	ctx := context.WithoutCancel(b.Context())
	for b.Loop() {
		rate, _ := compare(b,
			func(more func() bool) (done ratio.Done, err error) {
				for more() && err == nil {
					var rows *sql.Rows
					var n int
					if rows, err = bare.db.QueryContext(ctx, "SELECT type, data FROM event ORDER BY position"); err == nil {
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
func replay(ctx context.Context, s *sqlite.Store, more func() bool) (n int, err error) {
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
	path := filepath.Join(b.TempDir(), "events.db")
	s := openStore(b, path, sqlite.Options{})
	payload := archive(b, s, newBareLog(b))
	if err := s.Close(); err != nil { // brings the WAL into the file
		b.Fatal(err)
	}
	var size float64
	for b.Loop() {
		info, err := os.Stat(path)
		if err != nil {
			b.Fatal(err)
		}
		size = float64(info.Size())
	}
	r := size / float64(payload)
	print(b, ratio.Goal{ID: "P13", What: "bytes on disk / data and metadata, streams of 10 events", AtMost: 1.35},
		ratio.Figure{Median: r, Low: r, High: r, Limit: float64(payload), Subject: size})
}
