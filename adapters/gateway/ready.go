package gateway

import (
	"context"
	"net/http"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Versions tells cheaply which version of an enterprise's record is current: two equal versions mean equal answers. found
// is false when there is no record.
type Versions interface {
	EnterpriseVersion(ctx context.Context, id string) (version string, found bool, err error)
}

// ready serves the record of an enterprise from bytes that the normal path rendered, for as long as its version stands. It
// stands before the routing of paths, which costs as much as the look-up itself. Whatever is not in the plain form of the
// look-up takes the normal path.
type ready struct {
	next     http.Handler
	versions Versions
	bytes    *lru.Cache[string, versioned]
	looked   func(ready bool) // told of each look-up that found a record; nil for nobody
}

type versioned struct {
	rendered
	version string
}

const recordPath = "/v1/public/enterprises/"

// readyRecords is sized for the records that a day's public looks up; a record is a few kilobytes.
const readyRecords = 20_000

func newReady(next http.Handler, v Versions, looked func(ready bool)) *ready {
	cache, err := lru.New[string, versioned](readyRecords)
	if err != nil {
		panic(err) // the size is a positive constant
	}
	return &ready{next: next, versions: v, bytes: cache, looked: looked}
}

func (c *ready) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, ok := strings.CutPrefix(r.URL.Path, recordPath)
	// Who sends a token is told by the chain if it is a bad one.
	if !ok || id == "" || strings.Contains(id, "/") || r.URL.RawQuery != "" || r.Method != http.MethodGet || r.Header["Authorization"] != nil {
		c.next.ServeHTTP(w, r)
		return
	}
	version, found, err := c.versions.EnterpriseVersion(r.Context(), id)
	if err != nil || !found {
		c.next.ServeHTTP(w, r) // it knows how to say so
		return
	}
	have, ok := c.bytes.Get(id)
	ok = ok && have.version == version
	if c.looked != nil {
		c.looked(ok)
	}
	if ok {
		send(w, r, have.rendered)
		return
	}
	held := &held{header: w.Header(), status: http.StatusOK}
	c.next.ServeHTTP(held, r)
	body := held.body.Bytes()
	if held.status != http.StatusOK {
		w.WriteHeader(held.status)
		_, _ = w.Write(body)
		return
	}
	// The version was read before the bytes were rendered, so the bytes are at least that new; were they newer, the next
	// look-up sees another version and renders again.
	a := render(body, w.Header().Get("Content-Type"))
	c.bytes.Add(id, versioned{a, version})
	send(w, r, a)
}
