// Package draw is the view of the random draws: what was frozen, what each was bound to and what came out; the subjects that
// were drawn; and when each subject was last inspected, which decides who is left out of the next pool.
//
// It guarantees that a draw is shown from its freezing on, each act with its time, aborted ones too, with their numbers; that a
// draw after aborted ones tells of them and why; and that all of it may be public: accounts are not shown. What people enter for
// a source is shown when nobody can copy it any more. It refuses to hold the pools, which stand in the bundle.
package draw
