package returns

import (
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/domain/returns"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
	"github.com/mingjian-ledger/mingjian/projections"
)

// Name is the projection's name.
const Name = "return.v1"

// The tables: the rows, the counts, the schedules and deliveries, what changed last of each authority and kind, and what is kept
// of records that are no row yet.
const (
	RowTable    = "return_row"
	CountTable  = "return_count"
	StateTable  = "return_state"
	headTable   = "return_head"
	sourceTable = "return_source"
	taskTable   = "return_task"
)

// Columns.
const (
	colAuthority = "authority"
	colKind      = "kind"
	colScope     = "scope"
	colClosed    = "closed" // day on which dealing with it ended, open while it goes on, empty where there is nothing to deal with
	colTaken     = "taken"  // over from an older system
	colDate      = "date"
	colAt        = "at" // place of the first event in the log
	colYear      = "year"
	colLine      = "line"
	colRecorded  = "recorded"
)

// Kinds of rows.
const (
	Inspection = "inspection"
	Sampling   = "sampling"
	Licence    = "licence"
	Penalty    = "penalty"
)

// Scopes of licences and penalties: decisions, and the records of further parties to a decision.
const (
	Decided = "decided"
	CoParty = "co_party"
)

const (
	yes  = "1"
	no   = "0"
	open = "9999-12-31" // in the place of a day that is still to come
)

// Projection keeps the view.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{
			{
				Name: RowTable, Columns: []string{colAuthority, colKind, colScope, colClosed, colTaken, colDate, colAt},
				Indexes: [][]string{
					{colAuthority, colKind, colTaken, colDate}, {colAuthority, colKind, colScope, colTaken, colDate},
					{colAuthority, colKind, colScope, colTaken, colAt}, {colAuthority, colKind, colScope, colClosed},
				},
			},
			{Name: CountTable, Columns: []string{colAuthority, colYear}, Indexes: [][]string{{colAuthority, colYear}}},
			{Name: StateTable, Columns: []string{colAuthority}, Indexes: [][]string{{colAuthority}}},
			{Name: headTable, Columns: []string{colRecorded}},
			{Name: sourceTable},
			{Name: taskTable, Columns: []string{colLine}},
		},
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	switch {
	case plan.Codec().Today(rec.Type) == plan.TaskOpened{}.EventType():
		return projectTask(rec)
	case inspection.Codec().Knows(rec.Type):
		return projectInspection(rec)
	case sampling.ResultCodec().Knows(rec.Type):
		return projectSampling(rec)
	case licence.Codec().Knows(rec.Type):
		return projectLicence(rec)
	case penalty.Codec().Knows(rec.Type):
		return projectPenalty(rec)
	case returns.Codec().Knows(rec.Type):
		return projectReturn(rec)
	}
	return projections.Change{}, nil
}

// projectTask keeps the line of a task, for its inspections.
func projectTask(rec es.Record) (projections.Change, error) {
	event, err := plan.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	opened, ok := event.(plan.TaskOpened)
	if !ok {
		return projections.Change{}, nil
	}
	return projections.Change{Keys: []projections.Key{{Table: taskTable, Key: opened.Task.ID}}, Apply: func(rows *projections.Rows) error {
		rows.Put(taskTable, projections.Row{Key: opened.Task.ID, Columns: []string{projections.Clip(opened.Task.Line)}})
		return nil
	}}, nil
}
