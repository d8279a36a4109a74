package history

import (
	"context"
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Range asks for the entries from the greatest key down: those not below From and, unless it is empty, below Before; at most
// Limit of them. The Before of the next page is the key that the page before ended with.
type Range struct {
	From, Before string
	Limit        int
}

// Entry is what stood in a list.
type Entry struct{ Key, Value string }

// Read returns what stood in a list at a moment, and whether there is more of the range. The moment must be one that the
// view holds already: what a later change will say of it is not known.
func (b Book) Read(ctx context.Context, r projections.Reader, list string, moment uint64, within Range) (entries []Entry, more bool, err error) {
	root, err := b.rootAt(ctx, r, list, moment)
	if err != nil || root == nil {
		return nil, false, err
	}
	q := &reading{book: b, reader: r, list: list, moment: moment, within: within}
	if err := q.walk(ctx, root, ""); err != nil {
		return nil, false, err
	}
	if more = len(q.found) > within.Limit; more {
		q.found = q.found[:within.Limit]
	}
	return q.found, more, nil
}

// rootAt finds the root of a list at a moment; nil if nothing had stood in it yet.
func (b Book) rootAt(ctx context.Context, r projections.Reader, list string, moment uint64) (*viewv1.HistoryNode, error) {
	root, err := document.Find(ctx, r, b.roots, list, &viewv1.HistoryNode{})
	if err != nil || root == nil || root.GetSince() <= moment {
		return root, err
	}
	page, err := r.List(ctx, projections.Query{
		Table: b.former, Where: map[string]string{colList: list}, OrderBy: colUntil, From: projections.Num(moment + 1), Limit: 1,
	})
	if err != nil {
		return nil, fmt.Errorf("history: former roots of %s: %w", list, err)
	}
	if len(page.Rows) == 0 {
		return nil, nil
	}
	root = &viewv1.HistoryNode{}
	if err := document.Decode(&page.Rows[0], root); err != nil || root.GetSince() > moment {
		return nil, err
	}
	return root, nil
}

// reading is one Read at work.
type reading struct {
	book   Book
	reader projections.Reader
	list   string
	moment uint64
	within Range
	found  []Entry
}

func (q *reading) done() bool { return len(q.found) > q.within.Limit }

// walk takes what stood below a node, whose keys are below beyond unless that is empty.
func (q *reading) walk(ctx context.Context, n *viewv1.HistoryNode, beyond string) error {
	for _, e := range slices.Backward(n.GetEntries()) {
		switch {
		case q.done():
			return nil
		case !standsAt(e, q.moment):
			continue
		case beyond != "" && beyond <= q.within.From:
			return nil // all that is left is too low
		}
		next := e.GetKey()
		if q.within.Before == "" || next < q.within.Before {
			if err := q.take(ctx, n, e, beyond); err != nil {
				return err
			}
		}
		beyond = next
	}
	return nil
}

func (q *reading) take(ctx context.Context, n *viewv1.HistoryNode, e *viewv1.HistoryEntry, beyond string) error {
	if n.GetHeight() == 0 {
		if e.GetKey() >= q.within.From {
			q.found = append(q.found, Entry{e.GetKey(), e.GetValue()})
		}
		return nil
	}
	child, err := document.Find(ctx, q.reader, q.book.nodes, nodeKey(q.list, e.GetNode()), &viewv1.HistoryNode{})
	if err != nil {
		return err
	}
	if child == nil {
		return lost(q.list, e.GetNode())
	}
	return q.walk(ctx, child, beyond)
}
