package sqlite

import (
	"database/sql"
	"fmt"
	"strings"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// viewTable is one table of a set with the statements on it. A column c of the shape is the column c_c of the table.
//
// Rows have a rowid beside their key: with documents of a kilobyte that measures twice as fast as WITHOUT ROWID, and the
// rowids are the order in which rows came to be, which searches need.
type viewTable struct {
	set     *viewSet
	shape   projections.Table
	name    string // physical
	columns string // of a whole row, comma-separated, as scan takes them

	writes *writes // prepared with the first commit

	mu         sync.Mutex
	statements map[string]*sql.Stmt // by text
	closed     bool
}

func newViewTable(set *viewSet, shape projections.Table) *viewTable {
	t := &viewTable{
		set: set, shape: shape, name: fmt.Sprintf("v%d_%s", set.id, shape.Name),
		columns: "r.id, r.key, r.position", statements: map[string]*sql.Stmt{},
	}
	if shape.Search {
		t.columns += ", r.search"
	}
	for _, c := range shape.Columns {
		t.columns += ", r.c_" + c
	}
	t.columns += ", r.doc"
	return t
}

// physical names the tables to drop.
func (t *viewTable) physical() []string {
	if t.shape.Search {
		return []string{t.name, t.grams()}
	}
	return []string{t.name}
}

func (t *viewTable) grams() string { return t.name + "_gram" }

func (t *viewTable) index(n int) string { return fmt.Sprintf("%s_%d", t.name, n) }

// keyIndex is the index of the key.
const keyIndex = -1

func (t *viewTable) indexName(n int) string {
	if n == keyIndex {
		return t.name + "_key"
	}
	return t.index(n)
}

// definition is the statements that make the table.
//
// The text index has no content of its own: it is asked for rowids, and Row.Search is kept beside the row. Its tokens are
// pairs of neighbouring characters in ASCII, one token each whatever the characters are (see gramsOf); positions are kept
// (detail=full), so that a phrase of tokens is a substring.
func (t *viewTable) definition() []string {
	columns := "id INTEGER PRIMARY KEY, key TEXT NOT NULL, position TEXT NOT NULL"
	if t.shape.Search {
		columns += ", search TEXT NOT NULL"
	}
	for _, c := range t.shape.Columns {
		columns += ", c_" + c + " TEXT NOT NULL"
	}
	out := []string{
		fmt.Sprintf(`CREATE TABLE %s (%s, doc BLOB NOT NULL) STRICT`, quote(t.name), columns),
		fmt.Sprintf(`CREATE UNIQUE INDEX %s ON %s (key)`, quote(t.indexName(keyIndex)), quote(t.name)),
	}
	for i, index := range t.shape.Indexes {
		out = append(out, fmt.Sprintf(`CREATE INDEX %s ON %s (c_%s, key)`, quote(t.index(i)), quote(t.name), strings.Join(index, ", c_")))
	}
	if t.shape.Search {
		out = append(out, fmt.Sprintf(
			`CREATE VIRTUAL TABLE %s USING fts5(text, content='', contentless_delete=1, tokenize='ascii')`, quote(t.grams())))
	}
	return out
}

// upsert writes a row over whatever has its key, whose rowid stays.
func (t *viewTable) upsert() string {
	columns := []string{"position"}
	if t.shape.Search {
		columns = append(columns, "search")
	}
	for _, c := range t.shape.Columns {
		columns = append(columns, "c_"+c)
	}
	columns = append(columns, "doc")
	sets := make([]string, len(columns))
	for i, c := range columns {
		sets[i] = c + " = excluded." + c
	}
	return fmt.Sprintf(`INSERT INTO %s (key, %s) VALUES (?%s) ON CONFLICT (key) DO UPDATE SET %s`,
		quote(t.name), strings.Join(columns, ", "), strings.Repeat(", ?", len(columns)), strings.Join(sets, ", "))
}

// values are the parameters of upsert.
func (t *viewTable) values(row *projections.Row) []any {
	out := append(make([]any, 0, len(row.Columns)+4), row.Key, row.Position.String())
	if t.shape.Search {
		out = append(out, row.Search)
	}
	for _, c := range row.Columns {
		out = append(out, c)
	}
	doc := row.Doc
	if doc == nil {
		doc = []byte{}
	}
	return append(out, doc)
}

// scan reads a row of columns.
func (t *viewTable) scan(rows *sql.Rows) (id int64, row projections.Row, err error) {
	var position string
	row.Columns = make([]string, len(t.shape.Columns))
	targets := append(make([]any, 0, len(row.Columns)+5), &id, &row.Key, &position)
	if t.shape.Search {
		targets = append(targets, &row.Search)
	}
	for i := range row.Columns {
		targets = append(targets, &row.Columns[i])
	}
	if err = rows.Scan(append(targets, &row.Doc)...); err != nil {
		return 0, row, err
	}
	row.Position, err = es.ParsePosition(position)
	return id, row, err
}

func quote(identifier string) string { return `"` + strings.ReplaceAll(identifier, `"`, `""`) + `"` }
