package drawtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
)

// Blobs is draw.Blobs, by its methods.
type Blobs interface {
	Put(ctx context.Context, r io.Reader) (digest string, size int64, err error)
	Open(ctx context.Context, digest string) (io.ReadCloser, error)
}

// Store is one empty store under test.
type Store struct {
	Blobs
	// Corrupt changes stored content behind the store's back.
	Corrupt func(t *testing.T, digest string, to []byte)
	// Count tells how many contents are visible.
	Count func(t *testing.T) int
}

// Suite holds a blob store to the contract of draw.Blobs; fresh makes an empty store for each case.
func Suite(t *testing.T, fresh func(t *testing.T) Store) {
	t.Helper()
	cases := []struct {
		name string
		run  func(*testing.T, Store)
	}{
		{"reads back what was put, under its digest", readsBack},
		{"answers the same for the same content", sameContent},
		{"takes concurrent puts of one content", concurrent},
		{"stores nothing when the reader fails", failingReader},
		{"stores nothing when the context has ended", endedContext},
		{"answers NotFound for what was never put", missing},
		{"ends in an error when the content lacks its digest", corrupted},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.run(t, fresh(t)) })
	}
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func put(t *testing.T, s Store, content []byte) string {
	t.Helper()
	digest, size, err := s.Put(t.Context(), bytes.NewReader(content))
	if err != nil || digest != digestOf(content) || size != int64(len(content)) {
		t.Fatalf("put %d bytes: digest %s, size %d, error %v", len(content), digest, size, err)
	}
	return digest
}

func read(t *testing.T, s Store, digest string) ([]byte, error) {
	t.Helper()
	r, err := s.Open(t.Context(), digest)
	if err != nil {
		t.Fatalf("open %s: %v", digest, err)
	}
	b, err := io.ReadAll(r)
	if closed := r.Close(); closed != nil {
		t.Errorf("close: %v", closed)
	}
	return b, err
}

func readsBack(t *testing.T, s Store) {
	for _, content := range [][]byte{nil, []byte("抽查"), bytes.Repeat([]byte("0123456789abcdef"), 1<<16)} {
		digest := put(t, s, content)
		if got, err := read(t, s, digest); err != nil || !bytes.Equal(got, content) {
			t.Fatalf("read back %d of %d bytes: %v", len(got), len(content), err)
		}
	}
}

func sameContent(t *testing.T, s Store) {
	first, again := put(t, s, []byte("once")), put(t, s, []byte("once"))
	if first != again || s.Count(t) != 1 {
		t.Fatalf("digests %s and %s, %d contents", first, again, s.Count(t))
	}
}

func concurrent(t *testing.T, s Store) {
	content := bytes.Repeat([]byte("together"), 1<<14)
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		wg.Go(func() { _, _, errs[i] = s.Put(t.Context(), bytes.NewReader(content)) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if got, err := read(t, s, digestOf(content)); err != nil || !bytes.Equal(got, content) || s.Count(t) != 1 {
		t.Fatalf("%d bytes, error %v, %d contents", len(got), err, s.Count(t))
	}
}

func failingReader(t *testing.T, s Store) {
	lost := errors.New("the line went dead")
	_, _, err := s.Put(t.Context(), io.MultiReader(strings.NewReader("half"), failing{lost}))
	if !errors.Is(err, lost) {
		t.Fatalf("error %v, want the reader's", err)
	}
	if n := s.Count(t); n != 0 {
		t.Fatalf("%d contents after a failed put", n)
	}
}

func endedContext(t *testing.T, s Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Put(ctx, strings.NewReader("late")); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want the context's", err)
	}
	if n := s.Count(t); n != 0 {
		t.Fatalf("%d contents after a cancelled put", n)
	}
}

func missing(t *testing.T, s Store) {
	for _, digest := range []string{digestOf([]byte("never")), "", "../../etc/passwd", strings.Repeat("G", 64)} {
		r, err := s.Open(t.Context(), digest)
		if err == nil {
			_ = r.Close()
		}
		if domain.KindOf(err) != domain.NotFound {
			t.Errorf("open %q: %v, want a NotFound fault", digest, err)
		}
	}
}

func corrupted(t *testing.T, s Store) {
	for name, to := range map[string]string{"changed": "evil", "cut": "goo", "grown": "goods", "emptied": ""} {
		digest := put(t, s, []byte("good"))
		s.Corrupt(t, digest, []byte(to))
		if _, err := read(t, s, digest); err == nil {
			t.Errorf("%s content was read without an error", name)
		}
		s.Corrupt(t, digest, []byte("good"))
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
