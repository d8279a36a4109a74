// Package gap is what an outer ledger (外网账本) records of itself: that it is made from what an inner one (内网账本) on a network
// of its own makes public, and each bundle that it took over the gap between the two (跨网摆渡). There is one stream of it, so
// that how far the outer ledger is goes back with it when it is restored, and how it came there can be told for ever.
//
// It guarantees that a ledger is the outer one of a single inner one, that bundles follow upon each other without a gap, each
// with the chain over all acts up to its last, and that no bundle of an epoch is taken once a later epoch of the inner ledger
// was followed.
//
// It refuses a second inner ledger, a bundle that leaves acts out, and an epoch of the inner ledger that has less in common with
// the former one than was taken already: the inner ledger lost what is public here, and people decide what becomes of that.
package gap
