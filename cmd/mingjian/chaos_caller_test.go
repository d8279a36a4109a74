package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// attemptPatience is how long the first attempt of a request may take; each further one may take twice as long.
const attemptPatience = 2 * time.Second

// receipt is what a server acknowledged.
type receipt struct {
	method, path, token, key string
	ID                       string
	Revision, Position       string
	Duplicate                bool
}

// caller sends each request to one of the servers by chance, and until one answers it again to any of them: the same
// bytes, with the same Idempotency-Key. It keeps what was acknowledged.
type caller struct {
	servers func() map[string]string // address by name, of those that were started
	inner   http.Transport

	mu       sync.Mutex
	chance   *rand.Rand
	acked    []receipt
	retried  int            // attempts beyond the first of their requests
	failed   map[string]int // attempts without an acknowledgement, by why
	byServer map[string]int // acknowledged
	reads    int
	grown    chan struct{} // closed, and another made, whenever a count grew
}

func newCaller(seed uint64, servers func() map[string]string) *caller {
	return &caller{
		servers: servers, inner: http.Transport{MaxIdleConnsPerHost: peopleAtOnce},
		chance: rand.New(rand.NewPCG(seed, 1)), failed: map[string]int{}, byServer: map[string]int{}, grown: make(chan struct{}), //nolint:gosec // no secrets
	}
}

// counts are how many writes were acknowledged and how many attempts failed.
func (c *caller) counts() (acked, failed int, grown <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range c.failed {
		failed += n
	}
	return len(c.acked), failed, c.grown
}

// await returns once so many more writes were acknowledged, or so many more attempts failed; a count of zero is not waited for.
func (c *caller) await(ctx context.Context, acked, failed int) error {
	fromAcked, fromFailed, _ := c.counts()
	for {
		nowAcked, nowFailed, grown := c.counts()
		if acked > 0 && nowAcked >= fromAcked+acked || failed > 0 && nowFailed >= fromFailed+failed {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (c *caller) count(what func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	what()
	close(c.grown)
	c.grown = make(chan struct{})
}

// any is one of the servers.
func (c *caller) any() (name, base string) {
	up := c.servers()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(up) > 0 {
		name = slices.Sorted(maps.Keys(up))[c.chance.IntN(len(up))]
	}
	return name, up[name]
}

// RoundTrip answers with what the first server answered that had an answer.
func (c *caller) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
		_ = req.Body.Close() // it was read
	}
	ctx := req.Context()
	for try := 0; ; try++ {
		name, base := c.any()
		resp, answer, err := c.attempt(req, base, body, attemptPatience<<min(try, 5))
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if why := openAttempt(resp, answer, err); why != "" {
			c.count(func() { c.failed[why]++; c.retried++ })
			pause(ctx, min(10*time.Millisecond<<min(try, 5), 300*time.Millisecond))
			continue
		}
		if resp.StatusCode == http.StatusOK {
			if err := c.keep(name, req, answer); err != nil {
				return nil, err
			}
		}
		resp.Body = io.NopCloser(bytes.NewReader(answer))
		return resp, nil
	}
}

// attempt asks one server once.
func (c *caller) attempt(req *http.Request, base string, body []byte, patience time.Duration) (*http.Response, []byte, error) {
	at, err := url.Parse(base)
	if err != nil || at.Host == "" {
		return nil, nil, errors.Join(errors.New("no server"), err)
	}
	ctx, cancel := context.WithTimeout(req.Context(), patience)
	defer cancel()
	out := req.Clone(ctx)
	out.URL.Scheme, out.URL.Host, out.Host = at.Scheme, at.Host, at.Host
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp, err := c.inner.RoundTrip(out)
	if err != nil {
		return nil, nil, err
	}
	answer, err := io.ReadAll(resp.Body)
	return resp, answer, errors.Join(err, resp.Body.Close())
}

// openAttempt says why an attempt left open whether anything was done; empty for an answer. What the ledger refuses is an answer.
func openAttempt(resp *http.Response, answer []byte, err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case err != nil:
		return "connection lost or refused"
	case resp.StatusCode < http.StatusInternalServerError && resp.StatusCode != http.StatusTooManyRequests:
		return ""
	}
	var problem struct{ Code string }
	_ = json.Unmarshal(answer, &problem) // the number says enough
	return strings.TrimSpace(fmt.Sprintf("%d %s", resp.StatusCode, problem.Code))
}

// keep notes a write.
func (c *caller) keep(name string, req *http.Request, answer []byte) error {
	if req.Method != http.MethodPost {
		c.count(func() { c.reads++ })
		return nil
	}
	var told struct {
		Receipt             receipt
		RequestID, Position string // what the public gets in its place
	}
	err := json.Unmarshal(answer, &told)
	r := told.Receipt
	if r.Position == "" {
		r.ID, r.Position = told.RequestID, told.Position
	}
	if err != nil || r.Position == "" {
		return fmt.Errorf("%s answers 200 to %s without a receipt: %w\n%s", name, req.URL.Path, cmp.Or(err, errors.New("none")), answer)
	}
	r.method, r.path, r.key = req.Method, req.URL.Path, req.Header.Get("Idempotency-Key")
	r.token = strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer ")
	if r.key == "" {
		return fmt.Errorf("%s was written without a key", r.path)
	}
	c.count(func() { c.acked = append(c.acked, r); c.byServer[name]++ })
	return nil
}
