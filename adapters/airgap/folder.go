package airgap

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Names within the folder. What begins with a dot is being written.
const (
	bundlesFolder  = "bundles"
	receiptsFolder = "receipts"
	headName       = "head.gap"
	receiptName    = "receipt.gap"
	bundleSuffix   = ".bundle"
)

// Folder is what both sides share: bundles and the head go one way in one folder of it, receipts the other way in another, so
// that each can be carried by itself.
type Folder struct{ bundles, receipts string }

// OpenFolder makes what is missing of it.
func OpenFolder(path string) (Folder, error) {
	f := Folder{filepath.Join(path, bundlesFolder), filepath.Join(path, receiptsFolder)}
	if err := errors.Join(os.MkdirAll(f.bundles, 0o755), os.MkdirAll(f.receipts, 0o755)); err != nil { //nolint:gosec // the other side reads it; it is public
		return f, fmt.Errorf("airgap: %w", err)
	}
	return f, nil
}

func (s Source) nameOf(bundle uint64) string {
	return fmt.Sprintf("%s.%d.%010d%s", s.Epoch, s.Series, bundle, bundleSuffix)
}

func (f Folder) bundle(name string) string { return filepath.Join(f.bundles, name) }
func (f Folder) head() string              { return filepath.Join(f.bundles, headName) }
func (f Folder) receipt() string           { return filepath.Join(f.receipts, receiptName) }

// list names the bundles in the folder, sorted.
func (f Folder) list() (names []string, err error) {
	entries, err := os.ReadDir(f.bundles)
	if err != nil {
		return nil, fmt.Errorf("airgap: %w", err)
	}
	for _, e := range entries {
		if e.Type().IsRegular() && strings.HasSuffix(e.Name(), bundleSuffix) && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// load reads a file of bounded size; one that is missing is nil.
func load(path string) ([]byte, error) {
	in, err := os.Open(path) //nolint:gosec // within the folder that the operator named
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("airgap: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err = errors.Join(err, in.Close()); err != nil {
		return nil, fmt.Errorf("airgap: %w", err)
	}
	if len(text) > maxFile {
		return nil, &BadError{File: filepath.Base(path), Reason: Tampered, Err: errors.New("it is larger than any bundle")}
	}
	return text, nil
}

// put puts a file into its place, whole at any moment and durable; wrote tells whether it was not there already.
func put(path string, text []byte) (wrote bool, err error) {
	if there, err := load(path); err == nil && there != nil && bytes.Equal(there, text) {
		return false, nil
	}
	partial := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".partial")
	out, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644) //nolint:gosec // the other side reads it; it is public
	if err != nil {
		return false, fmt.Errorf("airgap: %w", err)
	}
	_, err = out.Write(text)
	if err = errors.Join(err, out.Sync(), out.Close()); err == nil {
		err = errors.Join(os.Rename(partial, path), syncPath(filepath.Dir(path)))
	}
	if err != nil {
		return false, fmt.Errorf("airgap: %w", err)
	}
	return true, nil
}

// drop removes a file that is needed no more; it may be gone.
func drop(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("airgap: %w", err)
	}
	return nil
}

// syncPath makes the entries of a folder durable.
func syncPath(path string) error {
	f, err := os.Open(path) //nolint:gosec // within the folder that the operator named
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
