package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/mingjian-ledger/mingjian/adapters/blob"
	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/adapters/telemetry"
	"github.com/mingjian-ledger/mingjian/domain/draw"
)

func backupCommand(terminal) *cobra.Command {
	var c config
	var withKey bool
	cmd := &cobra.Command{
		Use: "backup TO", Short: "Copy a ledger to a new folder, also while servers run", Args: cobra.ExactArgs(1),
		Long: "Copies the receivers of webhooks, what is known of files that went to credit platforms, the events, the stored lists, the tokens and the vault of personal data to a new folder, from\n" +
			"wherever they are, in this order, so that nothing in the backup refers to what is not in it. The folder appears under its name when all of it is on disk, with\n" +
			manifestFile + " naming the epoch, the number of events, the last of them and a hash over all, and the size and SHA-256 of\n" +
			"every file. It may be copied on by any means. It holds the hashes of tokens and must be kept like the ledger itself.\n\n" +
			"The form is one for all: files of a data directory are copied as they are, with the views; a log on a server becomes\n" +
			archiveFile + ", as mingjian log export writes it, and lists, tokens, receivers and vault come as files, so that what was backed up\n" +
			"from one kind of store can be restored into another.\n\n" +
			"The vault is copied as it is: ciphertexts, and keys wrapped by the master key, which is not in the backup unless\n" +
			"--with-master-key asks for it. Keep the master key elsewhere, or else whoever has the backup reads the personal data;\n" +
			"without it nobody does, you included. Whose data were destroyed after a backup stays destroyed when it is restored.",
		Example: "  mingjian backup --data /var/lib/mingjian /backup/mingjian-2026-11-22\n" +
			"  mingjian restore /backup/mingjian-2026-11-22 --data /var/lib/mingjian-new",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := cmp.Or(c.checkStores(), c.noLedger()); err != nil {
				return err
			}
			b := &backup{config: c, withKey: withKey, screen: cmd.ErrOrStderr(), clock: time.Now}
			m, err := b.to(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "backed up to %s: position %s, %d files, %d bytes\n", args[0], m.Head.Position, len(m.Files), m.size())
			return err
		},
	}
	c.storeFlags(cmd.Flags(), "data directory; a server may run on it")
	cmd.Flags().BoolVar(&withKey, "with-master-key", false, "copy the master key of the vault too: the backup then opens by itself")
	c.vaultFlags(cmd.Flags())
	c.exchangeFlag(cmd)
	return cmd
}

// archiveFile is the log of a store that is no file.
const archiveFile = "events.jsonl.gz"

// backup copies one ledger.
type backup struct {
	config  config
	withKey bool
	screen  io.Writer
	clock   func() time.Time
	folder  string // what is being filled
	head    logHead
}

// to makes the backup at a path that must not exist.
func (b *backup) to(ctx context.Context, target string) (m manifest, err error) {
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		return m, usage("%s exists: a backup goes to a new folder", target)
	}
	parent := filepath.Dir(filepath.Clean(target))
	if b.folder, err = os.MkdirTemp(parent, "."+filepath.Base(target)+".partial-"); err != nil {
		return m, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(b.folder))
		}
	}()
	m = manifest{Format: manifestFormat, Program: telemetry.Version(), CreatedAt: b.clock().UTC()}
	for _, step := range []func(context.Context) error{b.views, b.webhooks, b.exchange, b.events, b.lists, b.tokens, b.vault, b.masterKey} {
		if err := step(ctx); err != nil {
			return m, err
		}
	}
	m.Head = b.head
	bar := newProgress(b.screen, "reading the backup", -1)
	m.Files, err = listFiles(ctx, b.folder, bar)
	bar.end()
	if err != nil {
		return m, err
	}
	if err := errors.Join(m.write(b.folder), syncTree(b.folder)); err != nil {
		return m, err
	}
	if err := os.Rename(b.folder, target); err != nil {
		return m, err
	}
	return m, syncPath(parent)
}

// views are copied first, as the file they are, beside a log that is one. A ledger without them is whole: they follow from the
// events.
func (b *backup) views(ctx context.Context) error {
	at := b.config.viewsAt()
	if !b.config.eventsAt().local() || !at.local() || missing(at.path()) {
		return nil
	}
	report, end := b.copied("views")
	defer end()
	return sqlite.BackupViews(ctx, at.path(), filepath.Join(b.folder, viewsFile), report)
}

func (b *backup) events(ctx context.Context) error {
	if !b.config.eventsAt().local() {
		return b.archive(ctx)
	}
	events, err := sqlite.Open(ctx, b.config.eventsAt().path(), sqlite.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	report, end := b.copied("events")
	defer end()
	if err := errors.Join(events.Backup(ctx, filepath.Join(b.folder, eventsFile), report), events.Close()); err != nil {
		return err
	}
	b.head, err = headOfFile(ctx, b.folder)
	return err
}

// archive writes a log that is no file, as far as it goes now.
func (b *backup) archive(ctx context.Context) error {
	events, err := b.config.openEvents(ctx, true)
	if err != nil {
		return err
	}
	bar := newProgress(b.screen, "backing up events", -1)
	defer bar.end()
	b.head.Head, err = exportLog(ctx, events, filepath.Join(b.folder, archiveFile), func() { bar.add(1) })
	if err == nil {
		b.head.Epoch, err = epochAt(ctx, events, b.head.Position)
	}
	return errors.Join(err, events.Close())
}

// lists are copied after the events: an event is appended when the lists that it names are stored.
func (b *backup) lists(ctx context.Context) error {
	from, err := b.config.openBlobs(ctx, true)
	if err != nil {
		return err
	}
	to, err := blob.Open(filepath.Join(b.folder, blobsFolder))
	if err != nil {
		return errors.Join(err, from.Close())
	}
	bar := newProgress(b.screen, "backing up lists", -1)
	defer bar.end()
	for digest, failed := range from.Walk(ctx) {
		if err = failed; err != nil {
			break
		}
		if err = copyList(ctx, from, to, digest); err != nil {
			err = fmt.Errorf("list %s: %w", digest, err)
			break
		}
		bar.add(1)
	}
	return errors.Join(err, from.Close())
}

// copyList copies one content; reading it to its end checks its digest.
func copyList(ctx context.Context, from draw.Blobs, to *blob.Dir, digest string) error {
	r, err := from.Open(ctx, digest)
	if err != nil {
		return err
	}
	_, _, err = to.Put(ctx, r)
	return errors.Join(err, r.Close())
}

func (b *backup) tokens(ctx context.Context) error {
	if at := b.config.identityAt(); at.local() && missing(at.path()) {
		return nil
	}
	s, err := b.config.openIdentity(ctx)
	if err != nil {
		return err
	}
	return errors.Join(s.Backup(ctx, filepath.Join(b.folder, identityFile)), s.Close())
}

// webhooks are copied before the events, so that no receiver's place in the feed is beyond them.
func (b *backup) webhooks(ctx context.Context) error {
	if at := b.config.webhooksAt(); at.local() && missing(at.path()) {
		return nil
	}
	s, err := b.config.openWebhooks(ctx)
	if err != nil {
		return err
	}
	return errors.Join(s.Backup(ctx, filepath.Join(b.folder, webhooksFile)), s.Close())
}

// copied shows how far the copy of a database is.
func (b *backup) copied(what string) (report sqlite.Copied, end func()) {
	var bar *progress
	report = func(pages, of int) {
		if bar == nil {
			bar = newProgress(b.screen, "backing up "+what, int64(of))
		}
		bar.add(pages - int(bar.done))
	}
	return report, func() {
		if bar != nil {
			bar.end()
		}
	}
}

func missing(name string) bool {
	_, err := os.Lstat(name)
	return errors.Is(err, fs.ErrNotExist)
}
