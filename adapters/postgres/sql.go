package postgres

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// OpenSQL opens a schema for a store that speaks database/sql and is written elsewhere: tokens, personal data, lists. It makes
// or migrates the schema first, unless readOnly, and refuses a server that acknowledges what is not on disk. Tables are found
// without the schema's name. Connections that broke are replaced when they are next needed.
func OpenSQL(ctx context.Context, url string, s Schema, connections int, readOnly bool) (*sql.DB, error) {
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
	db := stdlib.OpenDB(*config.ConnConfig, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		if readOnly {
			return nil
		}
		return durable(ctx, conn)
	}))
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}
