// Package deadline keeps the statutory periods of records (法定期限): by when an act was due, by which rule and calendar that was
// counted, and whether it was done in time. A stream holds those of one record; each is known by an id derived from the event
// that started it and the rule.
//
// It guarantees that a period says for ever what it was counted by: the rule, the version of the tables and of the calendar,
// and whether a notice could still move it. A notice that came later moves what is open, by an event that names it, and never
// what was met or has lapsed. A rule that came later moves nothing: what was applied stands in the event. Telling the same
// twice has the effect of once.
//
// It refuses to decide what is due: that is for the rules, and for the policy that tells of what happened.
package deadline
