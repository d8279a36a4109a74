package calendar

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// Date is a civil day in Asia/Shanghai. Dates compare with ==. The zero Date is none: it has no text form and stays zero
// in every calculation, so a field that may be absent is marked omitzero.
type Date struct {
	year  int16
	month int8
	day   int8
}

// China keeps one zone, UTC+8, without summer time since 1991; using it fixed needs no zone database.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

const layout = "2006-01-02"

// New gives the day of that year, month and day of month, or an error if there is none in the years 1 to 9999.
func New(year int, month time.Month, day int) (Date, error) {
	if year < 1 || year > 9999 || month < time.January || month > time.December || day < 1 || day > daysIn(year, month) {
		return Date{}, fmt.Errorf("date %d-%d-%d: no such day", year, month, day)
	}
	return Date{year: int16(year), month: int8(month), day: int8(day)}, nil
}

// Parse reads exactly YYYY-MM-DD.
func Parse(text string) (Date, error) {
	at, err := time.Parse(layout, text)
	if err != nil || at.Year() < 1 || len(text) != len(layout) {
		return Date{}, fmt.Errorf("date %.32q: not a day written YYYY-MM-DD", text)
	}
	return dateOf(at), nil
}

// MustParse is Parse for constants in code; it panics where Parse would fail.
func MustParse(text string) Date {
	date, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return date
}

// DateOf gives the day it is in Asia/Shanghai at an instant.
func DateOf(instant time.Time) Date { return dateOf(instant.In(shanghai)) }

func dateOf(at time.Time) Date {
	year, month, day := at.Date()
	return Date{year: int16(year), month: int8(month), day: int8(day)}
}

// Year gives the year, 1 to 9999; 0 for the zero Date.
func (d Date) Year() int { return int(d.year) }

// Month gives the month.
func (d Date) Month() time.Month { return time.Month(d.month) }

// Day gives the day of the month.
func (d Date) Day() int { return int(d.day) }

// IsZero tells that there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// String gives YYYY-MM-DD, or nothing for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(layout)
}

// MarshalText gives YYYY-MM-DD. The zero Date is an error: an absent date is left out, not written as nothing.
func (d Date) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, errors.New("date: none to write")
	}
	return []byte(d.String()), nil
}

// UnmarshalText is Parse.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Compare orders dates by time: -1 if d is earlier, 1 if it is later. The zero Date is before all others.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.year, other.year), cmp.Compare(d.month, other.month), cmp.Compare(d.day, other.day))
}

// Before tells whether d is earlier than other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After tells whether d is later than other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// Weekday gives the day of the week; of the zero Date it means nothing.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// StartsAt gives the instant at which the day begins in Asia/Shanghai. A period that ends with the day is over at
// StartsAt of the next (民法典 art. 203: the last day ends at 24:00).
func (d Date) StartsAt() time.Time {
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, shanghai)
}

// AddDays gives the day n calendar days later, earlier if n is negative. It stops at the first and the last Date there is.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	const span = 9999 * 366 // more never stays within the years 1 to 9999
	n = max(-span, min(n, span))
	at := d.utc().AddDate(0, 0, n)
	switch {
	case at.Year() < 1:
		return Date{year: 1, month: 1, day: 1}
	case at.Year() > 9999:
		return lastDate
	}
	return dateOf(at)
}

var lastDate = Date{year: 9999, month: 12, day: 31}

// AddMonths gives the corresponding day n months later, earlier if n is negative, or the last day of that month if it has no
// such day (民法典 art. 202): 2023-11-30 and three months is 2024-02-29. It stops at the first and the last month there is.
func (d Date) AddMonths(n int) Date {
	if d.IsZero() {
		return d
	}
	const span = 9999 * 12
	months := (d.Year()-1)*12 + int(d.month) - 1 + max(-span, min(n, span))
	months = max(0, min(months, span-1))
	year, month := months/12+1, time.Month(months%12+1)
	return Date{year: int16(year), month: int8(month), day: int8(min(d.Day(), daysIn(year, month)))}
}

// AddYears is AddMonths of twelve months a year.
func (d Date) AddYears(n int) Date { return d.AddMonths(12 * max(-9999, min(n, 9999))) }

// DaysUntil counts the calendar days from d to other; negative if other is earlier.
func (d Date) DaysUntil(other Date) int {
	return int(other.utc().Sub(d.utc()) / (24 * time.Hour))
}

func (d Date) utc() time.Time {
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC)
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
