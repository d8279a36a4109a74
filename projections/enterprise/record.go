package enterprise

import (
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// record is one enterprise being changed: its view without entries, and what is kept beside it.
type record struct {
	*viewv1.Enterprise
	code, namedOn, ends string
	former              *projections.Row // as it stood; nil if there was none
}

// load reads a record, a new one if there is none.
func load(rows *projections.Rows, id string) (record, error) {
	r := record{Enterprise: &viewv1.Enterprise{}}
	row, err := rows.Get(Table, id)
	if err != nil {
		return r, err
	}
	if row == nil {
		r.Id, r.Counts = id, &viewv1.EnterpriseCounts{}
		return r, nil
	}
	r.code, r.namedOn, r.ends, r.former = row.Columns[0], row.Columns[1], row.Columns[2], row
	return r, document.Decode(row, r.Enterprise)
}

// store writes a record back, and keeps what it was. One that neither the roster nor any record tells of is no enterprise's
// any more.
func (r record) store(rows *projections.Rows, at stamp) error {
	r.keepFormer(rows, at)
	c := r.GetCounts()
	if !r.GetOnRoster() && c.GetInspections()+c.GetPenalties()+c.GetLicences()+c.GetListings()+c.GetWithdrawn() == 0 {
		rows.Delete(Table, r.GetId())
		return nil
	}
	return document.Put(rows, Table, projections.Row{
		Key: r.GetId(), Columns: []string{r.code, r.namedOn, r.ends, string(at)}, Search: r.searchText(),
	}, r.Enterprise)
}

// Normal is the form in which names and codes are searched.
func Normal(s string) string { return domain.NormalName(s) }

// searchText is one line per name and code, so that no search finds the end of one with the beginning of the next. Former
// names that no longer fit are left out, the oldest first.
func (r record) searchText() string {
	lines := []string{Normal(r.GetName()), Normal(r.GetId())}
	if r.code != "" && r.code != r.GetId() {
		lines = append(lines, Normal(r.code))
	}
	for _, f := range r.GetFormerNames() {
		lines = append(lines, Normal(f.GetName()))
	}
	text := strings.Join(lines, "\n")
	for len(text) > projections.MaxSearch {
		text = text[:max(0, strings.LastIndexByte(text, '\n'))]
	}
	return text
}

// count adds or takes away a record of a kind, as it is seen.
func (r record) count(kind string, as sight, by int) { tally(r.GetCounts(), kind, as, by) }

func tally(counts *viewv1.EnterpriseCounts, kind string, as sight, by int) {
	n := map[string]*uint32{"inspection": &counts.Inspections, "penalty": &counts.Penalties, "licence": &counts.Licences, "listing": &counts.Listings}[kind]
	switch as {
	case unseen:
		return
	case tombstone:
		n = &counts.Withdrawn
	case seen:
	}
	if n != nil {
		*n = uint32(int(*n) + by) //nolint:gosec // what is taken away was added before
	}
}
