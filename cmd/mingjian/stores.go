package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
	"github.com/mingjian-ledger/mingjian/projections"
)

// eventLog is where events are stored. Check reports what is wrong with them.
type eventLog interface {
	es.Store
	es.Source
	Check(ctx context.Context, report func(adapter.Problem)) error
	io.Closer
}

// viewStore is where views are.
type viewStore interface {
	projections.Sink
	projections.Reader
	projections.Watcher
	io.Closer
}

// leaseStore hands out projections to processes.
type leaseStore interface {
	projections.Leases
	io.Closer
}

// blobStore is where lists and pictures are. Walk yields the digests of all of them, ascending.
type blobStore interface {
	draw.Blobs
	Walk(ctx context.Context) iter.Seq2[string, error]
	io.Closer
}

// storeFlags tell where the stores are. Every command that opens one has all of them, so that one environment fits all.
func (c *config) storeFlags(f *pflag.FlagSet, data string) {
	f.StringVar(&c.Data, "data", "data", data)
	f.Var(&c.Events, "events", "where events are: sqlite://FILE, postgres://… or esdb://…; in the data directory if empty")
	f.Var(&c.Views, "views", "where views are: sqlite://FILE or postgres://…; in the data directory if empty")
	f.Var(&c.Blobs, "blobs", "where lists and pictures are: file://FOLDER or postgres://…; if empty, in the database of the views,\nor in the data directory")
	f.Var(&c.Identity, "identity", "where tokens are: sqlite://FILE or postgres://…; if empty, as --blobs")
	f.Var(&c.Vault, "vault", "where personal data are, encrypted: sqlite://FILE or postgres://…; if empty, as --blobs")
	f.Var(&c.Webhooks, "webhooks", "where receivers of webhooks are: sqlite://FILE or postgres://…; if empty, as --blobs")
	f.DurationVar(&c.StoreWait, "store-wait", time.Minute, "longest wait for a store on a server that does not answer yet")
}

// checkStores joins what is wrong with the locations, as an error of usage.
func (c *config) checkStores() error {
	var data error
	if c.Data == "" {
		data = errors.New("--data: a directory is required")
	}
	err := errors.Join(data,
		c.Events.check("--events", "sqlite", "postgres", "esdb", "esdb+discover"), c.Views.check("--views", "sqlite", "postgres"),
		c.Blobs.check("--blobs", "file", "postgres"), c.Identity.check("--identity", "sqlite", "postgres"),
		c.Vault.check("--vault", "sqlite", "postgres"), c.Webhooks.check("--webhooks", "sqlite", "postgres"))
	if err != nil {
		return usage("%w", err)
	}
	return nil
}

// The locations that hold: those that were set, else files of the data directory.
func (c *config) eventsAt() location   { return c.Events.or(c.file("sqlite", eventsFile)) }
func (c *config) viewsAt() location    { return c.Views.or(c.file("sqlite", viewsFile)) }
func (c *config) blobsAt() location    { return c.Blobs.or(c.beside("file", blobsFolder)) }
func (c *config) identityAt() location { return c.Identity.or(c.beside("sqlite", identityFile)) }
func (c *config) vaultAt() location    { return c.Vault.or(c.beside("sqlite", vaultFile)) }
func (c *config) webhooksAt() location { return c.Webhooks.or(c.beside("sqlite", webhooksFile)) }

func (c *config) file(scheme, name string) location { return location{scheme + "://" + c.path(name)} }

// beside is the database of the views where several servers may share that, since all of them need what is there.
func (c *config) beside(scheme, name string) location {
	if c.Views.scheme() == "postgres" {
		return c.Views
	}
	return c.file(scheme, name)
}

// usesDirectory tells whether anything is kept in the data directory.
func (c *config) usesDirectory() bool {
	for _, at := range []location{c.eventsAt(), c.viewsAt(), c.blobsAt(), c.identityAt(), c.vaultAt(), c.webhooksAt()} {
		if at.local() && within(c.Data, at.path()) {
			return true
		}
	}
	return c.MasterKey == ""
}

// within tells whether a path is in a folder.
func within(folder, path string) bool {
	return filepath.Clean(filepath.Dir(path)) == filepath.Clean(folder)
}

// noLedger is the complaint of commands that work on a ledger which must be there. Of a server only opening it tells.
func (c *config) noLedger() error {
	if !c.eventsAt().local() {
		return nil
	}
	if _, err := os.Stat(c.eventsAt().path()); err != nil {
		return usage("%s: no ledger here: %w", c.flagOf(c.Events, "--events"), err)
	}
	return nil
}

// flagOf is the flag by which a store was placed.
func (c *config) flagOf(l location, flag string) string {
	if l.url == "" {
		return "--data"
	}
	return flag
}

// prepareDirectory makes the data directory and takes the right to write it, where anything is in it. A log in it takes the
// right by itself.
func (c *config) prepareDirectory() (io.Closer, error) {
	if !c.usesDirectory() {
		return io.NopCloser(nil), nil
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if c.eventsAt().local() && within(c.Data, c.eventsAt().path()) {
		return io.NopCloser(nil), nil
	}
	return sqlite.Lock(c.Data)
}

// holdsLedger tells whether there is a ledger already.
func (c *config) holdsLedger(ctx context.Context) (bool, error) {
	at := c.eventsAt()
	if at.local() {
		return !missing(at.path()), nil
	}
	events, err := c.openEvents(ctx, false) // which makes the tables, if there are none
	if err != nil {
		return false, err
	}
	head, err := events.Head(ctx)
	return head != (es.Position{}), errors.Join(err, events.Close())
}

// stored describes where everything is, for the log.
func (c *config) stored() string {
	return cmp.Or(c.Events.String(), c.Data)
}
