package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/blob"
	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/draw/drawtest"
)

var _ draw.Blobs = (*blob.Database)(nil)

func TestMain(m *testing.M) { postgrestest.Main(m) }

// tables are a database of contents and what looks at it behind their back.
type tables struct {
	*blob.Database
	raw *sql.DB
	url string
}

func openTables(t *testing.T, url string, connections int) tables {
	t.Helper()
	scripts, err := blob.Scripts()
	if err != nil {
		t.Fatal(err)
	}
	db, err := postgres.OpenSQL(t.Context(), url, postgres.Schema{Name: blob.Schema, Scripts: scripts}, connections, false)
	if err != nil {
		t.Fatal(err)
	}
	d, err := blob.OpenDatabase(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return tables{d, db, url}
}

func (d tables) count(t *testing.T, query string) (n int) {
	t.Helper()
	if err := d.raw.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (d tables) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := d.raw.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func TestDatabaseKeepsTheContract(t *testing.T) {
	t.Parallel()
	drawtest.Suite(t, func(t *testing.T) drawtest.Store {
		d := openTables(t, postgrestest.New(t), 8)
		return drawtest.Store{
			Blobs: d,
			Corrupt: func(t *testing.T, digest string, to []byte) {
				d.exec(t, `UPDATE chunk SET data = $2 WHERE writing = (SELECT writing FROM content WHERE digest = $1)`, digest, to)
			},
			Count: func(t *testing.T) int { return d.count(t, `SELECT count(*) FROM content`) },
		}
	})
}

// TestALongListPassesInPieces writes and reads more than is held, through another process's eyes and on one connection. It
// measures the heap, hence runs alone.
func TestALongListPassesInPieces(t *testing.T) {
	const size = 48<<20 + 7
	url := postgrestest.New(t)
	writer, reader := openTables(t, url, 1), openTables(t, url, 1)
	want := sha256.New()
	if _, err := io.Copy(want, io.LimitReader(&counting{}, size)); err != nil {
		t.Fatal(err)
	}
	half := 0
	seen := func() {
		if half++; half == 40 {
			if n := reader.count(t, `SELECT count(*) FROM content`); n != 0 {
				t.Errorf("%d contents are visible half way", n)
			}
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	digest, n, err := writer.Put(t.Context(), io.LimitReader(&counting{each: seen}, size))
	if err != nil || n != size || digest != hex.EncodeToString(want.Sum(nil)) || half < 40 {
		t.Fatalf("put %d bytes as %s in %d pieces, %v", n, digest, half, err)
	}
	r, err := reader.Open(t.Context(), digest)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, r); err != nil || n != size {
		t.Fatalf("read %d bytes, %v", n, err)
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 32<<20 {
		t.Errorf("the heap grew by %d bytes for a content of %d", grown, size)
	}
}

// counting is content without an end whose pieces differ; each is called before a MiB.
type counting struct {
	at   int
	each func()
}

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		if c.at%(1<<20) == 0 && c.each != nil {
			c.each()
		}
		p[i] = byte(c.at>>20 + c.at*7)
		c.at++
	}
	return len(p), nil
}

// TestFailedPutsLeaveNothing: at every piece, and also what a process that ended left behind is removed in time.
func TestFailedPutsLeaveNothing(t *testing.T) {
	t.Parallel()
	url := postgrestest.New(t)
	d := openTables(t, url, 2)
	for _, pieces := range []int64{0, 1, 3} {
		_, _, err := d.Put(t.Context(), io.MultiReader(io.LimitReader(&counting{}, pieces<<20), failing{}))
		if err == nil {
			t.Fatal("no error")
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, _, err := d.Put(ctx, &counting{each: cancel}); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want the context's", err)
	}
	if n := d.count(t, `SELECT (SELECT count(*) FROM writing) + (SELECT count(*) FROM chunk)`); n != 0 {
		t.Fatalf("%d rows are left", n)
	}
	d.exec(t, `INSERT INTO writing (begun_at) VALUES (now() - interval '2 days'), (now())`)
	d.exec(t, `INSERT INTO chunk SELECT id, 0, 'half' FROM writing`)
	put(t, d, "whole")
	d.exec(t, `UPDATE writing SET begun_at = now() - interval '3 days' WHERE whole`)
	again := openTables(t, url, 2)
	if n := again.count(t, `SELECT count(*) FROM chunk`); n != 2 {
		t.Fatalf("%d chunks after opening, want that of the content and that of a writer under way", n)
	}
}

func TestAWriterTakenForAbandonedStoresNothing(t *testing.T) {
	t.Parallel()
	d := openTables(t, postgrestest.New(t), 2)
	swept := func() { d.exec(t, `DELETE FROM writing`) }
	for _, size := range []int64{10, 3 << 20} {
		if _, _, err := d.Put(t.Context(), io.LimitReader(&counting{each: swept}, size)); err == nil {
			t.Errorf("%d bytes: no error", size)
		}
	}
	if n := d.count(t, `SELECT (SELECT count(*) FROM content) + (SELECT count(*) FROM chunk)`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

func TestPuttingAgainHealsARowAndLeavesReadersAlone(t *testing.T) {
	t.Parallel()
	d := openTables(t, postgrestest.New(t), 4)
	long := strings.Repeat("0123456789abcdef", 3<<16) // three pieces
	digest := put(t, d, long)
	r, err := d.Open(t.Context(), digest)
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if _, err := io.CopyN(&got, r, 1<<20+5); err != nil {
		t.Fatal(err)
	}
	put(t, d, long)
	if _, err := io.Copy(&got, r); err != nil || got.String() != long {
		t.Fatalf("a reader was disturbed after %d bytes: %v", got.Len(), err)
	}
	if n := d.count(t, `SELECT count(*) FROM chunk`); n != 3 {
		t.Errorf("%d chunks", n)
	}
	d.exec(t, `UPDATE chunk SET data = 'evil' WHERE number = 1`)
	put(t, d, long)
	r, err = d.Open(t.Context(), digest)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(r); err != nil || string(b) != long {
		t.Fatalf("%d bytes, %v", len(b), err)
	}
}

func TestTheWalkOfADatabaseGoesPageByPage(t *testing.T) {
	t.Parallel()
	d := openTables(t, postgrestest.New(t), 2)
	d.exec(t, `WITH w AS (INSERT INTO writing (whole) SELECT true FROM generate_series(1, 2500) RETURNING id)
		INSERT INTO content SELECT encode(sha256(id::text::bytea), 'hex'), id FROM w`)
	var got []string
	for digest, err := range d.Walk(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, digest)
	}
	if len(got) != 2500 || !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != 2500 {
		t.Errorf("%d digests, sorted: %v", len(got), slices.IsSorted(got))
	}
}
