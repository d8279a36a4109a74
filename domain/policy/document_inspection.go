package policy

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
)

// InspectionDocument composes what the public sees of an inspection as it stands now. Inspections know their authority by id
// alone: give the document to NameAuthority before it is submitted. An inspection that was never begun gives an empty
// document, which disclosure refuses.
func InspectionDocument(s inspection.State) disclosure.Document {
	switch {
	case s.Assigned != nil:
		return drawnDocument(s, *s.Assigned)
	case s.TakenOver != nil:
		return takenOverDocument(*s.TakenOver)
	}
	return disclosure.Document{}
}

// NameAuthority fills in the name of the authority as it is registered now; one that isn't registered is known by its id.
func NameAuthority(ctx context.Context, store es.Store, doc disclosure.Document) (disclosure.Document, error) {
	if doc.Authority.Name != "" || doc.Authority.ID == "" {
		return doc, nil
	}
	a, err := es.Load(ctx, store, authority.Decider, string(doc.Authority.ID))
	if err != nil {
		return doc, fmt.Errorf("policy: name of authority %s: %w", doc.Authority.ID, err)
	}
	doc.Authority.Name = cmp.Or(a.State.Name, string(doc.Authority.ID))
	return doc, nil
}

func drawnDocument(s inspection.State, a inspection.Assigned) disclosure.Document {
	body := &disclosure.InspectionBody{
		PlanID: a.Plan, TaskID: a.Task, TaskTitle: a.TaskTitle, TaskKind: a.TaskKind, DrawID: a.Draw,
		CompletedOn: s.CompletedOn, Outcomes: outcomes(s.Outcomes), OutcomeTable: s.Table,
	}
	for _, item := range a.Items {
		body.Items = append(body.Items, item.Matter)
	}
	var manners []string
	for _, team := range a.Teams {
		d, recorded := s.Departments[team.Department]
		if !recorded {
			continue
		}
		body.Departments = append(body.Departments, disclosure.Department{
			Name: team.Department, Outcomes: outcomes(d.Recorded.Outcomes), Manner: string(d.Recorded.Manner), CompletedOn: d.Recorded.CompletedOn,
		})
		if m := string(d.Recorded.Manner); !slices.Contains(manners, m) {
			manners = append(manners, m)
		}
	}
	body.Manner = strings.Join(manners, ",")
	for _, c := range s.Corrections {
		if !slices.Equal(c.Former, c.Made.Outcomes) { // else findings alone, which are not published
			body.Corrections = append(body.Corrections, disclosure.Correction{
				Department: c.Made.Department, Former: outcomes(c.Former), Outcomes: outcomes(c.Made.Outcomes), Reason: c.Made.Reason, On: c.Made.On,
			})
		}
	}
	withRectifications(body, s.Rectifications)
	return fitted(inspected(a.Inspection, a.Authority, a.Subject, a.SubjectName, a.TaskTitle, body))
}

func withRectifications(body *disclosure.InspectionBody, orders []inspection.Rectification) {
	for _, r := range orders {
		shown := disclosure.Rectification{Department: r.Department, Demand: r.Demand, DueOn: r.DueOn}
		if c := r.Recheck; c != nil {
			shown.RecheckedOn, shown.Passed, shown.Note = c.On, c.Passed, c.Note
		}
		body.Rectification = &shown
		if len(orders) > 1 {
			body.Rectifications = append(body.Rectifications, shown)
		}
	}
}

func takenOverDocument(t inspection.TakenOver) disclosure.Document {
	body := &disclosure.InspectionBody{
		Manner: string(t.Manner), CompletedOn: t.CompletedOn, Outcomes: outcomes(t.Outcomes), OutcomeTable: t.Table,
		Source: t.Source, RecordNo: t.RecordNo, Note: t.Note,
	}
	if t.Item != "" {
		body.Items = []string{t.Item}
	}
	return inspected(t.Inspection, t.Authority, t.Subject, t.SubjectName, t.Item, body)
}

func inspected(id string, by domain.AuthorityID, subject domain.SubjectID, name, title string, body *disclosure.InspectionBody) disclosure.Document {
	return disclosure.Document{
		Schema: disclosure.Schema, Kind: disclosure.Inspection, RecordID: id, Authority: disclosure.Authority{ID: by},
		Subjects: []disclosure.Subject{{ID: subject, Name: name}}, Date: body.CompletedOn, Title: cmp.Or(title, "检查结果"), Inspection: body,
	}
}

func outcomes(of []inspection.Outcome) []disclosure.Labelled {
	out := make([]disclosure.Labelled, len(of))
	for i, o := range of {
		out[i] = disclosure.Labelled{Code: string(o), Label: o.Label()}
	}
	return out
}
