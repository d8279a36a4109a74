package sortition

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
)

// Digest is a SHA-256 value: a root, a seed, a ticket. Its text is 64 lower-case hexadecimal digits.
type Digest [sha256.Size]byte

// Nonce is the secret of a party until it is revealed: 32 random bytes, written as Digest is.
type Nonce [32]byte

// Bytes are bytes of any length, written as lower-case hexadecimal digits.
type Bytes []byte

// String gives the hexadecimal digits.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText gives the hexadecimal digits.
func (d Digest) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, d[:]), nil }

// UnmarshalText takes exactly 64 lower-case hexadecimal digits.
func (d *Digest) UnmarshalText(text []byte) error { return decodeHex(d[:], text) }

// MarshalText gives the hexadecimal digits.
func (n Nonce) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, n[:]), nil }

// UnmarshalText takes exactly 64 lower-case hexadecimal digits.
func (n *Nonce) UnmarshalText(text []byte) error { return decodeHex(n[:], text) }

// String gives the hexadecimal digits.
func (b Bytes) String() string { return hex.EncodeToString(b) }

// MarshalText gives the hexadecimal digits.
func (b Bytes) MarshalText() ([]byte, error) { return hex.AppendEncode([]byte{}, b), nil }

// UnmarshalText takes an even number of lower-case hexadecimal digits.
func (b *Bytes) UnmarshalText(text []byte) error {
	decoded := make(Bytes, hex.DecodedLen(len(text)))
	if err := decodeHex(decoded, text); err != nil {
		return err
	}
	*b = decoded
	return nil
}

// decodeHex allows one spelling of a value only, so that a bundle has one text.
func decodeHex(to, text []byte) error {
	if len(text) != hex.EncodedLen(len(to)) {
		if len(to) == sha256.Size {
			return errors.New("must be 64 hexadecimal digits")
		}
		return errors.New("must be an even number of hexadecimal digits")
	}
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return errors.New("must be lower-case hexadecimal digits")
		}
	}
	_, err := hex.Decode(to, text)
	return err
}

// appendNumber appends u64(n): eight bytes, big endian.
func appendNumber(to []byte, n uint64) []byte { return binary.BigEndian.AppendUint64(to, n) }

// appendText appends LP(x): the length as u64, then the bytes.
func appendText[T string | []byte | Bytes](to []byte, x T) []byte {
	return append(appendNumber(to, uint64(len(x))), x...)
}

// appendList appends LIST(x…) of elements that are sorted and free of duplicates.
func appendList(to []byte, elements []string) []byte {
	to = appendNumber(to, uint64(len(elements)))
	for _, element := range elements {
		to = appendText(to, element)
	}
	return to
}
