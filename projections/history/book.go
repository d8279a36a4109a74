package history

import (
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Sizes of a node in entries: how many it has at most, how many stand in one made anew at most, and how many stand at least in
// one that is not a root.
const (
	fullNode  = 64
	freshNode = 48
	thinNode  = 12
)

// Columns.
const (
	colList  = "list"
	colUntil = "until"
	colLeaf  = "leaf" // "1" for a leaf, so that whoever only wants to know need not read it
	colThin  = "thin" // "1" if so little stands that the removal of one makes it too little
)

// Book is a set of lists, each with a name, in three tables of one projection: the present roots by list, former roots, and
// the nodes below roots.
type Book struct{ roots, former, nodes string }

// New makes the book whose tables begin with a name.
func New(name string) Book {
	return Book{roots: name + "_list", former: name + "_root", nodes: name + "_node"}
}

// Tables are the book's tables.
func (b Book) Tables() []projections.Table {
	return []projections.Table{
		{Name: b.roots, Columns: []string{colLeaf}},
		{Name: b.former, Columns: []string{colList, colUntil}, Indexes: [][]string{{colList, colUntil}}},
		{Name: b.nodes, Columns: []string{colLeaf, colThin}},
	}
}

// More are the rows that a change at a key of a list needs, as far as those loaded so far tell: what projections.Change asks
// of its More, again and again. They suffice for one removal from a list and then one put into it.
func (b Book) More(rows *projections.Rows, list, key string) ([]projections.Key, error) {
	keys := []projections.Key{{Table: b.roots, Key: list}}
	if !rows.Shown(b.roots, list) {
		return keys, nil
	}
	row, err := rows.Get(b.roots, list)
	if err != nil || row == nil {
		return keys, err
	}
	at := &node{HistoryNode: &viewv1.HistoryNode{}}
	for row.Columns[0] != yes {
		if err := document.Decode(row, at.HistoryNode); err != nil {
			return nil, err
		}
		place := at.under(key)
		below := b.key(list, at.GetEntries()[place].GetNode())
		keys = append(keys, below)
		if !rows.Shown(below.Table, below.Key) {
			return keys, nil // ask again when it is loaded
		}
		if row, err = rows.Get(below.Table, below.Key); err != nil {
			return nil, err
		}
		if row == nil {
			return nil, lost(list, at.GetEntries()[place].GetNode())
		}
		if beside := at.beside(place); row.Columns[1] == yes && beside >= 0 {
			keys = append(keys, b.key(list, at.GetEntries()[beside].GetNode()))
		}
		at.Reset()
	}
	return keys, nil
}

const yes = "1"

func flag(is bool) string {
	if is {
		return yes
	}
	return "0"
}

func (b Book) key(list string, n uint64) projections.Key {
	return projections.Key{Table: b.nodes, Key: nodeKey(list, n)}
}

// A number has no "|", so that the key can be cut at the last.
func nodeKey(list string, n uint64) string { return list + "|" + projections.Num(n) }

// root reads the present root of a list; nil if nothing ever stood in it.
func (b Book) root(rows *projections.Rows, list string) (*node, error) {
	n := &node{HistoryNode: &viewv1.HistoryNode{}}
	found, err := document.Get(rows, b.roots, list, n.HistoryNode)
	if err != nil || !found {
		return nil, err
	}
	return n, nil
}

// node reads a node below the root; not there if it was not asked for yet.
func (b Book) node(rows *projections.Rows, list string, number uint64) (n *node, there bool, err error) {
	if !rows.Shown(b.nodes, nodeKey(list, number)) {
		return nil, false, nil
	}
	n = &node{HistoryNode: &viewv1.HistoryNode{}, number: number}
	found, err := document.Get(rows, b.nodes, nodeKey(list, number), n.HistoryNode)
	if err == nil && !found {
		err = lost(list, number)
	}
	return n, err == nil, err
}
