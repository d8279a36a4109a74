package enterprise

import (
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/projections"
)

// Name is the projection's name.
const Name = "enterprise.v3"

// The tables: the records without their entries, the entries, what each disclosure last said, and the number of the latest
// release.
const (
	Table           = "enterprise"
	entryTable      = "enterprise_entry"
	disclosureTable = "enterprise_disclosure"
	headTable       = "enterprise_head"
)

// Columns.
const (
	colCode     = "code"     // 统一社会信用代码, where it is not the id
	colNamedOn  = "named_on" // date of the record that an enterprise beyond the roster has its name from
	colEnds     = "ends"     // no entry's term ends before this day; empty if none ever had one
	colSubject  = "subject"
	colUntil    = "until" // last day of an entry; empty if no rule ends it
	colDate     = "date"
	colSequence = "sequence"
)

const headKey = "head"

// MaxEntries is how many entries a record shows; the public lists by enterprise have all.
const MaxEntries = 200

// Projection keeps the records.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{
			{Name: Table, Columns: []string{colCode, colNamedOn, colEnds}, Search: true},
			{
				Name: entryTable, Columns: []string{colSubject, colDate, colUntil},
				Indexes: [][]string{{colSubject, colDate}, {colSubject, colUntil}},
			},
			{Name: disclosureTable},
			{Name: headTable, Columns: []string{colSequence}},
		},
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	if disclosure.Releases(rec.Type) {
		return projectRelease(rec)
	}
	switch rec.Type {
	case roster.SubjectRegistered{}.EventType(), roster.SubjectRedescribed{}.EventType(), roster.SubjectRenamed{}.EventType(),
		roster.SubjectMoved{}.EventType(), roster.SubjectStatusRecorded{}.EventType():
		return projectProfile(rec)
	case roster.SubjectSucceeded{}.EventType(), roster.SubjectSuccessionRevoked{}.EventType():
		return projectSuccession(rec)
	}
	return projections.Change{}, nil
}
