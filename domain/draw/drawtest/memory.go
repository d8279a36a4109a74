package drawtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain"
)

// Memory is a blob store for tests. Corrupt makes it lie.
type Memory struct {
	mu    sync.Mutex
	blobs map[string][]byte
}

// Put keeps the content.
func (m *Memory) Put(ctx context.Context, r io.Reader) (string, int64, error) {
	b, err := io.ReadAll(r)
	if err = errors.Join(err, ctx.Err()); err != nil {
		return "", 0, err
	}
	sum := sha256.Sum256(b)
	digest := hex.EncodeToString(sum[:])
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.blobs == nil {
		m.blobs = map[string][]byte{}
	}
	m.blobs[digest] = b
	return digest, int64(len(b)), nil
}

// Open reads it back.
func (m *Memory) Open(_ context.Context, digest string) (io.ReadCloser, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.blobs[digest]
	if !ok {
		return nil, domain.Refuse(domain.NotFound, "blob.missing", "digest", "没有该摘要的内容", "no content with this digest")
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != digest {
		return io.NopCloser(io.MultiReader(bytes.NewReader(b), broken{})), nil
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

// Corrupt changes the stored content without changing its name.
func (m *Memory) Corrupt(digest string, to []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.blobs[digest] = to
}

// Len tells how many contents are kept.
func (m *Memory) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.blobs)
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the content does not have its digest") }
