package postgres_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

// filed is a view of filings: each event decodes and writes a row of its own, found by two columns.
func filed() projections.Projection {
	return projections.Projection{
		Name: "filed.v1",
		Tables: []projections.Table{{
			Name: "filed", Columns: []string{"plan", "decided"}, Indexes: [][]string{{"plan", "decided"}, {"decided"}},
		}},
		Project: func(rec es.Record) (projections.Change, error) {
			e, err := filings.Decode(rec.Type, rec.Data)
			if err != nil {
				return projections.Change{}, err
			}
			key := projections.Key{Table: "filed", Key: string(rec.ID)}
			return projections.Change{Keys: []projections.Key{key}, Apply: func(rows *projections.Rows) error {
				rows.Put("filed", projections.Row{Key: key.Key, Columns: []string{e.Plan, e.Decided}, Doc: rec.Data})
				return nil
			}}, nil
		},
	}
}

// ready is the same with rows that are made already, to measure what is not decoding.
func ready(b *testing.B, records []es.Record) projections.Projection {
	p := filed()
	rows := make([]projections.Row, len(records))
	for i, rec := range records {
		e, err := filings.Decode(rec.Type, rec.Data)
		if err != nil {
			b.Fatal(err)
		}
		rows[i] = projections.Row{Key: string(rec.ID), Columns: []string{e.Plan, e.Decided}, Doc: rec.Data}
	}
	p.Project = func(rec es.Record) (projections.Change, error) {
		n, _ := rec.Position.Pair()
		row := rows[n-1]
		return projections.Change{Keys: []projections.Key{{Table: "filed", Key: row.Key}}, Apply: func(work *projections.Rows) error {
			work.Put("filed", row)
			return nil
		}}, nil
	}
	return p
}

// filedRecords are n records as a log holds them.
func filedRecords(b *testing.B, n int) []es.Record {
	out := make([]es.Record, n)
	for i := range out {
		out[i] = es.Record{
			Proposed: file(b, strconv.Itoa(i%5000), i)[0], Stream: es.Stream{Category: "bench", ID: strconv.Itoa(i % 5000)},
			Revision: es.Revision(i / 5000), Position: es.At(uint64(i+1), 0),
		}
	}
	return out
}

const rebuiltRows = 40_000

// BenchmarkP7 rebuilds a view from a log in memory, decoding each event, with all its indexes and the switch. The peers write
// rows that are ready, and the same rebuild through the commits by which live tables follow.
func BenchmarkP7(b *testing.B) {
	cluster := postgrestest.NewCluster(b)
	records := filedRecords(b, rebuiltRows)
	rebuilt := rebuild(b, openViews(b, cluster), filed(), records)
	for b.Loop() {
		print(b, ratio.Goal{ID: "P7", What: "rebuild of a view / CopyFrom of ready rows + indexes", AtLeast: 0.35},
			compare(b, newCopied(b, cluster.NewDatabase(b), records), rebuilt))
		print(b, ratio.Goal{ID: "P7", What: "rebuild of a view / the same by upserts of 500", AtLeast: 2},
			compare(b, refill(b, openViews(b, cluster), records), rebuilt))
		print(b, ratio.Goal{ID: "P7", What: "rebuild of ready rows / upserts of 500 ready rows", AtLeast: 2},
			compare(b, newUpserted(b, cluster.NewDatabase(b), records), rebuild(b, openViews(b, cluster), ready(b, records), records)))
	}
}

func openViews(b *testing.B, cluster *postgrestest.Cluster) *postgres.Views {
	v, err := postgres.OpenViews(b.Context(), cluster.NewDatabase(b))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = v.Close() })
	return v
}

// anew gives a view an empty set of live tables.
func anew(ctx context.Context, v *postgres.Views) (projections.Target, error) {
	live, err := v.Attach(ctx, filed())
	if err != nil {
		return nil, err
	}
	shadow, err := v.Shadow(ctx, filed())
	if err != nil {
		return nil, err
	}
	return shadow, switchTo(ctx, v, live, shadow)
}

func switchTo(ctx context.Context, v *postgres.Views, live, shadow projections.Target) error {
	at, err := live.Checkpoint(ctx)
	if err != nil {
		return err
	}
	return v.Switch(ctx, filed(), at, shadow)
}

// rebuild fills a shadow and switches to it.
func rebuild(b *testing.B, v *postgres.Views, p projections.Projection, records []es.Record) ratio.Load {
	log, goal := projectionstest.NewLog(1000, records...), records[len(records)-1].Position
	return func(more func() bool) (done ratio.Done, err error) {
		for more() {
			live, err := v.Attach(b.Context(), p)
			if err != nil {
				return done, err
			}
			shadow, err := v.Shadow(b.Context(), p)
			if err != nil {
				return done, err
			}
			if err := projections.Fill(b.Context(), p, log, shadow, goal, nil); err != nil {
				return done, err
			}
			if err := switchTo(b.Context(), v, live, shadow); err != nil {
				return done, err
			}
			done.Units += len(records)
		}
		return done, nil
	}
}

// refill fills live tables as far as it comes in its time, and empties them.
func refill(b *testing.B, v *postgres.Views, records []es.Record) ratio.Load {
	return func(more func() bool) (done ratio.Done, err error) {
		live, err := anew(b.Context(), v)
		if err != nil {
			return done, err
		}
		at := es.Position{}
		for i := 0; more() && i < len(records); i += 500 {
			batch := es.Batch{Records: records[i : i+500], Through: records[i+499].Position}
			if err := projections.Apply(b.Context(), filed(), live, at, batch); err != nil {
				return done, err
			}
			at = batch.Through
			done.Units += 500
		}
		return done, nil
	}
}

// bareView is a table like that of filed, without a sink.
type bareView struct {
	conn  *pgx.Conn
	ready [][]any
}

func newBareView(b *testing.B, url string, records []es.Record) *bareView {
	conn, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close(context.WithoutCancel(b.Context())) })
	v := &bareView{conn: conn}
	for _, rec := range records {
		e, err := filings.Decode(rec.Type, rec.Data)
		if err != nil {
			b.Fatal(err)
		}
		v.ready = append(v.ready, []any{string(rec.ID), rec.Position.String(), e.Plan, e.Decided, rec.Data})
	}
	return v
}

const bareIndexes = `CREATE UNIQUE INDEX ON filed (key); CREATE INDEX ON filed (plan, decided, key); CREATE INDEX ON filed (decided, key); `

func (v *bareView) create(ctx context.Context, more string) error {
	_, err := v.conn.Exec(ctx, `DROP TABLE IF EXISTS filed; CREATE TABLE filed (key text COLLATE "C" NOT NULL, position text COLLATE "C" NOT NULL,
		plan text COLLATE "C" NOT NULL, decided text COLLATE "C" NOT NULL, doc bytea NOT NULL); `+more)
	return err
}

func newCopied(b *testing.B, url string, records []es.Record) ratio.Load {
	v := newBareView(b, url, records)
	return func(more func() bool) (done ratio.Done, err error) {
		for more() {
			if err := v.create(b.Context(), ""); err != nil {
				return done, err
			}
			_, err := v.conn.CopyFrom(b.Context(), pgx.Identifier{"filed"}, []string{"key", "position", "plan", "decided", "doc"}, pgx.CopyFromRows(v.ready))
			if err != nil {
				return done, err
			}
			if _, err := v.conn.Exec(b.Context(), bareIndexes+`ANALYZE filed`); err != nil {
				return done, err
			}
			done.Units += len(v.ready)
		}
		return done, nil
	}
}

func newUpserted(b *testing.B, url string, records []es.Record) ratio.Load {
	v := newBareView(b, url, records)
	var values []string
	for i := range 500 {
		values = append(values, fmt.Sprintf("($%d, $%d, $%d, $%d, $%d)", 5*i+1, 5*i+2, 5*i+3, 5*i+4, 5*i+5))
	}
	upsert := `INSERT INTO filed VALUES ` + strings.Join(values, ", ") + ` ON CONFLICT (key) DO UPDATE SET position = excluded.position,
		plan = excluded.plan, decided = excluded.decided, doc = excluded.doc`
	return func(more func() bool) (done ratio.Done, err error) {
		if err := v.create(b.Context(), bareIndexes); err != nil {
			return done, err
		}
		for i := 0; more(); i = (i + 500) % len(v.ready) {
			var args []any
			for _, row := range v.ready[i : i+500] {
				args = append(args, row...)
			}
			if _, err := v.conn.Exec(b.Context(), upsert, args...); err != nil {
				return done, err
			}
			done.Units += 500
		}
		return done, nil
	}
}

// BenchmarkViewGet looks rows up by their keys, eight at a time, beside the bare prepared statement on the same table.
func BenchmarkViewGet(b *testing.B) {
	cluster := postgrestest.NewCluster(b)
	url := cluster.NewDatabase(b)
	v, err := postgres.OpenViews(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = v.Close() })
	records := filedRecords(b, 20_000)
	if _, err := rebuild(b, v, filed(), records)(once()); err != nil {
		b.Fatal(err)
	}
	pool, err := pgxpool.New(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	var table string
	if err := pool.QueryRow(b.Context(), `SELECT tables[1] FROM mingjian_views.generation WHERE state = 'live'`).Scan(&table); err != nil {
		b.Fatal(err)
	}
	query := `SELECT doc FROM ` + pgx.Identifier{"mingjian_views", table}.Sanitize() + ` WHERE key = $1`
	var next [8]int
	key := func(w int) string {
		next[w] += 7919
		return string(records[(next[w]+w)%len(records)].ID)
	}
	bare := writers(len(next), func(w int) (err error) {
		var doc []byte
		return pool.QueryRow(b.Context(), query, key(w)).Scan(&doc)
	})
	got := writers(len(next), func(w int) error {
		_, err := v.Get(b.Context(), "filed", key(w))
		return err
	})
	for b.Loop() {
		print(b, ratio.Goal{ID: "view", What: "Get of a view, 8 readers / the bare prepared select", AtLeast: 0.75}, compare(b, bare, got))
	}
}

// once lets a load do one round.
func once() func() bool {
	done := false
	return func() bool {
		more := !done
		done = true
		return more
	}
}
