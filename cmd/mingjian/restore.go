package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/mingjian-ledger/mingjian/adapters/webhook"
)

func restoreCommand(terminal) *cobra.Command {
	r := &restoring{}
	cmd := &cobra.Command{
		Use: "restore FROM", Short: "Make a ledger from a backup", Args: cobra.ExactArgs(1),
		Long: "Brings a backup into a data directory that is new or empty, or into the empty stores that --events, --views and the others\n" +
			"name, of whatever kind the ledger was. First the size and SHA-256 of every file are checked, and that the log is the one\n" +
			"that the manifest names. The directory appears when all of that holds; stores on servers can't be opened by a server of\n" +
			"this program before all of them are filled. Views are built at the first start where they are not files beside the log.\n" +
			"A new epoch begins with it, which is recorded in the log with --by and --reason: what was recorded after the backup is not\n" +
			"in the restored ledger, and whoever followed it further is told so (README.md). Where the new store gives events other\n" +
			"positions, the epoch says so.\n" +
			"Receivers of webhooks are paused: resume them where this ledger takes the place of the one that was backed up.\n" +
			"At its first start whoever was shredded since the vault was copied is shredded in it again, before anything is answered.\n" +
			"Exit code 3 says that the backup is not what its manifest claims, and names the file.",
		Example: "  mingjian restore /backup/mingjian-2026-11-22 --data /var/lib/mingjian\n  mingjian verify --data /var/lib/mingjian",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := r.config.checkStores(); err != nil {
				return err
			}
			r.from, r.screen = args[0], cmd.ErrOrStderr()
			if err := r.run(cmd.Context()); err != nil {
				return err
			}
			if key := r.config.masterKey(); r.m.holds(vaultFile) && missing(key) {
				fmt.Fprintf(cmd.ErrOrStderr(), "the backup holds no master key: put the %s of its day at %s before the start, if personal data were sealed\n", masterFile, key)
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "restored %s to position %s, as backed up on %s\n",
				r.config.stored(), r.m.Head.Position, r.m.CreatedAt.Format("2006-01-02 15:04:05Z"))
			return err
		},
	}
	r.config.storeFlags(cmd.Flags(), "data directory; new or empty (required)")
	r.config.Data, cmd.Flags().Lookup("data").DefValue = "", "" // nothing is made where nobody said so
	r.config.vaultFlags(cmd.Flags())
	r.begin.flags(cmd.Flags())
	return cmd
}

// restoring is one restore.
type restoring struct {
	config config
	from   string
	m      manifest
	begin  newEpoch
	screen io.Writer
}

func (r *restoring) run(ctx context.Context) (err error) {
	c := &r.config
	if c.Events.url != "" || c.Views.url != "" || c.Blobs.url != "" || c.Identity.url != "" || c.Vault.url != "" || c.Webhooks.url != "" {
		return r.intoStores(ctx)
	}
	c.Data = filepath.Clean(c.Data)
	there, err := os.ReadDir(c.Data)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return usage("--data: %w", err)
	}
	if len(there) > 0 {
		return usage("--data: %s is not empty: a backup is restored into a new directory", c.Data)
	}
	if r.m, err = readManifest(r.from); err != nil {
		return err
	}
	return r.intoDirectory(ctx)
}

// intoDirectory makes the data directory.
func (r *restoring) intoDirectory(ctx context.Context) (err error) {
	to := r.config.Data
	folder, err := os.MkdirTemp(filepath.Dir(to), "."+filepath.Base(to)+".partial-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}()
	if r.m.holds(eventsFile) {
		err = r.copyFiles(ctx, folder)
	} else {
		c := r.config
		c.Data = folder
		err = r.fill(ctx, &c)
	}
	if err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(folder, lockFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := syncTree(folder); err != nil {
		return err
	}
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) { // it is empty
		return fmt.Errorf("the directory can't be replaced; name a new one within it: %w", err)
	}
	if err := os.Rename(folder, to); err != nil {
		return err
	}
	return syncPath(filepath.Dir(to))
}

// copyFiles brings a data directory that was copied back as it was.
func (r *restoring) copyFiles(ctx context.Context, folder string) error {
	if err := r.copyInto(ctx, func(path string) string { return filepath.Join(folder, filepath.FromSlash(path)) }); err != nil {
		return err
	}
	head, err := headOfFile(ctx, folder)
	if err != nil {
		return err
	}
	if err := r.holdsHead(head.Head); err != nil {
		return err
	}
	if r.config.MasterKey != "" && r.m.holds(masterFile) {
		if err := r.masterKey(&r.config, folder); err != nil {
			return err
		}
		if err := os.Remove(filepath.Join(folder, masterFile)); err != nil {
			return err
		}
	}
	if err := r.haltWebhooks(ctx, folder); err != nil {
		return err
	}
	return r.begin.restored(ctx, folder, head.Head, r.m.CreatedAt)
}

// haltWebhooks pauses what a copied directory pushes to.
func (r *restoring) haltWebhooks(ctx context.Context, folder string) error {
	if !r.m.holds(webhooksFile) {
		return nil
	}
	s, err := webhook.Open(ctx, filepath.Join(folder, webhooksFile), r.config.keys(), r.config.now)
	if err != nil {
		return err
	}
	return errors.Join(s.Halt(ctx), s.Close())
}

// copyInto copies the files to where place says, each checked on its way, or checks them alone where it says nothing. What the
// manifest does not name stays behind.
func (r *restoring) copyInto(ctx context.Context, place func(path string) string) error {
	bar := newProgress(r.screen, "reading the backup", r.m.size())
	defer bar.end()
	for _, want := range r.m.Files {
		got, err := copyChecked(ctx, filepath.Join(r.from, filepath.FromSlash(want.Path)), place(want.Path), bar)
		if errors.Is(err, fs.ErrNotExist) {
			return refuted("%s is missing in the backup: %w", want.Path, err)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", want.Path, err)
		}
		if got.Size != want.Size || got.SHA256 != want.SHA256 {
			return refuted("%s is not what was backed up: %d bytes with SHA-256 %s, the manifest says %d with %s",
				want.Path, got.Size, got.SHA256, want.Size, want.SHA256)
		}
	}
	return nil
}

// copyChecked copies a file to disk, or nowhere, and tells what was copied.
func copyChecked(ctx context.Context, from, to string, bar *progress) (f file, err error) {
	in, err := os.Open(from) //nolint:gosec // the backup that the user named
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	if to == "" {
		return copyFile(ctx, io.Discard, in, bar)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return f, err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // below the new directory
	if err != nil {
		return f, err
	}
	f, err = copyFile(ctx, out, in, bar)
	return f, errors.Join(err, out.Sync(), out.Close())
}
