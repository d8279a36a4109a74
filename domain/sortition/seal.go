package sortition

import (
	"crypto/sha256"
	"fmt"
)

// Commitment is what a party publishes before the randomness can be known: its nonce under seal.
type Commitment struct {
	Party       string `json:"party"`
	Commitment  Digest `json:"commitment"`
	CommittedAt string `json:"committed_at"` // when it was recorded, RFC 3339 in UTC
}

// Reveal is a party's nonce, opened.
type Reveal struct {
	Party string `json:"party"`
	Nonce Nonce  `json:"nonce"`
}

// Seal gives the commitment of a party to the terms with its nonce.
func Seal(terms Digest, party string, nonce Nonce) Digest {
	text := append(appendText(nil, Version+"/commitment"), terms[:]...)
	return sha256.Sum256(appendText(appendText(text, party), nonce[:]))
}

// Seed gives the seed of the draw. The beacon value is the source's published bytes, empty without a beacon; a number
// lottery's are its drawn numbers in drawing order, decimal, joined by "-".
func Seed(terms Digest, beaconValue []byte, reveals []Reveal) Digest {
	text := append(appendText(nil, Version+"/seed"), terms[:]...)
	text = appendText(text, beaconValue)
	text = appendNumber(text, uint64(len(reveals)))
	for _, reveal := range sortedBy(reveals, func(r Reveal) string { return r.Party }) {
		text = appendText(appendText(text, reveal.Party), reveal.Nonce[:])
	}
	return sha256.Sum256(text)
}

// validateRandomness wants a beacon with its value, or parties, or both.
func validateRandomness(beacon BeaconTerms, value []byte, reveals []Reveal) error {
	bound := beacon != (BeaconTerms{})
	switch {
	case bound && len(value) == 0:
		return refuse("beacon.value", "must be the value of the named beacon", "")
	case !bound && len(value) > 0:
		return refuse("beacon", "must be named by the terms to have a value", "")
	case !bound && len(reveals) == 0:
		return refuse("reveals", "must not be empty without a beacon", "")
	}
	return checkNames("reveals", "party", reveals, func(r Reveal) string { return r.Party })
}

// CheckReveal compares an opened nonce with what was sealed.
func CheckReveal(terms Digest, sealed Commitment, reveal Reveal) error {
	if sealed.Party != reveal.Party {
		return refuse("reveals.party", fmt.Sprintf("must be %q, who committed", sealed.Party), reveal.Party)
	}
	if got := Seal(terms, reveal.Party, reveal.Nonce); got != sealed.Commitment {
		return refuse("reveals.nonce", fmt.Sprintf("must open the commitment of %q, %s", sealed.Party, sealed.Commitment), got.String())
	}
	return nil
}
