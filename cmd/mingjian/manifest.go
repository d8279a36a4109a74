package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain/ledger"
)

// manifestFile is written last: a folder without it is no backup.
const manifestFile = "manifest.json"

// manifestFormat is the newest form of a manifest that this program reads, and the one it writes.
const manifestFormat = 2

// manifest says what a backup holds.
type manifest struct {
	Format    int       `json:"format"`
	Program   string    `json:"program"` // version that made the backup
	CreatedAt time.Time `json:"created_at"`
	Head      logHead   `json:"head"`
	Files     []file    `json:"files"` // ascending by path
}

// logHead says what log is in a backup. Format 1 had position and hash alone.
type logHead struct {
	Epoch string `json:"epoch,omitempty"`
	ledger.Head
}

// claims tells whether a manifest's head may be that of a log.
func (h logHead) claims(log ledger.Head) bool {
	return h.Position == log.Position && h.Hash == log.Hash && (h.Chain == "" || h.Head == log)
}

// file is one file of a backup.
type file struct {
	Path   string `json:"path"` // below the backup, with slashes
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

func (m manifest) size() (total int64) {
	for _, f := range m.Files {
		total += f.Size
	}
	return total
}

// readManifest reads and checks a backup's manifest. A newer form is refused: what it means can't be known here.
func readManifest(from string) (m manifest, err error) {
	text, err := os.ReadFile(filepath.Join(from, manifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return m, usage("%s is no backup, or one that was not finished: it has no %s", from, manifestFile)
	}
	if err != nil {
		return m, err
	}
	var form struct{ Format int }
	if err := json.Unmarshal(text, &form); err != nil {
		return m, refuted("%s: %w", manifestFile, err)
	}
	if form.Format > manifestFormat {
		return m, usage("%s has format %d, this program knows %d at most: use a newer version of it", manifestFile, form.Format, manifestFormat)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return m, refuted("%s: %w", manifestFile, err)
	}
	if m.Format < 1 {
		return m, refuted("%s: format %d is none", manifestFile, m.Format)
	}
	logs := 0
	for _, f := range m.Files {
		if !filepath.IsLocal(filepath.FromSlash(f.Path)) || path.Clean(f.Path) != f.Path {
			return m, refuted("%s: %q is no path within a backup", manifestFile, f.Path)
		}
		if f.Path == eventsFile || f.Path == archiveFile {
			logs++
		}
	}
	if logs != 1 {
		return m, refuted("%s names no %s", manifestFile, eventsFile)
	}
	return m, nil
}

// write writes the manifest into the backup, to disk.
func (m manifest) write(to string) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(to, manifestFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}

// listFiles reads every file below a folder for its size and digest.
func listFiles(ctx context.Context, folder string, bar *progress) (files []file, err error) {
	err = filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err = errors.Join(err, ctx.Err()); err != nil || entry.IsDir() {
			return err
		}
		rel, err := filepath.Rel(folder, name)
		if err != nil {
			return err
		}
		in, err := os.Open(name) //nolint:gosec // below the folder that this program made
		if err != nil {
			return err
		}
		f, err := copyFile(ctx, io.Discard, in, bar)
		f.Path = filepath.ToSlash(rel)
		files = append(files, f)
		return errors.Join(err, in.Close())
	})
	return files, err
}

// copyFile copies content and tells its size and digest.
func copyFile(ctx context.Context, to io.Writer, from io.Reader, bar *progress) (file, error) {
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(to, h, bar), contextReader{ctx, from})
	return file{Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

// contextReader ends a long copy with its context.
type contextReader struct {
	ctx context.Context //nolint:containedctx // it lives as long as one copy
	io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// headOfFile opens the log of a folder that nobody else uses, and leaves nothing there but the log.
func headOfFile(ctx context.Context, folder string) (logHead, error) {
	events, err := sqlite.Open(ctx, filepath.Join(folder, eventsFile), sqlite.Options{})
	if err != nil {
		return logHead{}, err
	}
	kept, err := headOfLog(ctx, events)
	return logHead{kept.Epoch, kept.Head}, errors.Join(err, events.Close(), os.Remove(filepath.Join(folder, lockFile)))
}

// syncTree brings the entries of a folder and of those below it to disk; the files are there already.
func syncTree(folder string) error {
	return filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		return syncPath(name)
	})
}

func syncPath(name string) error {
	f, err := os.Open(name) //nolint:gosec // a path that the user named, or below it
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// refuted is the error of a check that says no.
func refuted(format string, args ...any) error {
	return &codedError{exitRefuted, fmt.Errorf(format, args...)}
}
