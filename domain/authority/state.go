package authority

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

// State is an authority; without ID it is not registered.
type State struct {
	ID          domain.AuthorityID
	Name        string
	Code        string
	District    string
	Level       Level
	Departments []string // open ones, in the order in which they were opened
	Successor   domain.AuthorityID
	Layers      []Layer // of the review before a publication is approved; none: one review
	SourceName  string  // of the unit that data for credit platforms come from; nothing if it is the authority itself
	SourceCode  string
}

// Stands tells that the authority is registered and was not succeeded.
func (s State) Stands() bool { return s.ID != "" && s.Successor == "" }

func evolve(s State, event Event) State {
	switch e := event.(type) {
	case Registered:
		s = State{ID: e.ID, Name: e.Name, Code: e.Code, District: e.District, Level: e.Level, Departments: e.Departments}
	case Renamed:
		s.Name = e.Name
	case DepartmentOpened:
		s.Departments = append(slices.Clone(s.Departments), e.Name)
	case DepartmentClosed:
		s.Departments = slices.DeleteFunc(slices.Clone(s.Departments), func(d string) bool { return d == e.Name })
	case Succeeded:
		s.Successor = e.By
	case ReviewArranged:
		s.Layers = e.Layers
	case ReportingArranged:
		s.Code, s.SourceName, s.SourceCode = e.Code, e.SourceName, e.SourceCode
	}
	return s
}
