package statistics

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Filter says which counts: of one authority or of all together, of one year or of all together.
type Filter struct {
	Measure   string // empty for every measure
	Authority string
	Year      uint32
	Day       calendar.Date // what is public on it; none: whatever the terms
}

// List returns the counts by measure and code, of what is public on a day. A reader that gives the counts of several authorities
// for one (see projections.Widen) is given their sums.
func List(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.Statistic, error) {
	q := projections.Query{
		Table: Table, Where: map[string]string{colAuthority: f.Authority, colYear: fmt.Sprintf("%04d", f.Year)}, Limit: projections.MaxLimit,
	}
	if f.Measure != "" {
		q.Where[colMeasure] = f.Measure
	}
	var out []*viewv1.Statistic
	for {
		page, err := r.List(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("statistics: list: %w", err)
		}
		for _, row := range page.Rows {
			n := &viewv1.Statistic{}
			if err := document.Decode(&row, n); err != nil {
				return nil, err
			}
			out = append(out, n)
		}
		if q.After = page.Next; q.After == "" {
			of := map[string]bool{}
			for _, n := range out {
				of[n.GetAuthorityId()] = true
			}
			return leaveOut(ctx, r, sums(out, f.Authority), f, of)
		}
	}
}

// leaveOut takes away what a term ended and nobody recorded yet, of the authorities whose counts these are.
func leaveOut(ctx context.Context, r projections.Reader, counts []*viewv1.Statistic, f Filter, of map[string]bool) ([]*viewv1.Statistic, error) {
	if f.Day.IsZero() {
		return counts, nil
	}
	q := projections.Query{Table: sourceTable, OrderBy: colUntil, From: "0", To: f.Day.AddDays(-1).String(), Limit: projections.MaxLimit}
	for {
		page, err := r.List(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("statistics: what ended: %w", err)
		}
		for _, row := range page.Rows {
			c := &viewv1.StatisticContribution{}
			if err := document.Decode(&row, c); err != nil {
				return nil, err
			}
			if (f.Authority == "" || of[c.GetAuthorityId()]) && (f.Year == 0 || f.Year == c.GetYear()) {
				counts = less(counts, c.GetCounts())
			}
		}
		if q.After = page.Next; q.After == "" {
			return counts, nil
		}
	}
}

// less takes one record's part out of the counts; a count of nothing is none.
func less(counts, part []*viewv1.Statistic) []*viewv1.Statistic {
	for _, n := range part {
		for _, sum := range counts {
			if sum.GetMeasure() == n.GetMeasure() && sum.GetCode() == n.GetCode() {
				sum.Count -= n.GetCount()
				sum.AmountFen -= n.GetAmountFen()
			}
		}
	}
	return slices.DeleteFunc(counts, func(n *viewv1.Statistic) bool { return n.GetCount() == 0 })
}

// sums adds what counts the same of several authorities to what the one that was asked for counts.
func sums(list []*viewv1.Statistic, authority string) []*viewv1.Statistic {
	slices.SortStableFunc(list, func(a, b *viewv1.Statistic) int {
		return cmp.Or(cmp.Compare(a.GetMeasure(), b.GetMeasure()), cmp.Compare(a.GetCode(), b.GetCode()))
	})
	var out []*viewv1.Statistic
	for _, n := range list {
		n.AuthorityId = authority
		if last := len(out) - 1; last >= 0 && out[last].GetMeasure() == n.GetMeasure() && out[last].GetCode() == n.GetCode() {
			out[last].Count += n.GetCount()
			out[last].AmountFen += n.GetAmountFen()
			continue
		}
		out = append(out, n)
	}
	return out
}
