package es

import (
	"cmp"
	"crypto/sha1" //nolint:gosec // RFC 9562 defines version 5 UUIDs over SHA-1; nothing here is secret.
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ID is a UUID (RFC 9562) in its 36-character lower-case form.
type ID string

// DeriveID returns the version 5 UUID of parts under parent; parts are length-prefixed, so that no two lists collide.
func DeriveID(parent ID, parts ...string) ID {
	b := []byte(parent)
	for _, p := range parts {
		b = fmt.Appendf(b, "/%d:%s", len(p), p)
	}
	h := sha1.Sum(b) //nolint:gosec // see the import
	h[6], h[8] = h[6]&0x0f|0x50, h[8]&0x3f|0x80
	return IDOf([16]byte(h[:16]))
}

// IDOf is the inverse of Bytes.
func IDOf(b [16]byte) ID {
	h := hex.EncodeToString(b[:])
	return ID(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:])
}

// Bytes are the 16 bytes of the UUID; not ok if it is none, or not in its one form.
func (id ID) Bytes() (b [16]byte, ok bool) {
	raw, _ := hex.DecodeString(strings.ReplaceAll(string(id), "-", ""))
	copy(b[:], raw)
	return b, IDOf(b) == id // a wrong digit or length or a capital shows
}

// Stream names the ordered events of one aggregate instance. Category holds no "-".
type Stream struct{ Category, ID string }

func (s Stream) String() string { return s.Category + "-" + s.ID }

// Revision is the 0-based place of an event within its stream.
type Revision uint64

// Position is an opaque, totally ordered place in the global log; zero is before the first event. It is a pair because
// EventStoreDB addresses its log by commit and prepare position; SQL stores use the first alone.
type Position struct{ commit, prepare uint64 }

// At makes a position from a store's own numbers; Pair gives them back.
func At(commit, prepare uint64) Position { return Position{commit, prepare} }

// Pair returns the numbers given to At.
func (p Position) Pair() (commit, prepare uint64) { return p.commit, p.prepare }

// Compare orders positions: -1, 0 or 1.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.commit, q.commit), cmp.Compare(p.prepare, q.prepare))
}

func (p Position) String() string {
	return strings.TrimSuffix(fmt.Sprintf("%d.%d", p.commit, p.prepare), ".0")
}

// ParsePosition is the inverse of String.
func ParsePosition(s string) (p Position, err error) {
	c, q, _ := strings.Cut(s, ".")
	p.commit, err = strconv.ParseUint(c, 10, 64)
	p.prepare, _ = strconv.ParseUint(q, 10, 64)
	if err != nil || p.String() != s {
		return Position{}, fmt.Errorf("es: %q is not a position", s)
	}
	return p, nil
}

// Metadata says who caused an event and when it was recorded; it is stored as JSON beside the data and hashed with it.
type Metadata struct {
	Command       ID        `json:"command"`
	CommandDigest string    `json:"command_digest"` // hex SHA-256 of the request: tells a retry from a reused id
	Correlation   ID        `json:"correlation"`
	Causation     ID        `json:"causation"` // the event that led to the command, or the command itself
	Actor         string    `json:"actor"`     // account name, never personal data
	Role          string    `json:"role,omitempty"`
	Authority     string    `json:"authority,omitempty"`
	RecordedAt    time.Time `json:"recorded_at"` // server clock, UTC
	Schema        int       `json:"schema"`      // version of this form, set by Propose
	// Redaction is what was taken out of the texts of the request before it was decided, with the reference to the texts as they
	// were given, in the form of redaction.Overlay; nothing where the events hold them as given. It is one for all events of the
	// command, and those of a penalty, whose masks change later, have their own.
	Redaction json.RawMessage `json:"redaction,omitempty"`
}

// Proposed is an event on its way into a store; its id derives from the command id and the event's index.
type Proposed struct {
	ID         ID
	Type       string
	Data, Meta []byte
}

// Record is a stored event with the stored bytes.
type Record struct {
	Proposed
	Stream   Stream
	Revision Revision
	Position Position
}

// Metadata decodes Meta.
func (r Record) Metadata() (m Metadata, err error) {
	if err = json.Unmarshal(r.Meta, &m); err != nil {
		err = fmt.Errorf("es: metadata of %s@%d: %w", r.Stream, r.Revision, err)
	}
	return m, err
}

// Hash is the SHA-256 over stream, revision, id, type, metadata and data, each with its length before it: what an auditor
// recomputes. The position is left out, so that one history has the same hashes in every store.
func (r Record) Hash() [sha256.Size]byte {
	b := sized(make([]byte, 0, 256+len(r.Meta)+len(r.Data)), "mingjian/event/v1")
	b = sized(sized(b, r.Stream.Category), r.Stream.ID)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Revision))
	b = sized(sized(b, r.ID), r.Type)
	b = sized(sized(b, r.Meta), r.Data)
	return sha256.Sum256(b)
}

func sized[T ~string | ~[]byte](b []byte, p T) []byte {
	return append(binary.BigEndian.AppendUint64(b, uint64(len(p))), p...)
}
