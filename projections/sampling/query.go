package sampling

import (
	"context"
	"fmt"
	"iter"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Get returns a public campaign; the fault is of kind NotFound if there is none.
func Get(ctx context.Context, r projections.Reader, id string) (*viewv1.Sampling, error) {
	v := &viewv1.Sampling{}
	return v, get(ctx, r, Table, id, v, noCampaign)
}

// Desk returns a campaign for staff; the fault is of kind NotFound if there is none.
func Desk(ctx context.Context, r projections.Reader, id string) (*viewv1.SamplingDesk, error) {
	v := &viewv1.SamplingDesk{}
	return v, get(ctx, r, DeskTable, id, v, noCampaign)
}

// Result returns a result for staff; the fault is of kind NotFound if there is none.
func Result(ctx context.Context, r projections.Reader, id string) (*viewv1.SamplingResult, error) {
	v := &viewv1.SamplingResult{}
	return v, get(ctx, r, ResultTable, id, v, noResult)
}

// Shown returns a public result; the fault is of kind NotFound if there is none.
func Shown(ctx context.Context, r projections.Reader, id string) (*viewv1.PublicSamplingResult, error) {
	v := &viewv1.PublicSamplingResult{}
	return v, get(ctx, r, ShownTable, id, v, noResult)
}

func noCampaign() *domain.Fault {
	return domain.Refuse(domain.NotFound, "sampling.missing", "sampling_id", "没有该抽检工作", "there is no such campaign")
}

func noResult() *domain.Fault {
	return domain.Refuse(domain.NotFound, "sampling.result.missing", "result_id", "没有该抽查结果", "there is no such result")
}

func get(ctx context.Context, r projections.Reader, table, id string, v proto.Message, missing func() *domain.Fault) error {
	row, err := r.Get(ctx, table, id)
	if err != nil {
		return fmt.Errorf("sampling: get %s of %s: %w", id, table, err)
	}
	if row == nil {
		return missing()
	}
	return document.Decode(row, v)
}

// Filter narrows a list of campaigns. Empty fields ask for all.
type Filter struct {
	Authority  string
	Year       int
	Incomplete bool // those that still owe a publication; of the public list alone
	PageSize   int  // 1 to projections.MaxLimit
	PageToken  string
}

func (f Filter) query(table string) projections.Query {
	q := projections.Query{Table: table, Where: map[string]string{}, OrderBy: colOpened, Desc: true, After: f.PageToken, Limit: f.PageSize}
	if f.Authority != "" {
		q.Where[colAuthority] = f.Authority
	}
	if f.Year > 0 {
		q.Where[colYear] = projections.Num(uint64(f.Year))
	}
	if f.Incomplete {
		q.Where[colComplete] = no
	}
	return q
}

// List returns public campaigns, newest first, and the token of the next page.
func List(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.Sampling, string, error) {
	return list(ctx, r, f.query(Table), func() *viewv1.Sampling { return &viewv1.Sampling{} })
}

// Desks returns campaigns for staff, newest first, and the token of the next page.
func Desks(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.SamplingDesk, string, error) {
	f.Incomplete = false
	return list(ctx, r, f.query(DeskTable), func() *viewv1.SamplingDesk { return &viewv1.SamplingDesk{} })
}

func list[V proto.Message](ctx context.Context, r projections.Reader, q projections.Query, fresh func() V) (out []V, next string, err error) {
	page, err := r.List(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("sampling: list %s: %w", q.Table, err)
	}
	for _, row := range page.Rows {
		v := fresh()
		if err := document.Decode(&row, v); err != nil {
			return nil, "", err
		}
		out = append(out, v)
	}
	return out, page.Next, nil
}

// ResultFilter narrows a list of results. Empty fields ask for all.
type ResultFilter struct {
	Sampling  string // takes neither authority nor kind
	Authority string
	Kind      string // of the public list alone
	Failing   bool
	Open      bool   // with an open handling; of the public list alone, where it takes no kind
	From, To  string // days of the report, inclusive, yyyy-mm-dd; of the public list alone
	PageSize  int    // 1 to projections.MaxLimit
	PageToken string
}

func (f ResultFilter) query(table, order string) (projections.Query, error) {
	q := projections.Query{Table: table, Where: map[string]string{}, OrderBy: order, Desc: true, From: f.From, To: f.To, After: f.PageToken, Limit: f.PageSize}
	switch {
	case f.Sampling != "" && (f.Authority != "" || f.Kind != ""):
		return q, domain.Refuse(domain.Invalid, "sampling.query.campaign", "sampling_id",
			"按抽检工作查询时不能再按机关或类别筛选", "a list of one campaign takes neither authority nor kind")
	case f.Open && f.Kind != "":
		return q, domain.Refuse(domain.Invalid, "sampling.query.open", "kind",
			"查询未办结的核查处置时不能按类别筛选", "a list of open handlings takes no kind")
	}
	for column, value := range map[string]string{colSampling: f.Sampling, colAuthority: f.Authority, colKind: f.Kind} {
		if value != "" {
			q.Where[column] = value
		}
	}
	switch {
	case f.Open:
		q.Where[colHandling] = handlingOpen
	case f.Failing:
		q.Where[colFailing] = yes
	}
	return q, nil
}

// ShownResults returns public results, newest report first, and the token of the next page.
func ShownResults(ctx context.Context, r projections.Reader, f ResultFilter) ([]*viewv1.PublicSamplingResult, string, error) {
	q, err := f.query(ShownTable, colDate)
	if err != nil {
		return nil, "", err
	}
	return list(ctx, r, q, func() *viewv1.PublicSamplingResult { return &viewv1.PublicSamplingResult{} })
}

// Results returns results for staff, newest first, and the token of the next page.
func Results(ctx context.Context, r projections.Reader, f ResultFilter) ([]*viewv1.SamplingResult, string, error) {
	f.Kind, f.Open, f.From, f.To = "", false, "", ""
	q, err := f.query(ResultTable, colRecorded)
	if err != nil {
		return nil, "", err
	}
	return list(ctx, r, q, func() *viewv1.SamplingResult { return &viewv1.SamplingResult{} })
}

// OpenHandlings returns results whose handling is open, of one authority or of all, by its last day, those without one last,
// and the token of the next page.
func OpenHandlings(ctx context.Context, r projections.Reader, authority string, size int, token string) ([]*viewv1.SamplingResult, string, error) {
	q := projections.Query{Table: ResultTable, Where: map[string]string{colHandling: handlingOpen}, OrderBy: colDue, After: token, Limit: size}
	if authority != "" {
		q.Where[colAuthority] = authority
	}
	return list(ctx, r, q, func() *viewv1.SamplingResult { return &viewv1.SamplingResult{} })
}

// ResultIDs yields the ids of all results of a campaign, ascending.
func ResultIDs(ctx context.Context, r projections.Reader, campaign string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		q := projections.Query{Table: ResultTable, Where: map[string]string{colSampling: campaign}, Limit: projections.MaxLimit}
		for {
			page, err := r.List(ctx, q)
			if err != nil {
				yield("", fmt.Errorf("sampling: results of %s: %w", campaign, err))
				return
			}
			for _, row := range page.Rows {
				if !yield(row.Key, nil) {
					return
				}
			}
			if q.After = page.Next; q.After == "" {
				return
			}
		}
	}
}
