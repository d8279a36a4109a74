package exchange

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
)

var errHeading = errors.New("exchange: the heading of a table is not that of its template")

// tableRows yields the rows of a written table behind its heading, each with a cell for each column. What stands beyond the columns,
// and lines that are wholly blank behind the last row, are an error unless they are blank.
func tableRows(ctx context.Context, sheets Spreadsheets, format, path string, table Table) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		first := true
		for cells, err := range sheets.Read(ctx, format, path) {
			if err == nil && first {
				if cells = fit(cells, len(table.Columns)); !slices.Equal(cells, table.titles()) {
					err = errHeading
				}
			}
			if err == nil && first {
				first = false
				continue
			}
			if cells = fit(cells, len(table.Columns)); err == nil && cells == nil {
				err = errors.New("exchange: a row of a table has more cells than the template has columns")
			}
			if !yield(cells, err) || err != nil {
				return
			}
		}
		if first {
			yield(nil, errHeading)
		}
	}
}

// fit gives a row as many cells as there are columns; nil if what is beyond is not blank.
func fit(cells []string, n int) []string {
	out := make([]string, n)
	copy(out, cells)
	if len(cells) > n && strings.Join(cells[n:], "") != "" {
		return nil
	}
	return out
}
