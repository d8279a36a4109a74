package airgap

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/chain"
)

// Reason is why something could not be taken.
type Reason string

// The reasons. Of the last three no re-request heals: people decide.
const (
	Lost       Reason = "lost"        // a bundle is missing, and a later one or the head is there
	Truncated  Reason = "truncated"   // a file ends too early: cut off, or not all there yet
	Tampered   Reason = "tampered"    // a file is not what was signed, or not signed by a known key
	Unreadable Reason = "unreadable"  // a bundle is of a form that this program doesn't know
	Foreign    Reason = "foreign"     // of another inner ledger
	Diverged   Reason = "diverged"    // the inner log goes on otherwise than it did: it was set back without a new epoch
	RolledBack Reason = "rolled_back" // the inner ledger was restored, and lost acts that were taken
)

// BadError says what is wrong with a file.
type BadError struct {
	File   string
	Reason Reason
	Err    error
}

func (e *BadError) Error() string { return fmt.Sprintf("airgap: %s: %s: %v", e.File, e.Reason, e.Err) }
func (e *BadError) Unwrap() error { return e.Err }

// The kinds of what is signed: the first line of each file, and part of what is signed.
const (
	kindBundle  = "mingjian/gap/bundle/v1"
	kindHead    = "mingjian/gap/head/v1"
	kindReceipt = "mingjian/gap/receipt/v1"
)

// Forms has a value of each form of JSON that crosses the gap, by its name: the headers of bundle, head and receipt, and a line of
// a bundle. The two sides may be of different versions, so these are part of what integrators were promised.
func Forms() map[string]any {
	return map[string]any{kindBundle: Header{}, kindHead: Head{}, kindReceipt: Receipt{}, kindBundle + " act": act{}}
}

// Source says whose acts they are.
type Source struct {
	Ledger string    `json:"ledger"` // inner ledger
	Epoch  string    `json:"epoch"`
	Began  time.Time `json:"began,omitzero"` // when the epoch was recorded; none for the first
	Common uint64    `json:"common"`         // acts that the epoch has in common with the former one
	// Shared is the chain over them.
	Shared chain.Chain `json:"shared"`
	Series uint64      `json:"series"` // within the epoch, from 1; another begins where acts of no bundle of it are asked for
}

// Header is what is signed of a bundle.
type Header struct {
	Source
	Bundle   uint64      `json:"bundle"`   // within the series, from 1
	Previous string      `json:"previous"` // digest of the bundle before; empty for the first
	First    uint64      `json:"first"`
	Last     uint64      `json:"last"`
	Before   chain.Chain `json:"before"`
	After    chain.Chain `json:"after"`
	Size     int         `json:"size"`   // bytes of the acts
	Digest   string      `json:"digest"` // SHA-256 of the acts, in lower-case hex
}

// Head is how far a sender is.
type Head struct {
	Source
	Bundle uint64      `json:"bundle"` // last one; 0 before the first
	Digest string      `json:"digest"` // of it
	Acts   uint64      `json:"acts"`
	Chain  chain.Chain `json:"chain"`
}

// Receipt is how far a receiver is, and what it lacks.
type Receipt struct {
	Ledger string `json:"ledger"` // inner one
	Epoch  string `json:"epoch"`
	Series uint64 `json:"series"`
	Bundle uint64 `json:"bundle"` // last one taken
	Digest string `json:"digest"` // of it
	Acts   uint64 `json:"acts"`
	Chain  string `json:"chain"` // over the acts, as they are in the outer log
	// Again asks for the acts from a number on.
	Again *Again `json:"again,omitempty"`
	// Refused says why nothing more is taken until people act.
	Refused Reason `json:"refused,omitempty"`
}

// Again is a re-request.
type Again struct {
	From   uint64    `json:"from"`
	Reason Reason    `json:"reason"`
	Asked  time.Time `json:"asked"`
}

// sealed writes a signed file: a line each for the kind, the body in JSON, size and digest of what follows the header, and the
// signature of these three; then what follows. The digest of the body is what it is known by: how the rest is compressed is no
// part of it.
func sealed[T any](kind string, body T, rest []byte, key ed25519.PrivateKey) (text []byte, digest string, err error) {
	line, err := json.Marshal(body)
	if err != nil {
		return nil, "", fmt.Errorf("airgap: %w", err)
	}
	text = fmt.Appendf(nil, "%s\n%s\n%d %s\n", kind, line, len(rest), digestOf(rest))
	signature := ed25519.Sign(key, text)
	text = append(base64.StdEncoding.AppendEncode(text, signature), '\n')
	return append(text, rest...), digestOf(line), nil
}

// signed is a file that a known key signed.
type signed[T any] struct {
	body   T
	digest string // of the body
	key    string // name of the key
	rest   []byte
}

// opened reads what sealed wrote, by one of the keys.
func opened[T any](kind string, text []byte, keys []ed25519.PublicKey) (s signed[T], err error) {
	lines := bytes.SplitN(text, []byte("\n"), 5)
	switch first := string(lines[0]); {
	case len(lines) == 1 && strings.HasPrefix(kind, first), len(lines) < 5 && first == kind:
		return s, &BadError{Reason: Truncated, Err: errors.New("it ends within its header")}
	case first != kind:
		return s, &BadError{Reason: Tampered, Err: errors.New("it is no " + kind)}
	}
	signature, err := base64.StdEncoding.Strict().DecodeString(string(lines[3]))
	if err != nil {
		return s, &BadError{Reason: Tampered, Err: errors.New("its signature is none")}
	}
	message := text[:len(text)-len(lines[4])-len(lines[3])-1]
	i := slices.IndexFunc(keys, func(key ed25519.PublicKey) bool { return ed25519.Verify(key, message, signature) })
	if i < 0 {
		return s, &BadError{Reason: Tampered, Err: errors.New("no known key signed it")}
	}
	s.key, s.digest, s.rest = NameOf(keys[i]), digestOf(lines[1]), lines[4]
	if want := fmt.Sprintf("%d %s", len(s.rest), digestOf(s.rest)); want != string(lines[2]) {
		reason, size := Tampered, 0
		if n, err := fmt.Sscanf(string(lines[2]), "%d ", &size); err == nil && n == 1 && len(s.rest) < size {
			reason = Truncated
		}
		return s, &BadError{Reason: reason, Err: errors.New("what follows its header is not what was signed")}
	}
	dec := json.NewDecoder(bytes.NewReader(lines[1]))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s.body); err != nil {
		return s, &BadError{Reason: Unreadable, Err: err}
	}
	return s, nil
}

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// NameOf is the name of a public key.
func NameOf(key ed25519.PublicKey) string { return digestOf(key)[:16] }
