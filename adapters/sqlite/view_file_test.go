package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// sets are the ids of the sets whose tables are in the file.
func sets(t *testing.T, v *Views) []string {
	t.Helper()
	names, err := texts(v.db.read.QueryContext(t.Context(),
		`SELECT DISTINCT substr(name, 1, instr(name, '_') - 1) FROM sqlite_schema WHERE name LIKE 'v%' ORDER BY 1`))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func wantSets(t *testing.T, v *Views, want ...string) {
	t.Helper()
	if got := sets(t, v); !slices.Equal(got, want) {
		t.Errorf("the file holds the tables of %v, not %v", got, want)
	}
}

func TestWhatIsReplacedLeavesTheFile(t *testing.T) {
	v, _ := attachFirm(t)
	p := firm()
	wantSets(t, v, "v1")
	shadow, err := v.Shadow(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	wantSets(t, v, "v1", "v2")
	if _, err = v.Shadow(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	wantSets(t, v, "v1", "v3")
	if err := v.Drop(t.Context(), p, shadow); err != nil {
		t.Fatal(err)
	}
	wantSets(t, v, "v1", "v3")
	if shadow, err = v.Shadow(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if err := v.Switch(t.Context(), p, es.Position{}, shadow); err != nil {
		t.Fatal(err)
	}
	wantSets(t, v, "v4")
	p = firm()
	p.Tables[0].Columns = append(p.Tables[0].Columns, "more")
	if _, err := v.Attach(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	wantSets(t, v, "v5")
}

func TestSweepThatFailedIsMadeUpFor(t *testing.T) {
	v, live := attachFirm(t)
	p := firm()
	shadow, err := v.Shadow(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, v, `CREATE TRIGGER keep BEFORE DELETE ON generation BEGIN SELECT RAISE(ABORT, 'not now'); END`)
	if err := v.Switch(t.Context(), p, es.Position{}, shadow); err != nil {
		t.Errorf("the switch took effect and answered %v", err)
	}
	wantSets(t, v, "v1", "v2")
	if err := live.Commit(t.Context(), es.Position{}, es.At(1, 0), projections.NewRows(nil)); !errors.Is(err, projections.ErrMoved) {
		t.Errorf("a commit to dead tables: %v", err)
	}
	if _, err := live.Checkpoint(t.Context()); !errors.Is(err, projections.ErrMoved) {
		t.Errorf("the checkpoint of dead tables: %v", err)
	}
	exec(t, v, `DROP TRIGGER keep`)
	if _, err := v.Attach(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	wantSets(t, v, "v2")
}

func TestPruneDropsWhatNobodyAttached(t *testing.T) {
	path := filepath.Join(t.TempDir(), "views.db")
	v := openViews(t, path)
	old := firm()
	old.Name = "firm.v0"
	if _, err := v.Attach(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	v = openViews(t, path)
	if _, err := v.Attach(t.Context(), firm()); err != nil {
		t.Fatalf("the older version of a projection, not attached, stands in the way: %v", err)
	}
	wantSets(t, v, "v1", "v2")
	for _, want := range []string{"[firm.v0]", "[]"} {
		if names, err := v.Prune(t.Context()); err != nil || fmt.Sprint(names) != want {
			t.Errorf("Prune names %v, %v", names, err)
		}
	}
	wantSets(t, v, "v2")
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
}

func exec(t *testing.T, v *Views, statement string) {
	t.Helper()
	err := v.writer.alone(t.Context(), func(ctx context.Context) error {
		_, err := v.writer.exec(ctx, statement)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestViewsRefuseFilesThatAreNotTheirs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "views.db")
	v := openViews(t, path)
	exec(t, v, `PRAGMA user_version = 99`)
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	newer := (*NewerSchemaError)(nil)
	if _, err := OpenViews(t.Context(), path); !errors.As(err, &newer) || newer.Have != 99 || !strings.Contains(err.Error(), "newer version") {
		t.Errorf("a file of a newer schema: %v", err)
	}
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, pragma := range []string{`PRAGMA user_version = 1`, `PRAGMA application_id = 7`} {
		if _, err := other.ExecContext(t.Context(), pragma); err != nil {
			t.Fatal(err)
		}
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	foreign := (*ForeignFileError)(nil)
	if _, err := OpenViews(t.Context(), path); !errors.As(err, &foreign) {
		t.Errorf("a file of another application: %v", err)
	}
}

func TestClosedViewsAnswerSo(t *testing.T) {
	v, live := attachFirm(t)
	for range 2 {
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := live.Commit(t.Context(), es.Position{}, es.At(1, 0), projections.NewRows(nil)); err == nil {
		t.Error("committed to a closed file")
	}
	if _, err := v.Get(t.Context(), "firm", "k"); err == nil {
		t.Error("read from a closed file")
	}
	if _, err := v.Attach(t.Context(), firm()); !errors.Is(err, ErrClosed) {
		t.Errorf("attached to a closed file: %v", err)
	}
}

func TestViewsAreKeptInLargerPages(t *testing.T) {
	v, _ := attachFirm(t)
	for pragma, want := range map[string]string{"page_size": "8192", "journal_mode": "wal", "application_id": "1296717399"} {
		if got, err := texts(v.db.read.QueryContext(t.Context(), "PRAGMA "+pragma)); err != nil || fmt.Sprint(got) != "["+want+"]" {
			t.Errorf("%s is %v, not %s; %v", pragma, got, want, err)
		}
	}
}

func TestReadersShareOneCache(t *testing.T) {
	for _, readers := range []int{1, 4, 64} {
		store, err := Open(t.Context(), filepath.Join(t.TempDir(), "events.db"), Options{Readers: readers})
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("[%d]", -readCacheKiB/readers)
		if got, err := texts(store.db.read.QueryContext(t.Context(), "PRAGMA cache_size")); err != nil || fmt.Sprint(got) != want {
			t.Errorf("a cache of %v for each of %d, not %s; %v", got, readers, want, err)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestProjectionsTakeTurns(t *testing.T) {
	v, _ := attachFirm(t)
	const commits = 20
	var all sync.WaitGroup
	for i := range 4 {
		p := projections.Projection{Name: fmt.Sprint("p", i), Tables: []projections.Table{{Name: fmt.Sprint("t", i), Search: true}}}
		target, err := v.Attach(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			for n := range uint64(commits) {
				rows := projections.NewRows(nil)
				rows.Begin(es.At(n+1, 0), nil)
				rows.Put(p.Tables[0].Name, projections.Row{Key: fmt.Sprint("k", n), Search: "一家公司"})
				if err := target.Commit(t.Context(), es.At(n, 0), es.At(n+1, 0), rows); err != nil {
					t.Errorf("%s: %v", p.Name, err)
					return
				}
			}
		})
	}
	all.Wait()
	for i := range 4 {
		page, err := v.List(t.Context(), projections.Query{Table: fmt.Sprint("t", i), Search: "公司", Limit: 100})
		if err != nil || len(page.Rows) != commits {
			t.Errorf("t%d holds %d rows, %v", i, len(page.Rows), err)
		}
	}
}

func TestCommitThatIsCutOffKeepsTheConnectionUsable(t *testing.T) {
	v, live := attachFirm(t)
	at := es.Position{}
	for n := range 30 {
		ctx, cancel := context.WithCancel(t.Context())
		rows := projections.NewRows(nil)
		rows.Begin(es.At(uint64(n+1), 0), nil)
		for i := range 40 {
			rows.Put("firm", projections.Row{Key: fmt.Sprintf("%d of %d", i, n), Columns: []string{"a", "b", "c"}, Search: "一家公司"})
		}
		cut := make(chan struct{})
		go func() { cancel(); close(cut) }()
		err := live.Commit(ctx, at, es.At(uint64(n+1), 0), rows)
		<-cut
		now, back := live.Checkpoint(t.Context())
		if back != nil {
			t.Fatal(back)
		}
		if moved := now != at; err == nil && !moved {
			t.Error("an acknowledged commit is not there")
		} else if moved {
			at = now
		}
		count := 0
		if err := v.db.read.QueryRowContext(t.Context(), `SELECT count(*) FROM v1_firm WHERE position = ?`, fmt.Sprint(n+1)).Scan(&count); err != nil {
			t.Fatal(err)
		}
		if (count == 40) != (at == es.At(uint64(n+1), 0)) || count != 0 && count != 40 {
			t.Errorf("%d of 40 rows with the checkpoint at %s", count, at)
		}
	}
}
