package main

import (
	"context"
	"fmt"
	"reflect"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/holiday"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// periods is what is needed to count statutory periods again, and how many were.
type periods struct {
	tables    rule.Tables
	calendars map[string]calendar.Calendar // by version; nil before the first is asked for
	counted   int
	foreign   int // by a calendar or tables that are not here
}

// checkDeadlines counts every period of a record again, by the calendar of the version that its event names: the program's, or
// that with the first of the notices that were recorded, the first two, and so on. The rule is held against the tables, where
// they have the version that it was taken from.
func (v *verifier) checkDeadlines(ctx context.Context, s deadline.State) error {
	if err := v.knowCalendars(ctx); err != nil {
		return err
	}
	for _, p := range s.Periods {
		if err := v.checkClock(p.Set); err != nil {
			return err
		}
		if err := v.checkDue(p.Set, p.Set.CalendarVersion, p.Set.Due, p.Set.Provisional); err != nil {
			return err
		}
		for _, e := range p.Recomputed {
			if err := v.checkDue(p.Set, e.CalendarVersion, e.Due, e.Provisional); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *verifier) knowCalendars(ctx context.Context) error {
	if v.periods.calendars != nil {
		return nil
	}
	res, err := es.Load(ctx, v.events, holiday.Decider, holiday.Stream)
	if err != nil {
		return err
	}
	v.periods.calendars = map[string]calendar.Calendar{}
	for n := range len(res.State.Notices) + 1 {
		c := holiday.State{Notices: res.State.Notices[:n]}.Calendar()
		v.periods.calendars[c.Version()] = c
	}
	return nil
}

func (v *verifier) checkDue(s deadline.Set, version string, due calendar.Date, provisional bool) error {
	c, known := v.periods.calendars[version]
	if !known {
		v.periods.foreign++
		return nil
	}
	v.periods.counted++
	if again := s.Clock().Due(c, s.Start); again.Date != due || again.Provisional != provisional {
		return fmt.Errorf("period %s by %s from %s ends on %s by calendar %s, not on %s", s.Deadline, s.Rule, s.Start, again.Date, version, due)
	}
	return nil
}

// checkClock holds what was applied against the rule.
func (v *verifier) checkClock(s deadline.Set) error {
	if s.TableVersion != v.periods.tables.Version() {
		return nil
	}
	clock, there := v.periods.tables.Clock(s.Rule)
	same := clock.Unit == s.Unit && clock.N == s.N && clock.Day == s.Day && clock.Outlet == s.Outlet && clock.Trigger == s.Trigger &&
		reflect.DeepEqual(clock.MetBy, s.MetBy) && reflect.DeepEqual(clock.LapsedBy, s.LapsedBy) && clock.Holds(s.Start, s.Jurisdiction)
	if !there || !same {
		return fmt.Errorf("period %s: rule %s of %s does not say so, or did not hold on %s", s.Deadline, s.Rule, s.TableVersion, s.Start)
	}
	return nil
}
