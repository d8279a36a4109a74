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
)

func restoreCommand(terminal) *cobra.Command {
	var c config
	begin := newEpoch{}
	cmd := &cobra.Command{
		Use: "restore FROM", Short: "Make a data directory from a backup", Args: cobra.ExactArgs(1),
		Long: "Copies a backup into a data directory that is new or empty, checking the size and SHA-256 of every file, then opens the\n" +
			"log and checks that its last event is the one that the manifest names. The directory appears when all of that holds.\n" +
			"A new epoch begins with it, which is recorded in the log with --by and --reason: what was recorded after the backup is not\n" +
			"in the restored ledger, and whoever followed it further is told so (README.md).\n" +
			"At its first start whoever was shredded since the vault was copied is shredded in it again, before anything is answered.\n" +
			"Exit code 3 says that the backup is not what its manifest claims, and names the file.",
		Example: "  mingjian restore /backup/mingjian-2026-11-22 --data /var/lib/mingjian\n  mingjian verify --data /var/lib/mingjian",
		RunE: func(cmd *cobra.Command, args []string) error {
			if c.Data == "" {
				return usage("--data: a directory is required")
			}
			m, err := restore(cmd.Context(), args[0], c.Data, begin, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			if m.holds(vaultFile) && !m.holds(masterFile) {
				fmt.Fprintf(cmd.ErrOrStderr(), "the backup holds no master key: put the %s of its day into %s before the start, if personal data were sealed\n", masterFile, c.Data)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "restored %s to position %s, as backed up on %s\n", c.Data, m.Head.Position, m.CreatedAt.Format("2006-01-02 15:04:05Z"))
			return err
		},
	}
	cmd.Flags().StringVar(&c.Data, "data", "", "data directory; new or empty (required)")
	begin.flags(cmd.Flags())
	return cmd
}

// restore makes the data directory to from the backup from.
func restore(ctx context.Context, from, to string, begin newEpoch, screen io.Writer) (m manifest, err error) {
	to = filepath.Clean(to)
	there, err := os.ReadDir(to)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return m, usage("--data: %w", err)
	}
	if len(there) > 0 {
		return m, usage("--data: %s is not empty: a backup is restored into a new directory", to)
	}
	if m, err = readManifest(from); err != nil {
		return m, err
	}
	folder, err := os.MkdirTemp(filepath.Dir(to), "."+filepath.Base(to)+".partial-")
	if err != nil {
		return m, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}()
	if err := m.copyInto(ctx, from, folder, screen); err != nil {
		return m, err
	}
	head, err := headOfFile(ctx, folder)
	if err != nil {
		return m, err
	}
	if head != m.Head {
		return m, refuted("the log ends at %s (%s), the manifest says %s (%s)", head.Position, head.Hash, m.Head.Position, m.Head.Hash)
	}
	if err := begin.restored(ctx, folder, m); err != nil {
		return m, err
	}
	if err := syncTree(folder); err != nil {
		return m, err
	}
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) { // it is empty
		return m, fmt.Errorf("the directory can't be replaced; name a new one within it: %w", err)
	}
	if err := os.Rename(folder, to); err != nil {
		return m, err
	}
	return m, syncPath(filepath.Dir(to))
}

// copyInto copies the files, each checked on its way. What the manifest does not name stays behind.
func (m manifest) copyInto(ctx context.Context, from, to string, screen io.Writer) error {
	bar := newProgress(screen, "restoring", m.size())
	defer bar.end()
	for _, want := range m.Files {
		got, err := copyChecked(ctx, filepath.Join(from, filepath.FromSlash(want.Path)), filepath.Join(to, filepath.FromSlash(want.Path)), bar)
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

// copyChecked copies a file to disk and tells what was copied.
func copyChecked(ctx context.Context, from, to string, bar *progress) (f file, err error) {
	in, err := os.Open(from) //nolint:gosec // the backup that the user named
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
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
