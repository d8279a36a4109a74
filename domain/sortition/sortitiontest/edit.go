package sortitiontest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Change says what an edit did.
type Change struct {
	Path string // of what was changed, as selected[].ticket: places of a list have no number
	Kind string // the edit, in a word or two
}

func (c Change) String() string { return c.Kind + " " + c.Path }

// Editor edits copies of one document.
type Editor struct {
	document *node
	text     []byte // without blanks
}

// NewEditor reads a JSON document.
func NewEditor(document []byte) (*Editor, error) {
	n, err := parse(document)
	if err != nil {
		return nil, fmt.Errorf("read a document to edit: %w", err)
	}
	var text bytes.Buffer
	n.write(&text)
	return &Editor{document: n, text: text.Bytes()}, nil
}

// Edit changes one place of a copy: a letter, a number, a value for another of its kind, a member or an element more, less or
// elsewhere. Each kind of place has the same chance, be there one of it or a thousand.
func (e *Editor) Edit(random *rand.Rand) ([]byte, Change, error) {
	for {
		copied := e.document.clone()
		places := map[string][]place{}
		copied.places(places, "", nil, 0)
		paths := slices.Sorted(maps.Keys(places))
		kin := places[paths[random.IntN(len(paths))]]
		at := kin[random.IntN(len(kin))]
		kind, err := at.edit(random, kin)
		if err != nil {
			return nil, Change{}, fmt.Errorf("edit %s: %w", at.path, err)
		}
		var out bytes.Buffer
		copied.write(&out)
		if kind != "" && !bytes.Equal(out.Bytes(), e.text) {
			return out.Bytes(), Change{Path: at.path, Kind: kind}, nil
		}
	}
}

// edit changes a place and says how; nothing if it can't be changed so.
func (p place) edit(random *rand.Rand, kin []place) (string, error) {
	switch way := random.IntN(8); {
	case way == 0:
		return p.leaveOut(), nil
	case way == 1:
		return p.repeat(random), nil
	case way == 2:
		p.exchange(kin[random.IntN(len(kin))])
		return "exchange", nil
	case p.scalar == nil:
		return p.reorder(random), nil
	case p.scalar[0] == '"':
		return p.retype(random)
	}
	return p.recount(random)
}

func (p place) leaveOut() string {
	if p.from == nil {
		return ""
	}
	p.from.members = slices.Delete(p.from.members, p.at, p.at+1)
	if !p.from.list {
		p.from.names = slices.Delete(p.from.names, p.at, p.at+1)
	}
	return "leave out"
}

func (p place) repeat(random *rand.Rand) string {
	if p.from == nil {
		return ""
	}
	to := random.IntN(len(p.from.members) + 1)
	p.from.members = slices.Insert(p.from.members, to, p.node)
	if !p.from.list {
		p.from.names = slices.Insert(p.from.names, to, p.from.names[p.at])
	}
	return "repeat"
}

// exchange gives two places of a kind each other's value.
func (p place) exchange(other place) { *p.node, *other.node = *other.node, *p.node }

func (p place) reorder(random *rand.Rand) string {
	if len(p.members) < 2 || !p.list {
		return ""
	}
	i, j := random.IntN(len(p.members)), random.IntN(len(p.members))
	p.members[i], p.members[j] = p.members[j], p.members[i]
	return "reorder"
}

func (p place) retype(random *rand.Rand) (string, error) {
	var text string
	if err := json.Unmarshal(p.scalar, &text); err != nil {
		return "", err
	}
	kind, runes := "letter", []rune(text)
	at := random.IntN(len(runes) + 1)
	const digits, letters = "0123456789abcdef", "0123456789abcdefXYZ-TZ:.险𠮷 "
	switch hexadecimal := strings.Trim(text, digits) == "" && len(text) > 0; {
	case hexadecimal && at < len(runes):
		runes[at] = rune(digits[random.IntN(len(digits))])
	case random.IntN(8) == 0:
		kind, runes = "empty", nil
	case at < len(runes) && random.IntN(2) == 0:
		runes[at] = []rune(letters)[random.IntN(len([]rune(letters)))]
	case at < len(runes) && random.IntN(2) == 0:
		runes = slices.Delete(runes, at, at+1)
	default:
		runes = slices.Insert(runes, at, []rune(letters)[random.IntN(len([]rune(letters)))])
	}
	scalar, err := encode(string(runes))
	p.scalar = scalar
	return kind, err
}

func (p place) recount(random *rand.Rand) (string, error) {
	n, err := strconv.ParseUint(string(p.scalar), 10, 64)
	if err != nil {
		return "", err
	}
	n = []uint64{n + 1, n - 1, 0, 2 * n, random.Uint64N(100), random.Uint64()}[random.IntN(6)]
	p.scalar = strconv.AppendUint(nil, n, 10)
	return "number", nil
}
