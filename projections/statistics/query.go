package statistics

import (
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Filter says which counts: of one authority or of all together, of one year or of all together.
type Filter struct {
	Measure   string // empty for every measure
	Authority string
	Year      uint32
}

// List returns the counts by measure and code.
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
			return out, nil
		}
	}
}
