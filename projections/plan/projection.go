package plan

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the projection's name.
const Name = "plan.v2"

// The tables: plans that are or were public, plans before their publication, and tasks.
const (
	Table      = "plan"
	DraftTable = "plan_draft"
	TaskTable  = "task"
)

// Columns.
const (
	colAuthority = "authority"
	colPlan      = "plan"
	colStatus    = "status"
	colPlace     = "place" // year of the plan and position of the publication, drafting or opening: newest last
)

// Projection keeps the views.
func Projection() projections.Projection {
	lists := [][]string{{colPlace}, {colAuthority, colPlace}, {colStatus, colPlace}, {colAuthority, colStatus, colPlace}}
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{
			{Name: Table, Columns: []string{colAuthority, colStatus, colPlace}, Indexes: lists},
			{Name: DraftTable, Columns: []string{colAuthority, colStatus, colPlace}, Indexes: lists},
			{
				Name: TaskTable, Columns: []string{colAuthority, colPlan, colStatus, colPlace},
				Indexes: append(lists, []string{colPlan, colPlace}, []string{colPlan, colStatus, colPlace}),
			},
		},
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	if !plan.Codec().Knows(rec.Type) {
		return projections.Change{}, nil
	}
	event, err := plan.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	id := rec.Stream.ID
	c := change{id: id, event: event, today: calendar.DateOf(meta.RecordedAt)}
	keys := []projections.Key{{Table: Table, Key: id}, {Table: DraftTable, Key: id}}
	switch e := event.(type) {
	case plan.TaskOpened:
		keys = append(keys, projections.Key{Table: TaskTable, Key: e.Task.ID})
	case plan.TaskCancelled:
		keys = append(keys, projections.Key{Table: TaskTable, Key: e.Task})
	case plan.Drafted, plan.Approved, plan.Published, plan.Amended, plan.Cancelled:
	}
	return projections.Change{Keys: keys, Apply: c.apply}, nil
}

// change is what one event does.
type change struct {
	id    string
	event plan.Event
	today calendar.Date // on which the event was recorded
}

func (c change) apply(rows *projections.Rows) error {
	v := &viewv1.Plan{}
	table, at := Table, ""
	for _, t := range []string{Table, DraftTable} {
		row, err := rows.Get(t, c.id)
		if err != nil {
			return err
		}
		if row != nil {
			if err := document.Decode(row, v); err != nil {
				return err
			}
			table, at = t, row.Columns[2]
		}
	}
	switch e := c.event.(type) {
	case plan.Drafted:
		c.drafted(v, e)
		table, at = DraftTable, place(e.Year, rows.Position())
	case plan.Approved:
		v.Status, v.ApprovedBy = string(plan.Agreed), e.By
	case plan.Published:
		v.Status, v.DocumentNo, v.AttachmentDigest = string(plan.Public), e.DocumentNo, e.AttachmentDigest
		v.PublishedOn, v.DraftedBy, v.ApprovedBy = e.PublishedOn.String(), "", ""
		rows.Delete(DraftTable, c.id)
		table, at = Table, place(int(v.GetYear()), rows.Position())
	case plan.Amended:
		c.amended(v, e)
	case plan.Cancelled:
		v.Status, v.CancellationReason = string(plan.CalledOff), e.Reason
	case plan.TaskOpened:
		v.OpenTasks++
		if err := c.open(rows, v, e.Task); err != nil {
			return err
		}
	case plan.TaskCancelled:
		v.OpenTasks--
		if err := cancelTask(rows, e); err != nil {
			return err
		}
	}
	v.StatusLabel = status(plan.Status(v.GetStatus()))
	return document.Put(rows, table, projections.Row{Key: c.id, Columns: []string{v.GetAuthorityId(), v.GetStatus(), at}}, v)
}

func (c change) drafted(v *viewv1.Plan, e plan.Drafted) {
	proto.Reset(v)
	v.Id, v.AuthorityId, v.Year, v.Title = c.id, string(e.Authority), uint32(e.Year), e.Title
	v.CatalogueId, v.CatalogueVersion, v.Joint = e.Catalogue, uint32(e.Version), e.Joint
	v.Status, v.DraftedBy = string(plan.Draft), e.By
	v.ContentDigest = content(v)
}

// content is the digest of what would be approved now.
func content(v *viewv1.Plan) string {
	return plan.Content{
		Plan: v.GetId(), Authority: domain.AuthorityID(v.GetAuthorityId()), Year: int(v.GetYear()), Title: v.GetTitle(),
		Catalogue: v.GetCatalogueId(), Version: int(v.GetCatalogueVersion()), Joint: v.GetJoint(),
	}.Digest()
}

// amended keeps what changed after the publication; before, nobody saw what it was, and what was approved is a draft again.
func (c change) amended(v *viewv1.Plan, e plan.Amended) {
	if e.Title != "" {
		v.Title = e.Title
	}
	if v.GetPublishedOn() == "" {
		v.ContentDigest = content(v)
	}
	switch {
	case v.GetPublishedOn() != "":
		v.Amendments = append(v.GetAmendments(), &viewv1.PlanAmendment{Title: e.Title, Reason: e.Reason, RecordedOn: c.today.String()})
	case e.Title != "" && v.GetStatus() == string(plan.Agreed):
		v.Status, v.ApprovedBy = string(plan.Draft), ""
	}
}

// place orders by year, then by position.
func place(year int, p es.Position) string {
	commit, prepare := p.Pair()
	return fmt.Sprintf("%04d/%s%s", year, projections.Num(commit), projections.Num(prepare))
}
