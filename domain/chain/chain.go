package chain

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Chain is the running digest after an item; the zero Chain stands before the first.
type Chain [sha256.Size]byte

// The first byte of what is digested tells items from links, as in RFC 6962 §2.1, so that no item can pass for a link.
const (
	ofItem = 0x00
	ofLink = 0x01
)

// Next is the chain after one more item: SHA-256(0x01 ‖ chain ‖ SHA-256(0x00 ‖ item)). The item is canonical JSON (RFC 8785)
// that tells its own number.
func (c Chain) Next(item []byte) Chain {
	leaf := sha256.Sum256(append([]byte{ofItem}, item...))
	link := make([]byte, 0, 1+2*sha256.Size)
	link = append(append(append(link, ofLink), c[:]...), leaf[:]...)
	return sha256.Sum256(link)
}

// IsZero tells whether no item came yet.
func (c Chain) IsZero() bool { return c == Chain{} }

// String is the chain in lower-case hex.
func (c Chain) String() string { return hex.EncodeToString(c[:]) }

// Parse reads what String writes, and nothing else.
func Parse(s string) (c Chain, err error) { return c, c.UnmarshalText([]byte(s)) }

// MarshalText is String.
func (c Chain) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText is Parse. Of a text that is refused nothing is kept.
func (c *Chain) UnmarshalText(text []byte) error {
	var got Chain
	if len(text) != hex.EncodedLen(len(got)) {
		return fmt.Errorf("chain: %d characters instead of %d", len(text), hex.EncodedLen(len(got)))
	}
	if _, err := hex.Decode(got[:], text); err != nil {
		return fmt.Errorf("chain: %w", err)
	}
	if !bytes.Equal([]byte(got.String()), text) {
		return fmt.Errorf("chain: hex digits are lower-case")
	}
	*c = got
	return nil
}
