package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/mingjian-ledger/mingjian/adapters/blob"
	"github.com/mingjian-ledger/mingjian/adapters/esdb"
	"github.com/mingjian-ledger/mingjian/adapters/identity"
	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/adapters/vault"
	"github.com/mingjian-ledger/mingjian/adapters/webhook"
)

// Connections to PostgreSQL of each store that shares no pool with another.
const (
	identityConnections = 6 // each call of the API looks a token up
	vaultConnections    = 4
	blobConnections     = 4
	webhookConnections  = 6
)

// openEvents opens the log. Read-only it may be open in another process, whatever it is.
func (c *config) openEvents(ctx context.Context, readOnly bool) (eventLog, error) {
	at := c.eventsAt()
	return opened(ctx, c, "--events", at, func() (eventLog, error) {
		switch at.scheme() {
		case "sqlite":
			return sqlite.Open(ctx, at.path(), sqlite.Options{ReadOnly: readOnly})
		case "esdb", "esdb+discover":
			return esdb.Open(ctx, at.url, esdb.Options{Patience: max(c.StoreWait, time.Second), Log: c.logged()}) // it waits by itself
		}
		return postgres.Open(ctx, at.url, postgres.Options{ReadOnly: readOnly})
	})
}

func (c *config) openViews(ctx context.Context) (viewStore, error) {
	at := c.viewsAt()
	return opened(ctx, c, "--views", at, func() (viewStore, error) {
		if at.local() {
			return sqlite.OpenViews(ctx, at.path())
		}
		return postgres.OpenViews(ctx, at.url)
	})
}

// openLeases takes part in sharing the projections out among the servers on one database of views; nil where one process has them.
func (c *config) openLeases(ctx context.Context) (leaseStore, error) {
	at := c.viewsAt()
	if at.local() {
		return nil, nil
	}
	return opened(ctx, c, "--views", at, func() (leaseStore, error) {
		return postgres.OpenLeases(ctx, at.url, postgres.LeaseOptions{Name: c.replica(), Serves: c.serves, Log: c.logged()})
	})
}

// openBlobs opens the lists and pictures. Read-only they may be open in another process, whatever they are.
func (c *config) openBlobs(ctx context.Context, readOnly bool) (blobStore, error) {
	at := c.blobsAt()
	return opened(ctx, c, "--blobs", at, func() (blobStore, error) {
		switch {
		case at.local() && readOnly:
			return blob.OpenReadOnly(at.path()), nil
		case at.local():
			return blob.Open(at.path())
		}
		db, err := schemaAt(ctx, at, blob.Schema, blob.Scripts, blobConnections, readOnly)
		switch {
		case err != nil:
			return nil, err
		case readOnly:
			return blob.OpenDatabaseReadOnly(db), nil
		}
		return blob.OpenDatabase(ctx, db)
	})
}

func (c *config) openIdentity(ctx context.Context) (*identity.Store, error) {
	at := c.identityAt()
	return opened(ctx, c, "--identity", at, func() (*identity.Store, error) {
		if at.local() {
			return identity.Open(ctx, at.path(), c.now)
		}
		db, err := schemaAt(ctx, at, identity.Schema, identity.Scripts, identityConnections, false)
		if err != nil {
			return nil, err
		}
		return identity.OpenDatabase(ctx, db, c.now)
	})
}

// openVault opens the vault. Read-only it may be open in another process, whatever it is, and a file that is missing is
// fs.ErrNotExist.
func (c *config) openVault(ctx context.Context, readOnly bool) (*vault.Store, error) {
	at := c.vaultAt()
	return opened(ctx, c, "--vault", at, func() (*vault.Store, error) {
		switch {
		case at.local() && readOnly:
			return vault.OpenReadOnly(ctx, at.path(), c.keys())
		case at.local():
			return vault.Open(ctx, at.path(), c.keys())
		}
		db, err := schemaAt(ctx, at, vault.Schema, vault.Scripts, vaultConnections, readOnly)
		switch {
		case err != nil:
			return nil, err
		case readOnly:
			return vault.OpenDatabaseReadOnly(db, c.keys()), nil
		}
		return vault.OpenDatabase(ctx, db, c.keys())
	})
}

func (c *config) openWebhooks(ctx context.Context) (*webhook.Store, error) {
	at := c.webhooksAt()
	return opened(ctx, c, "--webhooks", at, func() (*webhook.Store, error) {
		if at.local() {
			return webhook.Open(ctx, at.path(), c.keys(), c.now)
		}
		db, err := schemaAt(ctx, at, webhook.Schema, webhook.Scripts, webhookConnections, false)
		if err != nil {
			return nil, err
		}
		return webhook.OpenDatabase(db, c.keys(), c.now), nil
	})
}

// schemaAt opens the schema of a store that is written for database/sql.
func schemaAt(ctx context.Context, at location, name string, scripts func() (fs.FS, error), connections int, readOnly bool) (*sql.DB, error) {
	steps, err := scripts()
	if err != nil {
		return nil, err
	}
	return postgres.OpenSQL(ctx, at.url, postgres.Schema{Name: name, Scripts: steps}, connections, readOnly)
}

// opened opens a store, again and again while a server does not answer and --store-wait lasts. No secret of the location is in
// its error.
func opened[S any](ctx context.Context, c *config, flag string, at location, open func() (S, error)) (S, error) {
	attempt := func() (S, error) {
		s, err := open()
		if err != nil && (at.local() || !comesLater(err)) {
			err = backoff.Permanent(err)
		}
		return s, err
	}
	pace := &backoff.ExponentialBackOff{InitialInterval: 50 * time.Millisecond, RandomizationFactor: 0.3, Multiplier: 1.6, MaxInterval: 3 * time.Second}
	s, err := backoff.Retry(ctx, attempt, backoff.WithBackOff(pace), backoff.WithMaxElapsedTime(max(c.StoreWait, 1)),
		backoff.WithNotify(func(err error, pause time.Duration) {
			c.logged().WarnContext(ctx, "waiting for a store that does not answer", slog.String("store", flag), slog.Any("at", at),
				slog.Any("error", at.mask(err)), slog.Duration("again_in", pause))
		}))
	if err != nil {
		var none S
		return none, fmt.Errorf("%s: %w", flag, at.mask(err))
	}
	return s, nil
}

// comesLater tells whether a server that can't be reached now may be there in a moment: it does not run yet, or starts, or has
// no connection left. That it refuses who we are, or lacks the database, does not pass by waiting.
func comesLater(err error) bool {
	if refused := (*pgconn.PgError)(nil); errors.As(err, &refused) {
		return refused.Code == "57P03" || refused.Code == "53300"
	}
	unreached := (*pgconn.ConnectError)(nil)
	return errors.As(err, &unreached)
}
