package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/adapters/archive"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

var (
	loadedEvents = flag.Int("events", 40_000, "events that BenchmarkLoaded brings a log to, those of -subjects among them")
	loadedIn     = flag.String("loaded", "", "data directory of BenchmarkLoaded, which stays; what it holds already is not made again")
)

// BenchmarkLoaded loads a ledger as users do, through the program, and measures each step: the import of a register, the views
// rebuilt from the first event, what the public looks up, and the disk. MINGJIAN_TEST_TIER names the tier. The figures of
// deploy/README.md are those of a million subjects and ten million events.
func BenchmarkLoaded(b *testing.B) {
	program := built(b)
	for b.Loop() {
		w := &loaded{scaled: &scaled{B: b, program: program, work: b.TempDir(), costs: map[string]cost{}}}
		w.place()
		w.load()
		w.grow()
		w.rebuild()
		w.serve()
		w.disk()
	}
	b.ReportMetric(0, "ns/op")
}

// loaded is one ledger of BenchmarkLoaded.
type loaded struct {
	*scaled
	config  config
	cluster *postgrestest.Cluster // nil where the stores are files
}

// tell prints what one step was.
func (w *loaded) tell(step, format string, args ...any) {
	tier := "embedded"
	if w.cluster != nil {
		tier = "server"
	}
	_, _ = fmt.Fprintf(os.Stdout, "loaded  %-9s %-22s %s\n", tier, step, fmt.Sprintf(format, args...))
}

func (w *loaded) place() {
	w.Helper()
	w.config = config{Data: *loadedIn}
	if w.config.Data == "" {
		w.config.Data = w.data()
	}
	if os.Getenv("MINGJIAN_TEST_TIER") == "server" {
		w.cluster = postgrestest.NewCluster(w, "shared_buffers=1GB", "maintenance_work_mem=256MB", "max_wal_size=4GB")
		w.config = onDatabase(w.config, w.cluster.NewDatabase(w))
	}
}

// run runs the program over the ledger and tells what that cost.
func (w *loaded) run(step string, per int, args ...string) {
	w.Helper()
	before := w.database()
	w.step(step, append(args, storeArgs(w.config)...)...)
	c, each := w.costs[step], w.costs[step].worked.Seconds()*1e6/float64(per)
	w.tell(step, "%.0f s by the clock, %.0f s of processor time (%.1f µs each), %.0f s of the database's, at most %d MB of memory",
		c.took.Seconds(), c.worked.Seconds(), each, (w.database() - before).Seconds(), c.peakKB>>10)
}

// database is the processor time of the database server so far.
func (w *loaded) database() time.Duration {
	if w.cluster == nil {
		return 0
	}
	return w.cluster.Worked(w)
}

func (w *loaded) head() (es.Position, int) {
	w.Helper()
	if w.cluster == nil && w.config.noLedger() != nil {
		return es.Position{}, 0
	}
	events, err := w.config.openEvents(w.Context(), false)
	if err != nil {
		w.Fatal(err)
	}
	head, err := events.Head(w.Context())
	if err = errors.Join(err, events.Close()); err != nil {
		w.Fatal(err)
	}
	n, _ := head.Pair()
	return head, int(n) //nolint:gosec // a count
}

// load imports the register.
func (w *loaded) load() {
	w.Helper()
	if _, n := w.head(); n >= *subjects {
		return
	}
	roster, _ := fictional(w.B, w.work, *subjects)
	mapping := write(w, filepath.Join(w.work, "s.yaml"),
		"kind: subjects\ncolumns: {code: {column: code}, name: {column: name}, district: {column: district}, address: {column: address}, scope: {column: scope}}\n")
	w.run("import", *subjects, "import", "subjects", "--authority", "SCJG", "--mapping", mapping, roster)
}

// grow brings the log to its size.
func (w *loaded) grow() {
	w.Helper()
	_, begun := w.head()
	missing := *loadedEvents - begun
	if missing <= 0 {
		return
	}
	m := newMould(w, w.demonstrated())
	events, err := w.config.openEvents(w.Context(), false)
	if err != nil {
		w.Fatal(err)
	}
	to, ok := events.(archive.Importer)
	if !ok {
		w.Fatalf("%T takes no batches", events)
	}
	next, start, added, before := map[es.Stream]es.Revision{}, time.Now(), 0, w.database()
	var spent time.Duration
	for n, of := 0, missing/len(m.events)+1; added < missing; n++ {
		batch := m.pour(n, of, *subjects, next)
		worked := processor()
		if _, err := to.Import(w.Context(), batch); err != nil {
			w.Fatal(err)
		}
		spent += processor() - worked
		added += len(batch)
	}
	if err := events.Close(); err != nil {
		w.Fatal(err)
	}
	w.tell("append", "%d events in %.0f s by the clock, %.0f s of processor time of the store (%.1f µs each), %.0f s of the database's",
		added, time.Since(start).Seconds(), spent.Seconds(), spent.Seconds()*1e6/float64(added), (w.database() - before).Seconds())
}

// processor is the processor time of this process so far.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// demonstrated is the log of the demonstration.
func (w *loaded) demonstrated() []es.Record {
	w.Helper()
	c := config{Data: filepath.Join(w.work, "demo")}
	w.step("demo", "demo", "--data", c.Data, "--http", "127.0.0.1:0", "--exit")
	return wholeLog(w, c)
}

// rebuild fills all views from the first event. What policies did is in the log, so they stand at its end, as they did where it
// was written.
func (w *loaded) rebuild() {
	w.Helper()
	w.emptyViews()
	head, n := w.head()
	views, err := w.config.openViews(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	for _, r := range (&instance{}).reactors() {
		target, err := views.Attach(w.Context(), r.Keeps())
		if err == nil {
			err = target.Commit(w.Context(), es.Position{}, head, projections.NewRows(nil))
		}
		if err != nil {
			w.Fatal(err)
		}
	}
	if err := views.Close(); err != nil {
		w.Fatal(err)
	}
	w.run("rebuild", n, "projection", "list")
}

func (w *loaded) emptyViews() {
	w.Helper()
	if w.cluster == nil {
		for _, end := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(w.config.viewsAt().path() + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
				w.Fatal(err)
			}
		}
		return
	}
	w.sql(`DROP SCHEMA IF EXISTS mingjian_views CASCADE`)
}

func (w *loaded) sql(text string, into ...any) {
	w.Helper()
	conn, err := pgx.Connect(w.Context(), w.config.Views.url)
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(w.Context())) }() // it was answered
	if len(into) == 0 {
		_, err = conn.Exec(w.Context(), text)
	} else {
		err = conn.QueryRow(w.Context(), text).Scan(into...)
	}
	if err != nil {
		w.Fatal(err)
	}
}

// disk tells what a million events take.
func (w *loaded) disk() {
	w.Helper()
	_, n := w.head()
	sizes := map[string]int64{}
	if w.cluster == nil {
		for name, at := range map[string]location{"events": w.config.eventsAt(), "views": w.config.viewsAt()} {
			info, err := os.Stat(at.path())
			if err != nil {
				w.Fatal(err)
			}
			sizes[name] = info.Size()
		}
	} else {
		for _, name := range []string{"events", "views"} {
			var size int64
			w.sql(`SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
				WHERE n.nspname = 'mingjian_`+name+`' AND c.relkind IN ('r', 'm')`, &size)
			sizes[name] = size
		}
	}
	w.tell("disk", "%d events: %d MB of events, %d MB of views; %.0f and %.0f MB per 1,000,000 events", n, sizes["events"]>>20, sizes["views"]>>20,
		float64(sizes["events"])/float64(n), float64(sizes["views"])/float64(n))
}
