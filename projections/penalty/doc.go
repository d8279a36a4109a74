// Package penalty is the view of administrative penalties (行政处罚) for staff: what was decided at first and what stands now,
// service, performance, amendments and end, the doubts of taken-over ones, and why one is not for the public.
//
// It guarantees one row per penalty, listed by the date of decision, and found by any party's name or code and by the number
// in whatever brackets or width it is typed; so a party without a code is found as well. It refuses to be the public's list:
// that derives from releases.
package penalty
