// Package rule holds what the law says in numbers, as data: how long a record is public on each outlet (公示期), by when an act
// is due (法定期限), which amounts and kinds matter, which codes a table has, what is to be made public at all (主动公开基本目录) -
// each with its article, its first and last day and where it holds.
//
// It guarantees that an answer names the rule and the version of the tables that it follows, so that it can be given again
// for ever; that the same tables have the same version everywhere; that what is not confirmed says so; and that each outlet
// either shows a record or has a reason not to. Rules hold by the day and the place that the caller names: the law of a day
// is never changed by a rule that came later, it is followed by it.
//
// It refuses to read a clock, to answer from a rule on a day on which it does not hold, and to take a file with a rule that
// it does not understand whole: a mistyped field is an error with its line, never a rule that silently does nothing.
package rule
