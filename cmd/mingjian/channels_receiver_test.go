package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"sync"
)

// releaseItem is what the running digest is made of, as the guide for integrators tells it, in the order of canonical JSON. Nothing
// here is of the producer's code.
type releaseItem struct {
	AuthorityID     string   `json:"authorityId"`
	Digest          string   `json:"digest"`
	DisclosureID    string   `json:"disclosureId"`
	FormerDigest    string   `json:"formerDigest"`
	Kind            string   `json:"kind"`
	Number          uint32   `json:"number"`
	Outlets         []string `json:"outlets"`
	ReleasedAt      string   `json:"releasedAt"`
	ReleasedOn      string   `json:"releasedOn"`
	Sequence        string   `json:"sequence"`
	TombstoneDigest string   `json:"tombstoneDigest"`
}

// releaseTold is a release as it comes.
type releaseTold struct {
	releaseItem
	Authority                  struct{ ID string }
	Chain, Document, Tombstone string
}

func (r *releaseTold) item() ([]byte, error) {
	r.AuthorityID = r.Authority.ID
	if r.Outlets == nil {
		r.Outlets = []string{}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(r.releaseItem)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// linked is the running digest after one more item.
func linked(before [32]byte, item []byte) [32]byte {
	leaf := sha256.Sum256(append([]byte{0}, item...))
	return sha256.Sum256(append(append([]byte{1}, before[:]...), leaf[:]...))
}

// digested tells whether a text has a digest; of one that is withheld it is not asked.
func digested(text, digest string) bool {
	sum := sha256.Sum256([]byte(text))
	return text == "" || hex.EncodeToString(sum[:]) == digest
}

// receiver is a consumer of releases: what it got by its number, how far it is whole, and the running digest that it makes of it.
type receiver struct {
	name   string
	cursor string // file that tells how far it came
	pulse  *pulse

	mu      sync.Mutex
	items   map[uint64]string
	ids     map[uint64]string // of the messages
	chains  map[uint64]string // as they were told
	acts    map[string]uint32 // of each disclosure the last act that came
	through uint64
	digest  [32]byte
	again   int // items that came before
	early   int // and that came before an earlier number
	lost    int // connections
	faults  []string
}

func newReceiver(name, folder string, p *pulse) *receiver {
	return &receiver{
		name: name, cursor: folder + "/" + name + ".json", pulse: p,
		items: map[uint64]string{}, ids: map[uint64]string{}, chains: map[uint64]string{}, acts: map[string]uint32{},
	}
}

// fault notes what must not be.
func (r *receiver) fault(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wrong(format, args...)
}

func (r *receiver) wrong(format string, args ...any) {
	r.faults = append(r.faults, r.name+": "+fmt.Sprintf(format, args...))
}

func (r *receiver) broke() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lost++
}

func (r *receiver) reached() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.through
}

// resume reads how far it came from its file, as a consumer does that was started again.
func (r *receiver) resume() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	text, err := os.ReadFile(r.cursor)
	if os.IsNotExist(err) {
		return 0
	}
	var kept feedCursor
	if err == nil {
		err = json.Unmarshal(text, &kept)
	}
	if err != nil || kept.Sequence != r.through || kept.Chain != r.digest {
		r.wrong("the cursor's file has %s, %v", text, err)
	}
	return kept.Sequence
}

// take takes a release in JSON that came in the message with an id, if it came in one.
func (r *receiver) take(text []byte, id string) {
	defer r.pulse.beat(r.name)
	r.mu.Lock()
	defer r.mu.Unlock()
	var told releaseTold
	if err := json.Unmarshal(text, &told); err != nil {
		r.wrong("%v: %q", err, text)
		return
	}
	item, err := told.item()
	n, failed := strconv.ParseUint(told.Sequence, 10, 64)
	if err != nil || failed != nil || n == 0 {
		r.wrong("no item: %v, %v: %q", err, failed, text)
		return
	}
	if !digested(told.Document, told.Digest) || !digested(told.Tombstone, told.TombstoneDigest) {
		r.wrong("release %d does not have its digests", n)
	}
	if was, came := r.items[n]; came {
		r.again++
		if was != string(item) || r.ids[n] != id || r.chains[n] != told.Chain {
			r.wrong("release %d came again as another one:\n%s\n%s", n, was, item)
		}
		return
	}
	if r.acts[told.DisclosureID]+1 != told.Number {
		r.wrong("of %s act %d came after act %d", told.DisclosureID, told.Number, r.acts[told.DisclosureID])
	}
	if n != r.through+1 {
		r.early++
	}
	r.items[n], r.ids[n], r.chains[n], r.acts[told.DisclosureID] = string(item), id, told.Chain, told.Number
	r.advance()
}

// advance makes the digest of what is whole, and keeps how far that is.
func (r *receiver) advance() {
	from := r.through
	for r.items[r.through+1] != "" {
		r.through++
		r.digest = linked(r.digest, []byte(r.items[r.through]))
		if got := hex.EncodeToString(r.digest[:]); got != r.chains[r.through] {
			r.wrong("after release %d the digest is %s, told was %s", r.through, got, r.chains[r.through])
		}
	}
	if r.through == from {
		return
	}
	text, err := json.Marshal(feedCursor{Sequence: r.through, Chain: r.digest})
	if err == nil {
		err = replaceFile(r.cursor, text)
	}
	if err != nil {
		r.wrong("%v", err)
	}
}

func (r *receiver) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return fmt.Sprintf("%s: %d releases, digest %x…; %d came again, %d before an earlier one, %d connections lost",
		r.name, r.through, r.digest[:6], r.again, r.early, r.lost)
}
