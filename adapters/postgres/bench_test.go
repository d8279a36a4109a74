package postgres_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill-sql/v4/pkg/sql"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
)

var plan = ratio.Flags(flag.CommandLine, time.Now)

// A filing is an event of 600 bytes with fields such as events have.
type filing struct {
	Subject   string    `json:"subject"`
	Code      string    `json:"code"`
	Plan      string    `json:"plan"`
	Items     []string  `json:"items"`
	Result    string    `json:"result"`
	Fine      int64     `json:"fine"`
	Decided   string    `json:"decided"`
	Inspector [2]string `json:"inspectors"`
	Remark    string    `json:"remark"`
}

func (filing) EventType() string { return "mingjian.bench.filed.v1" }

type tally struct {
	fines int64
	items int
}

var filings = es.Decider[tally, struct{}, filing]{
	Category: "bench",
	Evolve:   func(s tally, e filing) tally { return tally{s.fines + e.Fine, s.items + len(e.Items)} },
	Decode:   codec.New(codec.Type[filing, filing]()).Decode,
}

// file proposes the n-th event of a stream as Transact does.
func file(b testing.TB, stream string, n int) []es.Proposed {
	b.Helper()
	command := es.DeriveID(es.ID(stream), strconv.Itoa(n))
	e := filing{
		Subject: "宁夏银川兴庆区第" + stream + "号商贸有限公司", Code: "91640100MA76G8XK3P", Plan: string(es.DeriveID(command, "plan")),
		Items:  []string{"营业执照规范使用情况", "名称规范使用情况", "经营期限", "注册资本实缴情况"},
		Result: "未发现问题", Fine: int64(n), Decided: "2026-03-04", Inspector: [2]string{"NX-640104-0017", "NX-640104-0018"},
		Remark: fmt.Sprintf("第 %d 次检查，", n),
	}
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
	g.Tier = "Postgres"
	fmt.Fprintln(os.Stdout, g.Line(f))
	b.Logf("%s: limit %.6g, subject %.6g", g.ID, f.Limit, f.Subject)
	b.ReportMetric(f.Median, g.ID+"-ratio")
	b.ReportMetric(0, "ns/op")
}

// compare measures and ends the benchmark on an error.
func compare(b *testing.B, limit, subject ratio.Load) ratio.Figure {
	b.Helper()
	rate, _, err := plan.Compare(limit, subject)
	if err != nil {
		b.Fatal(err)
	}
	return rate
}

// writers runs n goroutines that call one after the other until the slice is over.
func writers(n int, call func(w int) error) ratio.Load {
	return func(more func() bool) (done ratio.Done, err error) {
		var mu sync.Mutex
		var all sync.WaitGroup
		for w := range n {
			all.Go(func() {
				units := 0
				var fault error
				for ; fault == nil && more(); units++ {
					fault = call(w)
				}
				mu.Lock()
				defer mu.Unlock()
				if done.Units += units; fault != nil {
					err = fault
				}
			})
		}
		all.Wait()
		return done, err
	}
}

// appending is a load of writers with a stream each. The events differ in their ids alone: making them is not the load.
func appending(b *testing.B, n int, store func(stream int, want es.Expected, e es.Proposed) error) ratio.Load {
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
		err := store(w, after(next[w]), e)
		next[w]++
		return err
	})
}

func storing(ctx context.Context, s *postgres.Store) func(int, es.Expected, es.Proposed) error {
	return func(stream int, want es.Expected, e es.Proposed) error {
		_, err := s.Append(ctx, es.Stream{Category: "bench", ID: strconv.Itoa(stream)}, want, e)
		return err
	}
}

func BenchmarkP3(b *testing.B) {
	const n = 64
	cluster := postgrestest.NewCluster(b)
	url := cluster.NewDatabase(b)
	s, bare, peer := openStore(b, url, postgres.Options{}), newBareLog(b, url), newPeer(b, url, n)
	stored := appending(b, n, storing(b.Context(), s))
	for b.Loop() {
		print(b, ratio.Goal{ID: "P3", What: "durable append, 64 writers / bare unnest group commit", AtLeast: 0.75},
			compare(b, appending(b, n, bare.append), stored))
		print(b, ratio.Goal{ID: "P3", What: "durable append, 64 writers / watermill-sql publisher", AtLeast: 3},
			compare(b, appending(b, n, peer), stored))
	}
}

// newPeer is watermill's publisher on the same server, with a connection for each writer.
func newPeer(b *testing.B, url string, connections int32) func(int, es.Expected, es.Proposed) error {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		b.Fatal(err)
	}
	config.MaxConns = connections
	pool, err := pgxpool.NewWithConfig(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	schema := sql.DefaultPostgreSQLSchema{GeneratePayloadType: func(string) string { return "BYTEA" }}
	publisher, err := sql.NewPublisher(sql.BeginnerFromPgx(pool),
		sql.PublisherConfig{SchemaAdapter: schema, AutoInitializeSchema: true}, watermill.NopLogger{})
	if err != nil {
		b.Fatal(err)
	}
	return func(_ int, _ es.Expected, e es.Proposed) error {
		m := message.NewMessage(string(e.ID), e.Data)
		m.Metadata.Set("meta", string(e.Meta))
		return publisher.Publish("bench", m)
	}
}

// bareLog is the least that could be called an event store on this driver: one goroutine and one multi-row statement for all that
// waits, one table with its three unique keys, no check, no hash, nothing looked up.
type bareLog struct {
	conn *pgx.Conn
	in   chan bareJob
	last int64
}

type bareJob struct {
	stream, revision int64
	es.Proposed
	err chan error
}

func newBareLog(b *testing.B, url string) *bareLog {
	l := &bareLog{conn: dial(b, url), in: make(chan bareJob, 1024)}
	if _, err := l.conn.Exec(b.Context(), `CREATE TABLE bare (position bigint PRIMARY KEY, stream bigint NOT NULL, revision bigint NOT NULL,
		type text NOT NULL, id uuid NOT NULL UNIQUE, meta bytea NOT NULL, data bytea NOT NULL, UNIQUE (stream, revision))`); err != nil {
		b.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.work(context.WithoutCancel(b.Context()))
	}()
	b.Cleanup(func() {
		close(l.in)
		<-done
	})
	return l
}

func (l *bareLog) work(ctx context.Context) {
	for first := range l.in {
		jobs := []bareJob{first}
		for len(l.in) > 0 {
			jobs = append(jobs, <-l.in)
		}
		err := l.commit(ctx, jobs)
		for _, j := range jobs {
			j.err <- err
		}
	}
}

func (l *bareLog) commit(ctx context.Context, jobs []bareJob) error {
	n := len(jobs)
	positions, streams, revisions := make([]int64, n), make([]int64, n), make([]int64, n)
	types, ids, metas, data := make([]string, n), make([][16]byte, n), make([][]byte, n), make([][]byte, n)
	for i, j := range jobs {
		l.last++
		positions[i], streams[i], revisions[i], types[i], metas[i], data[i] = l.last, j.stream, j.revision, j.Type, j.Meta, j.Data
		ids[i], _ = j.ID.Bytes()
	}
	_, err := l.conn.Exec(ctx, `INSERT INTO bare SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::uuid[],
		$6::bytea[], $7::bytea[])`, positions, streams, revisions, types, ids, metas, data)
	return err
}

func (l *bareLog) append(stream int, want es.Expected, e es.Proposed) error {
	j := bareJob{stream: int64(stream), Proposed: e, err: make(chan error, 1)}
	if r, ok := want.(es.Exactly); ok {
		j.revision = int64(r) + 1
	}
	l.in <- j
	return <-j.err
}
