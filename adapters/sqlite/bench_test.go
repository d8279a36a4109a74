//go:build linux

package sqlite_test

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
)

var plan = ratio.Flags(flag.CommandLine, time.Now)

// A filing is an event of 600 bytes with the fields that such events have.
type filing struct {
	Subject   string   `json:"subject"`
	Code      string   `json:"code"`
	Plan      string   `json:"plan"`
	Items     []string `json:"items"`
	Result    string   `json:"result"`
	Fine      int64    `json:"fine"`
	Decided   string   `json:"decided"`
	Inspector [2]struct {
		Name string `json:"name"`
		Card string `json:"card"`
	} `json:"inspectors"`
	Remark string `json:"remark"`
}

func (filing) EventType() string { return "mingjian.bench.filed.v1" }

type tally struct {
	fines int64
	items int
}

var filings = es.Decider[tally, struct{}, filing]{
	Category: "bench",
	Evolve: func(s tally, e filing) tally {
		return tally{s.fines + e.Fine, s.items + len(e.Items)}
	},
	Decode: codec.New(codec.Type[filing, filing]()).Decode,
}

// file proposes the n-th event of a stream as Transact does.
func file(b testing.TB, stream string, n int) []es.Proposed {
	b.Helper()
	command := es.DeriveID(es.ID(stream), strconv.Itoa(n))
	e := filing{
		Subject: "宁夏银川兴庆区第" + stream + "号商贸有限公司", Code: "91640100MA76G8XK3P", Plan: string(es.DeriveID(command, "plan")),
		Items:  []string{"营业执照规范使用情况", "名称规范使用情况", "经营期限", "注册资本实缴情况"},
		Result: "未发现问题", Fine: int64(n), Decided: "2026-03-04", Remark: fmt.Sprintf("第 %d 次检查，", n),
	}
	e.Inspector[0].Name, e.Inspector[0].Card = "张三", "NX-640104-0017"
	e.Inspector[1].Name, e.Inspector[1].Card = "李四", "NX-640104-0018"
	data, err := json.Marshal(e)
	if err != nil {
		b.Fatal(err)
	}
	e.Remark += fmt.Sprintf("%0*d", max(0, 600-len(data)), 0)
	proposed, err := es.Propose(es.Metadata{
		Command: command, CommandDigest: fmt.Sprintf("%064x", n), Correlation: command, Causation: es.DeriveID(command, "cause"),
		Actor: "inspector-" + stream, Role: "inspector", Authority: "640104",
		RecordedAt: time.Date(2026, 3, 4, 5, 6, 7, n%1e9, time.UTC),
	}, e)
	if err != nil {
		b.Fatal(err)
	}
	return proposed
}

// print writes a row of the table of ratios.
func print(b *testing.B, g ratio.Goal, f ratio.Figure) {
	b.Helper()
	g.Tier = "SQLite"
	fmt.Fprintln(os.Stdout, g.Line(f))
	b.Logf("%s: limit %.6g, subject %.6g", g.ID, f.Limit, f.Subject)
	b.ReportMetric(f.Median, g.ID+"-ratio")
	b.ReportMetric(0, "ns/op")
}

// compare measures and ends the benchmark on an error.
func compare(b *testing.B, limit, subject ratio.Load) (rate, p99 ratio.Figure) {
	b.Helper()
	rate, p99, err := plan.Compare(limit, subject)
	if err != nil {
		b.Fatal(err)
	}
	return rate, p99
}

// writers runs n goroutines that call one after the other until the slice is over.
func writers(n int, call func(w int) error) ratio.Load {
	return func(more func() bool) (done ratio.Done, err error) {
		var mu sync.Mutex
		var all sync.WaitGroup
		for w := range n {
			all.Go(func() {
				var took []time.Duration
				var fault error
				for fault == nil && more() {
					start := time.Now()
					fault = call(w)
					took = append(took, time.Since(start))
				}
				mu.Lock()
				defer mu.Unlock()
				done.Units, done.Took = done.Units+len(took), append(done.Took, took...)
				if fault != nil {
					err = fault
				}
			})
		}
		all.Wait()
		return done, err
	}
}

// appending is a load of writers with a stream each. The events differ in their ids alone: making them is not the load.
func appending(b *testing.B, n int, store func(w int, stream es.Stream, want es.Expected, e es.Proposed) error) ratio.Load {
	next, chance := make([]int, n), make([]*rand.Rand, n)
	for w := range chance {
		chance[w] = rand.New(rand.NewPCG(uint64(w), rand.Uint64()))
	}
	e := file(b, "0", 0)[0]
	return writers(n, func(w int) error {
		var id [16]byte
		binary.NativeEndian.PutUint64(id[:], chance[w].Uint64())
		binary.NativeEndian.PutUint64(id[8:], chance[w].Uint64())
		e := e
		e.ID = es.IDOf(id)
		err := store(w, es.Stream{Category: "bench", ID: strconv.Itoa(w)}, after(next[w]), e)
		next[w]++
		return err
	})
}

func storing(b *testing.B, s *sqlite.Store) func(int, es.Stream, es.Expected, es.Proposed) error {
	ctx := b.Context()
	return func(_ int, stream es.Stream, want es.Expected, e es.Proposed) error {
		_, err := s.Append(ctx, stream, want, e)
		return err
	}
}

func BenchmarkP1(b *testing.B) {
	for b.Loop() {
		raw := newRawLog(b)
		s := openStore(b, filepath.Join(b.TempDir(), "events.db"), sqlite.Options{})
		settle(b, s)
		rate, _ := compare(b,
			appending(b, 1, func(_ int, _ es.Stream, _ es.Expected, e es.Proposed) error { return raw.write(e) }),
			appending(b, 1, storing(b, s)))
		print(b, ratio.Goal{ID: "P1", What: "durable append, 1 writer / raw write+fdatasync", AtLeast: 0.75}, rate)
	}
}

func BenchmarkP2(b *testing.B) {
	const n = 64
	for b.Loop() {
		raw := newRawLog(b)
		bare := newBareLog(b)
		s := openStore(b, filepath.Join(b.TempDir(), "events.db"), sqlite.Options{})
		stored := appending(b, n, storing(b, s))
		rate, _ := compare(b,
			appending(b, n, func(w int, _ es.Stream, want es.Expected, e es.Proposed) error { return bare.append(w, want, e) }),
			stored)
		print(b, ratio.Goal{ID: "P2", What: "durable append, 64 writers / bare batching writer", AtLeast: 0.8}, rate)
		_, p99 := compare(b,
			appending(b, n, func(_ int, _ es.Stream, _ es.Expected, e es.Proposed) error { return raw.group(e) }),
			stored)
		print(b, ratio.Goal{ID: "P2", What: "p99 of an append, 64 writers / raw group commit", AtMost: 12}, p99)
	}
}

// settle writes until the WAL has begun anew, as it has in a store that runs: from then on it is overwritten and grows no more.
func settle(b *testing.B, s *sqlite.Store) {
	b.Helper()
	var e []es.Proposed
	for n := range 4000 {
		e = append(e, file(b, "settle", n)...)
	}
	stream := es.Stream{Category: "bench", ID: "settle"}
	for n := 0; n < len(e); n += 40 {
		if _, err := s.Append(b.Context(), stream, after(n), e[n:n+40]...); err != nil {
			b.Fatal(err)
		}
	}
}

// rawLog is the limit of any log: the bytes and a sync.
type rawLog struct {
	file    *os.File
	batches *batcher[[]byte]
}

func newRawLog(b *testing.B) *rawLog {
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	l := &rawLog{file: f}
	l.batches = newBatcher(func(batch [][]byte) error {
		var all []byte
		for _, e := range batch {
			all = append(all, e...)
		}
		if _, err := f.Write(all); err != nil {
			return err
		}
		return syscall.Fdatasync(int(f.Fd()))
	})
	b.Cleanup(func() {
		l.batches.close()
		f.Close()
	})
	return l
}

func (l *rawLog) write(e es.Proposed) error {
	if _, err := l.file.Write(slices.Concat(e.Data, e.Meta)); err != nil {
		return err
	}
	return syscall.Fdatasync(int(l.file.Fd()))
}

func (l *rawLog) group(e es.Proposed) error { return l.batches.do(slices.Concat(e.Data, e.Meta)) }

// batcher is the plain group commit: one goroutine takes what is there.
type batcher[T any] struct {
	in   chan job[T]
	done chan struct{}
}

type job[T any] struct {
	item T
	err  chan error
}

func newBatcher[T any](commit func([]T) error) *batcher[T] {
	q := &batcher[T]{in: make(chan job[T], 1024), done: make(chan struct{})}
	go func() {
		defer close(q.done)
		for first := range q.in {
			jobs, items := []job[T]{first}, []T{first.item}
			for more := true; more; {
				select {
				case j, ok := <-q.in:
					if more = ok; ok {
						jobs, items = append(jobs, j), append(items, j.item)
					}
				default:
					more = false
				}
			}
			err := commit(items)
			for _, j := range jobs {
				j.err <- err
			}
		}
	}()
	return q
}

func (q *batcher[T]) do(item T) error {
	j := job[T]{item, make(chan error, 1)}
	q.in <- j
	return <-j.err
}

func (q *batcher[T]) close() {
	close(q.in)
	<-q.done
}

// bareLog is the least that could be called an event store on this driver: one goroutine, one table with the two unique keys,
// no check, no hash, nothing looked up.
type bareLog struct {
	db      *sql.DB
	batches *batcher[bareRow]
	next    int64
}

type bareRow struct {
	stream, revision int64
	es.Proposed
}

const bareTable = `CREATE TABLE event (position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL,
	id BLOB NOT NULL UNIQUE, type TEXT NOT NULL, meta BLOB NOT NULL, data BLOB NOT NULL, UNIQUE (stream, revision))`

func newBareLog(b *testing.B) *bareLog {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+
		"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-16384)")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	ctx := context.WithoutCancel(b.Context()) // one that can end would slow the driver down
	if _, err := db.ExecContext(ctx, bareTable); err != nil {
		b.Fatal(err)
	}
	insert, err := db.PrepareContext(ctx, "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		b.Fatal(err)
	}
	l := &bareLog{db: db}
	l.batches = newBatcher(func(rows []bareRow) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		in := tx.StmtContext(ctx, insert)
		defer in.Close()
		for _, r := range rows {
			l.next++
			id, _ := r.ID.Bytes()
			if _, err := in.ExecContext(ctx, l.next, r.stream, r.revision, id[:], r.Type, r.Meta, r.Data); err != nil {
				return err
			}
		}
		return tx.Commit()
	})
	b.Cleanup(func() {
		l.batches.close()
		insert.Close()
		db.Close()
	})
	return l
}

func (l *bareLog) append(stream int, want es.Expected, e es.Proposed) error {
	revision := int64(0)
	if r, ok := want.(es.Exactly); ok {
		revision = int64(r) + 1
	}
	return l.batches.do(bareRow{int64(stream), revision, e})
}
