package inspection

import (
	"cmp"
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

// Rectification is the order that a department gave last.
type Rectification struct {
	Department string
	Demand     string
	DueOn      calendar.Date
	Open       bool // not passed a re-check
	Recheck    *Rechecked
}

// Correction is a correction with what stood before it.
type Correction struct {
	Made   Corrected
	Former []Outcome
}

// FollowUp is a procedure that goes on from here; it is open until it is closed.
type FollowUp struct {
	Begun  HandedOver
	Closed *FollowUpClosed
}

// Notice is a notice to the subject, and how it was served.
type Notice struct {
	Issued NoticeIssued
	Served *NoticeServed
}

// State is an inspection as it stands.
type State struct {
	Assigned    *Assigned  // nil: not drawn
	TakenOver   *TakenOver // nil: not from an older system
	Departments map[string]Department
	Concluded   bool
	CompletedOn calendar.Date
	Outcomes    []Outcome // of the whole, once it is concluded
	Table       string    // version of the table that they are of
	Corrections []Correction
	// Rectifications are the last orders of each department, the latest at the end.
	Rectifications []Rectification
	FollowUps      []FollowUp
	Notices        []Notice
	Released       *Released  // nil: not released
	CalledOff      *CalledOff // nil: not called off as a whole
	Absent         []string   // departments that were called off
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
		s.Concluded, s.CompletedOn, s.Outcomes, s.Table = true, e.CompletedOn, e.Outcomes, e.Table
	case RectificationOrdered:
		s = s.ordered(Rectification{Department: cmp.Or(e.Department, s.departmentOf(e.By)), Demand: e.Demand, DueOn: e.DueOn, Open: true})
	case Rechecked:
		r := s.order(e.Department)
		r.Open, r.Recheck = !e.Passed, &e
		s = s.ordered(r)
	case Corrected:
		s = s.corrected(e)
	case HandedOver:
		s.FollowUps = append(slices.Clone(s.FollowUps), FollowUp{Begun: e})
	case FollowUpClosed:
		s.FollowUps = slices.Clone(s.FollowUps)
		for n := range s.FollowUps {
			if f := &s.FollowUps[n]; f.Begun.To == e.To && f.Closed == nil {
				f.Closed = &e
			}
		}
	case NoticeIssued:
		s.Notices = append(slices.Clone(s.Notices), Notice{Issued: e})
	case NoticeServed:
		s.Notices = slices.Clone(s.Notices)
		for n := range s.Notices {
			if s.Notices[n].Issued.No == e.No {
				s.Notices[n].Served = &e
			}
		}
	case TakenOver:
		s.TakenOver, s.Concluded, s.CompletedOn, s.Outcomes, s.Table = &e, true, e.CompletedOn, e.Outcomes, e.Table
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

func (s State) corrected(e Corrected) State {
	d := s.Departments[e.Department]
	s.Corrections = append(slices.Clone(s.Corrections), Correction{Made: e, Former: d.Recorded.Outcomes})
	d.Recorded.Outcomes = e.Outcomes
	if len(e.Findings) > 0 {
		d.Recorded.Findings = e.Findings
	}
	d.Signed = []domain.InspectorID{e.By}
	s = s.with(e.Department, d)
	if s.Concluded {
		s.Outcomes, s.Table = s.union(), cmp.Or(e.Table, s.Table)
	}
	return s
}

// order is the last order of a department, or the very last where none is named.
func (s State) order(department string) Rectification {
	for _, r := range slices.Backward(s.Rectifications) {
		if department == "" || r.Department == department {
			return r
		}
	}
	return Rectification{Department: department}
}

// ordered puts an order at the end, in the place of the department's former one.
func (s State) ordered(r Rectification) State {
	others := slices.DeleteFunc(slices.Clone(s.Rectifications), func(o Rectification) bool { return o.Department == r.Department })
	s.Rectifications = append(others, r)
	return s
}

// departmentOf is the department in whose team an inspector is, empty without one.
func (s State) departmentOf(who domain.InspectorID) string {
	if s.Assigned != nil {
		for _, team := range s.Assigned.Teams {
			if slices.Contains(team.Inspectors, who) {
				return team.Department
			}
		}
	}
	return ""
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
