package projections

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Rows is the working set of a batch: what was loaded, and what changed. What a change sees depends on its own Keys and More
// alone, never on what else is in the batch.
type Rows struct {
	rows    map[Key]*Row // nil: known to be absent
	changed map[Key]bool
	reborn  map[Key]bool // deleted in this batch, then put again
	last    map[Key]int  // where in order the key stands
	order   []Key        // changed keys in the order in which they came to be; an earlier mention than last is void
	visible map[Key]bool // to the change being applied: its Keys, its More and what it put itself
	touched []Key        // by the change being applied
	at      es.Position
}

// NewRows makes a working set from loaded rows; keys that were asked for and not found are given with a nil row.
func NewRows(loaded map[Key]*Row) *Rows {
	if loaded == nil {
		loaded = map[Key]*Row{}
	}
	return &Rows{
		rows: loaded, changed: map[Key]bool{}, reborn: map[Key]bool{}, last: map[Key]int{}, visible: map[Key]bool{},
	}
}

// Begin says which record's change is applied next and which rows it asked for.
func (r *Rows) Begin(p es.Position, keys []Key) {
	r.at = p
	r.touched = r.touched[:0]
	clear(r.visible)
	for _, k := range keys {
		r.visible[k] = true
	}
}

// show makes further rows visible to the change being applied and returns the keys of those not loaded yet, each once.
func (r *Rows) show(keys []Key) (missing []Key) {
	for _, k := range keys {
		if _, loaded := r.rows[k]; !loaded && !r.visible[k] {
			missing = append(missing, k)
		}
		r.visible[k] = true
	}
	return missing
}

// Position is the position of the record being applied.
func (r *Rows) Position() es.Position { return r.at }

// Get returns a copy of a row, which must be among the Change's Keys or More or put by it; nil if there is none. The document is
// shared and MUST NOT be written into.
func (r *Rows) Get(table, key string) (*Row, error) {
	k := Key{table, key}
	row, loaded := r.rows[k]
	switch {
	case !r.visible[k] || !loaded:
		return nil, fmt.Errorf("projections: row %s of %s was not asked for", key, table)
	case row == nil:
		return nil, nil
	}
	c := *row
	c.Columns = slices.Clone(row.Columns)
	return &c, nil
}

// Shown tells whether Get answers for a row: it was asked for, and is loaded if it is there.
func (r *Rows) Shown(table, key string) bool {
	k := Key{table, key}
	_, loaded := r.rows[k]
	return loaded && r.visible[k]
}

// Put writes a row over whatever stands there.
func (r *Rows) Put(table string, row Row) {
	row.Position = r.at
	k := Key{table, row.Key}
	old, known := r.rows[k]
	if known && old == nil && r.changed[k] {
		r.reborn[k] = true
	}
	if !r.changed[k] || (known && old == nil) {
		r.mention(k)
	}
	r.rows[k], r.visible[k] = &row, true
	r.touched = append(r.touched, k)
}

// Delete removes a row, if it is there.
func (r *Rows) Delete(table, key string) {
	k := Key{table, key}
	r.mention(k)
	r.rows[k], r.visible[k] = nil, true
	r.touched = append(r.touched, k)
}

func (r *Rows) mention(k Key) {
	r.changed[k] = true
	r.last[k] = len(r.order)
	r.order = append(r.order, k)
}

// Changed yields the changed rows with their last states, in the order in which the rows came to be; nil means deleted. A
// row that was deleted and put again comes twice: first nil, then as it is now.
func (r *Rows) Changed(yield func(Key, *Row) bool) {
	for i, k := range r.order {
		if r.last[k] != i {
			continue
		}
		row := r.rows[k]
		if row != nil && r.reborn[k] && !yield(k, nil) {
			return
		}
		if !yield(k, row) {
			return
		}
	}
}

// Limits on a row, so that it fits the index entries of every store.
const (
	MaxText   = 1 << 10  // bytes of a key or a column
	MaxSearch = 16 << 10 // bytes of a text to search
)

// Check tells whether a row has the table's shape: a key, as many columns as the table, texts of UTF-8 without NUL within
// MaxText, and a text to search, of at most MaxSearch bytes, only where the table says so.
func (t Table) Check(row Row) error {
	if row.Key == "" {
		return fmt.Errorf("projections: a row of %s has no key", t.Name)
	}
	if len(row.Columns) != len(t.Columns) {
		return fmt.Errorf("projections: row %s of %s has %d columns, not %d", row.Key, t.Name, len(row.Columns), len(t.Columns))
	}
	if !text(row.Key, MaxText) {
		return fmt.Errorf("projections: key %.64q of %s is not UTF-8 text of at most %d bytes", row.Key, t.Name, MaxText)
	}
	for i, c := range row.Columns {
		if !text(c, MaxText) {
			return fmt.Errorf("projections: column %s of row %s of %s is not UTF-8 text of at most %d bytes",
				t.Columns[i], row.Key, t.Name, MaxText)
		}
	}
	switch {
	case row.Search != "" && !t.Search:
		return fmt.Errorf("projections: row %s of %s has a text to search; the table is not searched", row.Key, t.Name)
	case !text(row.Search, MaxSearch):
		return fmt.Errorf("projections: text to search of row %s of %s is not UTF-8 of at most %d bytes", row.Key, t.Name, MaxSearch)
	}
	return nil
}

func text(s string, limit int) bool {
	return len(s) <= limit && utf8.ValidString(s) && !bytes.Contains([]byte(s), []byte{0})
}

// Num formats a number so that text order is number order.
func Num(n uint64) string { return fmt.Sprintf("%020d", n) }

// Clip cuts a text to what a column may hold, between two characters.
func Clip(s string) string {
	if len(s) <= MaxText {
		return s
	}
	n := MaxText
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
