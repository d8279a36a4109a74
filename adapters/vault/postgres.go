package vault

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Schema is the name of the PostgreSQL schema of a Store, so that other stores may share its database.
const Schema = "mingjian_vault"

const (
	rewriteWait      = 2 * time.Second // for those who read the tables; a backup may take long
	lockNotAvailable = "55P03"
)

//go:embed schema/postgres/*.sql
var scripts embed.FS

// Scripts are the steps that make the schema, in the order of their names.
func Scripts() (fs.FS, error) { return fs.Sub(scripts, "schema/postgres") }

// OpenDatabase takes a PostgreSQL database whose schema the Scripts made, which any number of processes may have open, all with
// the same master keys. It forgets persons for whom nothing was sealed within a day. If it holds persons, the key service must
// be able to unwrap. Close closes the database.
func OpenDatabase(ctx context.Context, db *sql.DB, keys KeyService) (*Store, error) {
	return inSchema(db, keys).start(ctx)
}

// OpenDatabaseReadOnly takes a database without any key: for checks.
func OpenDatabaseReadOnly(db *sql.DB, keys KeyService) *Store { return inSchema(db, keys) }

func inSchema(db *sql.DB, keys KeyService) *Store {
	return &Store{db: db, q: numbered{db}, tables: schemaTables{db}, keys: keys}
}

// schemaTables are a vault in PostgreSQL.
type schemaTables struct{ db *sql.DB }

func (schemaTables) numbered() bool { return true }
func (schemaTables) shared() bool   { return true }

// begin lets one transaction of all processes write at a time, as it is with a file. Vaults are written seldom.
func (schemaTables) begin(ctx context.Context, tx querier) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('mingjian writes the vault', 0))`)
	return err
}

// idle spares those whom another process made known a moment ago.
func (schemaTables) idle() string {
	return `DELETE FROM person WHERE made_at < now() - interval '1 day' AND NOT EXISTS (SELECT FROM item_person i WHERE i.person = person.id)`
}

func (schemaTables) erasing() []string {
	return []string{
		`DELETE FROM person WHERE id = ?`,
		`UPDATE item SET body = NULL WHERE id IN (SELECT item FROM item_person WHERE person = ?)`,
	}
}

// due is the number of the transaction: what it and earlier ones deleted is to go.
func (schemaTables) due(ctx context.Context, q querier) (number []byte, err error) {
	err = q.QueryRowContext(ctx, `SELECT convert_to(pg_current_xact_id()::text, 'UTF8')`).Scan(&number)
	return number, err
}

// rewrite makes new files of the tables and their indexes, which hold their rows alone; the former files are cut to nothing when
// that is committed. Rows that an older snapshot still may see are copied, which shows in the age up to which the new file
// was frozen; since most snapshots are short, they are waited for. Columns of which traces could stand in the statistics of the
// planner have none (see the schema).
func (t schemaTables) rewrite(ctx context.Context, due []byte) (err error) {
	conn, err := t.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("vault: write the tables anew: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	patience, cancel := context.WithTimeout(ctx, rewriteWait)
	defer cancel()
	for {
		if err := readersGone(ctx, patience, conn, string(due)); err != nil {
			return err
		}
		if err := vacuum(ctx, conn); err != nil {
			return err
		}
		var clean bool
		err = conn.QueryRowContext(ctx, `SELECT bool_and(age(relfrozenxid) < age(($1::text::xid8)::xid)) FROM pg_class
			WHERE oid IN ('person'::regclass, 'item'::regclass)`, string(due)).Scan(&clean)
		if err != nil || clean {
			return err
		}
		if patience.Err() != nil {
			return fmt.Errorf("vault: write the tables anew: %w", errRead)
		}
	}
}

// readersGone waits for older snapshots in this database, as far as the server shows them to this role; no longer than patience.
func readersGone(ctx, patience context.Context, conn *sql.Conn, due string) error {
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		var reading bool
		err := conn.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
			AND pid <> pg_backend_pid() AND age(backend_xmin) >= age(($1::text::xid8)::xid))`, due).Scan(&reading)
		if err != nil {
			return fmt.Errorf("vault: look who reads the tables: %w", err)
		}
		if !reading {
			return nil
		}
		select {
		case <-look.C:
		case <-patience.Done():
			return ctx.Err()
		}
	}
}

// vacuum writes the tables anew, unless somebody uses them for long: whoever comes after would wait too.
func vacuum(ctx context.Context, conn *sql.Conn) (err error) {
	for _, statement := range []string{
		fmt.Sprintf(`SET lock_timeout = %d`, rewriteWait.Milliseconds()), `VACUUM (FULL, FREEZE) person`, `VACUUM (FULL, FREEZE) item`,
	} {
		if _, err = conn.ExecContext(ctx, statement); err != nil {
			break
		}
	}
	_, after := conn.ExecContext(context.WithoutCancel(ctx), `RESET lock_timeout`)
	if refused := (*pgconn.PgError)(nil); errors.As(err, &refused) && refused.Code == lockNotAvailable {
		err = errRead
	}
	if err = errors.Join(err, after); err != nil {
		return fmt.Errorf("vault: write the tables anew: %w", err)
	}
	return nil
}
