package sheet

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
)

// Row is one row of the file, mapped.
type Row struct {
	Kind     Kind
	Line     int // physical line of its beginning; row number in a workbook
	LastLine int // of its end, when a quoted cell has line breaks
	Raw      []string
	Values   map[string]Value // by target field; fields without a value are left out
	Problems []Problem

	heads []string
	plan  []bound
	party string // as the file names it
}

// Refused tells whether a problem forbids to use the row.
func (r Row) Refused() bool {
	return slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Severity == Refuse })
}

// Text is the canonical text of a target field, empty without a value.
func (r Row) Text(field string) string { return r.Values[field].text }

// Place completes a problem that somebody else found in the row: its line, and the column and raw text of its field if the
// mapping fills that from a column. A resident identity or mobile number in the text is masked.
func (r Row) Place(p Problem) Problem {
	p.Line = r.Line
	at := slices.IndexFunc(r.plan, func(b bound) bool { return b.field == p.Field && b.column != "" })
	if at < 0 {
		return p
	}
	raw := r.Values[p.Field].raw
	p.Column, p.Value = r.plan[at].column, r.shorten(p.Field, raw)
	if masked, personal := personalData(raw, true); personal {
		p.Value = masked
	}
	return p
}

// RawMap is the row as the file has it, by heading; columns without a heading are left out.
func (r Row) RawMap() map[string]string {
	out := make(map[string]string, len(r.Raw))
	for i, text := range r.Raw {
		if i < len(r.heads) && r.heads[i] != "" {
			out[r.heads[i]] = text
		}
	}
	return out
}

// Digest is the SHA-256 over the kind and the canonical values. Two rows have the same digest exactly if they say the same
// about every mapped field, whatever file, column order or encoding they come from; absent values do not count.
func (r Row) Digest() [sha256.Size]byte {
	h := sha256.New()
	put := func(s string) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	put("mingjian.import.row.v1")
	put(string(r.Kind))
	for _, field := range slices.Sorted(maps.Keys(r.Values)) {
		v := r.Values[field]
		put(field)
		if v.kind != typeList {
			put(v.text)
			continue
		}
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(v.list))))
		for _, e := range v.list {
			put(e)
		}
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// NaturalKey names what the row is about, equal for two rows about the same thing even if they say different things about
// it. Document numbers alone are no key: one number may stand for several parties, and numbering begins anew in every
// office and year, so a penalty is named by authority, number, party and date. It is empty if the row lacks the fields.
func (r Row) NaturalKey() string {
	for _, set := range keysOf(r.Kind) {
		if key, ok := r.keyOf(set); ok {
			return key
		}
	}
	return ""
}

func (r Row) keyOf(set []string) (string, bool) {
	parts := []string{string(r.Kind)}
	for _, field := range set {
		v, ok := r.Values[field]
		if !ok {
			return "", false
		}
		parts = append(parts, field+"="+domain.NormalName(v.text))
	}
	return strings.Join(parts, "|"), true
}
