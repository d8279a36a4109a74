// Package returns is what the returns to the lead office (报送) and the annual report on information disclosure are made of: one
// row for each inspection that ended, result of sampling, decision on a licence and penalty, found by authority, kind, line and
// day; the counts of each year; and which schedules hold and what was delivered.
//
// It guarantees that a count is the number of its rows, whatever was corrected since; that a row keeps the place of its first
// event in the log, so that what was recorded after a return was made is found; and that a list costs what it holds.
//
// It refuses to count what an older system decided and this one took over, and keeps no names of those who were penalised.
package returns
