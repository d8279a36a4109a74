// Package draw is the view of the random draws: what was frozen, what each was bound to and what came out; the subjects that
// were drawn; and when each subject was last inspected, which decides who is left out of the next pool.
//
// It guarantees that a draw is shown from its freezing on, aborted ones too, with their numbers; and that all of it may be
// public: accounts of the parties are not shown. It refuses to hold the pools, which stand in the bundle.
package draw
