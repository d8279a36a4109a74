package enterprise

import (
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/projections"
)

// Name is the projection's name.
const Name = "enterprise.v3"

// The tables: the records without their entries, what they were before, the entries, what each disclosure last said, and the
// end of the feed.
const (
	Table           = "enterprise"
	formerTable     = "enterprise_former"
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
	colPublicAt = "public_at"
	colLatest   = "latest"
	colStamp    = "stamp" // when it was changed last, see stamp
	// Of a former record, where in the log and at which stamp it became so and was so no more.
	colFromPlace, colUntilPlace = "from_place", "until_place"
	colFromStamp, colUntilStamp = "from_stamp", "until_stamp"
)

const headKey = "head"

// MaxEntries is how many entries a record shows; the public lists by enterprise have all.
const MaxEntries = 200

// Projection keeps the records.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{
			{Name: Table, Columns: []string{colCode, colNamedOn, colEnds, colStamp}, Search: true},
			{
				Name: formerTable, Columns: []string{colSubject, colFromPlace, colUntilPlace, colFromStamp, colUntilStamp},
				Indexes: [][]string{{colSubject, colUntilPlace}, {colSubject, colUntilStamp}},
			},
			{
				Name: entryTable, Columns: []string{colSubject, colDate, colUntil},
				Indexes: [][]string{{colSubject, colDate}, {colSubject, colUntil}},
			},
			{Name: disclosureTable},
			{Name: headTable, Columns: []string{colSequence, colPublicAt, colLatest}},
		},
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	if disclosure.Releases(rec.Type) {
		return projectRelease(rec)
	}
	switch roster.SubjectCodec().Today(rec.Type) {
	case roster.SubjectRegistered{}.EventType(), roster.SubjectRedescribed{}.EventType(), roster.SubjectRenamed{}.EventType(),
		roster.SubjectMoved{}.EventType(), roster.SubjectStatusRecorded{}.EventType():
		return projectProfile(rec)
	case roster.SubjectSucceeded{}.EventType(), roster.SubjectSuccessionRevoked{}.EventType():
		return projectSuccession(rec)
	}
	return projections.Change{}, nil
}
