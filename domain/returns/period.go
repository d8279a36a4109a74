package returns

import (
	"fmt"
	"strconv"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Period is a month, a quarter or a year.
type Period struct {
	Every Every
	Year  int
	N     int // of the month or the quarter, from 1; 0 for a year
}

const (
	firstYear = 2000
	lastYear  = 2199
)

// ParsePeriod reads 2023-05, 2023-Q2 or 2023, as the interval has it.
func ParsePeriod(every Every, s string) (Period, error) {
	p := Period{Every: every}
	var err error
	switch {
	case every == Month && len(s) == 7 && s[4] == '-', every == Quarter && len(s) == 7 && s[4:6] == "-Q":
		p.N, err = strconv.Atoi(s[5+len(map[Every]string{Quarter: "Q"}[every]):])
	case every == Year && len(s) == 4:
	default:
		return p, badPeriod(every)
	}
	if err == nil {
		p.Year, err = strconv.Atoi(s[:4])
	}
	if err != nil || p.Year < firstYear || p.Year > lastYear || p.N > most(every) || (p.N < 1) != (every == Year) || p.String() != s {
		return p, badPeriod(every)
	}
	return p, nil
}

func badPeriod(every Every) *domain.Fault {
	form := map[Every]string{Month: "2023-05", Quarter: "2023-Q2", Year: "2023"}[every]
	return domain.Refuse(domain.Invalid, "return.period.form", "period", "报送期应如 "+form, "a period of this return is written like "+form)
}

func most(every Every) int { return map[Every]int{Month: 12, Quarter: 4}[every] }

// PeriodOf is the one that a day is in.
func PeriodOf(every Every, day calendar.Date) Period {
	p := Period{Every: every, Year: day.Year()}
	switch every {
	case Month:
		p.N = int(day.Month())
	case Quarter:
		p.N = (int(day.Month()) + 2) / 3
	case Year:
	}
	return p
}

// String writes it as ParsePeriod reads it.
func (p Period) String() string {
	switch p.Every {
	case Month:
		return fmt.Sprintf("%04d-%02d", p.Year, p.N)
	case Quarter:
		return fmt.Sprintf("%04d-Q%d", p.Year, p.N)
	case Year:
	}
	return fmt.Sprintf("%04d", p.Year)
}

// months are the first of the period, as a day, and how many it has.
func (p Period) months() (first calendar.Date, n int) {
	month := 1
	n = 12
	switch p.Every {
	case Month:
		month, n = p.N, 1
	case Quarter:
		month, n = 3*p.N-2, 3
	case Year:
	}
	first, err := calendar.New(p.Year, time.Month(month), 1)
	if err != nil {
		return calendar.Date{}, n // of no year that ParsePeriod takes
	}
	return first, n
}

// First is the first day of the period in the calendar.
func (p Period) First() calendar.Date {
	first, _ := p.months()
	return first
}

// Next is the one after it, or the one that many before it.
func (p Period) Next(n int) Period {
	first, length := p.months()
	return PeriodOf(p.Every, first.AddMonths(n*length))
}

// dueDay is the day that the schedule names, worked or not.
func (s Schedule) dueDay(p Period) calendar.Date {
	first, n := p.months()
	month := first.AddMonths(n - 1 + s.After)
	last := month.AddMonths(1).AddDays(-1)
	if s.Day == 0 || s.Day > last.Day() {
		return last
	}
	return month.AddDays(s.Day - 1)
}

// Due is the last day for the return of a period.
func (s Schedule) Due(p Period, c calendar.Calendar) calendar.Deadline {
	day := s.dueDay(p)
	switch s.Roll {
	case Later:
		return c.RollForward(day)
	case Earlier:
		return rollBack(c, day)
	case Stay:
	}
	return calendar.Deadline{Date: day, Provisional: false, CalendarVersion: c.Version()}
}

// rollBack gives the day itself if it is worked, else the last before it that is.
func rollBack(c calendar.Calendar, day calendar.Date) calendar.Deadline {
	d := calendar.Deadline{Date: day, Provisional: false, CalendarVersion: c.Version()}
	for range 31 { // no holiday is longer
		working, known := c.IsWorkingDay(d.Date)
		d.Provisional = d.Provisional || !known
		if working {
			break
		}
		d.Date = d.Date.AddDays(-1)
	}
	return d
}

// Span is the days that the return of a period is about.
func (s Schedule) Span(p Period) (from, to calendar.Date) {
	if s.Covers == ToDueDay {
		return s.dueDay(p.Next(-1)).AddDays(1), s.dueDay(p)
	}
	first, n := p.months()
	return first, first.AddMonths(n).AddDays(-1)
}

// check refuses a schedule that can't be kept.
func (s Schedule) check() []*domain.Fault {
	bad := func(holds bool, field, zh, en string) *domain.Fault {
		if holds {
			return nil
		}
		return domain.Refuse(domain.Invalid, "return.schedule."+field, field, zh, en)
	}
	return []*domain.Fault{
		bad(s.Every == Month || s.Every == Quarter || s.Every == Year, "every", "未知的报送周期", "a return is due every month, quarter or year"),
		bad(s.Day >= 0 && s.Day <= 31, "day", "报送日应为1至31日，0表示月末", "the day is 1 to 31, or 0 for the last of the month"),
		bad(s.After >= 0 && s.After <= 12, "after", "报送月应在期末后12个月内", "the due month is at most 12 after the period"),
		bad(s.Covers == WholePeriod || s.Covers == ToDueDay, "covers", "未知的统计时段", "a return covers its period, or the days up to the due day"),
		bad(s.Roll == Earlier || s.Roll == Later || s.Roll == Stay, "roll", "未知的顺延规则", "a due date on a free day moves earlier or later, or stays"),
	}
}
