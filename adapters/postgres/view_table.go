package postgres

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// viewTable is one table of a set. A column c of the shape is the column c_c of the table; texts are compared by bytes, in the
// collation "C".
//
// A table that is searched numbers its rows in the order in which they came to be (id) and has an array of their characters'
// pairs (grams, see gramsOf).
type viewTable struct {
	set     *viewSet
	shape   projections.Table
	name    string   // physical
	columns string   // of a whole row, comma-separated, as scan takes them
	writes  []string // columns of a written row, in the order of values
}

func newViewTable(set *viewSet, shape projections.Table) *viewTable {
	t := &viewTable{set: set, shape: shape, name: fmt.Sprintf("v%d_%s", set.id, shape.Name), writes: []string{"key", "position"}}
	if shape.Search {
		t.writes = append(t.writes, "id", "grams", "search")
	}
	for _, c := range shape.Columns {
		t.writes = append(t.writes, "c_"+c)
	}
	t.writes = append(t.writes, "long", "doc")
	read := slices.DeleteFunc(slices.Clone(t.writes), func(c string) bool { return c == "grams" || c == "long" })
	t.columns = "r." + strings.Join(read, ", r.")
	return t
}

// Index entries must fit a third of a page of 8 KiB. Rows whose texts might not are marked long, and are found along an index of
// their own over the beginnings of their columns; there are hardly any.
const (
	longEntry = 2500 // bytes of columns and key from which a row is long
	beginning = 2000 // bytes of an entry of long rows
)

// begin is the beginning of a text, as an index of long rows holds it of each column and the key: so many characters, of four
// bytes at most.
func (t *viewTable) begin(text string, index int) string {
	return fmt.Sprintf("left(%s, %d)", text, beginning/4/(len(t.shape.Indexes[index])+1))
}

// long tells whether a row's entry in some index could be too large.
func (t *viewTable) long(row *projections.Row) bool {
	for _, index := range t.shape.Indexes {
		size := len(row.Key)
		for _, c := range index {
			size += len(row.Columns[t.column(c)])
		}
		if size > longEntry {
			return true
		}
	}
	return false
}

func (t *viewTable) column(name string) int { return slices.Index(t.shape.Columns, name) }

// definition is the statement that makes the table. Room is left on its pages, so that a row whose indexed columns stay can be
// written anew without a word in any index.
func (t *viewTable) definition() string {
	const text = ` text COLLATE "C" NOT NULL`
	columns := "key" + text + ", position" + text
	if t.shape.Search {
		columns += ", id bigint NOT NULL, grams bigint[] NOT NULL, search" + text
	}
	for _, c := range t.shape.Columns {
		columns += ", c_" + c + text
	}
	return fmt.Sprintf(`CREATE TABLE %s (%s, long boolean NOT NULL, doc bytea NOT NULL)
		WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05)`, quote(t.name), columns)
}

// keyIndex is the statement that makes the index of the key.
func (t *viewTable) keyIndex() string {
	return fmt.Sprintf(`CREATE UNIQUE INDEX IF NOT EXISTS %s ON %s (key)`, quote(t.name+"_key"), quote(t.name))
}

// indexes are the statements that make the other indexes.
func (t *viewTable) indexes() (out []string) {
	for i, index := range t.shape.Indexes {
		name, columns := fmt.Sprintf("%s_%d", t.name, i), []string{}
		for _, c := range index {
			columns = append(columns, t.begin("c_"+c, i))
		}
		columns = append(columns, t.begin("key", i))
		out = append(out,
			fmt.Sprintf(`CREATE INDEX IF NOT EXISTS %s ON %s (c_%s, key) WHERE NOT long`, quote(name), quote(t.name), strings.Join(index, ", c_")),
			fmt.Sprintf(`CREATE INDEX IF NOT EXISTS %s ON %s (%s) WHERE long`, quote(name+"_l"), quote(t.name), strings.Join(columns, ", ")))
	}
	if t.shape.Search {
		out = append(out, fmt.Sprintf(`CREATE INDEX IF NOT EXISTS %s ON %s USING gin (grams) WITH (fastupdate = off)`,
			quote(t.name+"_gram"), quote(t.name)))
	}
	return out
}

// upsert writes rows, given as one array for each column, over whatever has their keys. A row that is there keeps its number,
// and with it the place of its characters' pairs.
func (t *viewTable) upsert() string {
	var from, sets []string
	for i, c := range t.writes {
		kind := "text"
		switch c {
		case "id":
			kind = "bigint"
		case "long":
			kind = "boolean"
		case "doc":
			kind = "bytea"
		}
		from = append(from, fmt.Sprintf("$%d::%s[]", i+1, kind))
		switch c {
		case "key", "id":
		case "grams":
			sets = append(sets, fmt.Sprintf(`grams = CASE WHEN t.search = excluded.search THEN t.grams
				ELSE ARRAY(SELECT g - (g & %d) + (t.id >> %d) FROM unnest(excluded.grams) g) END`, 1<<gramBits-1, bucketBits))
		default:
			sets = append(sets, c+" = excluded."+c)
		}
	}
	columns := strings.Join(t.writes, ", ")
	return fmt.Sprintf(`INSERT INTO %s AS t (%s) SELECT %s FROM unnest(%s) AS r (%s) ON CONFLICT (key) DO UPDATE SET %s`,
		quote(t.name), columns, strings.Replace(columns, "grams", "grams::bigint[]", 1), strings.Join(from, ", "), columns, strings.Join(sets, ", "))
}

// remove deletes the rows of keys.
func (t *viewTable) remove() string { return `DELETE FROM ` + quote(t.name) + ` WHERE key = ANY($1)` }

// written is a row on its way into a table; its number counts if no other row has its key.
type written struct {
	*projections.Row
	id int64
}

// arrays are the parameters of upsert.
func (t *viewTable) arrays(rows []written) []any {
	texts := map[string][]string{}
	add := func(column, value string) { texts[column] = append(texts[column], value) }
	ids, long, docs := make([]int64, len(rows)), make([]bool, len(rows)), make([][]byte, len(rows))
	for i, r := range rows {
		add("key", r.Key)
		add("position", r.Position.String())
		if t.shape.Search {
			add("grams", gramsText(gramsOf(r.Search, r.id)))
			add("search", r.Search)
		}
		for j, c := range r.Columns {
			add("c_"+t.shape.Columns[j], c)
		}
		ids[i], long[i], docs[i] = r.id, t.long(r.Row), r.Doc
		if r.Doc == nil {
			docs[i] = []byte{}
		}
	}
	out := make([]any, len(t.writes))
	for i, c := range t.writes {
		switch c {
		case "id":
			out[i] = ids
		case "long":
			out[i] = long
		case "doc":
			out[i] = docs
		default:
			out[i] = texts[c]
		}
	}
	return out
}

// scan reads a row of columns.
func (t *viewTable) scan(rows interface{ Scan(...any) error }) (id int64, row projections.Row, err error) {
	var position string
	row.Columns = make([]string, len(t.shape.Columns))
	targets := append(make([]any, 0, len(row.Columns)+5), &row.Key, &position)
	if t.shape.Search {
		targets = append(targets, &id, &row.Search)
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

func quote(identifier string) string { return pgx.Identifier{identifier}.Sanitize() }
