package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/holiday"
)

// mould casts the work of the demonstration again: what the ledger wrote of plans, inspections, penalties, licences, disclosures,
// deadlines, listings and reads, event by event and byte for byte but for what tells one case from another. Firms are those of a
// register, ids follow from ids as the ledger derives them, documents have their own digests, days go back through a quarter.
//
// Draws are left out: each refers to lists of its own.
type mould struct {
	events  []cast
	slots   []slot
	numbers map[string]int // slot by the text that it stands for
	firms   int
	days    calendar.Calendar
}

// cast is one event, its parts with slots between them.
type cast struct {
	stream         es.Stream
	typ            string
	id             int // slot
	name           []part
	meta, data     []part
	dataLen, extra int
}

// part is a text and the slot after it; none if negative.
type part struct {
	text []byte
	slot int
}

// slot is a text that differs from cast to cast.
type slot struct {
	old    string
	kind   slotKind
	parent int      // of an id that is derived
	parts  []string // it is derived with
	firm   int
	body   []part       // of a document, of which it is the digest
	set    deadline.Set // the period that ends on this day
}

type slotKind int

const (
	someID slotKind = iota + 1
	someDigest
	derivedID
	documentDigest
	firmCode
	firmName
	someDate
	dueDate
	aBureau
	aPlan
	documentNo
	licenceNo
)

// shapes are what tells slots from other text, the first that fits.
var shapes = []struct {
	kind slotKind
	form string
}{
	{someDigest, `[0-9a-f]{64}`},
	{someID, `[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`},
	{firmCode, `9[1-9]5409[0-9A-HJ-NPQRTUWXY]{12}`},
	{someDate, `20[0-9]{2}-[01][0-9]-[0-3][0-9]`},
	{aBureau, `ZX-SCJG|ZX-XFJY`},
	{aPlan, `ZX-DEMO`},
	{documentNo, `〔20[0-9]{2}〕[0-9]+号`},
	{licenceNo, `JY[0-9]{14}`},
}

// casts are how many casts have events of a category; those of others are left out.
var casts = map[string]int{
	"authority": bureaus, "inspector": 1, "catalogue": 1, "plan": all, "inspection": all, "disclosure": all, "deadline": all,
	"penalty": all, "licence": all, "listing": all, "audit": all,
}

const (
	all     = math.MaxInt
	bureaus = 100 // of each kind, at most
	quarter = 80  // days

	provisional = `","provisional":true` // behind a day that is
)

// newMould makes a mould of a log.
func newMould(t testing.TB, log []es.Record) *mould {
	t.Helper()
	m := &mould{numbers: map[string]int{}, days: holiday.State{}.Calendar()}
	names, sums := map[string]int{}, map[string][]byte{} // firms by code and name, documents by digest
	for _, r := range log {
		if r.Stream.Category == "subject" && r.Revision == 0 {
			var s struct{ Name string }
			if err := json.Unmarshal(r.Data, &s); err != nil {
				t.Fatal(err)
			}
			names[r.Stream.ID], names[s.Name] = len(names)/2, len(names)/2
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(r.Data, &fields); err != nil {
			t.Fatal(err)
		}
		for _, f := range fields {
			sum := sha256.Sum256(f)
			sums[hex.EncodeToString(sum[:])] = f
		}
	}
	c := caster{mould: m, names: names, sums: sums, form: formOf(names)}
	for _, r := range log {
		if casts[r.Stream.Category] > 0 {
			c.take(t, r)
		}
	}
	c.derive(log)
	m.firms = len(names) / 2
	return m
}

// caster makes a mould.
type caster struct {
	*mould
	names map[string]int
	sums  map[string][]byte
	form  *regexp.Regexp
}

// formOf finds the slots: a group for each of shapes, and one for the names of firms.
func formOf(names map[string]int) *regexp.Regexp {
	var all []string
	for _, s := range shapes {
		all = append(all, "("+s.form+")")
	}
	var firms []string
	for name := range names {
		firms = append(firms, regexp.QuoteMeta(name))
	}
	slices.SortFunc(firms, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return regexp.MustCompile(strings.Join(all, "|") + "|(" + strings.Join(firms, "|") + ")")
}

func (c *caster) take(t testing.TB, r es.Record) {
	t.Helper()
	e := cast{
		stream: r.Stream, typ: r.Type, id: c.slot(someID, string(r.ID)), name: c.parts([]byte(r.Stream.ID)),
		meta: c.parts(r.Meta), data: c.parts(r.Data), dataLen: len(r.Data), extra: len(r.Meta),
	}
	c.events = append(c.events, e)
	event, err := deadline.Decider.Decode(r.Type, r.Data)
	set, counted := event.(deadline.Set)
	if err != nil || !counted || set.CalendarVersion != c.days.Version() {
		return // of another aggregate, or by a calendar with further notices
	}
	for i, p := range e.data {
		if bytes.HasSuffix(p.text, []byte(`"due":"`)) { // counted from its own start, whatever else is on that day
			e.data[i].slot = len(c.slots)
			rest := bytes.TrimPrefix(e.data[i+1].text, []byte(provisional))
			e.data[i+1].text = bytes.TrimPrefix(rest, []byte(`"`))
			c.slots = append(c.slots, slot{old: set.Due.String(), kind: dueDate, parent: -1, set: set})
		}
	}
}

// parts cuts a text at its slots.
func (c *caster) parts(text []byte) (out []part) {
	begin := 0
	for _, at := range c.form.FindAllSubmatchIndex(text, -1) {
		kind := firmName
		for i, s := range shapes {
			if at[2+2*i] >= 0 {
				kind = s.kind
				break
			}
		}
		out = append(out, part{text[begin:at[0]], c.slot(kind, string(text[at[0]:at[1]]))})
		begin = at[1]
	}
	return append(out, part{text[begin:], -1})
}

// slot is the number of the slot that stands for a text.
func (c *caster) slot(kind slotKind, old string) int {
	if n, ok := c.numbers[old]; ok {
		return n
	}
	s := slot{old: old, kind: kind, parent: -1}
	if kind == firmCode || kind == firmName {
		s.firm = c.names[old]
	}
	if doc, ok := c.sums[old]; ok && kind == someDigest {
		s.kind, s.body = documentDigest, c.parts(doc) // whose own slots come before it
	}
	c.numbers[old] = len(c.slots)
	c.slots = append(c.slots, s)
	return len(c.slots) - 1
}

// derive finds ids that follow from others: events' from commands, deadlines' from what set them running.
func (c *caster) derive(log []es.Record) {
	from := func(id, parent string, parts ...string) {
		n, known := c.numbers[id]
		if known && es.DeriveID(es.ID(parent), parts...) == es.ID(id) {
			above := c.slot(someID, parent)
			c.slots[n].kind, c.slots[n].parent, c.slots[n].parts = derivedID, above, parts
		}
	}
	for _, r := range log {
		meta, err := r.Metadata()
		if err != nil {
			continue // one of another form has no slots
		}
		for i := range 64 {
			from(string(r.ID), string(meta.Command), strconv.Itoa(i))
		}
		var set struct {
			Deadline, Rule string
			Trigger        string `json:"trigger_event"`
		}
		if json.Unmarshal(r.Data, &set) == nil && r.Stream.Category == deadline.Category {
			from(set.Deadline, set.Trigger, deadline.Category, set.Rule)
		}
	}
}

// pour are the events of the n-th of so many casts over a register of so many firms, with the revisions that follow in their
// streams.
func (m *mould) pour(n, of, firms int, next map[es.Stream]es.Revision) []es.Record {
	texts := m.fill(n, of, firms)
	out := make([]es.Record, 0, len(m.events))
	own := map[es.Stream]es.Revision{}
	for _, e := range m.events {
		if n >= casts[e.stream.Category] {
			continue
		}
		r := es.Record{
			Stream: es.Stream{Category: e.stream.Category, ID: string(join(e.name, texts, len(e.stream.ID)+16))},
			Proposed: es.Proposed{
				ID: es.ID(texts[e.id]), Type: e.typ, Meta: join(e.meta, texts, e.extra+32), Data: join(e.data, texts, e.dataLen+64),
			},
		}
		revisions := own
		if r.Stream.Category == "audit" {
			revisions = next // the reads of a bureau's day are one stream
		}
		r.Revision = revisions[r.Stream]
		revisions[r.Stream]++
		out = append(out, r)
	}
	return out
}

func join(parts []part, texts []string, size int) []byte {
	out := make([]byte, 0, size)
	for _, p := range parts {
		out = append(out, p.text...)
		if p.slot >= 0 {
			out = append(out, texts[p.slot]...)
		}
	}
	return out
}

// fill is what stands in the slots of a cast.
func (m *mould) fill(n, of, firms int) []string {
	texts := make([]string, len(m.slots))
	seed := es.DeriveID("", "cast", strconv.Itoa(n))
	var put func(i int)
	put = func(i int) {
		s := &m.slots[i]
		switch s.kind {
		case derivedID:
			if texts[s.parent] == "" {
				put(s.parent)
			}
			texts[i] = string(es.DeriveID(es.ID(texts[s.parent]), s.parts...))
		case documentDigest:
			sum := sha256.Sum256(join(s.body, texts, 2048))
			texts[i] = hex.EncodeToString(sum[:])
		case someID:
			texts[i] = string(es.DeriveID(seed, s.old))
		case someDigest:
			sum := sha256.Sum256([]byte(string(seed) + s.old))
			texts[i] = hex.EncodeToString(sum[:])
		case firmCode, firmName:
			texts[i] = firmText(s.kind, (n*m.firms+s.firm)*7919%firms)
		case dueDate:
			due := s.set.Clock().Due(m.days, s.set.Start.AddDays(back(n, of)))
			if texts[i] = due.Date.String() + `"`; due.Provisional {
				texts[i] = due.Date.String() + provisional
			}
		default:
			texts[i] = plainText(s, n, of)
		}
	}
	for i := range m.slots {
		if texts[i] == "" {
			put(i)
		}
	}
	return texts
}

func firmText(kind slotKind, i int) string {
	if kind == firmCode {
		return fictionalCode(i)
	}
	return fictionalName(i)
}

// back is how many days a cast lies back: the last a day, the first a quarter.
func back(n, of int) int { return n*quarter/of - quarter }

func plainText(s *slot, n, of int) string {
	switch s.kind {
	case someDate:
		day, err := calendar.Parse(s.old)
		if err != nil {
			return s.old
		}
		return day.AddDays(back(n, of)).String()
	case aBureau:
		return fmt.Sprintf("%s-%02d", s.old, n%bureaus)
	case aPlan:
		return fmt.Sprintf("ZX-%d", n)
	case documentNo:
		year, no, _ := strings.Cut(strings.TrimSuffix(s.old, "号"), "〕")
		return fmt.Sprintf("%s〕%d-%s号", year, n, no)
	case licenceNo:
		return fmt.Sprintf("JY%014d", n)
	}
	return s.old
}
