// Package holiday is the ledger's record of holiday notices (节假日安排通知): those of years that came after the program, and those
// that change an earlier one. A notice is recorded once, with its number and the day on which it was issued; the calendar by
// which deadlines are counted is that of the program with all that were recorded, in the order in which they were issued.
//
// It guarantees that what a deadline was counted by can be told for ever: a notice is never changed or taken back, another one
// amends it. It refuses a notice without a number, one that is not in the form of package calendar, and one that contradicts
// another about a day.
package holiday
