package grpcapi

import (
	"context"
	"fmt"
	"iter"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	"github.com/mingjian-ledger/mingjian/projections"
	drawview "github.com/mingjian-ledger/mingjian/projections/draw"
	"github.com/mingjian-ledger/mingjian/projections/roster"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// rosters is the draw.Source over the views: the subjects that the plan's authority keeps, and the inspectors of the
// authorities whose departments take part.
type rosters struct {
	views     projections.Reader
	task      plan.Task
	authority domain.AuthorityID
}

func (r rosters) authorities() []string {
	var out []string
	for _, d := range r.task.Departments {
		out = append(out, string(d.Authority))
	}
	return out
}

// LastChange is that of the rosters. Inspections that end during the scan are not looked at: they leave out one subject more
// or less, which is counted either way, and they never rest.
func (r rosters) LastChange(ctx context.Context) (es.Position, error) {
	return roster.LastChange(ctx, r.views)
}

// Subjects walks the roster and the last inspections side by side, both in the order of the ids.
func (r rosters) Subjects(ctx context.Context) iter.Seq2[draw.Candidate, error] {
	return func(yield func(draw.Candidate, error) bool) {
		var none draw.Candidate
		next, stop := iter.Pull2(drawview.LastChecks(ctx, r.views))
		defer stop()
		check, fault, more := next()
		// Not the scope's own districts, kinds and so on: who is left out is counted by reason.
		for v, err := range roster.Subjects(ctx, r.views, wholeRoster(r.authority)) {
			for err == nil && fault == nil && more && check.Subject < v.GetId() {
				check, fault, more = next()
			}
			if err == nil {
				err = fault
			}
			if err != nil {
				yield(none, err)
				return
			}
			c := candidate(v)
			if more && check.Subject == c.ID {
				c.LastChecked = check.On
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}

func wholeRoster(authority domain.AuthorityID) roster.SubjectFilter {
	return roster.SubjectFilter{Authority: string(authority), Districts: nil, Kinds: nil, Statuses: nil, Classes: nil, Industries: nil}
}

func candidate(v *viewv1.RosterSubject) draw.Candidate {
	return draw.Candidate{
		ID: v.GetId(), Kind: v.GetKind(), District: v.GetDistrict(), Status: v.GetStatus(), Class: v.GetRiskClass(),
		Industry: v.GetIndustry(), LastChecked: calendar.Date{},
	}
}

// Inspectors are those of the authorities that take part; the scope picks their departments.
func (r rosters) Inspectors(ctx context.Context) iter.Seq2[draw.Officer, error] {
	return func(yield func(draw.Officer, error) bool) {
		var none draw.Officer
		for v, err := range roster.Inspectors(ctx, r.views, roster.InspectorFilter{Authorities: r.authorities(), Departments: nil, Statuses: nil}) {
			if err != nil {
				yield(none, err)
				return
			}
			o := draw.Officer{
				Inspector: sortition.Inspector{
					ID: v.GetId(), Department: v.GetDepartment(), LicenceValidUntil: v.GetLicenceValidUntil(), Lines: v.GetLines(), Districts: v.GetDistricts(),
				},
				Authority: domain.AuthorityID(v.GetAuthorityId()), Suspended: v.GetStatus() == roster.Suspended,
			}
			if !yield(o, nil) {
				return
			}
		}
	}
}

// Conflicts are those of the same inspectors.
func (r rosters) Conflicts(ctx context.Context) iter.Seq2[sortition.Conflict, error] {
	return func(yield func(sortition.Conflict, error) bool) {
		var none sortition.Conflict
		for v, err := range roster.Conflicts(ctx, r.views, roster.ConflictFilter{Authorities: r.authorities()}) {
			if err != nil {
				yield(none, err)
				return
			}
			if !yield(sortition.Conflict{Inspector: v.GetInspectorId(), Subject: v.GetSubjectId()}, nil) {
				return
			}
		}
	}
}

// inspected tells whether a result is recorded for a drawn subject.
func (s DrawServer) inspected(ctx context.Context, drawID, subject string) (bool, error) {
	res, err := es.Load(ctx, s.Store, inspection.Decider, inspection.DrawnID(drawID, domain.SubjectID(subject)))
	if err != nil {
		return false, fmt.Errorf("grpcapi: inspection of %s: %w", subject, err)
	}
	return len(res.State.Departments) > 0, nil
}
