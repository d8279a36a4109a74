package sortition

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// textReader passes a source on while it is UTF-8. A decoder of JSON would put other bytes right silently, and two readers
// could then see two documents.
type textReader struct {
	source io.Reader
	err    error  // why the source could not be read
	cut    []byte // the beginning of a rune at the end of what was read
	window []byte
}

func (t *textReader) Read(to []byte) (int, error) {
	n, err := t.source.Read(to)
	if err != nil && !errors.Is(err, io.EOF) {
		t.err = err
		return n, err
	}
	t.window = append(append(t.window[:0], t.cut...), to[:n]...)
	whole := len(t.window) - cutRune(t.window)
	if !utf8.Valid(t.window[:whole]) || err != nil && whole < len(t.window) {
		return 0, refuse("bundle", "must be UTF-8", "")
	}
	t.cut = append(t.cut[:0], t.window[whole:]...)
	return n, err
}

// cutRune gives how many bytes at the end begin a rune that is not complete.
func cutRune(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		tail := text[len(text)-n:]
		if utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// halfPair tells whether the text of a JSON value escapes one half of a surrogate pair without the other. Such a string is
// not text: readers put different things in its place.
func halfPair(raw []byte) bool {
	for {
		at := bytes.IndexByte(raw, '\\')
		if at < 0 || at+1 >= len(raw) {
			return false
		}
		unit, escaped := surrogate(raw[at:])
		if !escaped {
			raw = raw[at+2:]
			continue
		}
		raw = raw[at+6:]
		if unit < 0xD800 || unit > 0xDFFF {
			continue
		}
		low, escaped := surrogate(raw)
		if unit > 0xDBFF || !escaped || low < 0xDC00 || low > 0xDFFF {
			return true
		}
		raw = raw[6:]
	}
}

// surrogate reads a \uXXXX at the beginning of a text.
func surrogate(text []byte) (uint64, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return unit, err == nil
}
