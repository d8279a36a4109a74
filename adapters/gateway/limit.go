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

// maxIntake bounds what anybody may leave at the public door, in bytes of the body.
const maxIntake = 16 << 10

// small lets bodies up to maxIntake through.
func small(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > maxIntake {
			Options{MaxBody: maxIntake}.tooLarge(w, r)
			return
		}
		body := &limited{ReadCloser: http.MaxBytesReader(w, r.Body, maxIntake)}
		r.Body = body
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), limitKey{}, body)))
	})
}
