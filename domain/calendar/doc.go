// Package calendar holds the civil date and the working days by which statutory periods run in China.
//
// Weekends are free and weekdays are not, except where the yearly notice of the State Council's General Office moves days
// (调休): a weekday may be off, a Saturday or Sunday may be worked. The notices from 2015 on are embedded, each with its
// number and the day on which it was issued, those that changed an earlier one too, so that what was known on a day can be told
// (KnownOn). Further ones are read from the same small format and merged, giving a calendar of another version.
//
// It guarantees that a Date is a real day of the years 1 to 9999 in Asia/Shanghai, that a Calendar never changes, and that
// the same notices give the same version and the same deadlines everywhere. The first day of a period is not counted and
// its last day is included (民法典 art. 201 to 203, applied to the periods of 行政处罚法 art. 85 and 行政许可法 art. 82).
//
// It refuses to call a year known before its notice is out. A deadline that rests on a day which a later notice may still
// move is given, but marked provisional; the days from 25 December belong to that until the next year's notice is there,
// because notices have moved the last days of the year before. It reads no clock and fetches nothing.
package calendar
