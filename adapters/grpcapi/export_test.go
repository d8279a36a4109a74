package grpcapi

import "runtime"

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
