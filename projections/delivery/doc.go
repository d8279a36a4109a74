// Package delivery is the view of what credit platforms are given and answer: the rows of each platform and kind with their
// numbers, in the order of the log, and the running digest over them; how each delivery stands; which rows a batch held; and
// which rows were not submitted yet.
//
// It guarantees that a platform's rows of a kind are numbered from 1 without a gap, that number, item, digest and chain of a row
// are the same after any rebuild, and that a row is found by its number, its digest, or the decision and the party.
//
// It refuses to hold personal columns: a row says which they are, and KeptDeliveryRow refers to the sealed identity.
package delivery
