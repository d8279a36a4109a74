package draw

import (
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the projection's name.
const Name = "draw.v2"

// The tables: draws by id, drawn subjects by draw and subject, the day of the last inspection by subject, and by draw what people
// entered for a source, which is shown when two agree. Beside them stands MatterTable.
const (
	Table        = "draw"
	SubjectTable = "drawn_subject"
	CheckedTable = "last_checked"
	entryTable   = "draw_entry"
)

// Columns.
const (
	colTask      = "task"
	colPlan      = "plan"
	colAuthority = "authority"
	colAt        = "at" // place of the freezing in the log
	colDraw      = "draw"
	colSubject   = "subject"
)

// Projection keeps draws, drawn subjects and the days of the last inspections.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{
			{
				Name: Table, Columns: []string{colTask, colPlan, colAuthority, colAt},
				Indexes: [][]string{{colAt}, {colTask, colAt}, {colPlan, colAt}, {colAuthority, colAt}},
			},
			{Name: SubjectTable, Columns: []string{colDraw, colSubject}, Indexes: [][]string{{colDraw, colSubject}}},
			{Name: CheckedTable},
			{Name: entryTable},
			{Name: MatterTable},
		},
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	if draw.Codec().Knows(rec.Type) {
		return projectDraw(rec)
	}
	switch inspection.Codec().Today(rec.Type) {
	case inspection.Assigned{}.EventType(), inspection.Released{}.EventType(), inspection.CalledOff{}.EventType(),
		inspection.Concluded{}.EventType(), inspection.TakenOver{}.EventType():
		return projectInspection(rec)
	}
	return projections.Change{}, nil
}

func projectDraw(rec es.Record) (projections.Change, error) {
	e, err := draw.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	c := change{id: rec.Stream.ID, event: e, by: meta}
	return projections.Change{Keys: c.keys(), Apply: c.apply}, nil
}

// change is one event of a draw, on its way into the tables.
type change struct {
	id    string
	event draw.Event
	by    es.Metadata
}

func (c change) keys() []projections.Key {
	keys := []projections.Key{{Table: Table, Key: c.id}, {Table: entryTable, Key: c.id}}
	if former := c.former(); former != "" {
		keys = append(keys, projections.Key{Table: Table, Key: former})
	}
	return keys
}

// former is the draw of the task before the one that is frozen.
func (c change) former() string {
	if e, ok := c.event.(draw.Frozen); ok && e.Number > 1 {
		return draw.ID(e.Task, e.Number-1)
	}
	return ""
}

func (c change) apply(rows *projections.Rows) error {
	v, entries := &viewv1.Draw{}, &viewv1.DrawEntries{}
	known, err := document.Get(rows, Table, c.id, v)
	if err != nil {
		return err
	}
	if _, err := document.Get(rows, entryTable, c.id, entries); err != nil {
		return err
	}
	row := projections.Row{Key: c.id}
	if known {
		had, err := rows.Get(Table, c.id)
		if err != nil {
			return err
		}
		row.Columns = had.Columns
	}
	if former := c.former(); former != "" {
		before := &viewv1.Draw{}
		if _, err := document.Get(rows, Table, former, before); err != nil {
			return err
		}
		v.Former = formerOf(before)
	}
	apply(v, c.event, instant(c.by.RecordedAt))
	applyEntries(v, entries, c.event)
	v.Acts = append(v.Acts, act(c.event, c.by))
	if !known {
		row.Columns = []string{v.GetTaskId(), v.GetPlanId(), v.GetAuthorityId(), place(rows.Position())}
	}
	if _, ok := c.event.(draw.BeaconEntered); ok {
		if err := document.Put(rows, entryTable, projections.Row{Key: c.id}, entries); err != nil {
			return err
		}
	}
	return document.Put(rows, Table, row, v)
}

// projectInspection looks at assignments, which tell a drawn subject's name, and at ends, which tell when it was inspected.
func projectInspection(rec es.Record) (projections.Change, error) {
	e, err := inspection.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	_, subject, _ := strings.Cut(rec.Stream.ID, ":") // inspection.DrawnID
	switch e := e.(type) {
	case inspection.Assigned:
		meta, err := rec.Metadata()
		if err != nil {
			return projections.Change{}, err
		}
		v := &viewv1.DrawnSubject{
			DrawId: e.Draw, TaskId: e.Task, SubjectId: string(e.Subject), SubjectName: e.SubjectName, InspectionId: e.Inspection,
		}
		drawn := projections.Change{Apply: func(rows *projections.Rows) error { return putSubject(rows, v) }}
		return together(drawn, assignedMatters(e, calendar.DateOf(meta.RecordedAt))), nil
	case inspection.Released:
		return together(onSubject(rec.Stream.ID, func(v *viewv1.DrawnSubject) { v.Replaced = true }), noMatters(subject, rec.Stream.ID)), nil
	case inspection.CalledOff:
		if e.Department != "" {
			break
		}
		called := onSubject(rec.Stream.ID, func(v *viewv1.DrawnSubject) { v.CalledOffReason = e.Reason })
		return together(called, noMatters(subject, rec.Stream.ID)), nil
	case inspection.Concluded:
		return together(checked(subject, e.CompletedOn), concludedMatters(subject, rec.Stream.ID, e.CompletedOn)), nil
	case inspection.TakenOver:
		return together(checked(string(e.Subject), e.CompletedOn), takenOverMatter(e)), nil
	case inspection.Recorded, inspection.Confirmed, inspection.RectificationOrdered, inspection.Rechecked,
		inspection.Corrected, inspection.HandedOver, inspection.FollowUpClosed, inspection.NoticeIssued, inspection.NoticeServed:
	}
	return projections.Change{}, nil
}

// onSubject changes a drawn subject, if it is there.
func onSubject(id string, change func(*viewv1.DrawnSubject)) projections.Change {
	key := projections.Key{Table: SubjectTable, Key: id}
	return projections.Change{Keys: []projections.Key{key}, Apply: func(rows *projections.Rows) error {
		v := &viewv1.DrawnSubject{}
		if known, err := document.Get(rows, SubjectTable, id, v); err != nil || !known {
			return err
		}
		change(v)
		return putSubject(rows, v)
	}}
}

func putSubject(rows *projections.Rows, v *viewv1.DrawnSubject) error {
	row := projections.Row{Key: v.GetInspectionId(), Columns: []string{v.GetDrawId(), v.GetSubjectId()}}
	return document.Put(rows, SubjectTable, row, v)
}

// checked keeps the latest day: older records are taken over later.
func checked(subject string, on calendar.Date) projections.Change {
	if subject == "" || on.IsZero() {
		return projections.Change{}
	}
	key := projections.Key{Table: CheckedTable, Key: subject}
	return projections.Change{Keys: []projections.Key{key}, Apply: func(rows *projections.Rows) error {
		row, err := rows.Get(CheckedTable, subject)
		if err != nil {
			return err
		}
		if row == nil || string(row.Doc) < on.String() {
			rows.Put(CheckedTable, projections.Row{Key: subject, Doc: []byte(on.String())})
		}
		return nil
	}}
}

// place makes an order column of a position.
func place(p es.Position) string {
	commit, _ := p.Pair()
	return projections.Num(commit)
}

func instant(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }
