package bus

import (
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Dedup remembers the ids of the latest messages, a bounded number of them, so that a consumer can tell what comes twice. It is memory
// alone: what must happen once whatever comes between keeps the id with its effect.
type Dedup struct{ ids *lru.Cache[string, struct{}] }

// NewDedup remembers that many ids, 1 at least.
func NewDedup(window int) (*Dedup, error) {
	ids, err := lru.New[string, struct{}](window)
	if err != nil {
		return nil, fmt.Errorf("bus: window of %d ids: %w", window, err)
	}
	return &Dedup{ids}, nil
}

// Has tells whether an id was added and is remembered.
func (d *Dedup) Has(id string) bool { return d.ids.Contains(id) }

// Add remembers an id and forgets the oldest beyond the window.
func (d *Dedup) Add(id string) { d.ids.Add(id, struct{}{}) }
