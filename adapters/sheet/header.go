package sheet

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// headerRows is how many rows with any text are looked at for the headings; official tables begin with titles and notes.
const headerRows = 20

// head is the row of the headings.
type head struct {
	line  int
	names []string       // as the file has them, cleaned
	index map[string]int // comparable heading → column; -1 if it stands there twice
}

func newHead(rec record) head {
	h := head{line: rec.line, index: map[string]int{}}
	for i, c := range rec.cells {
		name := Clean(c.text)
		h.names = append(h.names, name)
		key := heading(name)
		if key == "" {
			continue
		}
		if _, twice := h.index[key]; twice {
			i = -1
		}
		h.index[key] = i
	}
	return h
}

// find gives the column of the first alternative that the file has.
func (h head) find(names []string) (int, bool) {
	for _, n := range names {
		if i, ok := h.index[heading(n)]; ok {
			return i, true
		}
	}
	return 0, false
}

// findHeader reads up to the row that has the columns which the mapping needs and leaves src behind it.
func findHeader(src source, m *Mapping) (head, error) {
	var best head
	var missing []string
	for seen := 0; seen < headerRows; {
		rec, err := src.next(false)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return head{}, err
		}
		if m.HeaderRow > 0 && rec.line < m.HeaderRow {
			continue
		}
		if rec.rule != "" || blank(rec.cells) {
			if m.HeaderRow > 0 {
				break
			}
			continue
		}
		h := newHead(rec)
		lacks := m.lacks(h)
		if len(lacks) == 0 {
			return h, nil
		}
		if seen++; best.names == nil || len(lacks) < len(missing) {
			best, missing = h, lacks
		}
		if m.HeaderRow > 0 {
			break
		}
	}
	if best.names == nil {
		return head{}, fileError(FileEmpty, "文件中没有表头", "the file has no row of headings", nil)
	}
	e := fileError(FileColumns,
		fmt.Sprintf("缺少列：%s。文件中有：%s", strings.Join(missing, "；"), strings.Join(best.names, "、")),
		fmt.Sprintf("missing columns: %s; the file has: %s", strings.Join(missing, "; "), strings.Join(best.names, ", ")), nil)
	e.Columns = best.names
	return head{}, e
}

// lacks names the columns that the mapping cannot do without and h does not have.
func (m *Mapping) lacks(h head) []string {
	var out []string
	for field, rule := range m.Columns {
		if rule.Required && !rule.present(h) {
			out = append(out, rule.wants(field))
		}
	}
	slices.Sort(out)
	if len(out) > 0 {
		return out
	}
	var wants []string
	for _, set := range m.schema.key {
		whole := true
		for _, field := range set {
			rule, mapped := m.Columns[field]
			if !mapped || !rule.present(h) {
				whole = false
			}
			if mapped && !rule.present(h) {
				wants = append(wants, rule.wants(field))
			}
		}
		if whole {
			return nil
		}
	}
	return slices.Compact(wants)
}

func (r *Rule) present(h head) bool {
	switch {
	case r.Const != nil:
		return true
	case r.Join != nil:
		return len(r.joined(h)) > 0
	}
	_, ok := h.find(r.Column)
	return ok
}

func (r *Rule) wants(field string) string {
	names := r.Column
	if r.Join != nil {
		names = r.Join.Columns
	}
	return fmt.Sprintf("%s (%s)", strings.Join(names, " / "), field)
}

func (r *Rule) joined(h head) []int {
	var cols []int
	for _, name := range r.Join.Columns {
		if i, ok := h.find([]string{name}); ok {
			cols = append(cols, i)
		}
	}
	return cols
}

// bound is a rule of the mapping tied to the columns of one file.
type bound struct {
	field  string
	typ    fieldType
	rule   Rule
	cols   []int
	column string // heading for reports
}

type boundCondition struct {
	Condition
	col int
}

// bind ties the mapping to the headings. A column that stands twice is refused, since nobody can tell which one is meant;
// an optional column that is absent is reported in FileInfo.
func (r *Reader) bind(h head) error {
	r.info.Header, r.info.Columns, r.heads, r.line = h.line, h.names, h.names, h.line
	for field, rule := range r.m.Columns {
		b := bound{field: field, typ: r.m.schema.fields[field], rule: rule}
		switch {
		case rule.Const != nil:
		case rule.Join != nil:
			b.cols = rule.joined(h)
		default:
			if i, ok := h.find(rule.Column); ok {
				b.cols = []int{i}
			}
		}
		if slices.Contains(b.cols, -1) {
			return twice(rule.wants(field))
		}
		if rule.Const == nil && len(b.cols) == 0 {
			r.info.Absent = append(r.info.Absent, rule.wants(field))
		}
		for _, i := range b.cols {
			b.column = strings.TrimPrefix(b.column+" + "+h.names[i], " + ")
		}
		r.plan = append(r.plan, b)
	}
	slices.SortFunc(r.plan, func(a, b bound) int { return strings.Compare(a.field, b.field) })
	slices.Sort(r.info.Absent)
	for _, c := range r.m.SkipWhen {
		i, ok := h.find(c.Column)
		switch {
		case !ok:
			want := strings.Join(c.Column, " / ") + " (skip_when)"
			e := fileError(FileColumns, "缺少列："+want, "missing column: "+want, nil)
			e.Columns = h.names
			return e
		case i < 0:
			return twice(strings.Join(c.Column, " / "))
		}
		r.skips = append(r.skips, boundCondition{c, i})
	}
	return nil
}

func twice(name string) error {
	return fileError(FileTwice, "表头中有两列同名："+name, "two columns have the same heading: "+name, nil)
}
