package policy

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
	"github.com/mingjian-ledger/mingjian/domain/holiday"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// OpenDeadlines lists the records that have open periods.
//
// Open gives ids of deadline streams with an open period whose last day is on or after a day, a page at a time; next is empty at
// the end. What was in the log when the first page was asked for MUST be in the list; an id may come more than once.
type OpenDeadlines interface {
	Open(ctx context.Context, from calendar.Date, page string) (ids []string, next string, err error)
}

// happening is what an event tells the clocks of a record.
type happening struct {
	what      string // as the rules name it
	record    deadline.Record
	authority domain.AuthorityID // whose duty it is
	on        calendar.Date
	outlets   []rule.Outlet
	// shown, if not nil, is asked which outlets show the record: nothing is due on those that don't, nor on any if the record is
	// withheld from the public as a whole.
	shown    func(district string) rule.Case
	withheld bool
}

// tells reads an event as happenings.
type tells func(ctx context.Context, c cause) ([]happening, error)

// row is a line of the table of what happens: it reads the event E.
func row[T, E es.Event](table codec.Table[E], read func(context.Context, cause, T) ([]happening, error)) tells {
	return func(ctx context.Context, c cause) ([]happening, error) {
		event, err := table.Decode(c.rec.Type, c.rec.Data)
		if err != nil {
			return nil, fmt.Errorf("policy: %w", err)
		}
		e, ok := es.Event(event).(T)
		if !ok {
			return nil, fmt.Errorf("policy: %s is no %T", c.rec.Type, e)
		}
		return read(ctx, c, e)
	}
}

// deadlines sets, meets and ends the periods that the record tells of, and counts open ones again after a notice of holidays.
func (c cause) deadlines(ctx context.Context) error {
	if holiday.Codec().Today(c.rec.Type) == (holiday.NoticeRecorded{}).EventType() {
		return c.recount(ctx)
	}
	read, concerns := told[today(c.rec.Type)]
	if !concerns {
		return nil
	}
	all, err := read(ctx, c)
	if err != nil {
		return err
	}
	for _, h := range all {
		if err := c.tell(ctx, h); err != nil {
			return err
		}
	}
	return nil
}

func (c cause) tell(ctx context.Context, h happening) error {
	cmd := deadline.Tell{
		By: actor(h.authority), Record: h.record, What: h.what, On: h.on, Event: c.rec.ID, Outlets: h.outlets, Tables: c.tables().Version(),
	}
	if c.tables().Starts(h.what) {
		var err error
		if cmd.District, err = District(ctx, c.Store, h.authority); err != nil {
			return err
		}
		if cmd.Calendar, err = c.calendar(ctx); err != nil {
			return err
		}
		cmd.Clocks = h.due(c.tables(), cmd.District)
	}
	m, err := c.metadata(h.authority, "deadline", h.what, h.record.Stream())
	if err != nil {
		return err
	}
	return send[deadline.State, deadline.Command](ctx, c, deadline.Decider, h.record.Stream(), cmd, m)
}

// due are the clocks that start: not those of outlets that don't show the record.
func (h happening) due(tables rule.Tables, district string) []rule.Clock {
	clocks := tables.ClocksOn(h.what, h.on, district)
	if h.withheld {
		return slices.DeleteFunc(clocks, func(clock rule.Clock) bool { return clock.Outlet != "" })
	}
	if h.shown == nil {
		return clocks
	}
	_, hidden := tables.Terms(h.shown(district))
	return slices.DeleteFunc(clocks, func(clock rule.Clock) bool {
		return slices.ContainsFunc(hidden, func(n rule.NotShown) bool { return n.Outlet == clock.Outlet })
	})
}

// tables are the rules that hold now.
func (r Reactions) tables() rule.Tables {
	if r.Rules.Version() == "" {
		return rule.Embedded()
	}
	return r.Rules
}

// calendar is that of the notices which were recorded before the record: however far behind the reactions are, a period is
// first counted by what was known when it began.
func (c cause) calendar(ctx context.Context) (calendar.Calendar, error) {
	known, err := before(ctx, c, holiday.Decider, holiday.Stream)
	return known.Calendar(), err
}

// before folds another stream as it was before the record.
func before[S, C any, E es.Event](ctx context.Context, c cause, d es.Decider[S, C, E], id string) (S, error) {
	state := d.Initial
	for r, err := range c.Store.Read(ctx, es.Stream{Category: d.Category, ID: id}, 0) {
		if err != nil {
			return state, fmt.Errorf("policy: load %s %s: %w", d.Category, id, err)
		}
		if r.Position.Compare(c.rec.Position) >= 0 {
			break
		}
		e, err := d.Decode(r.Type, r.Data)
		if err != nil {
			return state, fmt.Errorf("policy: load %s %s@%d: %w", d.Category, id, r.Revision, err)
		}
		state = d.Evolve(state, e)
	}
	return state, nil
}

// recount counts what is open again after a notice: all that it can reach. The notice's own place in the log says which others
// are known by then.
func (c cause) recount(ctx context.Context) error {
	event, err := holiday.Codec().Decode(c.rec.Type, c.rec.Data)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	e, ok := event.(holiday.NoticeRecorded)
	if !ok || c.Open == nil {
		return errors.New("policy: no list of open deadlines to count again after a notice of holidays")
	}
	known, err := before(ctx, c, holiday.Decider, holiday.Stream)
	if err != nil {
		return err
	}
	from, err := c.rec.Metadata()
	if err != nil {
		return err
	}
	now := holiday.Decider.Evolve(known, e).Calendar()
	first, _ := e.Notice().Reach()
	for page := ""; ; {
		ids, next, err := c.Open.Open(ctx, first, page)
		if err != nil {
			return fmt.Errorf("policy: list open deadlines: %w", err)
		}
		for _, id := range ids {
			m, err := c.metadata(domain.AuthorityID(from.Authority), "recount", id)
			if err != nil {
				return err
			}
			cmd := deadline.Recount{By: actor(domain.AuthorityID(from.Authority)), Calendar: now, Notice: e.Number, NoticeEvent: c.rec.ID}
			if err := send[deadline.State, deadline.Command](ctx, c, deadline.Decider, id, cmd, m); err != nil {
				return err
			}
		}
		if page = next; page == "" {
			return nil
		}
	}
}
