package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Drop is where batches are put for a receiver.
//
// Put MUST put a file there whole or not at all, in the place of one of the same name, and durably before it returns; what it
// leaves when it fails MUST have a name that begins with a dot. It may be called again after any error. Has tells whether a file
// is there; Remove takes one away, and a missing one is no error.
type Drop interface {
	Has(ctx context.Context, name string) (bool, error)
	Put(ctx context.Context, name string, content io.ReaderAt, size int64) error
	Remove(ctx context.Context, name string) error
}

// Folder is a Drop on this machine. Its files are readable by the group: what fetches them is often another user.
type Folder struct{ Dir string }

// unfinished is the name of a file on its way.
func unfinished(name string) string { return "." + name + ".part" }

// Has tells whether a file is there.
func (f Folder) Has(_ context.Context, name string) (bool, error) {
	_, err := os.Stat(filepath.Join(f.Dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("exchange: folder: %w", err)
	}
	return true, nil
}

// Put puts a file there.
func (f Folder) Put(ctx context.Context, name string, content io.ReaderAt, size int64) error {
	part := filepath.Join(f.Dir, unfinished(name))
	out, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640) //nolint:gosec // see Folder
	if err != nil {
		return fmt.Errorf("exchange: folder: %w", err)
	}
	n, err := io.Copy(out, cancellable{ctx, io.NewSectionReader(content, 0, size)})
	if err == nil && n < size {
		err = io.ErrUnexpectedEOF
	}
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return fmt.Errorf("exchange: folder: %s: %w", name, err)
	}
	if err := errors.Join(os.Rename(part, filepath.Join(f.Dir, name)), syncDir(f.Dir)); err != nil {
		return fmt.Errorf("exchange: folder: %s: %w", name, err)
	}
	return nil
}

// Remove takes a file away.
func (f Folder) Remove(_ context.Context, name string) error {
	for _, path := range []string{name, unfinished(name)} {
		if err := os.Remove(filepath.Join(f.Dir, path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("exchange: folder: %w", err)
		}
	}
	return syncDir(f.Dir)
}

// cancellable ends a long copy with its context.
type cancellable struct {
	ctx context.Context //nolint:containedctx // it lives as long as one copy
	r   io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
