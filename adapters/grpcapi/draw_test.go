package grpcapi_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/catalogue"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

const drawOne = drawTask + "-1"

// freeze opens a draw and returns its id.
func (w *staffWorld) freeze() string {
	w.Helper()
	res, err := w.draws.Freeze(w.planner(), &mingjianv1.FreezeRequest{PlanId: "xz2026", TaskId: drawTask})
	if err != nil {
		w.Fatal(err)
	}
	return res.GetReceipt().GetId()
}

// must fails the test on an error.
func (w *staffWorld) must(_ any, err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

var signature = []byte("signed by the source")

func beaconValue() string { sum := sha256.Sum256(signature); return hex.EncodeToString(sum[:]) }

// ready brings a draw, bound to the signing source, to where it can be run.
func (w *staffWorld) ready(id string) {
	w.Helper()
	w.must(w.draws.FixTerms(w.planner(), &mingjianv1.FixTermsRequest{DrawId: id, Beacon: &mingjianv1.BeaconChoice{Name: "hash-beacon", Round: "1"}}))
	w.now = time.Date(2026, 11, 20, 8, 1, 0, 0, time.UTC)
	w.must(w.draws.RecordBeacon(w.as("clerk", domain.Clerk, drawBureau),
		&mingjianv1.RecordBeaconRequest{DrawId: id, Value: beaconValue(), Signature: hex.EncodeToString(signature)}))
}

func (w *staffWorld) state(id string) draw.State {
	w.Helper()
	res, err := es.Load(w.Context(), w.store, draw.Decider, id)
	if err != nil {
		w.Fatal(err)
	}
	return res.State
}

// bundle is the published bundle, which must verify.
func (w *staffWorld) bundle(id string) (sortition.Bundle, sortition.Report) {
	w.Helper()
	var out bytes.Buffer
	if err := draw.WriteBundle(w.Context(), &out, w.blobs, w.state(id)); err != nil {
		w.Fatal(err)
	}
	b, err := sortition.DecodeBundle(out.Bytes())
	if err != nil {
		w.Fatal(err)
	}
	report, err := sortition.Verify(b, sortition.Options{Sources: w.draws.Sources, Strict: true})
	if err != nil {
		w.Fatalf("the bundle does not verify: %v", err)
	}
	return b, report
}

func TestADrawFromFreezeToReplacement(t *testing.T) {
	t.Parallel()
	w := newStaffWorld(t)
	w.simple()
	id := w.freeze()
	if id != drawOne {
		t.Fatalf("the draw is %s", id)
	}
	w.ready(id)
	w.must(w.draws.Run(w.planner(), &mingjianv1.RunRequest{DrawId: id}))
	w.must(w.draws.Run(w.planner(), &mingjianv1.RunRequest{DrawId: id}))
	w.sync()
	b, report := w.bundle(id)
	if report.Subjects != 8 || report.Inspectors != 5 || report.Selected != 3 || b.Beacon.NotBefore != "2026-11-20T08:01:00Z" {
		t.Errorf("report %+v, beacon %+v", report, b.Beacon)
	}

	out := b.Selected[1].Subject
	replace := &mingjianv1.ReplaceRequest{DrawId: id, SubjectOut: out, Reason: "closed"}
	w.must(w.draws.Replace(w.as("boss", domain.Approver, drawBureau), replace))
	w.must(w.draws.Replace(w.planner(), replace))
	w.sync()
	if b, report = w.bundle(id); report.Replacements != 1 || b.Replacements[0].SubjectOut != out {
		t.Errorf("replacements %+v", b.Replacements)
	}
	got, err := w.draws.GetDraw(w.planner(), &mingjianv1.GetDrawRequest{DrawId: id})
	if err != nil || got.GetDraw().GetState() != "drawn" || got.GetDraw().GetSeed() != report.Seed.String() || got.GetDraw().GetReplacements()[0].GetSubjectIn() != b.Replacements[0].ReplacedBy.Subject {
		t.Errorf("view %v, %v", got, err)
	}
	list, err := w.draws.ListDraws(w.planner(), &mingjianv1.ListDrawsRequest{TaskId: drawTask})
	if err != nil || len(list.GetDraws()) != 1 || list.GetNextPageToken() != "" {
		t.Errorf("list %v, %v", list, err)
	}
	subjects, err := w.draws.ListDrawnSubjects(w.planner(), &mingjianv1.ListDrawnSubjectsRequest{DrawId: id})
	replaced := 0
	for _, s := range subjects.GetSubjects() {
		if s.GetReplaced() {
			replaced++
		}
	}
	if err != nil || len(subjects.GetSubjects()) != 4 || replaced != 1 {
		t.Errorf("drawn subjects %v, %v", subjects, err)
	}
}

func TestPartiesCommitAndReveal(t *testing.T) {
	t.Parallel()
	w := newStaffWorld(t)
	w.simple()
	id := w.freeze()
	w.must(w.draws.FixTerms(w.planner(), &mingjianv1.FixTermsRequest{DrawId: id, Parties: []*mingjianv1.PartyChoice{
		{Name: "市场监管局", Account: "planner"}, {Name: "纪检监察室", Account: "discipline", AuthorityId: "11540000MB0000003C"}}}))
	who := map[string]context.Context{"市场监管局": w.planner(), "纪检监察室": w.as("discipline", domain.Reviewer, "11540000MB0000003C")}
	nonces := map[string]sortition.Nonce{"市场监管局": {1}, "纪检监察室": {2}}
	for party, ctx := range who {
		sealed := sortition.Seal(w.state(id).Fixed.Terms, party, nonces[party])
		w.must(w.draws.Commit(ctx, &mingjianv1.CommitRequest{DrawId: id, Party: party, Commitment: sealed.String()}))
	}
	stranger := &mingjianv1.RevealRequest{DrawId: id, Party: "纪检监察室", Nonce: strings.Repeat("02", 32)}
	if _, err := w.draws.Reveal(w.planner(), stranger); !refusedAs(err, domain.Forbidden, "draw.party.foreign") {
		t.Errorf("another's account reveals: %v", err)
	}
	for party := range who {
		nonce := nonces[party]
		ctx := w.planner()
		if party == "纪检监察室" {
			ctx = w.as("discipline", domain.Reviewer, "11540000MB0000003C")
		}
		w.must(w.draws.Reveal(ctx, &mingjianv1.RevealRequest{DrawId: id, Party: party, Nonce: hex.EncodeToString(nonce[:])}))
	}
	w.must(w.draws.Run(w.planner(), &mingjianv1.RunRequest{DrawId: id}))
	if b, _ := w.bundle(id); len(b.Reveals) != 2 || b.Beacon != nil {
		t.Errorf("reveals %v, beacon %v", b.Reveals, b.Beacon)
	}
}

func TestWhoIsLeftOutOfThePoolIsCounted(t *testing.T) {
	t.Parallel()
	w := newStaffWorld(t)
	other := drawSubject("ext:r:other")
	other.Authority = drawFire
	coop, away, suspended := drawSubject("ext:r:coop"), drawSubject("ext:r:away"), drawSubject("ext:r:suspended")
	coop.Kind, away.District, suspended.Status = roster.Cooperative, "110101", roster.Suspended
	for id, on := range map[domain.SubjectID]string{"ext:r:0": "2025-11-18", "ext:r:1": "2025-11-17", "ext:q:none": "2026-01-01"} {
		w.add("inspection", "old:"+string(id), inspection.TakenOver{Subject: id, CompletedOn: calendar.MustParse(on)})
	}
	merged := drawSubject("ext:r:merged")
	w.add("subject", string(merged.ID), merged, roster.SubjectSucceeded{
		Successor: "ext:r:0", Manner: roster.Absorbed, Reason: "合并协议", EffectiveOn: calendar.MustParse("2026-05-01")})
	absent := drawInspector("XZ-006", drawBureau, "市场监管")
	w.add("inspector", "XZ-006", absent, roster.InspectorSuspended{Reason: "培训"})
	w.task(func(task *plan.Task) {
		task.Scope.Kinds, task.Scope.Districts, task.ExcludeCheckedWithinMonths = []string{"enterprise"}, []string{"540000"}, 12
	}, []roster.SubjectRegistered{drawSubject("ext:r:0"), drawSubject("ext:r:1"), drawSubject("ext:r:2"), other, coop, away, suspended},
		[]roster.InspectorEnrolled{drawInspector("XZ-001", drawBureau, "市场监管"), drawInspector("XZ-002", drawBureau, "计量"), drawInspector("XZ-003", drawFire, "消防")})
	id := w.freeze()
	f := w.state(id).Frozen
	if f.Subjects.Count != 2 || f.Inspectors.Count != 2 || f.Number != 1 || f.Departments[0].Lead != true || f.Departments[1].Authority != drawFire {
		t.Errorf("frozen %+v", f)
	}
	want := []sortition.Exclusion{{Reason: "checked_recently", Count: 1}, {Reason: "out_of_scope_district", Count: 1}, {Reason: "out_of_scope_kind", Count: 1},
		{Reason: "succeeded", Count: 1}, {Reason: "suspended", Count: 1}}
	if diff := cmp.Diff(want, f.Exclusions); diff != "" {
		t.Errorf("exclusions (-want +got):\n%s", diff)
	}
	last, err := es.ParsePosition(f.AtPosition)
	if err != nil || last.Compare(es.Position{}) == 0 {
		t.Errorf("at position %q, %v", f.AtPosition, err)
	}
}

func TestFreezingOnceAndAgain(t *testing.T) {
	t.Parallel()
	w := newStaffWorld(t)
	w.simple()
	req := &mingjianv1.FreezeRequest{PlanId: "xz2026", TaskId: drawTask}
	ctx := w.again("planner", domain.Planner, drawBureau, "one key")
	first, err := w.draws.Freeze(ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	retried := func() {
		t.Helper()
		again, err := w.draws.Freeze(ctx, req)
		first.Receipt.Duplicate = true
		if diff := cmp.Diff(first, again, protocmp.Transform()); diff != "" || err != nil {
			t.Errorf("the retry answers otherwise: %v\n%s", err, diff)
		}
	}
	retried()
	if _, err := w.draws.Freeze(w.planner(), req); !refusedAs(err, domain.Conflict, "draw.exists") {
		t.Errorf("a second draw beside the first: %v", err)
	}
	plans := grpcapi.PlanServer{Base: w.draws.Base}
	cancel := &mingjianv1.CancelTaskRequest{TaskId: drawTask, Reason: "不再抽查"}
	if _, err := plans.CancelTask(w.planner(), cancel); !refusedAs(err, domain.Precondition, "plan.task.drawn") {
		t.Errorf("a task is cancelled whose draw stands: %v", err)
	}
	w.must(w.draws.Abort(w.planner(), &mingjianv1.AbortRequest{DrawId: drawOne, Reason: "参与方退出"}))
	retried()
	if id := w.freeze(); id != drawTask+"-2" || w.state(id).Frozen.Number != 2 {
		t.Errorf("the draw after the aborted one is %s", id)
	}
	w.must(w.draws.Abort(w.planner(), &mingjianv1.AbortRequest{DrawId: drawTask + "-2", Reason: "任务取消"}))
	w.must(plans.CancelTask(w.planner(), cancel))
}

func TestTasksThatCannotBeDrawnFor(t *testing.T) {
	t.Parallel()
	w := newStaffWorld(t)
	w.simple()
	freeze := func(ctx context.Context, task string) error {
		_, err := w.draws.Freeze(ctx, &mingjianv1.FreezeRequest{PlanId: "xz2026", TaskId: task})
		return err
	}
	if err := freeze(w.planner(), "xz2026-t9"); !refusedAs(err, domain.NotFound, "draw.task.missing") {
		t.Errorf("an unknown task: %v", err)
	}
	if err := freeze(w.as("li", domain.Planner, drawFire), drawTask); !refusedAs(err, domain.Forbidden, "draw.authority.foreign") {
		t.Errorf("another authority's task: %v", err)
	}
	w.add("plan", "xz2026", plan.TaskCancelled{Task: drawTask, Reason: "r"})
	if err := freeze(w.planner(), drawTask); !refusedAs(err, domain.Precondition, "draw.task.closed") {
		t.Errorf("a cancelled task: %v", err)
	}
	w.add("plan", "xz2026", plan.TaskOpened{Task: plan.Task{ID: "xz2026-t2", WindowStart: calendar.MustParse("2026-11-01"), WindowEnd: calendar.MustParse("2026-12-31")}})
	w.add("catalogue", "food", catalogue.VersionWithdrawn{Version: 1, Reason: "修订", WithdrawnOn: calendar.MustParse("2026-11-01")})
	if err := freeze(w.planner(), "xz2026-t2"); !refusedAs(err, domain.Precondition, "draw.items.unpublished") {
		t.Errorf("a task on a list that was withdrawn: %v", err)
	}
	if w.blobs.Len() > 0 {
		t.Error("pools were written for nothing")
	}
}

func TestTheBeaconIsProved(t *testing.T) {
	t.Parallel()
	w := newStaffWorld(t)
	w.simple()
	id := w.freeze()
	fix := func(b *mingjianv1.BeaconChoice) error {
		_, err := w.draws.FixTerms(w.planner(), &mingjianv1.FixTermsRequest{DrawId: id, Beacon: b})
		return err
	}
	if err := fix(&mingjianv1.BeaconChoice{Name: "hash-beacon", Round: "x"}); !refusedAs(err, domain.Invalid, "draw.beacon.round") {
		t.Errorf("no such round: %v", err)
	}
	if err := fix(&mingjianv1.BeaconChoice{Name: "hash-beacon", Round: "1", NotBefore: "2026-11-20T09:00:00Z"}); !refusedAs(err, domain.Invalid, "draw.beacon.round_time") {
		t.Errorf("another time than the round's: %v", err)
	}
	lottery := &mingjianv1.BeaconChoice{Name: "福彩双色球", Round: "2026131", NotBefore: "2026-11-20T12:00:00Z"}
	if err := fix(lottery); !refusedAs(err, domain.Invalid, "draw.beacon.unproved") {
		t.Errorf("a source that nothing proves: %v", err)
	}
	w.must(nil, fix(&mingjianv1.BeaconChoice{Name: "hash-beacon", Round: "1", NotBefore: "2026-11-20T16:01:00+08:00"}))
	if at := w.state(id).Fixed.Beacon.NotBefore; at != "2026-11-20T08:01:00Z" {
		t.Errorf("the instant is hashed as %s", at)
	}
	record := func(value, signature string) error {
		_, err := w.draws.RecordBeacon(w.planner(), &mingjianv1.RecordBeaconRequest{DrawId: id, Value: value, Signature: signature})
		return err
	}
	good := hex.EncodeToString(signature)
	if err := record(beaconValue(), good); !refusedAs(err, domain.Precondition, "draw.beacon.early") {
		t.Errorf("before the source speaks: %v", err)
	}
	w.now = w.now.AddDate(0, 0, 7)
	for name, bad := range map[string][2]string{"unsigned": {beaconValue(), ""}, "another value": {strings.Repeat("ab", 32), good}} {
		if err := record(bad[0], bad[1]); !refusedAs(err, domain.Invalid, "draw.beacon.disproved") {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.must(nil, record(beaconValue(), good))
	if err := record("zz", good); !refusedAs(err, domain.Invalid, "draw.hex") {
		t.Errorf("no hexadecimal digits: %v", err)
	}
}

func TestReplacementsAreRefused(t *testing.T) {
	t.Parallel()
	w := newStaffWorld(t)
	w.simple()
	id := w.freeze()
	replace := func(ctx context.Context, out, reason string) error {
		_, err := w.draws.Replace(ctx, &mingjianv1.ReplaceRequest{DrawId: id, SubjectOut: out, Reason: reason})
		return err
	}
	if err := replace(w.planner(), "ext:r:0", "closed"); !refusedAs(err, domain.Precondition, "draw.replace.undrawn") {
		t.Errorf("before the draw: %v", err)
	}
	w.ready(id)
	w.must(w.draws.Run(w.planner(), &mingjianv1.RunRequest{DrawId: id}))
	w.sync()
	b, _ := w.bundle(id)
	selected := map[string]bool{}
	for _, s := range b.Selected {
		selected[s.Subject] = true
	}
	for n := range 8 {
		if out := fmt.Sprintf("ext:r:%d", n); !selected[out] {
			if err := replace(w.planner(), out, "closed"); !refusedAs(err, domain.Precondition, "draw.replace.not_selected") {
				t.Errorf("%s isn't selected: %v", out, err)
			}
		}
	}
	out := b.Selected[0].Subject
	if err := replace(w.planner(), out, "disliked"); !refusedAs(err, domain.Invalid, "draw.replace.reason") {
		t.Errorf("a reason of one's own: %v", err)
	}
	if err := replace(w.as("li", domain.Planner, drawFire), out, "closed"); !refusedAs(err, domain.Forbidden, "draw.authority.foreign") {
		t.Errorf("another authority: %v", err)
	}
	team := b.Selected[0].Teams[0]
	w.must(w.inspections.RecordResult(w.as(team.Inspectors[0], domain.Inspector, drawBureau), recordRequest(id+":"+out, team.Department)))
	if err := replace(w.planner(), out, "closed"); !refusedAs(err, domain.Precondition, "draw.replace.inspected") {
		t.Errorf("after a result: %v", err)
	}
}

func TestRunningIsRefusedBeforeAnythingIsComputed(t *testing.T) {
	t.Parallel()
	w := newStaffWorld(t)
	w.simple()
	id := w.freeze()
	blobs := w.blobs.Len()
	if _, err := w.draws.Run(w.planner(), &mingjianv1.RunRequest{DrawId: id}); !refusedAs(err, domain.Precondition, "draw.run.terms") {
		t.Errorf("before the terms: %v", err)
	}
	w.ready(id)
	if _, err := w.draws.Run(w.as("li", domain.Planner, drawFire), &mingjianv1.RunRequest{DrawId: id}); !refusedAs(err, domain.Forbidden, "draw.authority.foreign") {
		t.Errorf("another authority: %v", err)
	}
	if _, err := w.draws.Run(w.planner(), &mingjianv1.RunRequest{DrawId: "none-1"}); !refusedAs(err, domain.NotFound, "draw.missing") {
		t.Errorf("no such draw: %v", err)
	}
	if w.blobs.Len() != blobs {
		t.Error("something was computed")
	}
}
