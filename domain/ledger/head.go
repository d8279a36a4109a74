package ledger

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Head says how far a log is, so that whoever keeps it elsewhere can tell a log that lost its end, or was rewritten, from one
// that only went on. What it says of events does not depend on the store: the same history has the same head but for Position.
type Head struct {
	Events   uint64 `json:"events,omitempty"`
	Position string `json:"position"`        // of the last event; "0" before the first
	Hash     string `json:"hash,omitempty"`  // of the last event, es.Record.Hash in lower-case hex
	Chain    string `json:"chain,omitempty"` // over all events, see Chain, in lower-case hex
}

// Chain hashes a log event by event. The chain of no event is the SHA-256 of "mingjian/log/v1"; that of one event more is the
// SHA-256 of the chain before, as 32 bytes, followed by the event's own hash, es.Record.Hash.
type Chain struct {
	events uint64
	at     es.Position
	last   [sha256.Size]byte
	sum    [sha256.Size]byte
}

// NewChain is the chain of no event.
func NewChain() *Chain { return &Chain{sum: sha256.Sum256([]byte("mingjian/log/v1"))} }

// Add takes the next event.
func (c *Chain) Add(r es.Record) {
	c.events++
	c.at, c.last = r.Position, r.Hash()
	c.sum = sha256.Sum256(append(c.sum[:], c.last[:]...))
}

// Head is the head of what was added.
func (c *Chain) Head() Head {
	h := Head{Events: c.events, Position: c.at.String(), Chain: hex.EncodeToString(c.sum[:])}
	if c.events > 0 {
		h.Hash = hex.EncodeToString(c.last[:])
	}
	return h
}
