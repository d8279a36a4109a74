package roster

import (
	"context"
	"fmt"
	"iter"

	"github.com/mingjian-ledger/mingjian/projections"
)

// pages yields the rows of a query page by page; each page is one consistent state.
func pages(ctx context.Context, r projections.Reader, q projections.Query) iter.Seq2[projections.Row, error] {
	return func(yield func(projections.Row, error) bool) {
		for q.Limit = projections.MaxLimit; ; {
			page, err := r.List(ctx, q)
			if err != nil {
				yield(projections.Row{}, fmt.Errorf("roster: list %s: %w", q.Table, err))
				return
			}
			for _, row := range page.Rows {
				if !yield(row, nil) {
					return
				}
			}
			if q.After = page.Next; q.After == "" {
				return
			}
		}
	}
}

// head is the next row of one of the merged queries.
type head struct {
	row  projections.Row
	next func() (projections.Row, error, bool)
}

// merged yields the rows of several queries, each in the order of keys, in the order of keys. A row that several have, as when
// an authority and one that it succeeded are both named, comes once.
func merged(ctx context.Context, r projections.Reader, queries []projections.Query) iter.Seq2[projections.Row, error] {
	if len(queries) == 1 {
		return pages(ctx, r, queries[0])
	}
	return func(yield func(projections.Row, error) bool) {
		var heads []head
		for _, q := range queries {
			next, stop := iter.Pull2(pages(ctx, r, q))
			defer stop()
			h := head{next: next}
			more, err := h.advance()
			if err != nil {
				yield(projections.Row{}, err)
				return
			}
			if more {
				heads = append(heads, h)
			}
		}
		for last := ""; len(heads) > 0; {
			least := 0
			for i := range heads {
				if heads[i].row.Key < heads[least].row.Key {
					least = i
				}
			}
			if key := heads[least].row.Key; key != last && !yield(heads[least].row, nil) {
				return
			} else {
				last = key
			}
			more, err := heads[least].advance()
			if err != nil {
				yield(projections.Row{}, err)
				return
			}
			if !more {
				heads = append(heads[:least], heads[least+1:]...)
			}
		}
	}
}

func (h *head) advance() (more bool, err error) {
	row, err, ok := h.next()
	h.row = row
	return ok && err == nil, err
}
