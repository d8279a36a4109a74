package sqlite

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Metadata is most of a small event: the same keys each time, and identifiers in hexadecimal. It is stored packed, to a
// third of its size, and unpacked byte for byte as it was given; bytes that are no such JSON are stored as they are, after
// a zero.
//
// The packed form is a one and then tokens:
//
//	1 to 127       so many bytes as they are
//	128, 16 bytes  a UUID in its 36 characters
//	129, 32 bytes  64 hexadecimal digits
//	130 to 159     the UUID seen first, second … once more
//	160 to 255     an entry of the dictionary
//
// The form is for ever, and so is the dictionary: entries may be added at its end.
const (
	tokenUUID   = 128
	tokenDigest = 129
	tokenAgain  = 130
	tokenWord   = 160
)

var dictionary = []string{
	`{"command":"`, `","command_digest":"`, `","correlation":"`, `","causation":"`, `","actor":"`, `","role":"`,
	`","authority":"`, `","recorded_at":"`, `","schema":1}`,
}

var errPacked = errors.New("the metadata can't be unpacked")

// pack shortens metadata; unpack is its inverse for any bytes.
func pack(meta []byte) []byte {
	out := make([]byte, 1, 1+len(meta)/2)
	out[0] = 1
	var seen []es.ID
	plain := 0 // where the bytes begin that no token stands for yet
	for i := 0; i < len(meta); {
		token, n := word(meta[i:])
		if n == 0 {
			token, n, seen = identifier(meta[i:], seen)
		}
		if n == 0 {
			i++
			continue
		}
		out = append(appendPlain(out, meta[plain:i]), token...)
		i += n
		plain = i
	}
	if out = appendPlain(out, meta[plain:]); len(out) > len(meta) {
		return append([]byte{0}, meta...)
	}
	return out
}

func appendPlain(out, plain []byte) []byte {
	for chunk := range slices.Chunk(plain, tokenUUID-1) {
		out = append(append(out, byte(len(chunk))), chunk...)
	}
	return out
}

// word finds a dictionary entry at the beginning of b, and its length.
func word(b []byte) (token []byte, n int) {
	if b[0] != '"' && b[0] != '{' {
		return nil, 0
	}
	for i, w := range dictionary {
		if len(b) >= len(w) && string(b[:len(w)]) == w {
			return []byte{byte(tokenWord + i)}, len(w)
		}
	}
	return nil, 0
}

// identifier finds a UUID or digest at the beginning of b.
func identifier(b []byte, seen []es.ID) (token []byte, n int, _ []es.ID) {
	switch {
	case len(b) >= 36 && b[8] == '-':
		id := es.ID(b[:36])
		if at := slices.Index(seen, id); at >= 0 {
			return []byte{byte(tokenAgain + at)}, 36, seen
		}
		raw, ok := id.Bytes()
		if !ok {
			return nil, 0, seen
		}
		if len(seen) < tokenWord-tokenAgain {
			seen = append(seen, id)
		}
		return append([]byte{tokenUUID}, raw[:]...), 36, seen
	case len(b) >= 64 && digits(b[:64]):
		token = make([]byte, 33)
		token[0] = tokenDigest
		_, _ = hex.Decode(token[1:], b[:64])
		return token, 64, seen
	}
	return nil, 0, seen
}

// digits tells whether b is hexadecimal in small letters, which alone comes back as it was.
func digits(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// unpack gives back what pack was given, in bytes of its own.
func unpack(b []byte) ([]byte, error) {
	if len(b) == 0 || b[0] > 1 {
		return nil, errPacked
	}
	if b[0] == 0 {
		return bytes.Clone(b[1:]), nil
	}
	out := make([]byte, 0, 4*len(b))
	var seen []es.ID
	for b = b[1:]; len(b) > 0; {
		token := int(b[0])
		n := 0 // bytes that belong to the token
		switch {
		case token < tokenUUID:
			n = token
		case token == tokenUUID:
			n = 16
		case token == tokenDigest:
			n = 32
		}
		if len(b) < 1+n {
			return nil, errPacked
		}
		body := b[1 : 1+n]
		b = b[1+n:]
		switch {
		case token < tokenUUID:
			out = append(out, body...)
		case token == tokenUUID:
			seen = append(seen, es.IDOf([16]byte(body)))
			out = append(out, seen[len(seen)-1]...)
		case token == tokenDigest:
			out = hex.AppendEncode(out, body)
		case token < tokenWord && token-tokenAgain < len(seen):
			out = append(out, seen[token-tokenAgain]...)
		case token >= tokenWord && token-tokenWord < len(dictionary):
			out = append(out, dictionary[token-tokenWord]...)
		default:
			return nil, errPacked
		}
	}
	return out, nil
}
