// Package rule holds what the law says in numbers, as data: how long a record is public on each outlet (公示期), by when an act
// is due (法定期限), which amounts and kinds matter, each with its article, its first and last day and where it holds.
//
// It guarantees that an answer names the rule and the version of the tables that it follows, so that it can be given again
// for ever, and that a table which is not confirmed says so. It refuses to read a clock, and to answer from a rule on a day
// on which it does not hold.
package rule
