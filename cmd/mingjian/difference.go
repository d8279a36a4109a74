package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain/ledger"
	"github.com/mingjian-ledger/mingjian/projections"
)

// fieldDifference is a column, or a field of a document, that is otherwise than it was. JSON of nothing is nil.
type fieldDifference struct {
	Path string `json:"path"` // "columns.until", "document.parties.0.name", "search", "position"
	Was  any    `json:"was,omitempty"`
	Is   any    `json:"is,omitempty"`
}

// rowDifference is one row of a difference as it is written.
type rowDifference struct {
	Table  string            `json:"table"`
	Public bool              `json:"public,omitempty"`
	Key    string            `json:"key"`
	What   string            `json:"what"` // missing, extra or changed, as seen from the live tables
	Fields []fieldDifference `json:"fields"`
}

// explainer tells what differs in rows of one projection's tables.
type explainer struct {
	tables map[string]projections.Table
	infos  map[string]tableInfo
}

func newExplainer(p projections.Projection) explainer {
	e := explainer{tables: map[string]projections.Table{}, infos: tableInfos()}
	for _, t := range p.Tables {
		e.tables[t.Name] = t
	}
	return e
}

// row tells what differs in a row, field by field.
func (e explainer) row(d projections.Difference) rowDifference {
	out := rowDifference{Table: d.Key.Table, Public: e.infos[d.Key.Table].public, Key: d.Key.Key, What: "changed"}
	switch {
	case d.A == nil:
		out.What = "missing"
	case d.B == nil:
		out.What = "extra"
	}
	out.Fields = fieldDifferences("", e.fields(d.Key.Table, d.A), e.fields(d.Key.Table, d.B))
	if len(out.Fields) == 0 {
		out.Fields = []fieldDifference{{Path: "document", Was: "other bytes of the same content", Is: "other bytes of the same content"}}
	}
	return out
}

// fields is what a row holds; nil without one.
func (e explainer) fields(table string, row *projections.Row) any {
	if row == nil {
		return nil
	}
	columns := map[string]any{}
	for i, value := range row.Columns {
		name := strconv.Itoa(i)
		if t := e.tables[table]; i < len(t.Columns) {
			name = t.Columns[i]
		}
		columns[name] = value
	}
	out := map[string]any{"columns": columns, "position": row.Position.String()}
	if row.Search != "" {
		out["search"] = row.Search
	}
	if len(row.Doc) > 0 {
		out["document"] = e.document(table, row.Doc)
	}
	return out
}

// document opens one as far as it can be opened: a message, JSON, else the bytes.
func (e explainer) document(table string, doc []byte) any {
	text := doc
	if m := e.infos[table].document; m != nil {
		msg := m.ProtoReflect().New().Interface()
		if err := proto.Unmarshal(doc, msg); err != nil {
			return doc
		}
		opened, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(msg)
		if err != nil {
			return doc
		}
		if hidden := msg.ProtoReflect().GetUnknown(); len(hidden) > 0 {
			return map[string]any{"known": json.RawMessage(opened), "unknown": []byte(hidden)}
		}
		text = opened
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil || dec.More() {
		return string(doc)
	}
	return v
}

// fieldDifferences lists where two values differ, by path.
func fieldDifferences(path string, was, is any) []fieldDifference {
	if reflect.DeepEqual(was, is) {
		return nil
	}
	at := func(name string) string { return strings.TrimPrefix(path+"."+name, ".") }
	a, isMap := was.(map[string]any)
	b, areMaps := is.(map[string]any)
	if isMap || areMaps {
		var out []fieldDifference
		for _, name := range slices.Sorted(maps.Keys(merged(a, b))) {
			out = append(out, fieldDifferences(at(name), a[name], b[name])...)
		}
		return out
	}
	listA, isList := was.([]any)
	listB, areLists := is.([]any)
	if isList && areLists {
		var out []fieldDifference
		for i := range max(len(listA), len(listB)) {
			out = append(out, fieldDifferences(at(strconv.Itoa(i)), element(listA, i), element(listB, i))...)
		}
		return out
	}
	return []fieldDifference{{path, was, is}}
}

func merged(a, b map[string]any) map[string]bool {
	out := map[string]bool{}
	for name := range a {
		out[name] = true
	}
	for name := range b {
		out[name] = true
	}
	return out
}

func element(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

// shownFields bounds the fields of a row that the list on the screen has; a file has all.
const shownFields = 12

// list shows a comparison: the counts of each table, those of the public first, and a sample of rows.
func (e explainer) list(w io.Writer, c projections.Comparison) {
	fmt.Fprintf(w, "%s: %d rows come out otherwise than they are, at position %s\n", c.Projection, c.Rows(), c.Through)
	if c.Live != c.Through {
		fmt.Fprintf(w, "  the views stood at %s: they are ahead of the log, which was put back to an earlier state\n", c.Live)
	}
	tables := slices.Clone(c.Tables)
	slices.SortStableFunc(tables, func(a, b projections.TableDifference) int {
		return cmp.Compare(rank(e.infos[a.Table]), rank(e.infos[b.Table]))
	})
	for _, t := range tables {
		mark := ""
		if e.infos[t.Table].public {
			mark = " PUBLIC"
		}
		fmt.Fprintf(w, "  table %s%s: %d missing, %d extra, %d changed\n", t.Table, mark, t.Missing, t.Extra, t.Changed)
		for _, d := range t.Sample {
			e.show(w, e.row(d))
		}
		if rest := t.Missing + t.Extra + t.Changed - uint64(len(t.Sample)); rest > 0 {
			fmt.Fprintf(w, "    … and %d more\n", rest)
		}
	}
	fmt.Fprintf(w, "  digest of the difference: %s\n", c.Digest)
}

func rank(info tableInfo) int {
	if info.public {
		return 0
	}
	return 1
}

func (e explainer) show(w io.Writer, r rowDifference) {
	fmt.Fprintf(w, "    %s row %q\n", r.What, r.Key)
	for i, f := range r.Fields {
		if i == shownFields {
			fmt.Fprintf(w, "      … and %d more fields\n", len(r.Fields)-i)
			return
		}
		fmt.Fprintf(w, "      %s: %s → %s\n", f.Path, brief(f.Was), brief(f.Is))
	}
}

// brief is a value in at most a line.
func brief(v any) string {
	if v == nil {
		return "nothing"
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	if r := []rune(string(text)); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return string(text)
}

// counts are the tables of a comparison as an approval records them.
func (e explainer) counts(c projections.Comparison) (out []ledger.Table) {
	for _, t := range c.Tables {
		out = append(out, ledger.Table{
			Name: t.Table, Public: e.infos[t.Table].public, Missing: t.Missing, Extra: t.Extra, Changed: t.Changed,
		})
	}
	return out
}
