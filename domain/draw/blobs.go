package draw

import (
	"context"
	"io"
)

// Blobs keeps the lists that are too long for an event: pools, selections and reserve orders.
//
// Put stores what r yields and returns its SHA-256 in lower-case hex and its length in bytes. The content MUST be durable
// before Put returns without error, and MUST NOT be visible before it is whole; after an error nothing of it is visible.
// Content is never changed: putting the same bytes again, also at the same time, answers the same digest. A Put that ends
// with r's error or ctx's stores nothing.
//
// Open reads content from its beginning. Bytes that don't have the digest are an error at the end of reading, in the place
// of io.EOF; until then a reader must not trust them. A digest that was never put, and a text that is no digest, is a
// domain.NotFound fault.
//
// Both may be called from many goroutines.
type Blobs interface {
	Put(ctx context.Context, r io.Reader) (digest string, size int64, err error)
	Open(ctx context.Context, digest string) (io.ReadCloser, error)
}
