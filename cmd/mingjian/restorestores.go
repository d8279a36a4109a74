package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/mingjian-ledger/mingjian/adapters/archive"
	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/adapters/vault"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/ledger"
)

// intoStores fills the stores that were named. They must be empty.
func (r *restoring) intoStores(ctx context.Context) (err error) {
	if r.m, err = readManifest(r.from); err != nil {
		return err
	}
	c := r.config
	lock, err := c.prepareDirectory()
	if err != nil {
		return err
	}
	defer func() {
		if lock != nil {
			err = errors.Join(err, lock.Close())
		}
	}()
	if err := c.vacant(ctx); err != nil {
		return err
	}
	return r.fill(ctx, &c)
}

// vacant refuses stores that hold something, naming the first.
func (c *config) vacant(ctx context.Context) error {
	for _, s := range []struct {
		flag string
		at   location
		is   func(context.Context) (bool, error)
	}{
		{"--events", c.eventsAt(), c.noEvents}, {"--views", c.viewsAt(), c.noViews}, {"--blobs", c.blobsAt(), c.noBlobs},
		{"--identity", c.identityAt(), c.noTokens}, {"--vault", c.vaultAt(), c.noVault}, {"--webhooks", c.webhooksAt(), c.noWebhooks},
	} {
		if at := s.at; at.scheme() == "sqlite" {
			if !missing(at.path()) {
				return usage("%s: %s exists: a backup is restored into new stores", s.flag, at)
			}
			continue
		}
		vacant, err := s.is(ctx)
		if err != nil {
			return err
		}
		if !vacant {
			return usage("%s: %s is not empty: a backup is restored into new stores", s.flag, s.at)
		}
	}
	return nil
}

func (c *config) noEvents(ctx context.Context) (bool, error) {
	there, err := c.holdsLedger(ctx)
	return !there, err
}

func (c *config) noViews(ctx context.Context) (vacant bool, err error) {
	views, err := c.openViews(ctx)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, views.Close()) }()
	for _, p := range allProjections() {
		tables, err := views.Attach(ctx, p)
		if err != nil {
			return false, err
		}
		if at, err := tables.Checkpoint(ctx); err != nil || at != (es.Position{}) {
			return false, err
		}
	}
	return true, nil
}

func (c *config) noBlobs(ctx context.Context) (bool, error) {
	blobs, err := c.openBlobs(ctx, false)
	if err != nil {
		return false, err
	}
	vacant := true
	for _, failed := range blobs.Walk(ctx) {
		vacant, err = false, failed
		break
	}
	return vacant, errors.Join(err, blobs.Close())
}

func (c *config) noTokens(ctx context.Context) (bool, error) {
	tokens, err := c.openIdentity(ctx)
	if err != nil {
		return false, err
	}
	list, err := tokens.List(ctx, 1)
	return len(list) == 0, errors.Join(err, tokens.Close())
}

func (c *config) noVault(ctx context.Context) (bool, error) {
	s, err := c.vaultToRestore(ctx)
	if err != nil {
		return false, err
	}
	vacant, err := s.Vacant(ctx)
	return vacant, errors.Join(err, s.Close())
}

func (c *config) noWebhooks(ctx context.Context) (bool, error) {
	s, err := c.openWebhooks(ctx)
	if err != nil {
		return false, err
	}
	vacant, err := s.Vacant(ctx)
	return vacant, errors.Join(err, s.Close())
}

// vaultToRestore opens the vault without its key.
func (c *config) vaultToRestore(ctx context.Context) (*vault.Store, error) {
	at := c.vaultAt()
	return opened(ctx, c, "--vault", at, func() (*vault.Store, error) {
		if at.local() {
			return vault.ToRestore(ctx, at.path(), c.keys())
		}
		db, err := schemaAt(ctx, at, vault.Schema, vault.Scripts, vaultConnections, false)
		if err != nil {
			return nil, err
		}
		return vault.DatabaseToRestore(db, c.keys()), nil
	})
}

// fill checks the backup and brings it into empty stores. The vault, which every server opens before it answers anybody, is
// marked first and released last; the log, which refers to the rest, comes after the rest.
func (r *restoring) fill(ctx context.Context, c *config) (err error) {
	staged, err := os.MkdirTemp("", "mingjian-restore-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(staged)) }()
	if err := r.stage(ctx, staged); err != nil {
		return err
	}
	if err := r.masterKey(c, staged); err != nil {
		return err
	}
	personal, err := c.vaultToRestore(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, personal.Close()) }()
	sealed := ""
	if r.m.holds(vaultFile) {
		sealed = filepath.Join(staged, vaultFile)
	}
	steps := []func() error{
		func() error { return personal.Restore(ctx, sealed) },
		func() error { return r.tokens(ctx, c, staged) },
		func() error { return r.webhooks(ctx, c, staged) },
		func() error { return r.lists(ctx, c) },
		func() error { return r.exchange(c, staged) },
		func() error { return r.log(ctx, c, staged) },
		func() error { return personal.Restored(ctx) },
	}
	for _, step := range steps {
		if err := step(); err != nil && c.Data == r.config.Data { // else it is a folder that goes with the error
			return fmt.Errorf("%w; what is in the stores by now is to be removed before they are restored into again", err)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// stage checks every file, and that the log is the one of the manifest, before anything is written. What is opened as a database
// is copied: opening one may write.
func (r *restoring) stage(ctx context.Context, folder string) error {
	err := r.copyInto(ctx, func(path string) string {
		switch path {
		case eventsFile, identityFile, vaultFile, webhooksFile, masterFile:
			return filepath.Join(folder, path)
		}
		if strings.HasPrefix(path, exchangeFolder+"/") {
			return filepath.Join(folder, filepath.FromSlash(path))
		}
		return ""
	})
	if err != nil {
		return err
	}
	for _, f := range r.m.Files {
		if strings.HasPrefix(f.Path, blobsFolder+"/") && path.Base(f.Path) != f.SHA256 {
			return refuted("%s has the digest %s", f.Path, f.SHA256)
		}
	}
	chain := ledger.NewChain()
	for rec, err := range r.records(ctx, folder) {
		if err != nil {
			return err
		}
		chain.Add(rec)
	}
	return r.holdsHead(chain.Head())
}

// holdsHead refuses a log that is not the one of the manifest.
func (r *restoring) holdsHead(log ledger.Head) error {
	if want := r.m.Head; !want.claims(log) {
		return refuted("the log ends at %s (%s), the manifest says %s (%s); all events %s, and %s", log.Position, log.Hash, want.Position, want.Hash, log.Chain, want.Chain)
	}
	return nil
}

// records are the events of the backup.
func (r *restoring) records(ctx context.Context, staged string) iter.Seq2[es.Record, error] {
	if r.m.holds(eventsFile) {
		return recordsOf(ctx, filepath.Join(staged, eventsFile))
	}
	return func(yield func(es.Record, error) bool) {
		f, err := os.Open(filepath.Join(r.from, archiveFile))
		if err != nil {
			yield(es.Record{}, err)
			return
		}
		defer func() { _ = f.Close() }() // it was read
		for rec, err := range archive.Read(ctx, f) {
			if spoilt := (*archive.SpoiltError)(nil); errors.As(err, &spoilt) {
				err = refuted("%s: %w", archiveFile, err)
			}
			if !yield(rec, err) {
				return
			}
		}
	}
}

// recordsOf are the events of a log in a file. An error is yielded once, last.
func recordsOf(ctx context.Context, name string) iter.Seq2[es.Record, error] {
	return func(yield func(es.Record, error) bool) {
		events, err := sqlite.Open(ctx, name, sqlite.Options{ReadOnly: true})
		if err != nil {
			yield(es.Record{}, err)
			return
		}
		defer func() { _ = events.Close() }() // it was read
		head, err := events.Head(ctx)
		if err != nil {
			yield(es.Record{}, err)
			return
		}
		if head == (es.Position{}) {
			return
		}
		for batch, err := range events.Follow(ctx, es.Position{}) {
			if err != nil {
				yield(es.Record{}, err)
				return
			}
			for _, rec := range batch.Records {
				if !yield(rec, nil) {
					return
				}
			}
			if batch.Through.Compare(head) >= 0 {
				return
			}
		}
	}
}

func (r *restoring) tokens(ctx context.Context, c *config, staged string) error {
	if !r.m.holds(identityFile) {
		return nil
	}
	s, err := c.openIdentity(ctx)
	if err != nil {
		return err
	}
	return errors.Join(s.Restore(ctx, filepath.Join(staged, identityFile)), s.Close())
}

func (r *restoring) webhooks(ctx context.Context, c *config, staged string) error {
	if !r.m.holds(webhooksFile) {
		return nil
	}
	s, err := c.openWebhooks(ctx)
	if err != nil {
		return err
	}
	return errors.Join(s.Restore(ctx, filepath.Join(staged, webhooksFile)), s.Close())
}

func (r *restoring) lists(ctx context.Context, c *config) error {
	to, err := c.openBlobs(ctx, false)
	if err != nil {
		return err
	}
	bar := newProgress(r.screen, "restoring lists", -1)
	defer bar.end()
	for _, f := range r.m.Files {
		if !strings.HasPrefix(f.Path, blobsFolder+"/") {
			continue
		}
		in, err := os.Open(filepath.Join(r.from, filepath.FromSlash(f.Path)))
		if err != nil {
			return errors.Join(err, to.Close())
		}
		digest, _, err := to.Put(ctx, in)
		if err == nil && digest != path.Base(f.Path) {
			err = refuted("%s has the digest %s", f.Path, digest)
		}
		if err = errors.Join(err, in.Close()); err != nil {
			return errors.Join(err, to.Close())
		}
		bar.add(1)
	}
	return to.Close()
}

// masterKey puts the file of master keys in its place, if the backup has one. Another one there stays, and is an error.
func (r *restoring) masterKey(c *config, staged string) error {
	if !r.m.holds(masterFile) {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(staged, masterFile)) //nolint:gosec // below the folder that this program made
	if err != nil {
		return err
	}
	to := c.masterKey()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		there, err := os.ReadFile(to) //nolint:gosec // the file that the user named
		if err == nil && !bytes.Equal(there, text) {
			err = usage("--master-key: %s has other keys than the backup", to)
		}
		return err
	}
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	return errors.Join(err, out.Sync(), out.Close(), syncPath(filepath.Dir(to)))
}

// log brings the events in and begins an epoch behind them. A log that is a file appears when that is done.
func (r *restoring) log(ctx context.Context, c *config, staged string) error {
	at, filling := c.eventsAt(), *c
	if at.local() {
		filling.Events = location{at.url + ".partial"}
	}
	events, err := filling.openEvents(ctx, false)
	if err != nil {
		return err
	}
	if err := errors.Join(r.logInto(ctx, events, staged), events.Close()); err != nil || !at.local() {
		return err
	}
	if err := os.Rename(at.path()+".partial", at.path()); err != nil {
		return err
	}
	return syncPath(filepath.Dir(at.path()))
}

func (r *restoring) logInto(ctx context.Context, events eventLog, staged string) error {
	bar := newProgress(r.screen, "restoring events", int64(r.m.Head.Events)) //nolint:gosec // far from 2⁶³
	defer bar.end()
	chain, renumbered := ledger.NewChain(), false
	err := archive.Import(ctx, events, r.records(ctx, staged), func(rec es.Record, at es.Position) {
		renumbered = renumbered || rec.Position != at
		chain.Add(rec)
		bar.add(1)
	})
	if err != nil {
		return err
	}
	return r.begin.behind(ctx, events, chain.Head(), renumbered, r.m.CreatedAt)
}
