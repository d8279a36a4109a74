package gateway

import (
	"context"
	"errors"
	"io"
	"net/http"
)

// limited remembers that a body went over its limit, since what grpc-gateway makes of the read error is text.
type limited struct {
	io.ReadCloser
	over bool
}

type limitKey struct{}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.ReadCloser.Read(p)
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		l.over = true
	}
	return n, err
}

func overLimit(ctx context.Context) bool {
	l, ok := ctx.Value(limitKey{}).(*limited)
	return ok && l.over
}
