package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
)

// unfinished is the folder of contents that are being written; no digest has its name.
const unfinished = "unfinished"

var errReadOnly = errors.New("blob: the store is open for reading only")

// Dir is a folder of contents: <first two hex digits>/<all 64>.
type Dir struct {
	root     string
	readOnly bool
}

// Open opens the store in a folder, making it if it is missing. One process may have it open at a time.
func Open(root string) (*Dir, error) {
	if err := os.RemoveAll(filepath.Join(root, unfinished)); err != nil {
		return nil, fmt.Errorf("blob: remove unfinished content: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(root, unfinished), 0o750); err != nil {
		return nil, fmt.Errorf("blob: make the folder: %w", err)
	}
	return &Dir{root: root}, syncDir(root)
}

// OpenReadOnly opens the store beside a process that has it open: what that is writing stays, Put answers an error. A folder
// that is missing is a store without content.
func OpenReadOnly(root string) *Dir { return &Dir{root: root, readOnly: true} }

// Close has nothing to close: each file is closed when it is written or read.
func (d *Dir) Close() error { return nil }

// Put stores content; see draw.Blobs.
func (d *Dir) Put(ctx context.Context, r io.Reader) (digest string, size int64, err error) {
	if d.readOnly {
		return "", 0, errReadOnly
	}
	f, err := os.CreateTemp(filepath.Join(d.root, unfinished), "")
	if err != nil {
		return "", 0, fmt.Errorf("blob: begin: %w", err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("blob: put: %w", errors.Join(err, f.Close(), os.Remove(f.Name())))
		}
	}()
	h := sha256.New()
	if size, err = io.Copy(io.MultiWriter(f, h), cancellable{ctx, r}); err != nil {
		return "", 0, err
	}
	if err = f.Sync(); err != nil {
		return "", 0, err
	}
	digest = hex.EncodeToString(h.Sum(nil))
	if err = d.name(f, digest); err != nil {
		return "", 0, err
	}
	return digest, size, nil
}

// name gives written and synced content its name, for good. A name that is there already is taken over: its bytes may be
// spoilt, and these are whole.
func (d *Dir) name(f *os.File, digest string) error {
	to := d.path(digest)
	folder := filepath.Dir(to)
	if err := os.Mkdir(folder, 0o750); err == nil {
		if err = syncDir(d.root); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := f.Chmod(0o440); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), to); err != nil {
		return err
	}
	return errors.Join(syncDir(folder), f.Close())
}

// Open reads content; see draw.Blobs.
func (d *Dir) Open(_ context.Context, digest string) (io.ReadCloser, error) {
	if !isDigest(digest) {
		return nil, missing(nil)
	}
	f, err := os.Open(d.path(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(err)
	}
	if err != nil {
		return nil, fmt.Errorf("blob: open: %w", err)
	}
	return &checked{f: f, h: sha256.New(), want: digest}, nil
}

// Walk yields the digests of all contents, ascending, for fsck and backup. Contents put meanwhile may be missing. An error
// is yielded once, last; a file whose name is no digest is one.
func (d *Dir) Walk(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		folders, err := os.ReadDir(d.root)
		if d.readOnly && errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil {
			yield("", fmt.Errorf("blob: walk: %w", err))
			return
		}
		for _, folder := range folders {
			if folder.Name() == unfinished {
				continue
			}
			files, err := os.ReadDir(filepath.Join(d.root, folder.Name()))
			if err = errors.Join(err, ctx.Err()); err != nil {
				yield("", fmt.Errorf("blob: walk: %w", err))
				return
			}
			for _, file := range files {
				name := file.Name()
				if !isDigest(name) || !strings.HasPrefix(name, folder.Name()) {
					yield("", fmt.Errorf("blob: walk: %s is not named by a digest", filepath.Join(folder.Name(), name)))
					return
				}
				if !yield(name, nil) {
					return
				}
			}
		}
	}
}

func (d *Dir) path(digest string) string { return filepath.Join(d.root, digest[:2], digest) }

func isDigest(s string) bool {
	return len(s) == 2*sha256.Size && strings.Trim(s, "0123456789abcdef") == ""
}

func missing(cause error) error {
	f := domain.Refuse(domain.NotFound, "blob.missing", "digest", "没有该摘要的内容", "no content with this digest")
	f.Err = cause
	return f
}

// syncDir makes the entries of a folder durable.
func syncDir(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// cancellable ends a long copy with its context.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// checked is content that must have its digest by its end.
type checked struct {
	f    io.ReadCloser
	h    hash.Hash
	want string
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.f.Read(p)
	c.h.Write(p[:n])
	if errors.Is(err, io.EOF) {
		if got := hex.EncodeToString(c.h.Sum(nil)); got != c.want {
			return n, fmt.Errorf("blob: content %s is spoilt: its bytes have the digest %s", c.want, got)
		}
	}
	return n, err
}

func (c *checked) Close() error { return c.f.Close() }
