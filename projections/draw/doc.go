// Package draw is the view of the random draws: what was frozen, what each was bound to and what came out; the subjects that
// were drawn; when each subject was last inspected, and for which matters (抽查事项) it was or is to be checked in which year,
// by whatever authority: these decide who is left out of the next pool.
//
// It guarantees that a draw is shown from its freezing on, each act with its time, aborted ones too, with their numbers; that a
// draw after aborted ones tells of them and why; and that all of it may be public: accounts are not shown. What people enter for
// a source is shown when nobody can copy it any more. An inspection that ended without a result, or whose subject was replaced,
// is no check. It refuses to hold the pools, which stand in the bundle.
package draw
