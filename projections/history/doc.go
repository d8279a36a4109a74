// Package history keeps sorted lists of which every past state can be read: what stood in the list at a moment, in order, from
// a key on. A moment is a number that grows with what happens to the list, such as the number of a release.
//
// It guarantees that a page of a past state costs reads in proportion to its entries and to the height of the tree, however
// much the list has changed since or before; that the rows of a list are bounded in size and their number linear in its
// changes; that the same changes make the same rows; and that what was read of a past state is never written over, so that
// its pages go together while the list goes on.
//
// It refuses to read rows that More did not name. A list that never was is an empty one.
//
// A list is a multiversion B-tree (Becker, Gschwind, Ohler, Seeger, Widmayer: An asymptotically optimal multiversion B-tree,
// 1996): entries carry the moments at which they stand; a node that is full, or of which too little stands, is left as it is
// for the past, and what stands goes on in new nodes.
package history
