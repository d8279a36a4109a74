// Package ledger is what the ledger records of itself: that it goes on from a backup or in another store (an epoch begins), and
// that somebody approved a rebuild of views which came out otherwise than they were. There is one stream of it.
//
// An epoch (纪元) is a stretch of the ledger's life within which nothing that was recorded is ever lost, so that a position, or
// a number in the feed, stands for the same for ever. The first begins with the first event. Whoever follows the ledger keeps
// the name of the epoch beside the place where he is: of another epoch the place may mean something else.
//
// It guarantees that a new epoch says what of the former ones is in it, by number, position and hash of the last event that
// both have, and that an approval names one difference by its digest, who approved it and why. It refuses epochs that begin
// before the last one, approvals without a reason, and reasons with numbers of persons.
package ledger
