package roster

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// maxMerge is how many index ranges are read beside each other, a page of rows each; for more of them the whole authority
// is read.
const maxMerge = 16

// SubjectFilter narrows a pass over subjects. An empty list admits all.
type SubjectFilter struct {
	Authority  string
	Districts  []string // six digits; one covers its parts
	Kinds      []string
	Statuses   []string
	Classes    []string // roster.Unclassified for subjects without one
	Industries []string // prefixes
}

// Subjects yields the subjects in ascending order of the bytes of their ids. An error is yielded once, last.
func Subjects(ctx context.Context, r projections.Reader, f SubjectFilter) iter.Seq2[*viewv1.RosterSubject, error] {
	return decoded(merged(ctx, r, f.queries()), f.admits, func() *viewv1.RosterSubject { return &viewv1.RosterSubject{} })
}

// queries are the narrowest index ranges that hold all subjects of the filter, none of them twice.
func (f SubjectFilter) queries() []projections.Query {
	whole := projections.Query{Table: SubjectTable, Where: map[string]string{}}
	if f.Authority == "" {
		return []projections.Query{whole}
	}
	whole.Where[colAuthority] = f.Authority
	districts := outermost(f.Districts)
	var out []projections.Query
	for _, d := range districts {
		column := map[int]string{4: colCity, 6: colDistrict}[len(d)]
		if column == "" || len(districts) > maxMerge {
			return []projections.Query{whole}
		}
		out = append(out, projections.Query{Table: SubjectTable, Where: map[string]string{colAuthority: f.Authority, column: d}})
	}
	if len(out) == 0 {
		return []projections.Query{whole}
	}
	return out
}

// prefix is what the codes of all parts of a district begin with (draw-spec.md).
func prefix(district string) string {
	for strings.HasSuffix(district, "00") {
		district = strings.TrimSuffix(district, "00")
	}
	return district
}

// outermost are the prefixes of the districts without those that another covers.
func outermost(districts []string) []string {
	var out []string
	for _, d := range districts {
		out = append(out, prefix(d))
	}
	slices.Sort(out) // what covers comes before what it covers
	kept := out[:0]
	for _, d := range out {
		if len(kept) == 0 || !strings.HasPrefix(d, kept[len(kept)-1]) {
			kept = append(kept, d)
		}
	}
	return kept
}

func (f SubjectFilter) admits(row projections.Row) bool {
	c := row.Columns
	within := func(d string) bool { return c[atDistrict] != "" && strings.HasPrefix(c[atDistrict], prefix(d)) }
	begins := func(i string) bool { return strings.HasPrefix(c[atIndustry], i) }
	return (len(f.Districts) == 0 || slices.ContainsFunc(f.Districts, within)) &&
		has(f.Kinds, c[atKind]) && has(f.Statuses, c[atStatus]) && has(f.Classes, c[atClass]) &&
		(len(f.Industries) == 0 || slices.ContainsFunc(f.Industries, begins))
}

func has(list []string, word string) bool { return len(list) == 0 || slices.Contains(list, word) }

// InspectorFilter narrows a pass over inspectors. An empty list admits all.
type InspectorFilter struct {
	Authorities []string
	Departments []string
	Statuses    []string // Active or Suspended
}

// Inspectors yields the inspectors in ascending order of the bytes of their ids. An error is yielded once, last.
func Inspectors(ctx context.Context, r projections.Reader, f InspectorFilter) iter.Seq2[*viewv1.RosterInspector, error] {
	admits := func(row projections.Row) bool {
		return has(f.Departments, row.Columns[atDepartment]) && has(f.Statuses, row.Columns[atInspectorStatus])
	}
	queries := byAuthority(InspectorTable, f.Authorities)
	return decoded(merged(ctx, r, queries), admits, func() *viewv1.RosterInspector { return &viewv1.RosterInspector{} })
}

// ConflictFilter narrows a pass over conflicts. An empty list admits all.
type ConflictFilter struct {
	Authorities []string // of the inspectors
}

// Conflicts yields the conflicts in ascending order of inspector, then subject. An error is yielded once, last.
func Conflicts(ctx context.Context, r projections.Reader, f ConflictFilter) iter.Seq2[*viewv1.RosterConflict, error] {
	all := func(projections.Row) bool { return true }
	queries := byAuthority(ConflictTable, f.Authorities)
	return decoded(merged(ctx, r, queries), all, func() *viewv1.RosterConflict { return &viewv1.RosterConflict{} })
}

func byAuthority(table string, authorities []string) []projections.Query {
	var out []projections.Query
	for _, a := range slices.Compact(slices.Sorted(slices.Values(authorities))) {
		out = append(out, projections.Query{Table: table, Where: map[string]string{colAuthority: a}})
	}
	if len(out) == 0 {
		out = []projections.Query{{Table: table}}
	}
	return out
}

// LastChange is the position of the last change of subjects, inspectors or conflicts that the view holds; zero if there was
// none.
func LastChange(ctx context.Context, r projections.Reader) (es.Position, error) {
	row, err := r.Get(ctx, changeTable, changeKey)
	switch {
	case err != nil:
		return es.Position{}, fmt.Errorf("roster: position of the last change: %w", err)
	case row == nil:
		return es.Position{}, nil
	}
	return row.Position, nil
}

func decoded[M proto.Message](rows iter.Seq2[projections.Row, error], admits func(projections.Row) bool, blank func() M) iter.Seq2[M, error] {
	return func(yield func(M, error) bool) {
		var none M
		for row, err := range rows {
			view := none
			switch {
			case err != nil:
			case !admits(row):
				continue
			default:
				view = blank()
				err = document.Decode(&row, view)
			}
			if err != nil {
				yield(none, err)
				return
			}
			if !yield(view, nil) {
				return
			}
		}
	}
}
