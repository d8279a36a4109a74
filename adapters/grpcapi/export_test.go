package grpcapi

import "runtime"

// With is the chain with another vault, over another base. The validator is kept: that of a request's type is costly to make.
func (c *Chain) With(v Vault, b Base) *Chain {
	with := *c
	with.Vault, with.Parties = v, b.Parties
	return &with
}

// AwaitWaiting returns once that many entries wait for an append of their stream.
func (t *Trail) AwaitWaiting(id string, n int) {
	for {
		t.mu.Lock()
		got := 0
		if day := t.days[id]; day != nil {
			got = len(day.waiting)
		}
		t.mu.Unlock()
		if got == n {
			return
		}
		runtime.Gosched()
	}
}
