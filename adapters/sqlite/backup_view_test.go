package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

func TestViewsAreBackedUpBesideTheirWriter(t *testing.T) {
	dir := t.TempDir()
	v := openViews(t, filepath.Join(dir, "views.db"))
	live, err := v.Attach(t.Context(), firm())
	if err != nil {
		t.Fatal(err)
	}
	commit := func(n uint64) {
		t.Helper()
		rows := projections.NewRows(nil)
		rows.Begin(es.At(n, 0), nil)
		rows.Put("firm", projections.Row{Key: fmt.Sprint(n), Columns: []string{"a", "b", "c"}, Search: "一家公司"})
		if err := live.Commit(t.Context(), es.At(n-1, 0), es.At(n, 0), rows); err != nil {
			t.Fatal(err)
		}
	}
	commit(1)
	copied, reports := filepath.Join(t.TempDir(), "views.db"), 0
	err = BackupViews(t.Context(), filepath.Join(dir, "views.db"), copied, func(pages, of int) {
		if reports++; pages < 1 || pages > of {
			t.Errorf("%d of %d pages", pages, of)
		}
	})
	if err != nil || reports == 0 {
		t.Fatalf("%d reports, %v", reports, err)
	}
	commit(2)
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	c := openViews(t, copied)
	again, err := c.Attach(t.Context(), firm())
	if err != nil {
		t.Fatal(err)
	}
	if at, err := again.Checkpoint(t.Context()); err != nil || at != es.At(1, 0) {
		t.Errorf("the copy is at %s, %v", at, err)
	}
	if page, err := c.List(t.Context(), projections.Query{Table: "firm", Search: "公司", Limit: 10}); err != nil || len(page.Rows) != 1 {
		t.Errorf("the copy holds %d rows, %v", len(page.Rows), err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := BackupViews(t.Context(), filepath.Join(dir, "views.db"), copied, nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file that exists: %v", err)
	}
	if err := BackupViews(t.Context(), filepath.Join(dir, "none.db"), filepath.Join(t.TempDir(), "views.db"), nil); err == nil {
		t.Error("of a file that is missing: no error")
	}
}

func TestClosingTheViewsLeavesOneFile(t *testing.T) {
	dir := t.TempDir()
	v := openViews(t, filepath.Join(dir, "views.db"))
	if _, err := v.Attach(t.Context(), firm()); err != nil {
		t.Fatal(err)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left are %v, %v", left, err)
	}
}
