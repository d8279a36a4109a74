package projections

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

// ErrCursor says that a query's After was not given out for this query, or no longer leads anywhere: start over.
var ErrCursor = errors.New("projections: not a cursor of this query")

// Limits of a query.
const (
	MaxLimit      = 1000 // rows of a page
	MinSearch     = 2    // characters (code points) searched for
	MaxSearchTerm = 64
)

// Query asks for rows: all Where columns equal, ordered by OrderBy and then by key, both descending with Desc. An index of the
// table must consist of the Where columns (in any order) followed by OrderBy, else the query is refused: no query scans a
// table. Without OrderBy and Where the table is listed by key.
//
// With Search the rows are those whose text holds the searched one, in the order in which they came to be; Where, OrderBy,
// Desc, From and To must be empty.
type Query struct {
	Table   string
	Where   map[string]string
	OrderBy string // a column; empty orders by key
	Desc    bool
	From    string // lowest value of OrderBy (of the key without it), inclusive; empty for none
	To      string // highest such value, inclusive; empty for none
	Search  string // substring of MinSearch to MaxSearchTerm characters, in the normal form of the table's texts
	After   string // Page.Next of the page before; empty for the first
	Limit   int    // 1 to MaxLimit
}

// Page is a run of rows; Next continues after its last row, empty at the end. Continuing is stable: a row that keeps its place
// comes exactly once, whatever is inserted, changed or deleted meanwhile.
type Page struct {
	Rows []Row
	Next string
}

// QueryError says which field of a query breaks which rule.
type QueryError struct {
	Table string
	Field string // "table", "where", "order_by", "search", "limit"
	Rule  string
}

func (e *QueryError) Error() string {
	return fmt.Sprintf("projections: query of %s refused: %s: %s", e.Table, e.Field, e.Rule)
}

// Plan is how a checked query is answered.
type Plan struct {
	Equal []string // columns that are equal, in the order of the index; the Where of the query has their values
	Index int      // place of the index in Table.Indexes; -1 for the key
	Place *Place   // where the page before ended, nil for the first page
}

// Place is where a page ended. Order is the last row's value of OrderBy, or whatever a sink orders a search by.
type Place struct{ Order, Key string }

// Plan checks a query against the table's shape: a *QueryError names what is wrong with it, ErrCursor a bad After.
func (t Table) Plan(q Query) (Plan, error) {
	refuse := func(field, rule string, args ...any) (Plan, error) {
		return Plan{}, &QueryError{Table: t.Name, Field: field, Rule: fmt.Sprintf(rule, args...)}
	}
	if q.Limit < 1 || q.Limit > MaxLimit {
		return refuse("limit", "%d is not within 1 to %d", q.Limit, MaxLimit)
	}
	place, err := q.place()
	if err != nil {
		return Plan{}, err
	}
	if q.Search != "" {
		switch n := utf8.RuneCountInString(q.Search); {
		case !t.Search:
			return refuse("search", "the table has no text to search")
		case n < MinSearch || n > MaxSearchTerm || !utf8.ValidString(q.Search):
			return refuse("search", "%d characters are not within %d to %d of UTF-8", n, MinSearch, MaxSearchTerm)
		case len(q.Where) > 0 || q.OrderBy != "" || q.Desc || q.From != "" || q.To != "":
			return refuse("search", "a search takes no other condition and has its own order")
		}
		return Plan{Index: -1, Place: place}, nil
	}
	if len(q.Where) == 0 && q.OrderBy == "" {
		return Plan{Index: -1, Place: place}, nil
	}
	for i, index := range t.Indexes {
		if equal, fits := q.fits(index); fits {
			return Plan{Equal: equal, Index: i, Place: place}, nil
		}
	}
	return refuse("where", "no index consists of %v and then %q", slices.Sorted(maps.Keys(q.Where)), q.OrderBy)
}

func (q Query) fits(index []string) (equal []string, ok bool) {
	equal = index
	if q.OrderBy != "" {
		last := len(index) - 1
		if index[last] != q.OrderBy {
			return nil, false
		}
		equal = index[:last]
	}
	if len(equal) != len(q.Where) {
		return nil, false
	}
	for _, c := range equal {
		if _, ok := q.Where[c]; !ok {
			return nil, false
		}
	}
	return equal, true
}

// Next is the cursor of a page of this query that ended there.
func (q Query) Next(p Place) string {
	b := append([]byte(nil), q.digest()...)
	b = binary.AppendUvarint(b, uint64(len(p.Order)))
	b = append(b, p.Order...)
	return base64.RawURLEncoding.EncodeToString(append(b, p.Key...))
}

func (q Query) place() (*Place, error) {
	if q.After == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(q.After)
	if err != nil || len(b) < cursorDigest || string(b[:cursorDigest]) != string(q.digest()) {
		return nil, ErrCursor
	}
	b = b[cursorDigest:]
	n, used := binary.Uvarint(b)
	if used <= 0 || n > uint64(len(b)-used) {
		return nil, ErrCursor
	}
	b = b[used:]
	p := &Place{Order: string(b[:n]), Key: string(b[n:])}
	if p.Key == "" || !text(p.Order, MaxText) || !text(p.Key, MaxText) {
		return nil, ErrCursor
	}
	return p, nil
}

const cursorDigest = 8

// digest binds a cursor to what was asked, but for the limit: a client may change that between two pages.
func (q Query) digest() []byte {
	h := sha256.New()
	add := func(parts ...string) {
		for _, s := range parts {
			fmt.Fprintf(h, "%d:%s", len(s), s)
		}
	}
	add(q.Table, q.OrderBy, q.From, q.To, q.Search, fmt.Sprint(q.Desc))
	for _, c := range slices.Sorted(maps.Keys(q.Where)) {
		add(c, q.Where[c])
	}
	return h.Sum(nil)[:cursorDigest]
}
