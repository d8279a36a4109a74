package projectionstest

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/mingjian-ledger/mingjian/projections"
)

// Leases are leases in memory, for the processes of one test.
type Leases struct {
	mu      sync.Mutex
	epochs  map[string]uint64
	held    map[string]*lease
	asks    []*ask // in the order in which they came
	holders []*Holder
}

// Holder is one process's projections.Leases.
type Holder struct {
	hub    *Leases
	name   string
	cut    bool
	awaits map[string]chan *lease
}

type ask struct {
	by   *Holder
	name string
}

type lease struct {
	by          *Holder
	name        string
	epoch       uint64
	lost, asked chan struct{}
	gone        bool
}

// NewLeases makes them.
func NewLeases() *Leases {
	return &Leases{epochs: map[string]uint64{}, held: map[string]*lease{}}
}

// Process is another process, of the given name.
func (l *Leases) Process(name string) *Holder {
	h := &Holder{hub: l, name: name, awaits: map[string]chan *lease{}}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.holders = append(l.holders, h)
	return h
}

// Cut takes the process off until mended: its leases are lost, then free for others.
func (h *Holder) Cut() (mend func()) {
	h.set(true)
	return func() { h.set(false) }
}

func (h *Holder) set(cut bool) {
	h.hub.mu.Lock()
	defer h.hub.mu.Unlock()
	h.cut = cut
	for _, l := range h.hub.held {
		if cut && l.by == h {
			l.end()
			close(l.lost)
		}
	}
	h.hub.deal()
}

// Take is projections.Leases'.
func (h *Holder) Take(ctx context.Context, name string) (projections.Lease, error) {
	h.hub.mu.Lock()
	if _, twice := h.awaits[name]; twice {
		h.hub.mu.Unlock()
		return nil, projections.ErrTaken
	}
	got := make(chan *lease, 1)
	h.awaits[name] = got
	h.hub.deal()
	h.hub.mu.Unlock()
	select {
	case l := <-got:
		return l, nil
	case <-ctx.Done():
	}
	h.hub.mu.Lock()
	defer h.hub.mu.Unlock()
	delete(h.awaits, name)
	select {
	case l := <-got:
		l.end()
	default:
	}
	h.hub.deal()
	return nil, ctx.Err()
}

// Ask is projections.Leases'.
func (h *Holder) Ask(name string) (withdraw func()) {
	h.hub.mu.Lock()
	defer h.hub.mu.Unlock()
	a := &ask{h, name}
	h.hub.asks = append(h.hub.asks, a)
	h.hub.deal()
	return func() {
		h.hub.mu.Lock()
		defer h.hub.mu.Unlock()
		h.hub.asks = slices.DeleteFunc(h.hub.asks, func(other *ask) bool { return other == a })
		h.hub.deal()
	}
}

// Holders is projections.Leases'.
func (h *Holder) Holders(ctx context.Context) (map[string]string, error) {
	h.hub.mu.Lock()
	defer h.hub.mu.Unlock()
	out := map[string]string{}
	for name, l := range h.hub.held {
		out[name] = l.by.name
	}
	return out, ctx.Err()
}

// deal gives what is free to who should have it and asks what others have of them.
func (l *Leases) deal() {
	names := map[string][]string{}
	for _, h := range l.holders {
		for name := range h.awaits {
			if !h.cut {
				names[name] = append(names[name], h.name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		should := projections.Share(name, names[name])
		for _, a := range l.asks {
			if a.name == name && slices.Contains(names[name], a.by.name) {
				should = a.by.name
				break
			}
		}
		switch has := l.held[name]; {
		case has == nil:
			l.give(name, should)
		case has.by.name != should:
			has.ask()
		}
	}
}

func (l *Leases) give(name, to string) {
	i := slices.IndexFunc(l.holders, func(h *Holder) bool { return h.name == to })
	h := l.holders[i]
	l.epochs[name]++
	given := &lease{by: h, name: name, epoch: l.epochs[name], lost: make(chan struct{}), asked: make(chan struct{})}
	l.held[name] = given
	h.awaits[name] <- given
}

func (l *lease) ask() {
	select {
	case <-l.asked:
	default:
		close(l.asked)
	}
}

// end frees the name; its process may take it again once it has released it.
func (l *lease) end() {
	if l.by.hub.held[l.name] == l {
		delete(l.by.hub.held, l.name)
	}
}

// Epoch is projections.Lease's.
func (l *lease) Epoch() uint64 { return l.epoch }

// Lost is projections.Lease's.
func (l *lease) Lost() <-chan struct{} { return l.lost }

// Asked is projections.Lease's.
func (l *lease) Asked() <-chan struct{} { return l.asked }

// Release is projections.Lease's.
func (l *lease) Release(context.Context) {
	hub := l.by.hub
	hub.mu.Lock()
	defer hub.mu.Unlock()
	if l.gone {
		return
	}
	l.gone = true
	l.end()
	delete(l.by.awaits, l.name)
	hub.deal()
}
