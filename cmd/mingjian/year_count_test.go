package main

import (
	"encoding/json"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// counting is a recount of the public numbers from the stored events, each read as plain JSON.
type counting struct {
	figures map[publicFigure]int
	types   map[string]int            // events by type
	public  map[string]publicDocument // by disclosure, as it is public now
	draws   map[string]countedDraw
	plans   map[string]string // authorities
}

type countedDraw struct{ authority, year, state string }

func newCounting() counting {
	return counting{
		figures: map[publicFigure]int{}, types: map[string]int{}, public: map[string]publicDocument{},
		draws: map[string]countedDraw{}, plans: map[string]string{},
	}
}

// add counts one thing for its authority and its year, and for all of them.
func (c counting) add(authority, year, measure, code string) {
	for _, a := range []string{"", authority} {
		for _, y := range []string{"0", year} {
			c.figures[publicFigure{a, y, measure, code}]++
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
	switch rec.Type {
	case "mingjian.disclosure.published.v1", "mingjian.disclosure.corrected.v1":
		if err := json.Unmarshal(rec.Data, &e); err != nil {
			return err
		}
		kind := map[string]string{"mingjian.disclosure.published.v1": "published"}[rec.Type]
		if kind == "" {
			kind = "corrected"
		}
		c.add(e.Document.Authority.ID, e.Document.Date[:4], "releases_by_kind", kind)
		c.public[rec.Stream.ID] = e.Document
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

// conclude counts what is public in the end.
func (c counting) conclude() {
	for _, d := range c.public {
		for _, o := range d.Inspection.Outcomes {
			c.add(d.Authority.ID, d.Date[:4], "inspections_by_outcome", o.Code)
		}
	}
	for _, d := range c.draws {
		c.add(d.authority, d.year, "draws_by_state", d.state)
	}
}
