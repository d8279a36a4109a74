package returns

import (
	"maps"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// State is an authority's returns of one row.
type State struct {
	Overrides []ScheduleOverridden
	Delivered map[string]Delivered // by period
}

// Delivered is the return of a period.
type Delivered struct {
	Submitted Submitted
	Amended   []Amended
}

// File is the one that stands.
func (d Delivered) File() File {
	if n := len(d.Amended); n > 0 {
		return d.Amended[n-1].File
	}
	return d.Submitted.File
}

// Plan is what holds for a period.
type Plan struct {
	Schedule
	Lines             []string
	WithoutInspectors bool
	OverrideBy        string
	CopyTo            string
}

// PlanOf is what holds on a day: the last override that counts then, else what the table says.
func (s State) PlanOf(row Row, day calendar.Date) Plan {
	plan := Plan{Schedule: row.Schedule, Lines: row.Select.Lines}
	for _, o := range s.Overrides {
		if o.From.After(day) {
			continue
		}
		plan = Plan{
			Schedule: o.Schedule, Lines: o.Lines, WithoutInspectors: o.WithoutInspectors, OverrideBy: o.OverrideBy, CopyTo: o.CopyTo,
		}
		if len(o.Lines) == 0 {
			plan.Lines = row.Select.Lines
		}
	}
	return plan
}

// PeriodOf reads a period by the schedule that holds for it.
func (s State) PeriodOf(row Row, text string) (Period, Plan, error) {
	var fault error
	for _, every := range []Every{Month, Quarter, Year} {
		p, err := ParsePeriod(every, text)
		if err != nil {
			continue
		}
		plan := s.PlanOf(row, p.First())
		if plan.Every == every {
			return p, plan, nil
		}
		fault = badPeriod(plan.Every)
	}
	if fault == nil {
		fault = badPeriod(row.Schedule.Every)
	}
	return Period{}, Plan{}, fault
}

// Before is the last return of an earlier period than the one that covers from a day on; false if there was none.
func (s State) Before(from calendar.Date) (last Delivered, found bool) {
	for _, d := range s.Delivered {
		if d.Submitted.To.Before(from) && (!found || last.Submitted.To.Before(d.Submitted.To)) {
			last, found = d, true
		}
	}
	return last, found
}

func evolve(s State, event Event) State {
	switch e := event.(type) {
	case ScheduleOverridden:
		s.Overrides = append(slices.Clone(s.Overrides), e)
	case Submitted:
		s.Delivered = with(s.Delivered, e.Period, Delivered{Submitted: e})
	case Amended:
		d := s.Delivered[e.Period]
		d.Amended = append(slices.Clone(d.Amended), e)
		s.Delivered = with(s.Delivered, e.Period, d)
	}
	return s
}

func with(all map[string]Delivered, period string, d Delivered) map[string]Delivered {
	out := maps.Clone(all)
	if out == nil {
		out = map[string]Delivered{}
	}
	out[period] = d
	return out
}
