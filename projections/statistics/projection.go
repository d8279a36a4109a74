package statistics

import (
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/projections"
)

// Name is the projection's name.
const Name = "statistics.v2"

// The tables: the counts, and what each record adds to them.
const (
	Table       = "statistic"
	sourceTable = "statistic_source"
)

// Columns.
const (
	colMeasure   = "measure"
	colAuthority = "authority"
	colYear      = "year"
	colUntil     = "until"  // of a disclosure: last day on the portal, empty if no rule ends it or it is not shown there
	colAwaits    = "awaits" // of a draw: the commitments, reveals and beacon values that are still to come
)

// The measures.
const (
	InspectionsByOutcome = "inspections_by_outcome"
	PenaltiesByKind      = "penalties_by_kind"
	LicencesByAction     = "licences_by_action"
	LicencesByCategory   = "licences_by_category"
	ListingsByGround     = "listings_by_ground"
	ReleasesByKind       = "releases_by_kind"
	DrawsByState         = "draws_by_state"
	TasksByKind          = "tasks_by_kind"
	RequestsByOutcome    = "correction_requests_by_outcome"
)

// Projection keeps the counts.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{
			{
				Name: Table, Columns: []string{colMeasure, colAuthority, colYear},
				Indexes: [][]string{{colAuthority, colYear}, {colMeasure, colAuthority, colYear}},
			},
			{Name: sourceTable, Columns: []string{colAwaits, colUntil}, Indexes: [][]string{{colUntil}}},
		},
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	if disclosure.Releases(rec.Type) {
		return projectRelease(rec)
	}
	switch plan.Codec().Today(rec.Type) {
	case plan.Drafted{}.EventType(), plan.TaskOpened{}.EventType(), plan.TaskCancelled{}.EventType():
		return projectPlan(rec)
	}
	if dispute.Codec().Knows(rec.Type) {
		return projectDispute(rec)
	}
	if draw.Codec().Knows(rec.Type) {
		return projectDraw(rec)
	}
	return projections.Change{}, nil
}
