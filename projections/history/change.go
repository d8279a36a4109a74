package history

import (
	"fmt"

	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// change is one change of one list.
type change struct {
	Book
	rows   *projections.Rows
	list   string
	moment uint64
	root   *node
	made   bool // a node, so that the root's next number is another one
}

// Put lets a key stand in a list from a moment on, with a value; what stood under it before stands no more. The moments of
// the changes of one list MUST NOT decrease.
func (b Book) Put(rows *projections.Rows, list, key, value string, moment uint64) error {
	c, err := b.begin(rows, list, moment)
	if err != nil {
		return err
	}
	return c.at(key, func(leaf *node) bool {
		if place := leaf.find(key); place >= 0 {
			if leaf.GetEntries()[place].GetValue() == value {
				return false
			}
			leaf.end(place, moment)
		}
		leaf.add(&viewv1.HistoryEntry{Key: key, From: moment, Value: value})
		return true
	})
}

// Remove lets a key of a list stand no more from a moment on, if it does.
func (b Book) Remove(rows *projections.Rows, list, key string, moment uint64) error {
	c, err := b.begin(rows, list, moment)
	if err != nil {
		return err
	}
	return c.at(key, func(leaf *node) bool {
		place := leaf.find(key)
		if place >= 0 {
			leaf.end(place, moment)
		}
		return place >= 0
	})
}

func (b Book) begin(rows *projections.Rows, list string, moment uint64) (*change, error) {
	root, err := b.root(rows, list)
	if err != nil {
		return nil, err
	}
	if root == nil {
		root = &node{HistoryNode: &viewv1.HistoryNode{Since: moment, Next: 1}}
	}
	return &change{Book: b, rows: rows, list: list, moment: moment, root: root}, nil
}

// step is a node on the way from the root to a leaf, and the place in it of the next one.
type step struct {
	*node
	place int
}

// at edits the leaf of a key and, if that changed it, restores the sizes of the nodes from there up.
func (c *change) at(key string, edit func(leaf *node) (changed bool)) error {
	var way []step
	here := c.root
	for here.GetHeight() > 0 {
		place := here.under(key)
		child, err := c.child(here.GetEntries()[place].GetNode())
		if err != nil {
			return err
		}
		way = append(way, step{here, place})
		here = child
	}
	if !edit(here) {
		return nil
	}
	for i := len(way) - 1; i >= 0; i-- {
		if len(here.GetEntries()) <= fullNode && here.standing() >= thinNode {
			if err := c.store(here); err != nil || !c.made {
				return err
			}
			return c.settle()
		}
		if err := c.renew(way[i], here); err != nil {
			return err
		}
		here = way[i].node
	}
	return c.settle()
}

// renew replaces a node that is full or thin by new ones with what stands in it, and in the one beside it if that is little.
func (c *change) renew(above step, old *node) error {
	low, stand := above.GetEntries()[above.place].GetKey(), old.live()
	retired := []*node{old}
	if len(stand) < thinNode {
		if place := above.beside(above.place); place >= 0 {
			e := above.GetEntries()[place]
			beside, err := c.child(e.GetNode())
			if err != nil {
				return err
			}
			retired = append(retired, beside)
			if e.GetKey() < low {
				low, stand = e.GetKey(), append(beside.live(), stand...)
			} else {
				stand = append(stand, beside.live()...)
			}
		}
	}
	for _, n := range retired {
		above.end(above.naming(n.number), c.moment)
		c.retire(n)
	}
	for i, part := range parts(stand) {
		if i > 0 {
			low = part[0].GetKey()
		}
		n := c.make(old.GetHeight(), part)
		above.add(&viewv1.HistoryEntry{Key: low, From: c.moment, Node: n.number})
		if err := c.store(n); err != nil {
			return err
		}
	}
	return nil
}

// parts cuts what stands into what one or two fresh nodes hold.
func parts(stand []*viewv1.HistoryEntry) [][]*viewv1.HistoryEntry {
	if len(stand) <= freshNode {
		return [][]*viewv1.HistoryEntry{stand}
	}
	half := len(stand) / 2
	return [][]*viewv1.HistoryEntry{stand[:half], stand[half:]}
}

// naming is the place of the standing entry that names a node.
func (n *node) naming(number uint64) int {
	for i, e := range n.GetEntries() {
		if e.GetUntil() == 0 && e.GetNode() == number {
			return i
		}
	}
	return -1
}

func (c *change) make(height uint32, entries []*viewv1.HistoryEntry) *node {
	n := &node{HistoryNode: &viewv1.HistoryNode{Since: c.moment, Height: height, Entries: entries}, number: c.root.GetNext()}
	c.root.Next++
	c.made = true
	return n
}

// retire leaves a node to the past; one that was made at this very moment has none and goes.
func (c *change) retire(n *node) {
	if n.GetSince() == c.moment {
		c.rows.Delete(c.nodes, nodeKey(c.list, n.number))
	}
}

// settle stores the root, after it grew or shrank. A former root is kept for the moments at which it was one.
func (c *change) settle() error {
	for {
		stand := c.root.live()
		switch {
		case len(c.root.GetEntries()) > fullNode:
			if err := c.keepFormer(); err != nil {
				return err
			}
			if err := c.grow(stand); err != nil {
				return err
			}
		case c.root.GetHeight() > 0 && len(stand) == 1:
			if err := c.keepFormer(); err != nil {
				return err
			}
			if err := c.shrink(stand[0].GetNode()); err != nil {
				return err
			}
		default:
			return document.Put(c.rows, c.roots, projections.Row{Key: c.list, Columns: []string{flag(c.root.GetHeight() == 0)}}, c.root.HistoryNode)
		}
	}
}

// grow makes a root of what stands: one node if it fits, else a root one step higher above two.
func (c *change) grow(stand []*viewv1.HistoryEntry) error {
	c.root.Since = c.moment
	if len(stand) <= freshNode {
		c.root.Entries = stand
		return nil
	}
	c.root.Entries = nil
	for i, part := range parts(stand) {
		n := c.make(c.root.GetHeight(), part)
		low := ""
		if i > 0 {
			low = part[0].GetKey()
		}
		c.root.Entries = append(c.root.Entries, &viewv1.HistoryEntry{Key: low, From: c.moment, Node: n.number})
		if err := c.store(n); err != nil {
			return err
		}
	}
	c.root.Height++
	return nil
}

// shrink lets the one node below the root take its place.
func (c *change) shrink(number uint64) error {
	child, err := c.child(number)
	if err != nil {
		return err
	}
	c.root.Since, c.root.Height, c.root.Entries = c.moment, child.GetHeight(), child.live()
	c.retire(child)
	return nil
}

// child reads a node that More named.
func (c *change) child(number uint64) (*node, error) {
	n, there, err := c.node(c.rows, c.list, number)
	if err == nil && !there {
		err = fmt.Errorf("history: node %d of list %s was not asked for", number, c.list)
	}
	return n, err
}

// keepFormer stores the root as it was stored last, before this change: what the change did to it is of no past moment.
func (c *change) keepFormer() error {
	former, err := c.Book.root(c.rows, c.list)
	if err != nil || former == nil || former.GetSince() == c.moment {
		return err
	}
	return document.Put(c.rows, c.former, projections.Row{
		Key: nodeKey(c.list, c.moment), Columns: []string{c.list, projections.Num(c.moment)},
	}, former.HistoryNode)
}

func (c *change) store(n *node) error {
	return document.Put(c.rows, c.nodes, projections.Row{
		Key: nodeKey(c.list, n.number), Columns: []string{flag(n.GetHeight() == 0), flag(n.standing() <= thinNode)},
	}, n.HistoryNode)
}
