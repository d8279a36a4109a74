package grpcapi

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/catalogue"
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
	holder    func(ctx context.Context, authority string) (*viewv1.Party, error)
	task      plan.Task
	authority domain.AuthorityID
	matters   map[string][]string // numbers of the task's items by the key of their words
}

// mattersOf finds the task's items by their words, under which other lists have them too.
func mattersOf(task plan.Task, version catalogue.Version) map[string][]string {
	out := map[string][]string{}
	for _, no := range task.Items {
		if i, ok := version.Item(no); ok {
			key := drawview.MatterKey(i.Matter)
			out[key] = append(out[key], no)
		}
	}
	return out
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

// Subjects walks the roster, the last inspections and the checks by matter side by side, all in the order of the ids.
func (r rosters) Subjects(ctx context.Context) iter.Seq2[draw.Candidate, error] {
	return func(yield func(draw.Candidate, error) bool) {
		var none draw.Candidate
		last := beside(drawview.LastChecks(ctx, r.views), func(c drawview.Check) string { return c.Subject })
		defer last.stop()
		matters := beside(drawview.MatterChecks(ctx, r.views), func(c drawview.MatterCheck) string { return c.Subject })
		defer matters.stop()
		// Not the scope's own districts, kinds and so on: who is left out is counted by reason.
		for v, err := range roster.Subjects(ctx, r.views, wholeRoster(r.authority)) {
			if err != nil {
				yield(none, err)
				return
			}
			c := candidate(v, r.task.Line)
			checks := last.of(c.ID)
			c.Checks = r.checks(matters.of(c.ID))
			if err := cmp.Or(last.err, matters.err); err != nil {
				yield(none, err)
				return
			}
			for _, check := range checks {
				c.LastChecked = check.On
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}

// checks counts by item and year of the task's window; of several years the one with most counts.
func (r rosters) checks(list []drawview.MatterCheck) []draw.ItemChecks {
	type key struct {
		item string
		year int
	}
	times, drawn := map[key]int{}, map[string]bool{}
	for _, c := range list {
		if c.Year < r.task.WindowStart.Year() || c.Year > r.task.WindowEnd.Year() {
			continue
		}
		for _, matter := range c.Matters {
			for _, item := range r.matters[matter] {
				times[key{item, c.Year}]++
				drawn[item] = drawn[item] || c.Drawn && c.Authority == string(r.authority)
			}
		}
	}
	var out []draw.ItemChecks
	for _, item := range r.task.Items {
		c := draw.ItemChecks{Item: item, Times: 0, Drawn: drawn[item]}
		for year := r.task.WindowStart.Year(); year <= r.task.WindowEnd.Year(); year++ {
			c.Times = max(c.Times, times[key{item, year}])
		}
		if c.Times > 0 {
			out = append(out, c)
		}
	}
	return out
}

// walk goes along a sequence that is ascending by subject, as far as it is asked about.
type walk[T any] struct {
	next    func() (T, error, bool)
	stop    func()
	subject func(T) string
	ahead   T
	more    bool
	err     error
}

func beside[T any](sequence iter.Seq2[T, error], subject func(T) string) *walk[T] {
	w := &walk[T]{subject: subject}
	w.next, w.stop = iter.Pull2(sequence)
	w.ahead, w.err, w.more = w.next()
	return w
}

// of are the elements of a subject, which comes after those asked about before. After an error there are none.
func (w *walk[T]) of(subject string) (out []T) {
	for w.err == nil && w.more && w.subject(w.ahead) <= subject {
		if w.subject(w.ahead) == subject {
			out = append(out, w.ahead)
		}
		w.ahead, w.err, w.more = w.next()
	}
	return out
}

func wholeRoster(authority domain.AuthorityID) roster.SubjectFilter {
	return roster.SubjectFilter{Authority: string(authority), Districts: nil, Kinds: nil, Statuses: nil, Classes: nil, Industries: nil}
}

func candidate(v *viewv1.RosterSubject, line string) draw.Candidate {
	var in *viewv1.LineProfile
	for _, p := range v.GetProfiles() {
		if p.GetLine() == line {
			in = p
		}
	}
	return draw.Candidate{
		LineClass: in.GetLineClass(), KeyUnit: in.GetKeyUnit(), Licensed: len(in.GetLicences()) > 0,
		ID: v.GetId(), Kind: v.GetKind(), District: v.GetDistrict(), Status: v.GetStatus(), Class: v.GetRiskClass(),
		Industry: v.GetIndustry(), Succeeded: v.GetSuccessor().GetSubjectId() != "", LastChecked: calendar.Date{}, Checks: nil,
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
			if o.Authority, err = r.home(ctx, v.GetAuthorityId()); err != nil {
				yield(none, err)
				return
			}
			if !yield(o, nil) {
				return
			}
		}
	}
}

// home is the authority for which an inspector takes part: who is on the roster of one that was succeeded goes for the successor,
// unless the task itself still names the former.
func (r rosters) home(ctx context.Context, authority string) (domain.AuthorityID, error) {
	if slices.Contains(r.authorities(), authority) {
		return domain.AuthorityID(authority), nil
	}
	holder, err := r.holder(ctx, authority)
	return domain.AuthorityID(cmp.Or(holder.GetId(), authority)), err
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
