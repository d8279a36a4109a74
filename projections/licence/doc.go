// Package licence is the view of administrative licences (行政许可) for staff: what a licence says now, and all its decisions
// with the ids under which they are disclosed.
//
// It guarantees one row per licence, listed by the date of its latest decision, by holder, and found by the holder's name or
// code and by the licence number in whatever brackets or width it is typed. Terms taken over from a register show the same
// in whatever order they came. It refuses to tell validity on a day: that is the aggregate's answer.
package licence
