package rule

import (
	"strconv"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Unit is what a clock counts in.
type Unit string

// The units.
const (
	Working  Unit = "working"  // 工作日
	Calendar Unit = "calendar" // 日: all days count, and an end on a free day moves to the next that is worked
	OnDate   Unit = "date"     // a day of the year or of each month
)

// Clock is by when an act is due (法定期限).
type Clock struct {
	Head
	Trigger   string   `json:"trigger"`             // what starts it, e.g. penalty.decided
	MetBy     []string `json:"met_by"`              // what does what is due
	LapsedBy  []string `json:"lapsed_by,omitempty"` // after what it is not due any more
	Duty      string   `json:"duty"`                // what is due, in Chinese
	DutyEN    string   `json:"duty_en"`             // and in English
	Record    Record   `json:"record,omitempty"`    // that it is about
	Outlet    Outlet   `json:"outlet,omitempty"`    // that it is due on
	Unit      Unit     `json:"unit"`                //
	N         int      `json:"n,omitempty"`         // days
	Day       string   `json:"day,omitempty"`       // MM-DD of the year, or DD of each month, where the unit is date
	Extension int      `json:"extension,omitempty"` // further days, once, where the law allows
}

// Due is the last day on which the act is in time. The day of the trigger is not counted. A date is the next one after it.
func (c Clock) Due(cal calendar.Calendar, start calendar.Date) calendar.Deadline {
	return c.due(cal, start, c.N)
}

// Extended is Due with the extension.
func (c Clock) Extended(cal calendar.Calendar, start calendar.Date) calendar.Deadline {
	return c.due(cal, start, c.N+c.Extension)
}

func (c Clock) due(cal calendar.Calendar, start calendar.Date, n int) calendar.Deadline {
	switch c.Unit {
	case Working:
		return cal.AddWorkingDays(start, n)
	case Calendar:
		return cal.RollForward(start.AddDays(n))
	case OnDate:
		return calendar.Deadline{Date: c.next(start), CalendarVersion: cal.Version()}
	}
	return calendar.Deadline{CalendarVersion: cal.Version()}
}

// next is the first day after start that the clock names. The day of a month without it is that month's last.
func (c Clock) next(start calendar.Date) calendar.Date {
	if start.IsZero() {
		return start
	}
	month, day, step := 0, 0, 1
	if first, second, yearly := strings.Cut(c.Day, "-"); yearly {
		month, day, step = number(first), number(second), 12
	} else {
		month, day = int(start.Month()), number(first)
	}
	at := start.AddMonths(month - int(start.Month()))
	for at = onDay(at, day); !at.After(start); {
		at = onDay(at.AddDays(1-at.Day()).AddMonths(step), day)
	}
	return at
}

// onDay is the day of the month that a date is in.
func onDay(in calendar.Date, day int) calendar.Date {
	first := in.AddDays(1 - in.Day())
	last := first.AddMonths(1).AddDays(-1)
	return first.AddDays(min(day, last.Day()) - 1)
}

func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil || len(digits) != 2 {
		return 0
	}
	return n
}

// Clock is a clock by its id; ok tells whether there is one.
func (t Tables) Clock(id string) (clock Clock, ok bool) {
	for _, c := range t.Clocks {
		if c.ID == id {
			return c, true
		}
	}
	return Clock{}, false
}

// Starts tells whether something that happens starts a clock at all, on any day, anywhere.
func (t Tables) Starts(trigger string) bool {
	for i := range t.Clocks {
		if t.Clocks[i].Trigger == trigger {
			return true
		}
	}
	return false
}

// ClocksOn lists the clocks that a trigger starts on a day at a place. Of those with the same duty, outlet and record the one
// made most closely for the place counts.
func (t Tables) ClocksOn(trigger string, on calendar.Date, jurisdiction string) []Clock {
	type duty struct {
		text   string
		record Record
		outlet Outlet
	}
	var out []Clock
	seen := map[duty]bool{}
	for _, c := range t.Clocks {
		d := duty{c.Duty, c.Record, c.Outlet}
		if c.Trigger != trigger || seen[d] {
			continue
		}
		best := pick(t.Clocks, on, jurisdiction, func(o Clock) bool {
			return o.Trigger == trigger && (duty{o.Duty, o.Record, o.Outlet}) == d
		})
		if best != nil {
			seen[d] = true
			out = append(out, *best)
		}
	}
	return out
}
