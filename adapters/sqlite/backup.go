package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	driver "modernc.org/sqlite"
)

// backupPages is how many pages are copied between two looks at the context: 4 MiB.
const backupPages = 1024

// Copied hears how many of how many pages of a backup are copied; nil for nobody.
type Copied func(pages, of int)

// Backup copies the log, as it is at one moment, to a new file while appends go on. The file appears under its name when it
// is whole and on disk; it opens like any log. A file that exists is never replaced.
func (s *Store) Backup(ctx context.Context, path string, copied Copied) error {
	err := s.open()
	if err == nil {
		err = s.db.backup(ctx, path, copied)
	}
	if err != nil {
		return fmt.Errorf("sqlite: back up to %s: %w", path, err)
	}
	return nil
}

// BackupViews does the same for the file of views at from, also beside the process that writes it.
func BackupViews(ctx context.Context, from, path string, copied Copied) error {
	s, err := viewSchema()
	if err != nil {
		return fmt.Errorf("sqlite: back up %s: %w", from, err)
	}
	db, err := openDatabase(ctx, from, s, 1, true)
	if err != nil {
		return err
	}
	if err := errors.Join(db.backup(ctx, path, copied), db.Close()); err != nil {
		return fmt.Errorf("sqlite: back up %s to %s: %w", from, path, err)
	}
	return nil
}

func (db *database) backup(ctx context.Context, path string, copied Copied) (err error) {
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fs.ErrExist)
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), ".backup-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	partial := filepath.Join(dir, "copy.db")
	if err := db.copyPages(ctx, partial, copied); err != nil {
		return err
	}
	if err := syncPath(partial); err != nil {
		return err
	}
	if err := os.Rename(partial, path); err != nil {
		return err
	}
	return syncPath(filepath.Dir(path))
}

// copyPages copies within one read transaction, so that appends neither wait nor make it begin anew.
func (db *database) copyPages(ctx context.Context, path string, copied Copied) (err error) {
	conn, err := db.read.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	var tables int // the transaction has its snapshot only from its first look on
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return err
	}
	target := url.URL{Scheme: "file", Path: path}
	return conn.Raw(func(c any) error {
		source, ok := c.(interface {
			NewBackup(uri string) (*driver.Backup, error)
		})
		if !ok {
			return errors.New("the driver has no online backup")
		}
		b, err := source.NewBackup(target.String())
		if err != nil {
			return err
		}
		for more := true; more && err == nil; {
			if err = ctx.Err(); err == nil {
				more, err = b.Step(backupPages)
			}
			if err == nil && copied != nil {
				copied(b.PageCount()-b.Remaining(), b.PageCount())
			}
		}
		return errors.Join(err, b.Finish())
	})
}

// syncPath brings a file or folder to disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
