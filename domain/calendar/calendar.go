package calendar

import (
	"crypto/sha256"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed notices.txt
var noticesText string

// Calendar knows the working days of the years whose notices it holds. It is a value and never changes; the zero Calendar
// holds no notice, so that everything it says is provisional.
type Calendar struct {
	notices map[int]Notice
	days    map[Date]bool // true is a day that is worked, false one that is free; weekdays as usual are absent
	version string
}

// Embedded gives the calendar of the notices in this package, from 2015 on. It is read once: a projection asks for it at
// every event, and no Calendar changes.
func Embedded() Calendar { return embedded() }

var embedded = sync.OnceValue(func() Calendar {
	calendar, err := Calendar{}.Merge(History()...)
	if err != nil {
		panic(err) // the table is part of the program
	}
	return calendar
})

// History gives the notices in this package in the order in which they were issued.
func History() []Notice { return slices.Clone(history()) }

var history = sync.OnceValue(func() []Notice {
	notices, err := ReadNotices(strings.NewReader(noticesText))
	if err != nil {
		panic(err) // the table is part of the program
	}
	slices.SortStableFunc(notices, func(a, b Notice) int { return a.issued.Compare(b.issued) })
	return notices
})

// KnownOn gives the calendar of the notices in this package that were issued by the end of a day: what a deadline set on that
// day could rest on.
func KnownOn(day Date) Calendar {
	notices := history()
	n, _ := slices.BinarySearchFunc(notices, day.AddDays(1), func(notice Notice, day Date) int { return notice.issued.Compare(day) })
	calendar, err := Calendar{}.Merge(notices[:n]...)
	if err != nil {
		panic(err) // they merge whole
	}
	return calendar
}

// Merge gives a calendar with further notices, one after the other. A notice for a year that is there takes its place whole; one
// that amends changes the days that it names. It is an error if two notices say different things about one day, or if what is
// to be amended is not there.
func (c Calendar) Merge(notices ...Notice) (Calendar, error) {
	merged := Calendar{notices: map[int]Notice{}, days: map[Date]bool{}}
	maps.Copy(merged.notices, c.notices)
	for _, notice := range notices {
		if notice.amends {
			base, there := merged.notices[notice.year]
			if !there {
				return Calendar{}, fmt.Errorf("merge holiday notices: there is no notice for %d to amend by %s", notice.year, notice.source)
			}
			notice = base.amendedBy(notice)
		}
		merged.notices[notice.year] = notice
	}
	for _, year := range merged.Years() {
		for day, worked := range merged.notices[year].days {
			if known, there := merged.days[day]; there && known != worked {
				return Calendar{}, fmt.Errorf("merge holiday notices: the notice for %d contradicts another about %s", year, day)
			}
			merged.days[day] = worked
		}
	}
	merged.version = merged.fingerprint()
	return merged, nil
}

// amendedBy is the notice with another's changes.
func (n Notice) amendedBy(change Notice) Notice {
	n.days = maps.Clone(n.days)
	for _, day := range change.plain {
		delete(n.days, day)
	}
	maps.Copy(n.days, change.days)
	n.source += "; " + change.source
	return n
}

// Version names the calendar by its years and its facts, e.g. cn-2015-2026-1f0c5a9b2e77: two calendars with the same
// version give the same deadlines. It is recorded with every deadline.
func (c Calendar) Version() string { return c.version }

// Years gives the years whose notices are here, ascending.
func (c Calendar) Years() []int { return slices.Sorted(maps.Keys(c.notices)) }

// Source names the notice of a year and those that amended it, or nothing if there is none.
func (c Calendar) Source(year int) string { return c.notices[year].source }

func (c Calendar) fingerprint() string {
	years := c.Years()
	if len(years) == 0 {
		return ""
	}
	sum := sha256.New()
	for _, year := range years {
		fmt.Fprintf(sum, "year %d\n", year)
		days := c.notices[year].days
		for _, day := range slices.SortedFunc(maps.Keys(days), Date.Compare) {
			fmt.Fprintf(sum, "%s %t\n", day, days[day])
		}
	}
	return fmt.Sprintf("cn-%d-%d-%x", years[0], years[len(years)-1], sum.Sum(nil)[:6])
}

// IsWorkingDay tells whether a day is worked, and whether that is known: false means that a notice not yet here may say
// otherwise, and working then stands for the plain week from Monday to Friday.
func (c Calendar) IsWorkingDay(day Date) (working, known bool) {
	if worked, moved := c.days[day]; moved {
		return worked, true
	}
	return !isWeekend(day), c.settled(day)
}

// settled tells whether no notice can still move the day.
func (c Calendar) settled(day Date) bool {
	if _, here := c.notices[day.Year()]; !here {
		return false
	}
	if day.Month() != time.December || day.Day() < 25 {
		return true
	}
	_, next := c.notices[day.Year()+1]
	return next
}

// Deadline is the last day of a period, and what it rests on.
type Deadline struct {
	Date            Date   `json:"date"`
	Provisional     bool   `json:"provisional,omitempty"` // a day it rests on may still be moved by a notice
	CalendarVersion string `json:"calendar_version"`
}

// AddWorkingDays gives the last day of a period of n working days. The start day is not counted, whether it is worked or
// not; the last day is included. For n of zero or less that is the start day itself.
func (c Calendar) AddWorkingDays(start Date, n int) Deadline {
	deadline := Deadline{Date: start, CalendarVersion: c.version}
	for n > 0 && !deadline.Date.IsZero() && deadline.Date != lastDate {
		deadline.Date = deadline.Date.AddDays(1)
		working, known := c.IsWorkingDay(deadline.Date)
		if working {
			n--
		}
		deadline.Provisional = deadline.Provisional || !known
	}
	return deadline
}

// AddMonths gives the last day of a calendar period of n months: no working day is looked for, so that a publicity period
// never runs longer against the party. Only the date depends on it, and no notice can move that.
func (c Calendar) AddMonths(start Date, n int) Deadline {
	return Deadline{Date: start.AddMonths(n), CalendarVersion: c.version}
}

// RollForward gives the day itself if it is worked, else the next that is: where a period for acting ends on a free day, it
// ends on the day after the holiday (民法典 art. 203).
func (c Calendar) RollForward(day Date) Deadline {
	if working, known := c.IsWorkingDay(day); working || day.IsZero() {
		return Deadline{Date: day, Provisional: !known && !day.IsZero(), CalendarVersion: c.version}
	}
	deadline := c.AddWorkingDays(day, 1)
	_, known := c.IsWorkingDay(day)
	deadline.Provisional = deadline.Provisional || !known
	return deadline
}

// WorkingDaysBetween counts the working days after from up to and including to; negative if to is earlier. Provisional is
// as in Deadline.
func (c Calendar) WorkingDaysBetween(from, to Date) (count int, provisional bool) {
	if from.IsZero() || to.IsZero() {
		return 0, false
	}
	if to.Before(from) {
		count, provisional = c.WorkingDaysBetween(to, from)
		return -count, provisional
	}
	for day := from; day != to; {
		day = day.AddDays(1)
		working, known := c.IsWorkingDay(day)
		if working {
			count++
		}
		provisional = provisional || !known
	}
	return count, provisional
}
