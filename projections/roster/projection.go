package roster

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/projections"
)

// Name is the projection's name.
const Name = "roster.v2"

// The tables: subjects and inspectors by id, conflicts by inspector and subject, the codes of subjects whose id is none, and the one row whose position is that of
// the last change of the others.
const (
	SubjectTable   = "roster_subject"
	InspectorTable = "roster_inspector"
	ConflictTable  = "roster_conflict"
	codeTable      = "roster_code"
	changeTable    = "roster_change"
	changeKey      = "last"
)

// Columns of subjects.
const (
	colAuthority = "authority"
	colCity      = "city" // first four digits of the district
	colDistrict  = "district"
	colKind      = "kind"
	colStatus    = "status"
	colClass     = "class" // roster.Unclassified without one
	colIndustry  = "industry"
)

// Columns of inspectors; authority and status as above.
const colDepartment = "department"

// Places of columns that filters look at.
const (
	atDistrict = 2 // of subjects
	atKind     = 3
	atStatus   = 4
	atClass    = 5
	atIndustry = 6

	atDepartment      = 1 // of inspectors
	atInspectorStatus = 2
)

// Projection keeps the views.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{
			{
				Name: SubjectTable, Columns: []string{colAuthority, colCity, colDistrict, colKind, colStatus, colClass, colIndustry},
				Indexes: [][]string{{colAuthority}, {colAuthority, colCity}, {colAuthority, colDistrict}},
			},
			{
				Name: InspectorTable, Columns: []string{colAuthority, colDepartment, colStatus},
				Indexes: [][]string{{colAuthority}, {colAuthority, colDepartment}},
			},
			{Name: ConflictTable, Columns: []string{colAuthority}, Indexes: [][]string{{colAuthority}}},
			{Name: codeTable},
			{Name: changeTable},
		},
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	switch {
	case roster.SubjectCodec().Knows(rec.Type):
		event, err := roster.SubjectCodec().Decode(rec.Type, rec.Data)
		if err != nil {
			return projections.Change{}, err
		}
		meta, err := rec.Metadata()
		if err != nil {
			return projections.Change{}, err
		}
		return subjectChange(rec.Stream.ID, event, calendar.DateOf(meta.RecordedAt)), nil
	case roster.InspectorCodec().Knows(rec.Type):
		event, err := roster.InspectorCodec().Decode(rec.Type, rec.Data)
		if err != nil {
			return projections.Change{}, err
		}
		return inspectorChange(rec.Stream.ID, event), nil
	}
	return projections.Change{}, nil
}

// changed notes that the rosters are others from here on.
func changed(rows *projections.Rows) { rows.Put(changeTable, projections.Row{Key: changeKey}) }

// conflictKey orders by inspector, then by subject, as draws list them: no inspector id holds a character as low as a blank.
func conflictKey(inspector string, subject domain.SubjectID) string {
	return inspector + " " + string(subject)
}
