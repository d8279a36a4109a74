package webhook

import (
	"database/sql"
	"embed"
	"io/fs"
	"time"
)

// Schema is the name of the PostgreSQL schema of a Store, so that other stores may share its database.
const Schema = "mingjian_webhooks"

//go:embed schema/postgres/*.sql
var scripts embed.FS

// Scripts are the steps that make the schema, in the order of their names.
func Scripts() (fs.FS, error) { return fs.Sub(scripts, "schema/postgres") }

// OpenDatabase takes a PostgreSQL database whose schema the Scripts made, which any number of processes may have open, all with
// the same master keys. Close closes it.
func OpenDatabase(db *sql.DB, keys Keys, clock func() time.Time) *Store {
	return &Store{db: db, q: numbered{db}, shared: true, keys: keys, clock: clock}
}
