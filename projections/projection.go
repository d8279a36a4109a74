package projections

import (
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Projection derives tables from events.
type Projection struct {
	Name   string  // stable, with the version of its schema, e.g. "enterprise.v1"; a new version is a rebuild
	Tables []Table // written by this projection alone
	// Project says what a record changes. It is pure; the zero Change changes nothing. It answers an error only for a
	// known type that does not decode, which stops the projection.
	Project func(es.Record) (Change, error)
}

// Change is what one record does: the rows it looks at (so that a batch loads them at once) and the change itself.
type Change struct {
	Keys  []Key
	Apply func(*Rows) error
}

// Table is the shape of one view: a key, the few columns filtered or sorted on, and one document. Columns are text compared
// by bytes; numbers are stored by Num. Rows are found by key, or listed along an index: equal leading columns, then the
// order column, then the key.
type Table struct {
	Name    string     // lower-case letters and "_", unique over all projections
	Columns []string   // likewise
	Indexes [][]string // each a list of columns that a query may use, in that order
	Search  bool       // rows carry a text that can be searched for substrings of two characters and more
}

// Key names a row.
type Key struct{ Table, Key string }

// Row is one row. Columns are in the table's order.
type Row struct {
	Key      string
	Columns  []string
	Search   string // normal form of the text to search, for tables that say so
	Doc      []byte // the stored message
	Position es.Position
}

// Rows is the working set of a batch: what was loaded, and what changed.
type Rows struct {
	rows    map[Key]*Row // nil: known to be absent
	changed map[Key]bool
	at      es.Position
}

// NewRows makes a working set from loaded rows; keys that were asked for and not found are given with a nil row.
func NewRows(loaded map[Key]*Row) *Rows {
	return &Rows{rows: loaded, changed: map[Key]bool{}}
}

// At says which record's change is applied next.
func (r *Rows) At(p es.Position) { r.at = p }

// Position is the position of the record being applied.
func (r *Rows) Position() es.Position { return r.at }

// Get returns a row, which must be among the Change's Keys; nil if there is none.
func (r *Rows) Get(table, key string) (*Row, error) {
	row, asked := r.rows[Key{table, key}]
	if !asked {
		return nil, fmt.Errorf("projections: row %s of %s was not asked for", key, table)
	}
	return row, nil
}

// Put writes a row over whatever stands there.
func (r *Rows) Put(table string, row Row) {
	row.Position = r.at
	k := Key{table, row.Key}
	r.rows[k], r.changed[k] = &row, true
}

// Delete removes a row, if it is there.
func (r *Rows) Delete(table, key string) {
	k := Key{table, key}
	r.rows[k], r.changed[k] = nil, true
}

// Changed yields each changed row once with its last state; nil means deleted.
func (r *Rows) Changed(yield func(Key, *Row) bool) {
	for k := range r.changed {
		if !yield(k, r.rows[k]) {
			return
		}
	}
}

// Num formats a number so that text order is number order.
func Num(n uint64) string { return fmt.Sprintf("%020d", n) }
