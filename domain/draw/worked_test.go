package draw

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/draw/drawtest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// roster is a Source over lists. Moves is how often it changes while it is read.
type roster struct {
	candidates []Candidate
	officers   []Officer
	conflicts  []sortition.Conflict
	moves      int
	position   uint64
}

func (r *roster) Subjects(context.Context) iter.Seq2[Candidate, error] {
	if r.moves > 0 {
		r.moves--
		r.position++
	}
	return sortition.Values(r.candidates)
}

func (r *roster) Inspectors(context.Context) iter.Seq2[Officer, error] {
	return sortition.Values(r.officers)
}

func (r *roster) Conflicts(context.Context) iter.Seq2[sortition.Conflict, error] {
	return sortition.Values(r.conflicts)
}

func (r *roster) LastChange(context.Context) (es.Position, error) { return es.At(r.position, 0), nil }

// exampleRoster holds the worked example's pools and one subject that is not active.
func exampleRoster(b sortition.Bundle) (*roster, Scope) {
	r := &roster{position: 41, conflicts: b.Conflicts}
	scope := Scope{Strata: []string{"A", "B", "C", "D"}}
	subjects := append(b.Subjects, sortition.Subject{ID: "91540999MA6TCT0001", Stratum: "A", District: "540321"})
	for s, _ := range sortition.SortedPools(subjects, nil, nil).Subjects {
		c := Candidate{ID: s.ID, Kind: "enterprise", District: s.District, Status: "active", Class: s.Stratum}
		if s.ID == "91540999MA6TCT0001" {
			c.Status = "deregistered"
		}
		r.candidates = append(r.candidates, c)
	}
	for i, _ := range sortition.SortedPools(nil, b.Inspectors, nil).Inspectors {
		r.officers = append(r.officers, Officer{Inspector: i, Authority: bureau})
	}
	for _, d := range b.Departments {
		scope.Teams = append(scope.Teams, TeamOfOfficer{Authority: bureau, Department: d.Name})
	}
	return r, scope
}

// example plays the worked example through the aggregate, its times moved before the beacon's.
func example(t *testing.T, b sortition.Bundle, blobs Blobs) State {
	t.Helper()
	source, scope := exampleRoster(b)
	pools, err := TakePools(t.Context(), blobs, source, scope)
	if err != nil {
		t.Fatal(err)
	}
	f := Frozen{
		Draw: b.DrawID, Task: b.TaskID, Plan: "plan-2026", Authority: bureau, Number: b.Number, Line: b.Line,
		WindowEnd: calendar.MustParse(b.WindowEnd), WorkloadCap: b.WorkloadCap, Strata: b.Strata,
		Subjects: pools.Subjects, Inspectors: pools.Inspectors, Conflicts: pools.Conflicts,
		Layers: pools.Layers, Exclusions: pools.Exclusions, AtPosition: pools.AtPosition,
	}
	for _, d := range b.Departments {
		f.Departments = append(f.Departments, Department{Name: d.Name, Authority: bureau, TeamSize: d.TeamSize})
	}
	at, err := time.Parse(time.RFC3339, b.Beacon.NotBefore)
	if err != nil {
		t.Fatal(err)
	}
	commands := []Command{Freeze{By: planner, Frozen: f}}
	fix := FixTerms{By: planner, At: at.Add(-48 * time.Hour), Beacon: &b.Beacon.BeaconTerms}
	for _, c := range b.Commitments {
		fix.Parties = append(fix.Parties, Party{Name: c.Party, Account: "of " + c.Party})
	}
	commands = append(commands, fix)
	for _, c := range b.Commitments {
		committedAt, err := time.Parse(time.RFC3339, c.CommittedAt)
		if err != nil {
			t.Fatal(err)
		}
		commands = append(commands, Commit{By: domain.Actor{Account: "of " + c.Party}, At: committedAt, Party: c.Party, Commitment: c.Commitment})
	}
	commands = append(commands, RecordBeacon{By: planner, At: at, Value: b.Beacon.Value})
	for _, r := range b.Reveals {
		commands = append(commands, Reveal{By: domain.Actor{Account: "of " + r.Party}, At: at, Party: r.Party, Nonce: r.Nonce})
	}
	s := do(t, Decider.Initial, commands...)
	out, err := Compute(t.Context(), blobs, s)
	if err != nil {
		t.Fatal(err)
	}
	s = do(t, s, Run{By: planner, Drawn: out})
	for _, r := range b.Replacements {
		next, err := Next(t.Context(), blobs, s, r.SubjectOut, Reason(r.Reason))
		if err != nil {
			t.Fatal(err)
		}
		s = do(t, s, Replace{By: planner, SubjectOut: r.SubjectOut, Reason: Reason(r.Reason), Next: next})
	}
	return s
}

func do(t *testing.T, s State, commands ...Command) State {
	t.Helper()
	for _, c := range commands {
		events, err := decide(s, c)
		if err != nil || len(events) == 0 {
			t.Fatalf("%T: %d events, %v", c, len(events), err)
		}
		for _, e := range events {
			s = evolve(s, e)
		}
	}
	return s
}

func TestTheWorkedExample(t *testing.T) {
	t.Parallel()
	want := worked(t)
	blobs := &drawtest.Memory{}
	s := example(t, want, blobs)
	if s.Fixed.Terms != want.Terms || s.Drawn.Seed != want.Seed {
		t.Errorf("terms %s and seed %s, want %s and %s", s.Fixed.Terms, s.Drawn.Seed, want.Terms, want.Seed)
	}
	var selected []sortition.Selection
	for sel, err := range Selected(t.Context(), blobs, *s.Drawn) {
		if err != nil {
			t.Fatal(err)
		}
		selected = append(selected, sel)
	}
	if diff := cmp.Diff(want.Selected, selected); diff != "" {
		t.Errorf("another selection (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.Replacements, s.Replacements()); diff != "" {
		t.Errorf("other replacements (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.Exclusions, s.Frozen.Exclusions); diff != "" {
		t.Errorf("other exclusions (-want +got):\n%s", diff)
	}

	var out bytes.Buffer
	if err := WriteBundle(t.Context(), &out, blobs, s); err != nil {
		t.Fatal(err)
	}
	bundle, err := sortition.DecodeBundle(out.Bytes())
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	report, err := sortition.Verify(bundle, sortition.Options{})
	if err != nil {
		t.Fatalf("the bundle does not verify: %v", err)
	}
	if report.Seed != want.Seed || report.Subjects != 12 || report.Selected != len(want.Selected) || report.Replacements != 1 {
		t.Errorf("report %+v", report)
	}
	bundle.CommittedAt = "" // the worked example leaves it out
	stated := cmp.Diff(sorted(want), sorted(bundle))
	if stated != "" {
		t.Errorf("the bundle states something else (-want +got):\n%s", stated)
	}
}

// sorted puts what a bundle may state in any order into one.
func sorted(b sortition.Bundle) sortition.Bundle {
	b.Subjects = slices.SortedFunc(slices.Values(b.Subjects), func(x, y sortition.Subject) int { return strings.Compare(x.ID, y.ID) })
	b.Reveals = slices.SortedFunc(slices.Values(b.Reveals), func(x, y sortition.Reveal) int { return strings.Compare(x.Party, y.Party) })
	b.Commitments = slices.SortedFunc(slices.Values(b.Commitments), func(x, y sortition.Commitment) int { return strings.Compare(x.Party, y.Party) })
	return b
}

func TestASpoiltSelectionIsFound(t *testing.T) {
	t.Parallel()
	want := worked(t)
	blobs := &drawtest.Memory{}
	s := example(t, want, blobs)
	blobs.Corrupt(s.Drawn.Selection.Digest, []byte("{}\n"))
	if err := WriteBundle(t.Context(), &bytes.Buffer{}, blobs, s); err == nil {
		t.Error("a bundle was written from a spoilt blob")
	}
	var last error
	for _, err := range Selected(t.Context(), blobs, *s.Drawn) {
		last = err
	}
	if last == nil {
		t.Error("a spoilt selection was read")
	}
}

func TestNoBundleBeforeTheDraw(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := WriteBundle(t.Context(), &out, &drawtest.Memory{}, fold(both()...))
	if !refused(domain.Precondition, "draw.bundle.undrawn")(err) || out.Len() > 0 {
		t.Errorf("%v, %d bytes written", err, out.Len())
	}
	if _, err := Compute(t.Context(), &drawtest.Memory{}, fold(both()[:6]...)); !refused(domain.Precondition, "draw.run.reveal")(err) {
		t.Errorf("computed before all is revealed: %v", err)
	}
	if _, err := Next(t.Context(), &drawtest.Memory{}, fold(both()...), "x", Closed); !refused(domain.Precondition, "draw.replace.undrawn")(err) {
		t.Errorf("replaced before the draw: %v", err)
	}
}

func TestReplacementsThatCannotBe(t *testing.T) {
	t.Parallel()
	want := worked(t)
	blobs := &drawtest.Memory{}
	s := example(t, want, blobs)
	_, err := Next(t.Context(), blobs, s, "91540321MA6TCRT16N", Closed)
	if !refused(domain.Precondition, "draw.replace.not_selected")(err) {
		t.Errorf("a subject that isn't selected: %v", err)
	}
	out := want.Selected[len(want.Selected)-1].Subject
	for range 20 {
		if out == want.Replacements[0].SubjectOut {
			out = want.Replacements[0].ReplacedBy.Subject
		}
		next, err := Next(t.Context(), blobs, s, out, Closed)
		if err != nil {
			if !refused(domain.Precondition, "draw.replace.no_reserve")(err) {
				t.Errorf("an empty reserve: %v", err)
			}
			return
		}
		s = do(t, s, Replace{By: planner, SubjectOut: out, Reason: Closed, Next: next})
		out = next.ReplacedBy.Subject
	}
	t.Error("the reserve never ends")
}

func TestARosterThatMovesIsReadAgain(t *testing.T) {
	t.Parallel()
	b := worked(t)
	source, scope := exampleRoster(b)
	source.moves = 3
	pools, err := TakePools(t.Context(), &drawtest.Memory{}, source, scope)
	if err != nil || pools.AtPosition != "44" || pools.Subjects.Root != b.SubjectRoot {
		t.Errorf("frozen at %s, %v", pools.AtPosition, err)
	}
	source.moves = 1000
	if _, err := TakePools(t.Context(), &drawtest.Memory{}, source, scope); !refused(domain.Unavailable, "draw.pool.moving")(err) {
		t.Errorf("a roster that never rests: %v", err)
	}
}

func TestAFaultOfTheRosterLeavesNoPool(t *testing.T) {
	t.Parallel()
	lost := errors.New("the view is gone")
	source := &failing{err: lost}
	blobs := &drawtest.Memory{}
	if _, err := TakePools(t.Context(), blobs, source, Scope{}); !errors.Is(err, lost) {
		t.Errorf("%v, want the source's error", err)
	}
	if blobs.Len() != 1 { // the inspectors, which were whole
		t.Errorf("%d pools were kept", blobs.Len())
	}
}

type failing struct {
	roster
	err error
}

func (f *failing) Subjects(context.Context) iter.Seq2[Candidate, error] {
	return func(yield func(Candidate, error) bool) { yield(Candidate{}, f.err) }
}
