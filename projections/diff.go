package projections

import (
	"bytes"
	"cmp"
	"context"
	"iter"
	"slices"
)

// Difference is a row that two dumps don't agree on; nil where it is missing.
type Difference struct {
	Key  Key
	A, B *Row
}

// Diff compares two targets of one projection row by row, holding one row of each: a rebuild is right when there is no
// difference. An error is yielded once, last.
func Diff(ctx context.Context, a, b Target) iter.Seq2[Difference, error] {
	return diff(ctx, a, b, false)
}

// diff yields the differences, after an empty one, if that is asked for, as soon as both dumps are under way.
func diff(ctx context.Context, a, b Target, begun bool) iter.Seq2[Difference, error] {
	return func(yield func(Difference, error) bool) {
		nextA, stopA := iter.Pull2(a.Dump(ctx))
		defer stopA()
		nextB, stopB := iter.Pull2(b.Dump(ctx))
		defer stopB()
		rowA, errA, moreA := nextA()
		rowB, errB, moreB := nextB()
		if begun && !yield(Difference{}, nil) {
			return
		}
		for moreA || moreB {
			if err := cmp.Or(errA, errB); err != nil {
				yield(Difference{}, err)
				return
			}
			order := compareKeys(rowA.key(), rowB.key())
			takeA := moreA && (!moreB || order <= 0)
			takeB := moreB && (!moreA || order >= 0)
			d := Difference{}
			if takeA {
				row := rowA.Row
				d.Key, d.A = rowA.key(), &row
				rowA, errA, moreA = nextA()
			}
			if takeB {
				row := rowB.Row
				d.Key, d.B = rowB.key(), &row
				rowB, errB, moreB = nextB()
			}
			same := takeA && takeB && d.A.Equal(*d.B)
			if !same && !yield(d, nil) {
				return
			}
		}
	}
}

func (e Entry) key() Key { return Key{e.Table, e.Row.Key} }

func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.Key, b.Key))
}

// Equal tells whether two rows are the same byte for byte.
func (r Row) Equal(o Row) bool {
	return r.Key == o.Key && slices.Equal(r.Columns, o.Columns) && r.Search == o.Search &&
		bytes.Equal(r.Doc, o.Doc) && r.Position == o.Position
}
