package postgres

import (
	"fmt"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

func openViews(t testing.TB, url string) *Views {
	t.Helper()
	v, err := OpenViews(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	})
	return v
}

func TestViewsKeepTheContracts(t *testing.T) {
	projectionstest.SinkSuite(t, func(t *testing.T) *projectionstest.Subject {
		url := postgrestest.New(t)
		v := openViews(t, url)
		return &projectionstest.Subject{
			Views: v,
			Break: func(table, key string) func() { return breakRow(t, v, table, key) },
			Reopen: func() projectionstest.Views {
				if err := v.Close(); err != nil {
					t.Fatal(err)
				}
				v = openViews(t, url)
				return v
			},
		}
	}, projectionstest.Features{})
}

func exec(t testing.TB, v *Views, statement string, args ...any) {
	t.Helper()
	if _, err := v.write.Exec(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// breakRow makes the server itself refuse the row, after others of the same commit were written.
func breakRow(t *testing.T, v *Views, table, key string) (mend func()) {
	t.Helper()
	live, err := v.table(table)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, v, `CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$`)
	exec(t, v, fmt.Sprintf(`CREATE TRIGGER broken BEFORE INSERT OR UPDATE ON %s FOR EACH ROW WHEN (new.key = '%s') EXECUTE FUNCTION broken()`,
		quote(live.name), key))
	return func() { exec(t, v, `DROP FUNCTION broken CASCADE`) }
}

var _ interface {
	projections.Sink
	projections.Shared
	projections.Reader
	projections.Watcher
	projections.Elsewhere
} = (*Views)(nil)
