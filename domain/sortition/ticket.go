package sortition

import (
	"bytes"
	"crypto/sha256"
	"strings"
)

// StratumSeed gives the seed from which a stratum's tickets are made.
func StratumSeed(seed Digest, stratum string) Digest {
	text := append(appendText(nil, Version+"/stratum"), seed[:]...)
	return sha256.Sum256(appendText(text, stratum))
}

// Ticket gives a candidate's ticket in a stratum: the smallest tickets are drawn.
func Ticket(stratumSeed Digest, id string) Digest {
	return sha256.Sum256(append(stratumSeed[:], id...))
}

// pick is a candidate with its ticket.
type pick struct {
	ticket   Digest
	id       string
	district string
}

func (p pick) compare(other pick) int {
	if order := bytes.Compare(p.ticket[:], other.ticket[:]); order != 0 {
		return order
	}
	return strings.Compare(p.id, other.id)
}
