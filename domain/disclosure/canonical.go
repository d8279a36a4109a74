package disclosure

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"unicode/utf16"

	"github.com/mingjian-ledger/mingjian/domain"
)

// MaxDocument is the largest document, in bytes as stored within an event.
const MaxDocument = 48 << 10

// maxInteger is the largest whole number that every reader of JSON holds exactly (RFC 8785 takes numbers for doubles).
const maxInteger = 1 << 53

// Raw is a document in canonical form. Within an event encoding/json writes <, >, &, U+2028 and U+2029 as escapes, which
// canonical JSON never has; reading gives the canonical bytes back.
type Raw json.RawMessage

// MarshalJSON gives the bytes as they are.
func (r Raw) MarshalJSON() ([]byte, error) { return json.RawMessage(r).MarshalJSON() }

// UnmarshalJSON is the inverse of MarshalJSON, whatever was escaped on the way.
func (r *Raw) UnmarshalJSON(data []byte) error {
	out := make(Raw, 0, len(data))
	for i := 0; i < len(data); i++ {
		if data[i] != '\\' || i+1 == len(data) {
			out = append(out, data[i])
			continue
		}
		if plain := unescaped(data[i:]); plain != "" {
			out, i = append(out, plain...), i+5
			continue
		}
		out, i = append(out, data[i], data[i+1]), i+1
	}
	*r = out
	return nil
}

// unescaped is the character that encoding/json, though not canonical JSON, writes as the escape at the start of data.
func unescaped(data []byte) string {
	if len(data) < 6 {
		return ""
	}
	switch string(data[:6]) {
	case `\u003c`:
		return "<"
	case `\u003e`:
		return ">"
	case `\u0026`:
		return "&"
	case `\u2028`:
		return "\u2028"
	case `\u2029`:
		return "\u2029"
	}
	return ""
}

// Canonical checks a document and gives its canonical JSON (RFC 8785) with the hex SHA-256 of it. Faults name the field.
func Canonical(doc Document) (raw json.RawMessage, digest string, err error) {
	if err := doc.check(); err != nil {
		return nil, "", err
	}
	plain, err := json.Marshal(doc)
	if err != nil {
		return nil, "", fmt.Errorf("disclosure: encode document: %w", err)
	}
	if len(plain) > MaxDocument {
		return nil, "", domain.Refuse(domain.TooLarge, "disclosure.document.size", "document",
			fmt.Sprintf("公示文稿共%d字节，不得超过%d字节，请精简文字", len(plain), MaxDocument),
			fmt.Sprintf("the document has %d bytes of at most %d", len(plain), MaxDocument))
	}
	if raw, err = canonical(plain); err != nil {
		return nil, "", err
	}
	return raw, digestOf(raw), nil
}

// ParseDocument reads a canonical document. It refuses bytes that aren't canonical, other schemas, and a body that isn't
// the kind's; fields unknown to it are passed over. The rules that Canonical holds a new document to are not held against an
// old one.
func ParseDocument(raw json.RawMessage) (doc Document, err error) {
	again, err := canonical(raw)
	if err != nil {
		return doc, err
	}
	if !bytes.Equal(again, raw) {
		return doc, errors.New("disclosure: document is not canonical JSON")
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return doc, fmt.Errorf("disclosure: decode document: %w", err)
	}
	if fault := doc.checkBody(); fault != nil {
		return doc, fault
	}
	return doc, nil
}

func digestOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// canonical rewrites JSON by RFC 8785. Numbers must be whole: documents have no others.
func canonical(data []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("disclosure: read JSON: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("disclosure: more than one JSON value")
	}
	return write(make([]byte, 0, len(data)), v)
}

func write(out []byte, v any) ([]byte, error) {
	var err error
	switch v := v.(type) {
	case nil:
		return append(out, "null"...), nil
	case bool:
		return strconv.AppendBool(out, v), nil
	case json.Number:
		n, err := strconv.ParseInt(v.String(), 10, 64)
		if err != nil || n > maxInteger || n < -maxInteger {
			return nil, fmt.Errorf("disclosure: %s is not a whole number within 2^53", v)
		}
		return strconv.AppendInt(out, n, 10), nil
	case string:
		return writeString(out, v), nil
	case []any:
		out = append(out, '[')
		for i, e := range v {
			if i > 0 {
				out = append(out, ',')
			}
			if out, err = write(out, e); err != nil {
				return nil, err
			}
		}
		return append(out, ']'), nil
	case map[string]any:
		out = append(out, '{')
		for i, k := range slices.SortedFunc(maps.Keys(v), byUTF16) {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(writeString(out, k), ':')
			if out, err = write(out, v[k]); err != nil {
				return nil, err
			}
		}
		return append(out, '}'), nil
	}
	return nil, fmt.Errorf("disclosure: no JSON value: %T", v)
}

// byUTF16 is the order of names in canonical JSON: by UTF-16 code units, which differs from the order of bytes beyond U+FFFF.
func byUTF16(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

func writeString(out []byte, s string) []byte {
	const hexDigits = "0123456789abcdef"
	out = append(out, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c >= 0x20:
			out = append(out, c)
		case c == '\b':
			out = append(out, `\b`...)
		case c == '\t':
			out = append(out, `\t`...)
		case c == '\n':
			out = append(out, `\n`...)
		case c == '\f':
			out = append(out, `\f`...)
		case c == '\r':
			out = append(out, `\r`...)
		default:
			out = append(out, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(out, '"')
}
