package returns

import (
	"context"
	"fmt"
	"iter"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Filter asks for rows of an authority and a kind. An empty scope is all of them; the days are inclusive, yyyy-mm-dd.
type Filter struct {
	Authority string
	Kind      string
	Scope     string
	From, To  string
	ClosedBy  string // only those that are dealt with still or were until that day or later; needs a scope, and no days count
	Since     string // only those whose first event is behind this place (see Place), in that order; needs a scope, and no days count
}

func (f Filter) query() projections.Query {
	q := projections.Query{
		Table: RowTable, Where: map[string]string{colAuthority: f.Authority, colKind: f.Kind}, OrderBy: colDate, From: f.From, To: f.To, Limit: pageSize,
	}
	if f.Scope != "" {
		q.Where[colScope] = f.Scope
	}
	switch {
	case f.ClosedBy != "":
		q.OrderBy, q.From, q.To = colClosed, f.ClosedBy, ""
	case f.Since != "":
		q.Where[colTaken], q.OrderBy, q.From, q.To = no, colAt, f.Since, ""
	default:
		q.Where[colTaken] = no
	}
	return q
}

const pageSize = 500

// Rows yields rows by day, page by page, so that memory does not grow with them. What an older system decided is left out. An
// error is yielded once, last.
func Rows(ctx context.Context, r projections.Reader, f Filter) iter.Seq2[*viewv1.ReturnRow, error] {
	return func(yield func(*viewv1.ReturnRow, error) bool) {
		for q := f.query(); ; {
			page, err := r.List(ctx, q)
			if err != nil {
				yield(nil, fmt.Errorf("returns: list rows: %w", err))
				return
			}
			for _, row := range page.Rows {
				v := &viewv1.ReturnRow{}
				if err := document.Decode(&row, v); err != nil {
					yield(nil, err)
					return
				}
				if v.GetTakenOver() || f.Since != "" && v.GetFirstAt() <= f.Since {
					continue
				}
				if !yield(v, nil) {
					return
				}
			}
			if q.After = page.Next; q.After == "" {
				return
			}
		}
	}
}

// Head is the last event that changed a row of some authorities and kinds: what was read between two equal heads is one state.
type Head struct {
	Position es.Position // zero before the first
	Recorded string      // RFC 3339, UTC
}

// HeadOf reads it.
func HeadOf(ctx context.Context, r projections.Reader, authorities, kinds []string) (last Head, err error) {
	for _, a := range authorities {
		for _, k := range kinds {
			row, err := r.Get(ctx, headTable, a+"|"+k)
			if err != nil {
				return last, fmt.Errorf("returns: state of %s of %s: %w", k, a, err)
			}
			if row != nil && last.Position.Compare(row.Position) < 0 {
				last = Head{Position: row.Position, Recorded: row.Columns[0]}
			}
		}
	}
	return last, nil
}

// Counts are the sums of a year by code, of an authority and those that a widened reader gives with it.
func Counts(ctx context.Context, r projections.Reader, authority string, year uint32) (map[string]int64, error) {
	out := map[string]int64{}
	q := projections.Query{
		Table: CountTable, Where: map[string]string{colAuthority: authority, colYear: fmt.Sprintf("%04d", year)}, Limit: projections.MaxLimit,
	}
	for {
		list, next, err := document.List(ctx, r, q, func() *viewv1.AnnualPart { return &viewv1.AnnualPart{} })
		if err != nil {
			return nil, err
		}
		for _, n := range list {
			out[n.GetCode()] += n.GetCount()
		}
		if q.After = next; next == "" {
			return out, nil
		}
	}
}

// State is what is known of an authority's returns of a row; an empty one if nothing is.
func State(ctx context.Context, r projections.Reader, id string) (*viewv1.ReturnState, error) {
	v, err := document.Find(ctx, r, StateTable, id, &viewv1.ReturnState{})
	if v == nil {
		v = &viewv1.ReturnState{}
	}
	return v, err
}
