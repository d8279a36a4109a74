package postgrestest_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

// TestWhatWasCommittedSurvivesACrash also shows that databases are apart and that the server commits durably.
func TestWhatWasCommittedSurvivesACrash(t *testing.T) {
	c := postgrestest.NewCluster(t)
	url, other := c.NewDatabase(t), c.NewDatabase(t)
	query(t, url, "CREATE TABLE kept (n int)")
	query(t, url, "INSERT INTO kept VALUES (7)")
	if err := c.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if got := query(t, url, "SELECT n::text FROM kept"); got != "7" {
		t.Errorf("after the crash it holds %q", got)
	}
	if got := query(t, other, "SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'"); got != "0" {
		t.Errorf("another database holds %s tables", got)
	}
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		if got := query(t, postgrestest.New(t), "SHOW "+setting); got != "on" {
			t.Errorf("%s is %s", setting, got)
		}
	}
}

// query runs one statement and answers the first column of its first row.
func query(t *testing.T, url, sql string) (text string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if rows.Next() {
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return text
}
