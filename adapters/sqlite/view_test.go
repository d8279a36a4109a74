package sqlite

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

func openViews(t testing.TB, path string) *Views {
	t.Helper()
	v, err := OpenViews(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestViewsKeepTheContracts(t *testing.T) {
	projectionstest.SinkSuite(t, func(t *testing.T) *projectionstest.Subject {
		path := filepath.Join(t.TempDir(), "views.db")
		v := openViews(t, path)
		t.Cleanup(func() {
			if err := v.Close(); err != nil {
				t.Error(err)
			}
		})
		return &projectionstest.Subject{
			Views: v,
			Break: func(table, key string) func() { return breakRow(t, v, table, key) },
			Reopen: func() projectionstest.Views {
				if err := v.Close(); err != nil {
					t.Fatal(err)
				}
				v = openViews(t, path)
				return v
			},
		}
	}, projectionstest.Features{})
}

// breakRow makes the file itself refuse the row, after others of the same commit were written.
func breakRow(t *testing.T, v *Views, table, key string) (mend func()) {
	t.Helper()
	live, err := v.table(table)
	if err != nil {
		t.Fatal(err)
	}
	exec := func(statement string) {
		t.Helper()
		exec(t, v, statement)
	}
	for _, event := range []string{"INSERT", "UPDATE"} {
		exec(fmt.Sprintf(`CREATE TRIGGER broken_%s BEFORE %s ON %s WHEN new.key = '%s' BEGIN SELECT RAISE(ABORT, 'broken'); END`,
			event, event, quote(live.name), key))
	}
	return func() {
		exec(`DROP TRIGGER broken_INSERT`)
		exec(`DROP TRIGGER broken_UPDATE`)
	}
}

var _ interface {
	projections.Sink
	projections.Reader
	projections.Watcher
} = (*Views)(nil)
