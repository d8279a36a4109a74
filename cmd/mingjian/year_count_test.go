package main

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// counting is a recount of the public numbers from the stored events, each read as plain JSON.
type counting struct {
	figures  map[publicFigure]int
	types    map[string]int           // events by type
	public   map[string]*countedShown // by disclosure
	draws    map[string]countedDraw
	plans    map[string]string // authorities
	requests map[string]*countedRequest
}

// countedShown is a document, and whether the portal shows it and until which day.
type countedShown struct {
	publicDocument
	portal bool
	until  string
}

type countedRequest struct{ authority, year, outcome string }

type countedDraw struct{ authority, year, state string }

func newCounting() counting {
	return counting{
		figures: map[publicFigure]int{}, types: map[string]int{}, public: map[string]*countedShown{},
		draws: map[string]countedDraw{}, plans: map[string]string{}, requests: map[string]*countedRequest{},
	}
}

// add counts one thing for its authority and its year, and for all of them.
func (c counting) add(authority, year, measure, code string) {
	c.sum(authority, year, measure, code, 1)
}

func (c counting) sum(authority, year, measure, code string, n int) {
	for _, a := range []string{"", authority} {
		for _, y := range []string{"0", year} {
			c.figures[publicFigure{a, y, measure, code}] += n
		}
	}
}

// event takes in what the public numbers are about.
func (c counting) event(rec es.Record) error {
	c.types[rec.Type]++
	var e struct {
		Authority string
		Document  publicDocument
		Task      json.RawMessage // of a draw it is an id
	}
	if kind, name, _ := strings.Cut(strings.TrimPrefix(rec.Type, "mingjian."), "."); kind == "disclosure" || kind == "dispute" {
		return c.shown(rec, kind, strings.TrimSuffix(name, ".v1"))
	}
	switch rec.Type {
	case "mingjian.plan.drafted.v1":
		if err := json.Unmarshal(rec.Data, &e); err != nil {
			return err
		}
		c.plans[rec.Stream.ID] = e.Authority
	case "mingjian.plan.task_opened.v1":
		var t struct {
			Kind string
			From string `json:"window_start"`
		}
		if err := json.Unmarshal(rec.Data, &e); err != nil {
			return err
		}
		if err := json.Unmarshal(e.Task, &t); err != nil {
			return err
		}
		c.add(c.plans[rec.Stream.ID], t.From[:4], "tasks_by_kind", t.Kind)
	case "mingjian.draw.frozen.v1":
		var meta struct {
			At time.Time `json:"recorded_at"`
		}
		if err := json.Unmarshal(rec.Data, &e); err != nil {
			return err
		}
		if err := json.Unmarshal(rec.Meta, &meta); err != nil {
			return err
		}
		c.draws[rec.Stream.ID] = countedDraw{e.Authority, meta.At.Add(8 * time.Hour).Format("2006"), "frozen"}
	case "mingjian.draw.drawn.v1", "mingjian.draw.aborted.v1":
		d := c.draws[rec.Stream.ID]
		d.state = map[bool]string{true: "drawn", false: "aborted"}[rec.Type == "mingjian.draw.drawn.v1"]
		c.draws[rec.Stream.ID] = d
	}
	return nil
}

// shown takes in what changes what the public sees, and what it asked for.
func (c counting) shown(rec es.Record, kind, name string) error {
	var e struct {
		Document   publicDocument
		Terms      []struct{ Outlet, Until string }
		Outlets    []string
		Record     struct{ Authority string }
		ReceivedOn string `json:"received_on"`
		Outcome    string
	}
	switch kind + "." + name {
	case "disclosure.published", "disclosure.corrected", "disclosure.withdrawn", "disclosure.ended", "dispute.requested", "dispute.decided":
		if err := json.Unmarshal(rec.Data, &e); err != nil {
			return err
		}
	default:
		return nil
	}
	s := c.public[rec.Stream.ID]
	switch name {
	case "requested":
		c.requests[rec.Stream.ID] = &countedRequest{e.Record.Authority, e.ReceivedOn[:4], "open"}
		return nil
	case "decided":
		c.requests[rec.Stream.ID].outcome = e.Outcome
		return nil
	case "published":
		if s == nil {
			s = &countedShown{}
			c.public[rec.Stream.ID] = s
		}
		s.publicDocument = e.Document
		for _, t := range e.Terms {
			if t.Outlet == "portal" {
				s.portal, s.until = true, t.Until
			}
		}
	case "corrected":
		s.publicDocument = e.Document
	case "withdrawn":
		s.portal = false
	case "ended":
		s.portal = s.portal && !slices.Contains(e.Outlets, "portal")
	}
	c.add(s.Authority.ID, s.Date[:4], "releases_by_kind", name)
	return nil
}

// conclude counts what is public on a day.
func (c counting) conclude(day string) {
	for _, d := range c.public {
		if d.portal && (d.until == "" || day <= d.until) {
			c.document(d.publicDocument)
		}
	}
	for _, r := range c.requests {
		c.add(r.authority, r.year, "correction_requests_by_outcome", r.outcome)
	}
	for _, d := range c.draws {
		c.add(d.authority, d.year, "draws_by_state", d.state)
	}
}

// document counts what one document is about; an entry that was removed from a list counts no more.
func (c counting) document(d publicDocument) {
	add := func(measure, code string) { c.add(d.Authority.ID, d.Date[:4], measure, code) }
	for _, o := range d.Inspection.Outcomes {
		add("inspections_by_outcome", o.Code)
	}
	for _, k := range d.Penalty.Kinds {
		add("penalties_by_kind", k.Code)
		if amount := map[string]int{"fine": d.Penalty.Fine, "confiscation_gains": d.Penalty.Taken}[k.Code]; amount > 0 {
			c.sum(d.Authority.ID, d.Date[:4], "penalties_by_kind", k.Code+" 分", amount)
		}
	}
	if d.Listing.Status == "listed" {
		for _, g := range d.Listing.Grounds {
			add("listings_by_ground", g.Code)
		}
	}
	if l := d.Licence; l.Action != "" {
		add("licences_by_action", l.Action)
		add("licences_by_category", l.Category)
	}
}
