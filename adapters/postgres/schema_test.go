package postgres_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

// schema is one whose scripts have these texts.
func schema(texts ...string) postgres.Schema {
	scripts := fstest.MapFS{}
	for i, text := range texts {
		scripts["000"+string(rune('1'+i))+"_step.sql"] = &fstest.MapFile{Data: []byte(text)}
	}
	return postgres.Schema{Name: "mingjian_test", Scripts: scripts}
}

func dial(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}

func execute(t testing.TB, url string, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	for _, statement := range statements {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

const (
	first  = "CREATE TABLE kept (n integer);\nINSERT INTO kept VALUES (1);"
	second = "ALTER TABLE kept ADD COLUMN more integer NOT NULL DEFAULT 7;"
	third  = "-- floor: 3\nALTER TABLE kept DROP COLUMN n;"
)

// An old and a new program at once: the new one migrates, the old one goes on, until a script says that it can't.
func TestSchemaGrowsUnderAnOlderProgram(t *testing.T) {
	url := postgrestest.New(t)
	conn := dial(t, url)
	step := func(s postgres.Schema) error { return s.Migrate(t.Context(), conn) }
	if err := schema(first).Ready(t.Context(), conn); err == nil {
		t.Fatal("a schema that is not there is ready")
	}
	for range 2 {
		if err := step(schema(first)); err != nil {
			t.Fatal(err)
		}
	}
	if err := step(schema(first, second)); err != nil {
		t.Fatal(err)
	}
	for _, old := range []postgres.Schema{schema(first), schema(first, second)} {
		if err := errors.Join(step(old), old.Ready(t.Context(), conn)); err != nil {
			t.Fatalf("beside a newer schema that it may use: %v", err)
		}
	}
	execute(t, url, "INSERT INTO mingjian_test.kept VALUES (2)") // as an old program does
	if err := step(schema(first, second, third)); err != nil {
		t.Fatal(err)
	}
	for _, old := range []postgres.Schema{schema(first), schema(first, second)} {
		for _, err := range []error{step(old), old.Ready(t.Context(), conn)} {
			newer, ok := errors.AsType[*postgres.NewerSchemaError](err)
			if !ok || newer.Have != 3 || newer.Floor != 3 || newer.Known >= 3 || !strings.Contains(err.Error(), "newer version") {
				t.Fatalf("answered %v", err)
			}
		}
	}
	var sum int
	if err := conn.QueryRow(t.Context(), "SELECT sum(more) FROM mingjian_test.kept").Scan(&sum); err != nil || sum != 14 {
		t.Fatalf("the rows sum up to %d: %v", sum, err)
	}
}

// A script that ran twice would fail, or insert twice.
func TestOneOfManyMigrates(t *testing.T) {
	url := postgrestest.New(t)
	var all sync.WaitGroup
	for range 12 {
		conn := dial(t, url)
		all.Go(func() {
			if err := schema(first, second).Migrate(t.Context(), conn); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	var n int
	if err := dial(t, url).QueryRow(t.Context(), "SELECT count(*) FROM mingjian_test.kept").Scan(&n); err != nil || n != 1 {
		t.Fatalf("%d rows: %v", n, err)
	}
}

func TestAFailedScriptLeavesNothing(t *testing.T) {
	conn := dial(t, postgrestest.New(t))
	broken := schema(first, "INSERT INTO kept VALUES (2); SELECT 1/0;")
	for range 2 {
		if err := broken.Migrate(t.Context(), conn); err == nil || !strings.Contains(err.Error(), "0002_step.sql") {
			t.Fatalf("answered %v", err)
		}
	}
	if err := schema(first, "INSERT INTO kept VALUES (3)").Migrate(t.Context(), conn); err != nil {
		t.Fatal(err)
	}
	var sum int
	if err := conn.QueryRow(t.Context(), "SELECT sum(n) FROM mingjian_test.kept").Scan(&sum); err != nil || sum != 4 {
		t.Fatalf("the rows sum up to %d: %v", sum, err)
	}
}

func TestSchemaRefuses(t *testing.T) {
	url := postgrestest.New(t)
	conn := dial(t, url)
	execute(t, url, "CREATE SCHEMA mingjian_test")
	if err := schema(first).Migrate(t.Context(), conn); err != nil {
		t.Fatalf("an empty schema that an administrator made: %v", err)
	}
	execute(t, url, "DROP SCHEMA mingjian_test CASCADE", "CREATE SCHEMA mingjian_test", "CREATE TABLE mingjian_test.theirs (a integer)")
	if _, foreign := errors.AsType[*postgres.ForeignSchemaError](schema(first).Migrate(t.Context(), conn)); !foreign {
		t.Error("took a schema of another program")
	}
	for name, s := range map[string]postgres.Schema{
		"a floor beyond its script": schema("-- floor: 2\nSELECT 1"),
		"a floor that is none":      schema("-- floor: x\nSELECT 1"),
		"a missing script":          {Name: "mingjian_other", Scripts: fstest.MapFS{"0002_step.sql": {Data: []byte("SELECT 1")}}},
	} {
		if err := s.Migrate(t.Context(), conn); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A role that may not create needs nothing once the schema is there.
func TestMigrateAsksForNoMoreRightsThanItUses(t *testing.T) {
	url := postgrestest.New(t)
	if err := schema(first).Migrate(t.Context(), dial(t, url)); err != nil {
		t.Fatal(err)
	}
	execute(t, url, "DROP ROLE IF EXISTS reader", "CREATE ROLE reader LOGIN", "GRANT USAGE ON SCHEMA mingjian_test TO reader",
		"GRANT SELECT ON ALL TABLES IN SCHEMA mingjian_test TO reader")
	reader := dial(t, strings.Replace(url, "mingjian@", "reader@", 1))
	if err := schema(first).Migrate(t.Context(), reader); err != nil {
		t.Fatal(err)
	}
	if err := schema(first, second).Migrate(t.Context(), reader); err == nil {
		t.Fatal("a reader changed the schema")
	}
}
