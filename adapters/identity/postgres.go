package identity

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"time"
)

// Schema is the name of the PostgreSQL schema of a Store, so that other stores may share its database.
const Schema = "mingjian_identity"

//go:embed schema/postgres/*.sql
var scripts embed.FS

// Scripts are the steps that make the schema, in the order of their names.
func Scripts() (fs.FS, error) { return fs.Sub(scripts, "schema/postgres") }

// OpenDatabase takes a PostgreSQL database whose schema the Scripts made. Close closes it.
func OpenDatabase(ctx context.Context, db *sql.DB, clock func() time.Time) (*Store, error) {
	s := &Store{db: db, clock: clock, numbered: true}
	return s.prepared(ctx)
}
