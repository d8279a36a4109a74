package enterprise

import (
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Get returns the record of an enterprise with its latest entries, all of one state, as the portal shows it on a day; a Fault
// of kind NotFound if nothing is known of it. On no day in particular, terms don't matter.
func Get(ctx context.Context, r projections.Reader, id string, day calendar.Date) (*viewv1.Enterprise, error) {
	for {
		row, err := r.Get(ctx, Table, id)
		if err != nil {
			return nil, fmt.Errorf("enterprise: get %s: %w", id, err)
		}
		if row == nil {
			return nil, unknown()
		}
		e := &viewv1.Enterprise{}
		if err := document.Decode(row, e); err != nil {
			return nil, err
		}
		if e.Entries, err = entries(ctx, r, id, day); err != nil {
			return nil, err
		}
		if err := leaveOut(ctx, r, row, e.GetCounts(), day); err != nil {
			return nil, err
		}
		// Whatever changes an entry changes the record's row as well.
		again, err := r.Get(ctx, Table, id)
		switch {
		case err != nil:
			return nil, fmt.Errorf("enterprise: get %s: %w", id, err)
		case again != nil && again.Position == row.Position:
			return e, nil
		}
	}
}

func unknown() error {
	return domain.Refuse(domain.NotFound, "enterprise.unknown", "id", "没有该市场主体的信息", "nothing is known of this enterprise")
}

func entries(ctx context.Context, r projections.Reader, id string, day calendar.Date) ([]*viewv1.EnterpriseEntry, error) {
	page, err := r.List(ctx, projections.Query{
		Table: entryTable, Where: map[string]string{colSubject: id}, OrderBy: colDate, Desc: true, Limit: MaxEntries,
	})
	if err != nil {
		return nil, fmt.Errorf("enterprise: entries of %s: %w", id, err)
	}
	out := make([]*viewv1.EnterpriseEntry, 0, len(page.Rows))
	for _, row := range page.Rows {
		if over(row.Columns[2], day) {
			continue
		}
		entry := &viewv1.EnterpriseEntry{}
		if err := document.Decode(&row, entry); err != nil {
			return nil, err
		}
		out = append(out, entry)
	}
	return out, nil
}

// leaveOut takes out of the counts what a term ended and nobody recorded yet.
func leaveOut(ctx context.Context, r projections.Reader, record *projections.Row, counts *viewv1.EnterpriseCounts, day calendar.Date) error {
	if !over(record.Columns[2], day) {
		return nil
	}
	q := projections.Query{
		Table: entryTable, Where: map[string]string{colSubject: record.Key}, OrderBy: colUntil,
		From: "0", To: day.AddDays(-1).String(), Limit: projections.MaxLimit,
	}
	for {
		page, err := r.List(ctx, q)
		if err != nil {
			return fmt.Errorf("enterprise: entries of %s that ended: %w", record.Key, err)
		}
		for _, row := range page.Rows {
			entry := &viewv1.EnterpriseEntry{}
			if err := document.Decode(&row, entry); err != nil {
				return err
			}
			tally(counts, entry.GetRecordKind(), seen, -1)
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}

// over tells whether a last day is past; none is never.
func over(until string, day calendar.Date) bool { return until != "" && until < day.String() }

// Search finds enterprises by a part of a name, a former name or a code, in the order in which they became known. The text is
// brought to its normal form, counts are those of the day; a Fault refuses one shorter than projections.MinSearch or longer than projections.MaxSearchTerm
// characters in it.
func Search(ctx context.Context, r projections.Reader, text string, day calendar.Date, pageSize int, pageToken string) (hits []*viewv1.EnterpriseHit, next string, err error) {
	normal := []rune(Normal(text))
	if len(normal) < projections.MinSearch || len(normal) > projections.MaxSearchTerm {
		return nil, "", domain.Refuse(domain.Invalid, "enterprise.query.length", "query",
			fmt.Sprintf("请输入名称或代码中的%d至%d个字（空格不计）", projections.MinSearch, projections.MaxSearchTerm),
			fmt.Sprintf("give %d to %d characters of a name or code, spaces not counted", projections.MinSearch, projections.MaxSearchTerm))
	}
	page, err := r.List(ctx, projections.Query{Table: Table, Search: string(normal), After: pageToken, Limit: pageSize})
	if err != nil {
		return nil, "", fmt.Errorf("enterprise: search: %w", err)
	}
	for _, row := range page.Rows {
		e := &viewv1.Enterprise{}
		if err := document.Decode(&row, e); err != nil {
			return nil, "", err
		}
		if err := leaveOut(ctx, r, &row, e.GetCounts(), day); err != nil {
			return nil, "", err
		}
		hit := &viewv1.EnterpriseHit{
			Id: e.GetId(), Name: e.GetName(), Status: e.GetStatus(), District: e.GetDistrict(), Counts: e.GetCounts(),
		}
		for _, f := range e.GetFormerNames() {
			hit.FormerNames = append(hit.FormerNames, f.GetName())
		}
		hits = append(hits, hit)
	}
	return hits, page.Next, nil
}
