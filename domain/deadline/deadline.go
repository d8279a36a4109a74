package deadline

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// Category is the stream category.
const Category = "deadline"

// Decider decides on a record's periods; a stream's id is Record.Stream.
var Decider = es.Decider[State, Command, Event]{
	Category: Category, Evolve: evolve, Decide: decide, Decode: table.Decode,
}

// State is a record's periods, in the order in which they began.
type State struct{ Periods []Period }

// Period is one of them as its events tell it.
type Period struct {
	Set         Set
	Due         calendar.Date // as last counted
	Provisional bool
	Recomputed  []Recomputed
	Met         *Met
	Lapsed      *Lapsed
}

// Open tells whether what is due is still waited for.
func (p Period) Open() bool { return p.Met == nil && p.Lapsed == nil }

// Late tells whether it was done after its last day.
func (p Period) Late() bool { return p.Met != nil && p.Met.On.After(p.Due) }

func evolve(s State, event Event) State {
	switch e := event.(type) {
	case Set:
		s.Periods = append(slices.Clip(s.Periods), Period{Set: e, Due: e.Due, Provisional: e.Provisional})
	case Recomputed:
		s = s.change(e.Deadline, func(p *Period) {
			p.Due, p.Provisional, p.Recomputed = e.Due, e.Provisional, append(slices.Clip(p.Recomputed), e)
		})
	case Met:
		s = s.change(e.Deadline, func(p *Period) { p.Met = &e })
	case Lapsed:
		s = s.change(e.Deadline, func(p *Period) { p.Lapsed = &e })
	}
	return s
}

// change is the state with one period changed.
func (s State) change(id string, change func(*Period)) State {
	s.Periods = slices.Clone(s.Periods)
	for i := range s.Periods {
		if s.Periods[i].Set.Deadline == id {
			change(&s.Periods[i])
		}
	}
	return s
}

func (s State) has(id string) bool {
	return slices.ContainsFunc(s.Periods, func(p Period) bool { return p.Set.Deadline == id })
}

// Command asks for a change of a record's periods.
//
//sumtype:decl
type Command interface{ command() }

// Tell says that something happened to the record: it does what periods wait for, ends what is not due any more, and begins
// the periods of Clocks, in this order.
type Tell struct {
	By       domain.Actor
	Record   Record
	What     string        // e.g. penalty.decided
	On       calendar.Date // on which it happened
	Event    es.ID         // that says so
	Outlets  []rule.Outlet // that it happened on, if it did so on some
	Clocks   []rule.Clock  // that it starts
	Tables   string        // version of the tables that they are of
	Calendar calendar.Calendar
	District string // of the authority, six digits
}

// Recount counts what is open again by a calendar with a further notice.
type Recount struct {
	By          domain.Actor
	Calendar    calendar.Calendar
	Notice      string
	NoticeEvent es.ID
}

func (Tell) command()    {}
func (Recount) command() {}

func decide(s State, cmd Command) ([]Event, error) {
	switch c := cmd.(type) {
	case Tell:
		return tell(s, c)
	case Recount:
		return recount(s, c), nil
	}
	return nil, domain.Refuse(domain.Invalid, "deadline.command.unknown", "", "未知命令", "unknown command")
}

func tell(s State, c Tell) ([]Event, error) {
	if c.On.IsZero() || c.Record.ID == "" {
		return nil, domain.Refuse(domain.Invalid, "deadline.tell.day", "on", "没有日期或者记录，不能计算期限", "a period needs a record and a day")
	}
	var events []Event
	for _, p := range s.Periods {
		switch {
		case !p.Open():
		case p.concerns(c, p.Set.MetBy):
			events = append(events, Met{Deadline: p.Set.Deadline, On: c.On, By: c.What, Event: c.Event})
		case p.concerns(c, p.Set.LapsedBy):
			events = append(events, Lapsed{Deadline: p.Set.Deadline, On: c.On, By: c.What, Event: c.Event})
		}
	}
	for _, clock := range c.Clocks {
		if id := ID(c.Event, clock.ID); !s.has(id) {
			events = append(events, c.set(id, clock))
		}
	}
	return events, nil
}

// concerns tells whether what happened is one of those that end the period, on its outlet.
func (p Period) concerns(c Tell, ends []string) bool {
	elsewhere := p.Set.Outlet != "" && len(c.Outlets) > 0 && !slices.Contains(c.Outlets, p.Set.Outlet)
	return slices.Contains(ends, c.What) && !elsewhere
}

func (c Tell) set(id string, clock rule.Clock) Set {
	due := clock.Due(c.Calendar, c.On)
	return Set{
		Deadline: id, Record: c.Record, Authority: c.By.Authority,
		Rule: clock.ID, TableVersion: c.Tables, Jurisdiction: c.District, Source: clock.Source, Unconfirmed: !clock.Confirmed(),
		Duty: clock.Duty, DutyEN: clock.DutyEN, Outlet: clock.Outlet, Unit: clock.Unit, N: clock.N, Day: clock.Day,
		MetBy: clock.MetBy, LapsedBy: clock.LapsedBy, Trigger: c.What, TriggerEvent: c.Event,
		Start: c.On, Due: due.Date, Provisional: due.Provisional, CalendarVersion: due.CalendarVersion,
	}
}

func recount(s State, c Recount) (events []Event) {
	for _, p := range s.Periods {
		if !p.Open() {
			continue
		}
		due := p.Set.Clock().Due(c.Calendar, p.Set.Start)
		if due.Date == p.Due && due.Provisional == p.Provisional {
			continue
		}
		events = append(events, Recomputed{
			Deadline: p.Set.Deadline, Former: p.Due, Due: due.Date, Provisional: due.Provisional,
			CalendarVersion: due.CalendarVersion, Notice: c.Notice, NoticeEvent: c.NoticeEvent,
		})
	}
	return events
}
