package policy_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/catalogue"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/draw/drawtest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

const (
	bureau domain.AuthorityID = "11540000MB0000001A"
	fire   domain.AuthorityID = "11540000MB0000002B"
	drawID                    = "xz-2026-t1-1"
)

// world is a log with what a draw needs, and the reactions to it.
type world struct {
	testing.TB
	store   *estest.Store
	blobs   *drawtest.Memory
	refused []error
	next    map[es.Stream]es.Revision
	n       int
	done    int // records reacted to

	platforms policy.Platforms
	since     time.Time // what is added is recorded in the seconds after it
}

func newWorld(t testing.TB) *world {
	w := &world{TB: t, store: estest.NewStore(t), blobs: &drawtest.Memory{}, next: map[es.Stream]es.Revision{}, since: time.Unix(0, 0).UTC()}
	w.add("authority", string(bureau), authority.Registered{ID: bureau, Name: "西藏自治区市场监督管理局", District: "540000", Level: authority.Province})
	return w
}

func (w *world) add(category, id string, events ...es.Event) {
	w.Helper()
	w.n++
	command := es.DeriveID("", fmt.Sprint("command", w.n))
	proposed, err := es.Propose(es.Metadata{
		Command: command, Correlation: command, Causation: command, Actor: "wang", RecordedAt: w.since.Add(time.Duration(w.n) * time.Second),
	}, events...)
	if err != nil {
		w.Fatal(err)
	}
	stream := es.Stream{Category: category, ID: id}
	want := es.Expected(es.NoStream{})
	if r, ok := w.last(stream); ok {
		want = es.Exactly(r)
	}
	if _, err := w.store.Append(w.Context(), stream, want, proposed...); err != nil {
		w.Fatal(err)
	}
}

func (w *world) last(stream es.Stream) (last es.Revision, ok bool) {
	for r, err := range w.store.Read(w.Context(), stream, 0) {
		if err != nil {
			w.Fatal(err)
		}
		last, ok = r.Revision, true
	}
	return last, ok
}

func (w *world) reactions() policy.Reactions {
	return policy.Reactions{
		Store: w.store, Blobs: w.blobs, Clock: func() time.Time { return time.Unix(1_700_000_000, 0) }, Open: openInLog{w},
		Platforms: w.platforms, Held: heldInLog{w},
		Refused: func(_ context.Context, _ es.Record, err error) { w.refused = append(w.refused, err) },
	}
}

// react handles everything that is new, also what the reactions add. A record whose reaction fails comes again, as the
// reactor gives it.
func (w *world) react() {
	w.Helper()
	for tries := 0; w.done < len(w.store.All()); {
		err := w.reactions().Handle(w.Context(), w.store.All()[w.done])
		if err == nil {
			err = w.reactions().Deliver(w.Context(), w.store.All()[w.done])
		}
		if err == nil {
			w.done++
			continue
		}
		if tries++; tries > 20 {
			w.Fatalf("the reaction never succeeds: %v", err)
		}
	}
}

func stateOf[S, C any, E es.Event](w *world, d es.Decider[S, C, E], id string) S {
	w.Helper()
	res, err := es.Load(w.Context(), w.store, d, id)
	if err != nil {
		w.Fatal(err)
	}
	return res.State
}

// prepare records roster, list, plan and task.
func (w *world) prepare() {
	w.add("catalogue", "food",
		catalogue.VersionDrafted{Catalogue: "food", Authority: bureau, Version: 1, Items: []catalogue.Item{
			{No: "1", Matter: "营业执照公示", Basis: []string{"条例第十条"}}, {No: "2", Matter: "消防设施"}, {No: "3", Matter: "计量器具"}}},
		catalogue.VersionPublished{Version: 1, PublishedOn: day("2026-01-01")})
	w.add("plan", "xz-2026", plan.Drafted{Plan: "xz-2026", Authority: bureau, Year: 2026, Catalogue: "food", Version: 1},
		plan.TaskOpened{Task: plan.Task{ID: "xz-2026-t1", Title: "食品经营联合抽查", Kind: plan.Untargeted, Items: []string{"1", "2"}, WindowStart: day("2026-11-01"), WindowEnd: day("2026-12-31")}})
	for n := range 6 {
		id := domain.SubjectID(fmt.Sprintf("ext:r:%d", n))
		w.add("subject", string(id), roster.SubjectRegistered{ID: id, Name: fmt.Sprintf("公司%d", n), Authority: bureau, Kind: roster.Enterprise, Status: roster.Active})
	}
}

// drawn draws two of six subjects, with inspectors of two authorities, and returns the draw's state.
func (w *world) drawn() draw.State {
	w.Helper()
	w.prepare()
	var subjects []sortition.Subject
	for n := range 6 {
		subjects = append(subjects, sortition.Subject{ID: fmt.Sprintf("ext:r:%d", n), Stratum: "none", District: "540100"})
	}
	var officers []sortition.Inspector
	for n := range 5 {
		department := []string{"市场监管", "消防"}[min(n/3, 1)]
		officers = append(officers, sortition.Inspector{ID: fmt.Sprintf("XZ-%d", n), Department: department, LicenceValidUntil: "2027-12-31", Lines: []string{"food"}, Districts: []string{"540000"}})
	}
	pools, err := draw.TakePools(w.Context(), w.blobs, fixedRoster{subjects, officers}, draw.Scope{Strata: []string{"none"},
		Teams: []draw.TeamOfOfficer{{Authority: bureau, Department: "市场监管"}, {Authority: bureau, Department: "消防"}}})
	if err != nil {
		w.Fatal(err)
	}
	frozen := draw.Frozen{
		Draw: drawID, Task: "xz-2026-t1", Plan: "xz-2026", Authority: bureau, Number: 1, Line: "food", WindowEnd: day("2026-12-31"),
		Strata:      []sortition.Stratum{{Name: "none", Count: 2}},
		Departments: []draw.Department{{Name: "市场监管", Authority: bureau, TeamSize: 2}, {Name: "消防", Authority: fire, TeamSize: 1}},
		Subjects:    pools.Subjects, Inspectors: pools.Inspectors, Conflicts: pools.Conflicts, Layers: pools.Layers, AtPosition: pools.AtPosition,
	}
	s := draw.State{Frozen: &frozen, Fixed: &draw.TermsFixed{Beacon: &sortition.BeaconTerms{Name: "lottery", Round: "1", NotBefore: "2026-11-01T00:00:00Z"}}}
	s.Fixed.Terms = s.Terms().Digest()
	s.Beacon = &draw.BeaconRecorded{Value: sortition.Bytes("01-02-03")}
	out, err := draw.Compute(w.Context(), w.blobs, s)
	if err != nil {
		w.Fatal(err)
	}
	w.add("draw", drawID, frozen, *s.Fixed, *s.Beacon, out)
	s.Drawn = &out
	return s
}

func (w *world) selected(s draw.State) (out []sortition.Selection) {
	w.Helper()
	for sel, err := range draw.Selected(w.Context(), w.blobs, *s.Drawn) {
		if err != nil {
			w.Fatal(err)
		}
		out = append(out, sel)
	}
	return out
}

// conclude records what a drawn inspection found, by all who must.
func (w *world) conclude(id string, outcomes ...inspection.Outcome) {
	w.Helper()
	s := stateOf(w, inspection.Decider, id)
	var events []es.Event
	for _, team := range s.Assigned.Teams {
		events = append(events, inspection.Recorded{Department: team.Department, By: team.Inspectors[0], Manner: inspection.OnSite, Outcomes: outcomes, CompletedOn: day("2026-11-20")})
	}
	w.add("inspection", id, append(events, inspection.Concluded{CompletedOn: day("2026-11-20"), Outcomes: outcomes, Table: inspection.OutcomeTable})...)
}

// again demands that another document is under way, for that reason.
func (w *world) again(id, before, reason string) string {
	w.Helper()
	d := stateOf(w, disclosure.Decider, "inspection."+id).Draft
	if d.Digest == before || d.Reason != reason || d.Stage != disclosure.Awaiting || d.Author != "wang" || len(w.refused) > 0 {
		w.Errorf("%s: draft %+v, refused %v", reason, d, w.refused)
	}
	return d.Digest
}

// publish takes a submitted document to the public.
func (w *world) publish(id string) {
	w.Helper()
	d := stateOf(w, disclosure.Decider, id).Draft
	w.add("disclosure", id, disclosure.Reviewed{Digest: d.Digest, By: "li", SecrecyClear: true}, disclosure.Approved{Digest: d.Digest, By: "zhao"},
		disclosure.Published{Document: d.Document, Digest: d.Digest, Number: 1, By: "zhao", On: day("2026-03-20")})
}
