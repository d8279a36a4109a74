// Package listing is the standing of one subject on one of the two lists: the list of abnormal operations (经营异常名录; a sole
// trader is marked as abnormal instead, 标记为经营异常状态) and the list of serious violations (严重违法失信名单).
//
// It begins with a finding (发现、核实): a ground of the list's table, the day from which the clock of the decision runs, and the
// inspection or penalty behind it. A policy may propose a finding; a person decides: the subject is entered (列入), or the
// finding is dismissed (不予列入). An entry ends by removal (移出), on application or by itself, or is rescinded (撤销列入) since it was
// an error. Each entry is a record of its own for the public, "<listing id>.<number of the entry>".
//
// It guarantees that a subject has one open entry on a list, that the same ground found again is recorded with that entry and
// another one is added to it, that whoever recorded a finding or an application doesn't decide on it, that nobody is entered on
// the list of serious violations before being told (告知) and without a decision that it rests on, and that an entry is removed
// only when each of its grounds has ceased. Grounds are told with the version of the table that they were taken from.
//
// It refuses grounds that were not in force on the day of the finding, days in the future or out of order, control characters
// and identity numbers of natural persons in any text, and acts of an authority that doesn't keep the case.
package listing
