package disclosure

import (
	"context"
	"fmt"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// keepLater writes the rows of what is withheld, applied for and running, as far as the event changes them.
func keepLater(rows *projections.Rows, id string, v *viewv1.Disclosure, before []*viewv1.OutletStanding, event disclosure.Event) error {
	if err := keepWithheld(rows, v, event); err != nil {
		return err
	}
	if err := keepRepairs(rows, v, event); err != nil {
		return err
	}
	keepTerms(rows, id, before, v.GetOutlets())
	return nil
}

func keepWithheld(rows *projections.Rows, v *viewv1.Disclosure, event disclosure.Event) error {
	switch event.EventType() {
	case disclosure.Withheld{}.EventType(), disclosure.WithholdingReviewed{}.EventType(), disclosure.WithholdingLifted{}.EventType():
	default:
		return nil
	}
	for _, w := range v.GetWithholdings() {
		columns := []string{w.GetAuthorityId(), w.GetState(), fmt.Sprintf("%.4s", w.GetOn()), w.GetOn()}
		if err := document.Put(rows, WithheldTable, projections.Row{Key: w.GetId(), Columns: columns}, w); err != nil {
			return err
		}
	}
	return nil
}

func keepRepairs(rows *projections.Rows, v *viewv1.Disclosure, event disclosure.Event) error {
	switch event.EventType() {
	case disclosure.RepairApplied{}.EventType(), disclosure.RepairChecked{}.EventType(), disclosure.RepairDecided{}.EventType(),
		disclosure.Withdrawn{}.EventType():
	default:
		return nil
	}
	for _, r := range v.GetRepairs() {
		row := projections.Row{Key: v.GetId() + divider + r.GetId(), Columns: []string{r.GetAuthorityId(), r.GetState(), r.GetDueOn()}}
		if err := document.Put(rows, RepairTable, row, r); err != nil {
			return err
		}
	}
	return nil
}

// divider parts the parts of a key; no id holds it.
const divider = "|"

// keepTerms keeps a row for each term that an end is to be recorded of.
func keepTerms(rows *projections.Rows, id string, before, after []*viewv1.OutletStanding) {
	for _, s := range before {
		if runs(s) && !runs(standingOn(after, s.GetOutlet())) {
			rows.Delete(termTable, id+divider+s.GetOutlet())
		}
	}
	for _, s := range after {
		if runs(s) && standingOn(before, s.GetOutlet()).GetUntil() != s.GetUntil() {
			rows.Put(termTable, projections.Row{Key: id + divider + s.GetOutlet(), Columns: []string{s.GetUntil()}})
		}
	}
}

// runs tells whether a standing will end by its term.
func runs(s *viewv1.OutletStanding) bool { return s.GetUntil() != "" && s.GetEnded() == "" }

func standingOn(list []*viewv1.OutletStanding, outlet string) *viewv1.OutletStanding {
	for _, s := range list {
		if s.GetOutlet() == outlet {
			return s
		}
	}
	return nil
}

// Over is a term that has run out without its end being recorded.
type Over struct {
	Disclosure string
	Outlet     rule.Outlet
	Until      calendar.Date
}

// TermsOver lists terms whose last day is before a day, the earliest first, and the token of the next page. It reads along an
// index: what runs on costs nothing.
func TermsOver(ctx context.Context, r projections.Reader, day calendar.Date, pageSize int, pageToken string) (list []Over, next string, err error) {
	page, err := r.List(ctx, projections.Query{
		Table: termTable, OrderBy: colUntil, To: day.AddDays(-1).String(), After: pageToken, Limit: pageSize,
	})
	if err != nil {
		return nil, "", fmt.Errorf("disclosure: terms that ran out: %w", err)
	}
	for _, row := range page.Rows {
		i := strings.LastIndex(row.Key, divider)
		until, err := calendar.Parse(row.Columns[0])
		if err != nil || i < 0 {
			return nil, "", fmt.Errorf("disclosure: term %s until %s: %w", row.Key, row.Columns[0], err)
		}
		list = append(list, Over{Disclosure: row.Key[:i], Outlet: rule.Outlet(row.Key[i+1:]), Until: until})
	}
	return list, page.Next, nil
}

// WithheldFilter narrows a list of what was withheld. Empty fields ask for all.
type WithheldFilter struct {
	Authority string
	State     string // open, kept or lifted
	Year      int    // in which it was withheld; only with a state
	PageSize  int    // 1 to projections.MaxLimit
	PageToken string
}

// ListWithheld returns what was withheld by day, and the token of the next page.
func ListWithheld(ctx context.Context, r projections.Reader, f WithheldFilter) ([]*viewv1.Withholding, string, error) {
	q := projections.Query{Table: WithheldTable, Where: map[string]string{}, OrderBy: colOn, After: f.PageToken, Limit: f.PageSize}
	if f.Year != 0 {
		q.Where[colYear] = fmt.Sprintf("%04d", f.Year)
	}
	narrow(q, map[string]string{colAuthority: f.Authority, colState: f.State})
	return document.List(ctx, r, q, func() *viewv1.Withholding { return &viewv1.Withholding{} })
}

// RepairFilter narrows a list of applications. Empty fields ask for all.
type RepairFilter struct {
	Authority string
	State     string
	PageSize  int // 1 to projections.MaxLimit
	PageToken string
}

// ListRepairs returns applications by the last day of their decision, and the token of the next page.
func ListRepairs(ctx context.Context, r projections.Reader, f RepairFilter) ([]*viewv1.Repair, string, error) {
	q := projections.Query{Table: RepairTable, Where: map[string]string{}, OrderBy: colDue, After: f.PageToken, Limit: f.PageSize}
	narrow(q, map[string]string{colAuthority: f.Authority, colState: f.State})
	return document.List(ctx, r, q, func() *viewv1.Repair { return &viewv1.Repair{} })
}

func narrow(q projections.Query, by map[string]string) {
	for column, value := range by {
		if value != "" {
			q.Where[column] = value
		}
	}
}
