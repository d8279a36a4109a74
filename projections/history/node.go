package history

import (
	"cmp"
	"fmt"
	"slices"

	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// node is a node at work; number is 0 for a root.
type node struct {
	*viewv1.HistoryNode
	number uint64
}

func lost(list string, number uint64) error {
	return fmt.Errorf("history: list %s has lost its node %d", list, number)
}

// standsAt tells whether an entry stands at a moment.
func standsAt(e *viewv1.HistoryEntry, moment uint64) bool {
	return e.GetFrom() <= moment && (e.GetUntil() == 0 || moment < e.GetUntil())
}

// standing counts the entries that stand now.
func (n *node) standing() (count int) {
	for _, e := range n.GetEntries() {
		if e.GetUntil() == 0 {
			count++
		}
	}
	return count
}

// live are the entries that stand now.
func (n *node) live() []*viewv1.HistoryEntry {
	return slices.DeleteFunc(slices.Clone(n.GetEntries()), func(e *viewv1.HistoryEntry) bool { return e.GetUntil() != 0 })
}

// under is the place of the standing entry whose node a key belongs to: the one of the greatest key that is not beyond it.
func (n *node) under(key string) int {
	found, first := -1, -1
	for i, e := range n.GetEntries() {
		if e.GetUntil() != 0 {
			continue
		}
		if first < 0 {
			first = i
		}
		if e.GetKey() <= key {
			found = i
		}
	}
	return max(found, first)
}

// beside is the place of the standing entry before another one, or of the one after it if it is the first; -1 if it is alone.
func (n *node) beside(place int) int {
	for i := place - 1; i >= 0; i-- {
		if n.GetEntries()[i].GetUntil() == 0 {
			return i
		}
	}
	for i := place + 1; i < len(n.GetEntries()); i++ {
		if n.GetEntries()[i].GetUntil() == 0 {
			return i
		}
	}
	return -1
}

// find is the place of the standing entry of a key; -1 if there is none.
func (n *node) find(key string) int {
	return slices.IndexFunc(n.GetEntries(), func(e *viewv1.HistoryEntry) bool { return e.GetUntil() == 0 && e.GetKey() == key })
}

// add puts an entry in its place.
func (n *node) add(e *viewv1.HistoryEntry) {
	at, _ := slices.BinarySearchFunc(n.GetEntries(), e, func(a, b *viewv1.HistoryEntry) int {
		return cmp.Or(cmp.Compare(a.GetKey(), b.GetKey()), cmp.Compare(a.GetFrom(), b.GetFrom()), -1)
	})
	n.Entries = slices.Insert(n.GetEntries(), at, e)
}

// end lets the entry at a place stand no more from a moment on. One that would have stood at no moment goes.
func (n *node) end(place int, moment uint64) {
	e := n.GetEntries()[place]
	if e.GetFrom() == moment {
		n.Entries = slices.Delete(n.GetEntries(), place, place+1)
		return
	}
	e.Until = moment
}
