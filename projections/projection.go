package projections

import (
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Projection derives tables from events.
type Projection struct {
	Name   string  // stable, with the version of its schema, e.g. "enterprise.v1"; a new version is a rebuild
	Tables []Table // written by this projection alone
	// Project says what a record changes. It is pure, and asked for several records at once; the zero Change changes nothing. It answers an error only for a
	// known type that does not decode, which stops the projection. It filters by type before it decodes, since it sees
	// every record of the log.
	Project func(es.Record) (Change, error)
}

// Change is what one record does: the rows it looks at (so that a batch loads them at once) and the change itself, nil for
// none. More, if not nil, names further rows that only those of Keys tell of, such as the counts that a withdrawn record was
// part of. It is asked again with what it named, until it names nothing new, so that it can go down a tree whose upper rows
// name the lower. It may look at Keys and at what it named before alone and changes nothing; rows that no other change of the
// batch asked for cost a load of their own, so what the record itself tells belongs in Keys.
type Change struct {
	Keys  []Key
	More  func(*Rows) ([]Key, error)
	Apply func(*Rows) error
}

// Table is the shape of one view: a key, the few columns filtered or sorted on, and one document. Columns are text compared
// by bytes; numbers are stored by Num, long texts by Clip. Rows are found by key, or listed along an index: equal leading
// columns, then the order column, then the key.
type Table struct {
	Name    string     // lower-case letters, digits and "_", unique over all projections
	Columns []string   // likewise
	Indexes [][]string // each the columns of a query: those that are equal in any order, then the one to order by
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

func (p Projection) table(name string) (Table, bool) {
	for _, t := range p.Tables {
		if t.Name == name {
			return t, true
		}
	}
	return Table{}, false
}
