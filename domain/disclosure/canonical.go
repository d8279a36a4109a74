package disclosure

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/canonical"
)

// MaxDocument is the largest document, in bytes as stored within an event.
const MaxDocument = 48 << 10

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
	if raw, err = canonical.JSON(plain); err != nil {
		return nil, "", err
	}
	return raw, digestOf(raw), nil
}

// ParseDocument reads a canonical document. It refuses bytes that aren't canonical, other schemas, and a body that isn't
// the kind's; fields unknown to it are passed over. The rules that Canonical holds a new document to are not held against an
// old one.
func ParseDocument(raw json.RawMessage) (doc Document, err error) {
	again, err := canonical.JSON(raw)
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
