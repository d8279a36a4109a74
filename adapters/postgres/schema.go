package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Schema is a PostgreSQL schema of one store and the scripts that make it.
//
// Scripts only expand, so that a program which knows fewer of them goes on working: a column or table is added, with a default
// where older programs insert. When a script must end that, its first line says from which script on a program may still use the
// schema: "-- floor: 7". A program then refuses a schema whose floor is beyond what it knows, and before that any newer one is
// fine. Each script runs once, in a transaction of its own, under a lock of the whole schema; its tables are found without
// their schema's name.
type Schema struct {
	Name    string
	Scripts fs.FS // 0001_what.sql and so on
}

// migrationLockWait is how long a script waits for a table that others use: they wait behind it meanwhile.
const migrationLockWait = "10s"

// NewerSchemaError says that a schema was changed by a newer version of this program in a way that this one must not touch.
type NewerSchemaError struct {
	Schema             string
	Have, Floor, Known int // its version, the oldest that may use it, the newest this program knows
}

func (e *NewerSchemaError) Error() string {
	return fmt.Sprintf("postgres: schema %s has version %d, for programs that know %d at least; this one knows %d: use a newer version of it",
		e.Schema, e.Have, e.Floor, e.Known)
}

// ForeignSchemaError says that another program uses a schema of this name.
type ForeignSchemaError struct{ Schema string }

func (e *ForeignSchemaError) Error() string {
	return fmt.Sprintf("postgres: schema %s holds tables of another program", e.Schema)
}

// Migrate brings the schema to the newest version this program knows, and leaves a newer one as it is if this program may use
// it. Of several that migrate at once one does it and the others wait for it. Where there is nothing to do, no right to
// create is needed, nor that to write.
func (s Schema) Migrate(ctx context.Context, conn *pgx.Conn) error {
	scripts, err := s.load()
	if err != nil {
		return err
	}
	for {
		version, err := s.inspect(ctx, conn, len(scripts))
		if err != nil || version >= len(scripts) {
			return err
		}
		if err := s.step(ctx, conn, scripts); err != nil {
			return err
		}
	}
}

// Ready refuses a schema that this program can't read as it is.
func (s Schema) Ready(ctx context.Context, conn *pgx.Conn) error {
	scripts, err := s.load()
	if err != nil {
		return err
	}
	version, err := s.inspect(ctx, conn, len(scripts))
	if err == nil && version < len(scripts) {
		err = fmt.Errorf("schema %s has version %d, older than %d: open it for writing once", s.Name, version, len(scripts))
	}
	return err
}

// script is a step to the next version.
type script struct {
	name, text string
	floor      int
}

func (s Schema) load() ([]script, error) {
	names, err := fs.Glob(s.Scripts, "*.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	out := make([]script, len(names))
	for i, name := range names {
		number, _, _ := strings.Cut(name, "_")
		if n, err := strconv.Atoi(number); err != nil || n != i+1 {
			return nil, fmt.Errorf("script %s of schema %s is not number %d", name, s.Name, i+1)
		}
		text, err := fs.ReadFile(s.Scripts, name)
		if err != nil {
			return nil, err
		}
		out[i] = script{name: name, text: string(text), floor: 1}
		line, _, _ := strings.Cut(out[i].text, "\n")
		if floor, ok := strings.CutPrefix(line, "-- floor: "); ok {
			if out[i].floor, err = strconv.Atoi(floor); err != nil || out[i].floor > i+1 {
				return nil, fmt.Errorf("script %s of schema %s has the floor %q", name, s.Name, floor)
			}
		}
	}
	return out, nil
}

// querier is a connection or a transaction.
type querier interface {
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}

// inspect tells the version of a schema, zero if it holds nothing at all yet.
func (s Schema) inspect(ctx context.Context, db querier, known int) (version int, err error) {
	var ours bool
	var tables int
	err = db.QueryRow(ctx, `SELECT count(*), coalesce(bool_or(relname = 'migration'), false) FROM pg_class
		WHERE relkind IN ('r', 'p', 'v') AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)`, s.Name).Scan(&tables, &ours)
	switch {
	case err != nil:
		return 0, fmt.Errorf("inspect schema %s: %w", s.Name, err)
	case tables == 0:
		return 0, nil
	case !ours:
		return 0, &ForeignSchemaError{Schema: s.Name}
	}
	var floor int
	query := "SELECT coalesce(max(version), 0), coalesce(max(floor), 0) FROM " + s.table()
	if err := db.QueryRow(ctx, query).Scan(&version, &floor); err != nil {
		return 0, fmt.Errorf("inspect schema %s: %w", s.Name, err)
	}
	if floor > known {
		return 0, &NewerSchemaError{Schema: s.Name, Have: version, Floor: floor, Known: known}
	}
	return version, nil
}

// table names the table of the scripts that ran.
func (s Schema) table() string { return pgx.Identifier{s.Name, "migration"}.Sanitize() }

// step runs the next script, unless another process did while this one waited.
func (s Schema) step(ctx context.Context, conn *pgx.Conn, scripts []script) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	if err := s.within(ctx, tx, scripts); err != nil {
		return errors.Join(err, tx.Rollback(context.WithoutCancel(ctx)))
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("migrate schema %s: %w", s.Name, err)
	}
	return nil
}

func (s Schema) within(ctx context.Context, tx pgx.Tx, scripts []script) error {
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('mingjian migrates ' || $1::text, 0))", s.Name); err != nil {
		return fmt.Errorf("wait for the migration of schema %s: %w", s.Name, err)
	}
	version, err := s.inspect(ctx, tx, len(scripts))
	if err != nil || version >= len(scripts) {
		return err
	}
	next, name := scripts[version], pgx.Identifier{s.Name}.Sanitize()
	if version == 0 {
		if err := s.create(ctx, tx, name); err != nil {
			return err
		}
	}
	// The plain protocol, since a script is many statements.
	text := "SET LOCAL lock_timeout = '" + migrationLockWait + "'; SET LOCAL search_path = " + name + ";\n" + next.text
	if _, err := tx.Conn().PgConn().Exec(ctx, text).ReadAll(); err != nil {
		return fmt.Errorf("script %s of schema %s: %w", next.name, s.Name, err)
	}
	_, err = tx.Exec(ctx, "INSERT INTO "+s.table()+" (version, name, floor) VALUES ($1, $2, $3)", version+1, next.name, next.floor)
	if err != nil {
		return fmt.Errorf("script %s of schema %s: %w", next.name, s.Name, err)
	}
	return nil
}

// create makes the schema, if an administrator did not make it empty, and the table of the scripts that ran.
func (s Schema) create(ctx context.Context, tx pgx.Tx, name string) error {
	var exists bool
	if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", s.Name).Scan(&exists); err != nil {
		return fmt.Errorf("inspect schema %s: %w", s.Name, err)
	}
	if !exists {
		if _, err := tx.Exec(ctx, "CREATE SCHEMA "+name); err != nil {
			return fmt.Errorf("make schema %s: %w", s.Name, err)
		}
	}
	_, err := tx.Exec(ctx, "CREATE TABLE IF NOT EXISTS "+s.table()+` (version integer PRIMARY KEY, name text NOT NULL,
		floor integer NOT NULL, ran_at timestamptz NOT NULL DEFAULT now())`)
	if err != nil {
		return fmt.Errorf("make schema %s: %w", s.Name, err)
	}
	return nil
}
