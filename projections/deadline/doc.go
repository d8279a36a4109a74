// Package deadline is the view of statutory periods (法定期限): which run and until when, which were met in time or late, which
// lapsed; and how punctual each authority is, by month of the last day and by rule.
//
// It guarantees that the counts are those of the periods: each period is part of exactly one count, that of its authority, its
// rule and the month of its last day as it stands now, so that whoever lists the periods of a month counts the same. What is
// overdue is told of the day on which somebody asks, never stored. It refuses to name the record of a period to the public:
// what is not public has periods too.
package deadline
