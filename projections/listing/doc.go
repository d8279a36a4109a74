// Package listing is the view of the lists of abnormal operations and of serious violations for staff: each subject's standing
// on a list with findings, entries, applications and decisions, facts and evidence too.
//
// It guarantees one row per subject and list, ordered by its last change. It refuses to be the public's list: that derives from
// releases.
package listing
