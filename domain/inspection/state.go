package inspection

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Category is the stream category.
const Category = "inspection"

// DrawnID is the id of the inspection of a drawn subject.
func DrawnID(draw string, subject domain.SubjectID) string { return draw + ":" + string(subject) }

// TakenOverID is the id of an inspection of an older system.
func TakenOverID(source, recordNo string) string { return source + ":" + recordNo }

// Decider is the aggregate.
var Decider = es.Decider[State, Command, Event]{Category: Category, Evolve: evolve, Decide: decide, Decode: table.Decode}

// Department is how far one department's part is.
type Department struct {
	Recorded Recorded             // as recorded; a correction changes its outcomes
	Signed   []domain.InspectorID // who recorded, corrected or confirmed what stands now
}

// Rectification is the order that was given last.
type Rectification struct {
	Demand  string
	DueOn   calendar.Date
	Open    bool // not passed a re-check
	Recheck *Rechecked
}

// State is an inspection as it stands.
type State struct {
	Assigned      *Assigned  // nil: not drawn
	TakenOver     *TakenOver // nil: not from an older system
	Departments   map[string]Department
	Concluded     bool
	CompletedOn   calendar.Date
	Outcomes      []Outcome // of the whole, once it is concluded
	Corrections   []Corrected
	Rectification *Rectification
	HandedOver    []HandedOver
	Released      *Released  // nil: not released
	CalledOff     *CalledOff // nil: not called off as a whole
	Absent        []string   // departments that were called off
}

// Authority is the authority that the record belongs to.
func (s State) Authority() domain.AuthorityID {
	switch {
	case s.Assigned != nil:
		return s.Assigned.Authority
	case s.TakenOver != nil:
		return s.TakenOver.Authority
	}
	return ""
}

// evolve never writes into what the former state holds.
func evolve(s State, e Event) State {
	switch e := e.(type) {
	case Assigned:
		s.Assigned = &e
	case Recorded:
		s = s.with(e.Department, Department{Recorded: e, Signed: []domain.InspectorID{e.By}})
	case Confirmed:
		d := s.Departments[e.Department]
		d.Signed = append(slices.Clone(d.Signed), e.By)
		s = s.with(e.Department, d)
	case Concluded:
		s.Concluded, s.CompletedOn, s.Outcomes = true, e.CompletedOn, e.Outcomes
	case RectificationOrdered:
		s.Rectification = &Rectification{Demand: e.Demand, DueOn: e.DueOn, Open: true}
	case Rechecked:
		r := Rectification{}
		if s.Rectification != nil {
			r = *s.Rectification
		}
		r.Open, r.Recheck = !e.Passed, &e
		s.Rectification = &r
	case Corrected:
		d := s.Departments[e.Department]
		d.Recorded.Outcomes = e.Outcomes
		d.Signed = []domain.InspectorID{e.By}
		s = s.with(e.Department, d)
		s.Corrections = append(slices.Clone(s.Corrections), e)
		if s.Concluded {
			s.Outcomes = s.union()
		}
	case HandedOver:
		s.HandedOver = append(slices.Clone(s.HandedOver), e)
	case TakenOver:
		s.TakenOver, s.Concluded, s.CompletedOn, s.Outcomes = &e, true, e.CompletedOn, e.Outcomes
	case Released:
		s.Released = &e
	case CalledOff:
		if e.Department == "" {
			s.CalledOff = &e
		} else {
			s.Absent = append(slices.Clone(s.Absent), e.Department)
		}
	}
	return s
}

func (s State) with(department string, d Department) State {
	all := make(map[string]Department, len(s.Departments)+1)
	for name, other := range s.Departments {
		all[name] = other
	}
	all[department] = d
	s.Departments = all
	return s
}

// union is what all departments found.
func (s State) union() []Outcome {
	var all []Outcome
	for _, d := range s.Departments {
		all = append(all, d.Recorded.Outcomes...)
	}
	return Union(all)
}

// complete tells whether every department with a team that can go on has recorded and at least two different inspectors stand
// by it, and the day on which the last department was done.
func (s State) complete() (on calendar.Date, ok bool) {
	signed := map[domain.InspectorID]bool{}
	for _, team := range s.Assigned.Teams {
		d, recorded := s.Departments[team.Department]
		if !recorded {
			if len(team.Inspectors) > 0 && !slices.Contains(s.Absent, team.Department) {
				return on, false
			}
			continue
		}
		for _, who := range d.Signed {
			signed[who] = true
		}
		if d.Recorded.CompletedOn.After(on) {
			on = d.Recorded.CompletedOn
		}
	}
	return on, len(signed) >= 2
}
