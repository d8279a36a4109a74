// Package returns is what a bureau reports to its lead office (报送): the rows of the task table that the policy document on
// information disclosure in key areas carries (重点领域信息公开任务分解表), as data, the forms they are delivered in, and per
// authority and row a record of which schedule holds and what was submitted when.
//
// The dates are those of internal reporting (报送时间). None of them is a deadline for publication: those run from the decision
// and are no matter of this package.
//
// It guarantees that a schedule overridden by a higher office names who demands it and which office gets a copy, and counts
// from a day on, so that no period that has passed gets another due date; that what was submitted is known by the digest of
// its file, its counts and the position of the log that it shows; and that a file that replaces it says why.
//
// It refuses a period that the schedule does not have, a submission before the period began, and a second submission that is
// not an amendment. What the table leaves open is configuration with a default that is written beside it (see Annex): whether a
// due date on a free day moves, whether the end of a quarter is its last calendar or its last working day, and which days a
// monthly return covers.
package returns
