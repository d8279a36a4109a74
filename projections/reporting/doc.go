// Package reporting is the view of what had to be reported to credit platforms and was: each decision on a penalty or a licence by
// authority and month, with the period for reporting it, when it became public on the platforms' outlet, and the rows that each
// platform was given with its receipts. What the figures and the proof of no 瞒报 are made of; domain/reporting judges it.
//
// It guarantees that each decision event stands here once, under the month of its date, also one that is never published: it begins
// with the decision and not with the feed. Whether a decision had to be reported is what the ledger's periods say (domain/deadline),
// as they were set, moved by notices of holidays, or ended.
//
// It refuses to hold names of parties, texts and personal columns, and to judge by a day: what is late or omitted is told of the day
// on which somebody asks. On an outer ledger, which has no decisions, it is empty.
package reporting
