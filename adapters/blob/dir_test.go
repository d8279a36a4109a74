package blob_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/blob"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/draw/drawtest"
)

var _ draw.Blobs = (*blob.Dir)(nil)

func open(t *testing.T, root string) *blob.Dir {
	t.Helper()
	d, err := blob.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func all(t *testing.T, d *blob.Dir) []string {
	t.Helper()
	var out []string
	for digest, err := range d.Walk(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, digest)
	}
	return out
}

func put(t *testing.T, d draw.Blobs, content string) string {
	t.Helper()
	digest, _, err := d.Put(t.Context(), strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

func TestDirKeepsTheContract(t *testing.T) {
	t.Parallel()
	drawtest.Suite(t, func(t *testing.T) drawtest.Store {
		root := t.TempDir()
		d := open(t, root)
		return drawtest.Store{
			Blobs: d,
			Corrupt: func(t *testing.T, digest string, to []byte) {
				path := filepath.Join(root, digest[:2], digest)
				if err := errors.Join(os.Chmod(path, 0o640), os.WriteFile(path, to, 0o640)); err != nil {
					t.Fatal(err)
				}
			},
			Count: func(t *testing.T) int { return len(all(t, d)) },
		}
	})
}

func TestContentIsThereAfterReopening(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	d := open(t, root)
	want := []string{put(t, d, "a"), put(t, d, "b"), put(t, d, "c")}
	slices.Sort(want)
	if got := all(t, open(t, root)); !slices.Equal(got, want) {
		t.Fatalf("walked %v, want %v", got, want)
	}
}

func TestOpeningRemovesWhatACrashLeft(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	d := open(t, root)
	kept := put(t, d, "whole")
	left := filepath.Join(root, "unfinished", "123")
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := all(t, open(t, root)); !slices.Equal(got, []string{kept}) {
		t.Fatalf("walked %v, want %s alone", got, kept)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("the unfinished content is still there: %v", err)
	}
}

func TestReadingBesideAWriterLeavesItsWorkAlone(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	d := open(t, root)
	kept := put(t, d, "whole")
	beside := blob.OpenReadOnly(root)
	digest, _, err := d.Put(t.Context(), readerFunc(func([]byte) (int, error) {
		beside = blob.OpenReadOnly(root)
		return 0, io.EOF
	}))
	if err != nil {
		t.Fatalf("a writer was disturbed: %v", err)
	}
	if got := all(t, beside); len(got) != 2 || !slices.Contains(got, kept) || !slices.Contains(got, digest) {
		t.Errorf("walked %v", got)
	}
	if _, _, err := beside.Put(t.Context(), strings.NewReader("more")); err == nil {
		t.Error("a store for reading took content")
	}
	if got := all(t, blob.OpenReadOnly(filepath.Join(root, "missing"))); len(got) > 0 {
		t.Errorf("a folder that is missing holds %v", got)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestAFailedPutLeavesNoFile(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	d := open(t, root)
	if _, _, err := d.Put(t.Context(), failing{}); err == nil {
		t.Fatal("no error")
	}
	if files, err := os.ReadDir(filepath.Join(root, "unfinished")); err != nil || len(files) > 0 {
		t.Fatalf("%d files left, error %v", len(files), err)
	}
}

func TestPuttingAgainHealsSpoiltContent(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	d := open(t, root)
	digest := put(t, d, "good")
	path := filepath.Join(root, digest[:2], digest)
	if err := errors.Join(os.Chmod(path, 0o640), os.WriteFile(path, []byte("evil"), 0o640)); err != nil {
		t.Fatal(err)
	}
	put(t, d, "good")
	if b, err := os.ReadFile(path); err != nil || string(b) != "good" {
		t.Fatalf("%q, %v", b, err)
	}
}

func TestWalkNamesAStranger(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	d := open(t, root)
	digest := put(t, d, "whole")
	if err := os.WriteFile(filepath.Join(root, digest[:2], "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var last error
	for _, err := range d.Walk(t.Context()) {
		last = err
	}
	if last == nil || !strings.Contains(last.Error(), "notes.txt") {
		t.Fatalf("error %v, want one that names the file", last)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the line went dead") }
