package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// dialTimeout bounds a connection attempt where the URL (connect_timeout) doesn't.
const dialTimeout = 10 * time.Second

// errURL is all that is said of a URL that can't be read: any part of it may be the password.
var errURL = errors.New("postgres: this is no URL of a database (its text is left out, since it may hold a password)")

// parse reads a URL or a list of settings, as pgx and libpq do: what it leaves out may come from the environment (PGPASSWORD)
// or a file (PGPASSFILE). The connections that come of it work in one schema and are told apart by their application_name.
func parse(url, schema string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errURL
	}
	conn := config.ConnConfig
	if conn.ConnectTimeout == 0 {
		conn.ConnectTimeout = dialTimeout
	}
	if conn.RuntimeParams["application_name"] == "" {
		conn.RuntimeParams["application_name"] = "mingjian"
	}
	conn.RuntimeParams["search_path"] = schema
	return config, nil
}

// open makes a pool of connections that work in a schema, which it makes or migrates first, unless readOnly. What the pool
// is to be like beyond that, tune says; nil for the defaults.
func open(ctx context.Context, url string, s Schema, readOnly bool, tune func(*pgxpool.Config)) (_ *pgxpool.Pool, err error) {
	config, err := parse(url, s.Name)
	if err != nil {
		return nil, err
	}
	if err := prepare(ctx, config.ConnConfig, s, readOnly); err != nil {
		return nil, fmt.Errorf("postgres: open %s: %w", s.Name, err)
	}
	if readOnly {
		config.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	}
	if tune != nil {
		tune(config)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("postgres: open %s: %w", s.Name, err)
	}
	return pool, nil
}

// prepare brings the schema to what this program knows, or sees whether it is there.
func prepare(ctx context.Context, config *pgx.ConnConfig, s Schema, readOnly bool) (err error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	var encoding string
	if err := conn.QueryRow(ctx, "SELECT current_setting('server_encoding')").Scan(&encoding); err != nil {
		return err
	}
	if encoding != "UTF8" {
		return fmt.Errorf("the database is encoded in %s and must be in UTF8", encoding)
	}
	if readOnly {
		return s.Ready(ctx, conn)
	}
	return s.Migrate(ctx, conn)
}

// twice asks once more when a connection was lost: those in the pool don't know yet that their server was started anew. It is for
// questions alone.
func twice(ctx context.Context, pool *pgxpool.Pool, ask func() error) error {
	err := ask()
	if err == nil || ctx.Err() != nil || !lost(err) {
		return err
	}
	pool.Reset()
	return ask()
}

// lost tells whether an error is one of the connection: the server ended it, or there was no answer at all.
func lost(err error) bool {
	fault, answered := errors.AsType[*pgconn.PgError](err)
	return !answered || strings.HasPrefix(fault.Code, "08") || strings.HasPrefix(fault.Code, "57P0")
}

// durable refuses a server, or a session, that acknowledges a commit before it is on disk.
func durable(ctx context.Context, conn *pgx.Conn) error {
	var fsync, commit string
	query := "SELECT current_setting('fsync'), current_setting('synchronous_commit')"
	if err := conn.QueryRow(ctx, query).Scan(&fsync, &commit); err != nil {
		return fmt.Errorf("postgres: ask for the settings of the server: %w", err)
	}
	switch {
	case fsync != "on":
		return &NotDurableError{"fsync", fsync}
	case commit != "on" && commit != "remote_write" && commit != "remote_apply":
		return &NotDurableError{"synchronous_commit", commit}
	}
	return nil
}

// NotDurableError says that a setting of the server lets it forget what it acknowledged.
type NotDurableError struct{ Setting, Value string }

func (e *NotDurableError) Error() string {
	return fmt.Sprintf("postgres: %s is %s: events may be lost after they were acknowledged; it must be on (synchronous_commit also "+
		"remote_write or remote_apply)", e.Setting, e.Value)
}
