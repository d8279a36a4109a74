package policy

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/catalogue"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// assigners is how many inspections are assigned at a time, so that the store can commit them together.
const assigners = 16

// draw assigns what was drawn, and what took a replaced subject's place.
func (c cause) draw(ctx context.Context) error {
	switch draw.Codec().Today(c.rec.Type) {
	case draw.Drawn{}.EventType(), draw.Replaced{}.EventType():
	default:
		return nil
	}
	event, err := draw.Codec().Decode(c.rec.Type, c.rec.Data)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	a, err := c.assignment(ctx)
	if err != nil {
		return err
	}
	switch e := event.(type) {
	case draw.Drawn:
		return c.assignAll(ctx, a, e)
	case draw.Replaced:
		if err := c.assign(ctx, a, e.ReplacedBy); err != nil {
			return err
		}
		return c.release(ctx, a, e)
	case draw.Frozen, draw.TermsFixed, draw.PartyCommitted, draw.PartyRevealed, draw.BeaconEntered, draw.BeaconRecorded, draw.Aborted:
	}
	return nil
}

// assignment is what the inspections of one draw have in common, and the authorities of the departments.
func (c cause) assignment(ctx context.Context) (assignment, error) {
	d, err := es.Load(ctx, c.Store, draw.Decider, c.rec.Stream.ID)
	if err != nil {
		return assignment{}, fmt.Errorf("policy: %w", err)
	}
	f := d.State.Frozen
	if f == nil {
		return assignment{}, fmt.Errorf("policy: draw %s was never frozen", c.rec.Stream.ID)
	}
	p, err := es.Load(ctx, c.Store, plan.Decider, f.Plan)
	if err != nil {
		return assignment{}, fmt.Errorf("policy: %w", err)
	}
	list, err := es.Load(ctx, c.Store, catalogue.Decider, p.State.Catalogue)
	if err != nil {
		return assignment{}, fmt.Errorf("policy: %w", err)
	}
	task, _ := p.State.Task(f.Task)
	version, _ := list.State.Version(p.State.Version)
	a := assignment{homes: map[string]domain.AuthorityID{}, common: inspection.Assigned{
		Draw: f.Draw, Task: f.Task, Plan: f.Plan, Authority: f.Authority, Items: items(task, version),
		TaskTitle: task.Title, TaskKind: string(task.Kind), DueOn: f.WindowEnd,
		OpensOn: task.WindowStart, Catalogue: p.State.Catalogue, Version: p.State.Version,
	}}
	for _, department := range f.Departments {
		if department.Authority != f.Authority {
			a.homes[department.Name] = department.Authority
		}
	}
	return a, nil
}

type assignment struct {
	common inspection.Assigned
	homes  map[string]domain.AuthorityID // of departments of other authorities than the plan's
}

// maxItems bounds the matters of an assignment in bytes as stored, so that its event stays small; the item list has them whole.
const maxItems = 20 << 10

// items are the task's matters with their legal basis; where that is too long, without it, and then with their numbers alone.
func items(task plan.OpenedTask, version catalogue.Version) []inspection.Item {
	var out []inspection.Item
	for _, no := range task.Items {
		i, _ := version.Item(no)
		out = append(out, inspection.Item{No: no, Matter: cmp.Or(i.Matter, no), Basis: i.Basis})
	}
	if stored(out) <= maxItems {
		return out
	}
	size := 0
	for n := range out {
		out[n].Basis = nil
		if size += stored(out[n]); size > maxItems {
			out[n].Matter = out[n].No
		}
	}
	return out
}

// stored is how many bytes a value takes within an event.
func stored(v any) int {
	data, err := json.Marshal(v)
	if err != nil {
		return 0
	}
	return len(data)
}

// assignAll assigns the whole selection, once its last byte has shown that all are right. It goes on after a fault, so that a
// second try has less to do.
func (c cause) assignAll(ctx context.Context, a assignment, drawn draw.Drawn) error {
	for _, err := range draw.Selected(ctx, c.Blobs, drawn) {
		if err != nil {
			return fmt.Errorf("policy: %w", err)
		}
	}
	work := make(chan sortition.Selection)
	faults := make([]error, assigners)
	var running sync.WaitGroup
	for n := range assigners {
		running.Go(func() {
			for s := range work {
				if err := c.assign(ctx, a, s); err != nil {
					faults[n] = err
				}
			}
		})
	}
	var broken error
	for s, err := range draw.Selected(ctx, c.Blobs, drawn) {
		if err != nil {
			broken = fmt.Errorf("policy: %w", err)
			break
		}
		work <- s
	}
	close(work)
	running.Wait()
	return cmp.Or(broken, cmp.Or(faults...))
}

func (c cause) assign(ctx context.Context, a assignment, s sortition.Selection) error {
	subject, err := es.Load(ctx, c.Store, roster.Subjects, s.Subject)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	cmd := inspection.Assign{By: actor(a.common.Authority), Assigned: a.common}
	cmd.Assigned.Subject = domain.SubjectID(s.Subject)
	cmd.Assigned.SubjectName = cmp.Or(subject.State.Name, s.Subject)
	cmd.Assigned.Inspection = inspection.DrawnID(a.common.Draw, cmd.Assigned.Subject)
	for _, team := range s.Teams {
		t := inspection.Team{Department: team.Department, Authority: a.homes[team.Department], Inspectors: nil}
		for _, id := range team.Inspectors {
			t.Inspectors = append(t.Inspectors, domain.InspectorID(id))
		}
		cmd.Assigned.Teams = append(slices.Clip(cmd.Assigned.Teams), t)
	}
	m, err := c.metadata(a.common.Authority, "assign", s.Subject)
	if err != nil {
		return err
	}
	return send[inspection.State, inspection.Command](ctx, c, inspection.Decider, cmd.Assigned.Inspection, cmd, m)
}

// release takes the replaced subject's assignment back.
func (c cause) release(ctx context.Context, a assignment, e draw.Replaced) error {
	m, err := c.metadata(a.common.Authority, "release", e.SubjectOut)
	if err != nil {
		return err
	}
	cmd := inspection.Release{
		By:       actor(a.common.Authority),
		Released: inspection.Released{Reason: string(e.Reason), By: e.ReplacedBy.Subject},
	}
	id := inspection.DrawnID(a.common.Draw, domain.SubjectID(e.SubjectOut))
	return send[inspection.State, inspection.Command](ctx, c, inspection.Decider, id, cmd, m)
}
