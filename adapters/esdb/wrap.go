package esdb

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// mark tells one append from all others: 16 random bytes.
type mark [16]byte

// The server's metadata of an event is a JSON object in one form: the record's hash, the append's mark, and the metadata, as
// it was given where that is JSON, in base64 where it is not. It is cut at fixed places, never decoded and encoded again.
const (
	openHash  = `{"mingjian":1,"hash":"`
	openMark  = `","append":"`
	openMeta  = `","meta":`
	openBytes = `","bytes":"`
)

var errUnwrapped = errors.New("has no hash: it was not written by this program")

func wrap(hash [sha256.Size]byte, m mark, meta []byte) []byte {
	b := make([]byte, 0, len(openHash)+len(openMark)+len(openBytes)+96+len(meta)*4/3+8)
	b = hex.AppendEncode(append(b, openHash...), hash[:])
	b = hex.AppendEncode(append(b, openMark...), m[:])
	if utf8.Valid(meta) && json.Valid(meta) {
		return append(append(append(b, openMeta...), meta...), '}')
	}
	return append(base64.StdEncoding.AppendEncode(append(b, openBytes...), meta), `"}`...)
}

func unwrap(b []byte) (hash [sha256.Size]byte, m mark, meta []byte, err error) {
	next := func(open string, to []byte) bool {
		rest, ok := bytes.CutPrefix(b, []byte(open))
		if n := hex.EncodedLen(len(to)); ok && len(rest) >= n {
			_, err := hex.Decode(to, rest[:n])
			b = rest[n:]
			return err == nil
		}
		return false
	}
	if !next(openHash, hash[:]) || !next(openMark, m[:]) {
		return hash, m, nil, errUnwrapped
	}
	if rest, ok := bytes.CutPrefix(b, []byte(openMeta)); ok {
		if meta, ok = bytes.CutSuffix(rest, []byte("}")); ok {
			return hash, m, meta, nil
		}
	}
	if rest, ok := bytes.CutPrefix(b, []byte(openBytes)); ok {
		if text, ok := bytes.CutSuffix(rest, []byte(`"}`)); ok {
			meta, err := base64.StdEncoding.AppendDecode(nil, text)
			if err == nil {
				return hash, m, meta, nil
			}
		}
	}
	return hash, m, nil, errUnwrapped
}
