package fairness

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// Version names the function: the same bundles give the same figures for as long as it is the same.
const Version = "mingjian/fairness/v1"

// chance is a stream of numbers that looks random and that anyone can make again: block i, from 0, is SHA-256(seed ‖ u64(i)),
// four numbers of eight bytes, big endian.
type chance struct {
	seed  sortition.Digest
	next  uint64 // block
	block [sha256.Size]byte
	used  int // bytes of the block
}

// newChance seeds a stream with SHA-256(LP(Version "/" purpose) ‖ key ‖ LP(part)…).
func newChance(purpose string, key sortition.Digest, parts ...string) *chance {
	text := append(appendText(nil, Version+"/"+purpose), key[:]...)
	for _, part := range parts {
		text = appendText(text, part)
	}
	return &chance{seed: sha256.Sum256(text), used: sha256.Size}
}

func appendText(to []byte, text string) []byte {
	return append(binary.BigEndian.AppendUint64(to, uint64(len(text))), text...)
}

func (c *chance) refill() {
	c.block = sha256.Sum256(binary.BigEndian.AppendUint64(c.seed[:], c.next))
	c.next++
	c.used = 0
}

func (c *chance) number() uint64 {
	if c.used == sha256.Size {
		c.refill()
	}
	n := binary.BigEndian.Uint64(c.block[c.used:])
	c.used += 8
	return n
}

// below gives a number from 0 to n-1: the upper half of the product of the next number and n.
func (c *chance) below(n int) int {
	high, _ := bits.Mul64(c.number(), uint64(n))
	return int(high)
}

// part gives a part of one: the next number without its two lowest bits.
func (c *chance) part() uint64 { return c.number() >> 2 }

// keyOf binds what is drawn by chance to one draw: SHA-256(LP(Version) ‖ terms ‖ seed).
func keyOf(b sortition.Bundle) sortition.Digest {
	text := append(appendText(nil, Version), b.Terms[:]...)
	return sha256.Sum256(append(text, b.Seed[:]...))
}
