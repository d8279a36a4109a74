package grpcapi_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

const fileDigest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

var importer = domain.Actor{Account: "li", Role: domain.Clerk, Authority: ownBureau}

func firms(n int) *mingjianv1.RecordSubjectsRequest {
	req := &mingjianv1.RecordSubjectsRequest{FileDigest: fileDigest}
	for i := range n {
		req.Rows = append(req.Rows, &mingjianv1.SubjectRow{
			Id: fmt.Sprintf("reg:%015d", i), Name: fmt.Sprintf("第%d商店", i), District: "540100", Line: uint32(i + 2),
		})
	}
	return req
}

// tally counts results by status.
func tally(results []*mingjianv1.RowResult) string {
	var n [4]int
	for _, r := range results {
		n[r.GetStatus()]++
	}
	return fmt.Sprintf("%d accepted, %d unchanged, %d refused", n[1], n[2], n[3])
}

func TestImportingTwiceAddsNothing(t *testing.T) {
	o := newOffice(t)
	s := grpcapi.RosterServer{Base: o.base}
	for _, tc := range []struct{ key, want string }{
		{"first", "500 accepted, 0 unchanged, 0 refused"},
		{"first", "500 accepted, 0 unchanged, 0 refused"}, // the first answer again
		{"second", "0 accepted, 500 unchanged, 0 refused"},
	} {
		got, err := s.RecordSubjects(o.keyed(importer, tc.key), firms(500))
		if n := tally(must(o, got, err).GetResults()); n != tc.want {
			t.Errorf("%s: %s, want %s", tc.key, n, tc.want)
		}
		head, err := o.store.Head(t.Context())
		if got.GetReceipt().GetPosition() != must(o, head, err).String() {
			t.Errorf("%s: position %s, the log ends at %s", tc.key, got.GetReceipt().GetPosition(), head)
		}
	}
	if n := len(o.store.All()); n != 500 {
		t.Errorf("%d events", n)
	}
}

// TestAKeyIsOfOneBatch holds that a key which was used for one batch takes no other: neither the same rows cut otherwise nor
// a row with another content.
func TestAKeyIsOfOneBatch(t *testing.T) {
	o := newOffice(t)
	s := grpcapi.RosterServer{Base: o.base}
	keyed := grpcapi.CallOf(o.keyed(importer, "one"))
	keyed.Keyed = true
	ctx := grpcapi.WithCall(t.Context(), keyed)
	all := firms(10)
	got, err := s.RecordSubjects(ctx, &mingjianv1.RecordSubjectsRequest{FileDigest: fileDigest, Rows: all.GetRows()[3:6]})
	if n := tally(must(o, got, err).GetResults()); n != "3 accepted, 0 unchanged, 0 refused" {
		t.Error(n)
	}
	renamed := firms(6)
	renamed.Rows = renamed.GetRows()[3:]
	renamed.Rows[2].Name = "另一商店"
	for name, req := range map[string]*mingjianv1.RecordSubjectsRequest{"cut otherwise": all, "another name": renamed} {
		if _, err := s.RecordSubjects(ctx, req); !errors.As(err, new(*es.ReusedError)) || len(o.store.All()) != 3 {
			t.Errorf("%s: %v, %d events", name, err, len(o.store.All()))
		}
	}
}

func TestBadRowsDoNotHoldUpGoodOnes(t *testing.T) {
	o := newOffice(t)
	s := grpcapi.RosterServer{Base: o.base}
	req := &mingjianv1.RecordSubjectsRequest{Rows: []*mingjianv1.SubjectRow{
		{Code: "91540321MA6TCRT16N", Name: "好商店", District: "540321", Line: 2},
		{Code: "91540321MA6TCRT16P", Name: "坏校验位商店", Line: 3},
		{Code: "00000000000000000X", Name: "占位商店", Line: 4},
		{Name: "无码商店", Line: 5},
		{Id: "reg:540300000012345", Line: 6},
		{Id: "reg:540300000012346", Name: "坏日期商店", RegisteredOn: "2026-02-30", Line: 7},
		{Code: "91540321MA6TCRT16N", Name: "好商店", District: "540321", Line: 8},
	}}
	req.Rows = append(req.Rows, &mingjianv1.SubjectRow{Code: " 91540321ＭＡ6TCRT16N", Name: "别的商店", Line: 9})
	got, err := s.RecordSubjects(o.keyed(importer, "one"), req)
	var lines []string
	for _, r := range must(o, got, err).GetResults() {
		line := strings.TrimPrefix(r.GetStatus().String(), "ROW_STATUS_") + " " + r.GetId()
		for _, f := range append(r.GetRefusals(), r.GetWarnings()...) {
			line += " " + f.GetCode() + "@" + f.GetField()
			if f.GetMessageZh() == "" || f.GetMessageEn() == "" {
				t.Errorf("%s has no sentence in one language", f.GetCode())
			}
		}
		lines = append(lines, line)
	}
	want := []string{
		"ACCEPTED 91540321MA6TCRT16N",
		"ACCEPTED 91540321MA6TCRT16P uscc.check@code roster.subject.district.unknown@district",
		"REFUSED  roster.subject.placeholder@code",
		"REFUSED  roster.subject.id.required@code",
		"REFUSED reg:540300000012345 roster.subject.name.required@name",
		"REFUSED reg:540300000012346 date.form@registered_on",
		"UNCHANGED 91540321MA6TCRT16N",
		"REFUSED 91540321MA6TCRT16N row.twice@id",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
}

func TestABrokenImportIsFinishedByItsRetry(t *testing.T) {
	for name, fail := range map[string]func(*estest.Store, int){
		"not stored": (*estest.Store).FailNotStored, "but stored": (*estest.Store).FailStored,
	} {
		o := newOffice(t)
		s := grpcapi.RosterServer{Base: o.base}
		o.store.Pass(20)
		fail(o.store, 1)
		if _, err := s.RecordSubjects(o.keyed(importer, "one"), firms(200)); !errors.Is(err, estest.ErrInjected) {
			t.Fatalf("%s: %v", name, err)
		}
		if n := len(o.store.All()); n < 20 || n >= 200 {
			t.Errorf("%s: %d events after the fault", name, n)
		}
		got, err := s.RecordSubjects(o.keyed(importer, "one"), firms(200))
		if n := tally(must(o, got, err).GetResults()); n != "200 accepted, 0 unchanged, 0 refused" {
			t.Errorf("%s: %s", name, n)
		}
		if n := len(o.store.All()); n != 200 {
			t.Errorf("%s: %d events", name, n)
		}
	}
}

// crowded is a store that lets nobody through before 64 wait, and tells how many there were at most.
type crowded struct {
	es.Store
	mu           sync.Mutex
	waiting, top int
	full         chan struct{}
}

func (c *crowded) Append(ctx context.Context, stream es.Stream, want es.Expected, events ...es.Proposed) (es.Position, error) {
	c.mu.Lock()
	c.waiting++
	c.top = max(c.top, c.waiting)
	if c.waiting == 64 {
		select {
		case <-c.full:
		default:
			close(c.full)
		}
	}
	c.mu.Unlock()
	defer func() { c.mu.Lock(); defer c.mu.Unlock(); c.waiting-- }()
	select {
	case <-c.full:
	case <-ctx.Done():
		return es.Position{}, ctx.Err()
	}
	return c.Store.Append(ctx, stream, want, events...)
}

func TestRowsAreUnderWayTogether(t *testing.T) {
	o := newOffice(t)
	store := &crowded{Store: o.store, full: make(chan struct{})}
	o.base.Store = store
	got, err := grpcapi.RosterServer{Base: o.base}.RecordSubjects(o.keyed(importer, "one"), firms(300))
	if n := tally(must(o, got, err).GetResults()); n != "300 accepted, 0 unchanged, 0 refused" || store.top != 64 {
		t.Errorf("%s, %d at once", n, store.top)
	}
}

func TestACancelledImportEnds(t *testing.T) {
	o := newOffice(t)
	o.base.Store = &crowded{Store: o.store, full: make(chan struct{})} // nobody gets through
	ctx, cancel := context.WithCancel(o.keyed(importer, "one"))
	cancel()
	if _, err := (grpcapi.RosterServer{Base: o.base}).RecordSubjects(ctx, firms(10)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestSubjects(t *testing.T) {
	o := newOffice(t)
	s := grpcapi.RosterServer{Base: o.base}
	row := &mingjianv1.SubjectRow{
		Code: "91540321MA6TCRT16P", Name: "甲公司", Kind: "cooperative", District: "540321", Status: "suspended", RegisteredOn: "2019-01-01",
		Address: "江达镇1号", Scope: "牧业", Industry: "A03", RegistrationAuthority: "江达县局", RiskClass: "B", ClassSource: "省级平台", ClassMonth: "2026-01",
	}
	got, err := s.RecordSubject(o.as(domain.Planner, "zhao"), &mingjianv1.RecordSubjectRequest{Subject: row})
	if r := must(o, got, err); r.GetReceipt().GetId() != row.GetCode() || len(r.GetWarnings()) != 1 || r.GetWarnings()[0].GetCode() != "uscc.check" {
		t.Errorf("answer %v", r)
	}
	o.sync()
	view, err := s.GetSubject(o.as(domain.Clerk, "li"), &mingjianv1.GetSubjectRequest{SubjectId: "91540321ma6tcrt16p"})
	want := &viewv1.RosterSubject{
		Id: row.GetCode(), Code: row.GetCode(), CodeFindings: must(o, view, err).GetSubject().GetCodeFindings(), Name: "甲公司",
		Kind: "cooperative", KindLabel: "农民专业合作社", District: "540321", Status: "suspended", StatusLabel: "歇业", AuthorityId: string(ownBureau),
		RegisteredOn: "2019-01-01", Address: "江达镇1号", Scope: "牧业", Industry: "A03", RegistrationAuthority: "江达县局",
		RiskClass: "B", ClassSource: "省级平台", ClassMonth: "2026-01",
	}
	if diff := cmp.Diff(want, view.GetSubject(), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}

	id := row.GetCode()
	_, err = s.RenameSubject(o.as(domain.Clerk, "li"), &mingjianv1.RenameSubjectRequest{SubjectId: id, Name: "乙公司"})
	must(o, 0, err)
	_, err = s.MoveSubject(o.as(domain.Clerk, "li"), &mingjianv1.MoveSubjectRequest{SubjectId: id, District: "540102", Address: "城关区"})
	must(o, 0, err)
	_, err = s.RecordSubjectStatus(o.as(domain.Clerk, "li"), &mingjianv1.RecordSubjectStatusRequest{SubjectId: id, Status: "revoked", Reason: "吊销", EffectiveOn: "2026-01-01"})
	must(o, 0, err)
	_, err = s.RecordSubjectStatus(o.as(domain.Clerk, "li"), &mingjianv1.RecordSubjectStatusRequest{SubjectId: id, Status: "active", EffectiveOn: "2026-1-1"})
	o.refused(err, "date.form")
	_, err = s.MoveSubject(o.at(otherBureau, domain.Clerk, "wu"), &mingjianv1.MoveSubjectRequest{SubjectId: id, District: "540102"})
	o.refused(err, "roster.authority.foreign")
	classes, err := s.ReclassifySubjects(o.as(domain.Clerk, "li"), &mingjianv1.ReclassifySubjectsRequest{
		Source: "省级平台", Month: "2026-02",
		Rows: []*mingjianv1.ClassRow{{SubjectId: id, RiskClass: "A"}, {SubjectId: "reg:540300000012345", RiskClass: "A"}, {SubjectId: "x", RiskClass: "A"}},
	})
	if n := tally(must(o, classes, err).GetResults()); n != "1 accepted, 0 unchanged, 2 refused" {
		t.Error(n)
	}
	o.sync()
	list, err := s.ListSubjects(o.as(domain.Clerk, "li"), &mingjianv1.ListSubjectsRequest{District: "540100", Kind: "cooperative", Status: "revoked", RiskClass: "A"})
	if subjects := must(o, list, err).GetSubjects(); len(subjects) != 1 || subjects[0].GetName() != "乙公司" || subjects[0].GetAddress() != "城关区" ||
		subjects[0].GetFormerNames()[0].GetUntil() != "2026-01-21" {
		t.Errorf("list %v", subjects)
	}
	list, err = s.ListSubjects(o.at(otherBureau, domain.Clerk, "wu"), &mingjianv1.ListSubjectsRequest{})
	if n := len(must(o, list, err).GetSubjects()); n != 0 {
		t.Errorf("another bureau sees %d subjects", n)
	}
	_, err = s.ListSubjects(o.at(otherBureau, domain.Clerk, "wu"), &mingjianv1.ListSubjectsRequest{AuthorityId: string(ownBureau)})
	o.refused(err, "authority.foreign")
	_, err = s.GetSubject(o.at(otherBureau, domain.Clerk, "wu"), &mingjianv1.GetSubjectRequest{SubjectId: id})
	o.refused(err, "authority.foreign")
	_, err = s.GetSubject(o.at(otherBureau, domain.Auditor, "zheng"), &mingjianv1.GetSubjectRequest{SubjectId: id})
	must(o, 0, err)
	_, err = s.GetSubject(o.as(domain.Clerk, "li"), &mingjianv1.GetSubjectRequest{SubjectId: "reg:540300000012345"})
	o.refused(err, "roster.subject.missing")
}

func TestInspectors(t *testing.T) {
	o := newOffice(t)
	s := grpcapi.RosterServer{Base: o.base}
	row := func(id string) *mingjianv1.InspectorRow {
		return &mingjianv1.InspectorRow{
			Id: id, Name: "钱" + id, Department: "市场监管", LicenceNo: "2601-" + id, LicenceValidUntil: "2027-12-31",
			Lines: []string{"registration", "food"}, Districts: []string{"540000"}, Group: "一组", Expert: true,
		}
	}
	bad := row("XZ-3")
	bad.LicenceValidUntil = "2027"
	rows := &mingjianv1.EnrolInspectorsRequest{Rows: []*mingjianv1.InspectorRow{row("XZ-1"), row("XZ-2"), bad, {Id: "X"}}}
	for _, want := range []string{"2 accepted, 0 unchanged, 2 refused", "0 accepted, 2 unchanged, 2 refused"} {
		got, err := s.EnrolInspectors(o.as(domain.Planner, "zhao"), rows)
		if n := tally(must(o, got, err).GetResults()); n != want {
			t.Error(n)
		}
	}
	planner, clerk := func() context.Context { return o.as(domain.Planner, "zhao") }, func() context.Context { return o.as(domain.Clerk, "li") }
	_, err := s.EnrolInspector(planner(), &mingjianv1.EnrolInspectorRequest{Inspector: row("XZ-4")})
	must(o, 0, err)
	_, err = s.RelicenseInspector(planner(), &mingjianv1.RelicenseInspectorRequest{InspectorId: "XZ-1", LicenceNo: "2602", ValidUntil: "2029-12-31"})
	must(o, 0, err)
	_, err = s.RelicenseInspector(planner(), &mingjianv1.RelicenseInspectorRequest{InspectorId: "XZ-1", LicenceNo: "2602", ValidUntil: "soon"})
	o.refused(err, "date.form")
	_, err = s.ReassignInspector(planner(), &mingjianv1.ReassignInspectorRequest{InspectorId: "XZ-1", Department: "消防", Lines: []string{"fire"}, Districts: []string{"540100"}, Group: "二组", Expert: true})
	must(o, 0, err)
	_, err = s.SuspendInspector(planner(), &mingjianv1.SuspendInspectorRequest{InspectorId: "XZ-1", Reason: "培训"})
	must(o, 0, err)
	_, err = s.SuspendInspector(planner(), &mingjianv1.SuspendInspectorRequest{InspectorId: "XZ-2", Reason: "培训"})
	must(o, 0, err)
	_, err = s.ReinstateInspector(planner(), &mingjianv1.ReinstateInspectorRequest{InspectorId: "XZ-2", Reason: "返岗"})
	must(o, 0, err)

	mine := o.keyed(domain.Actor{Account: "qian", Role: domain.Inspector, Authority: ownBureau, Inspector: "XZ-1"}, "mine")
	for _, subject := range []string{"reg:540300000012345", "91540321ma6tcrt16n"} {
		_, err = s.DeclareConflict(clerk(), &mingjianv1.DeclareConflictRequest{InspectorId: "XZ-1", SubjectId: subject, Ground: "kinship", EvidenceDigest: fileDigest})
		must(o, 0, err)
	}
	_, err = s.DeclareConflict(mine, &mingjianv1.DeclareConflictRequest{InspectorId: "XZ-2", SubjectId: "reg:540300000012345", Ground: "kinship"})
	o.refused(err, "roster.conflict.foreign")
	_, err = s.DeclareConflict(clerk(), &mingjianv1.DeclareConflictRequest{InspectorId: "XZ-2", SubjectId: "张三", Ground: "kinship"})
	o.refused(err, "subject_id.form")
	_, err = s.EndConflict(planner(), &mingjianv1.EndConflictRequest{InspectorId: "XZ-1", SubjectId: "reg:540300000012345", Reason: "已解除"})
	must(o, 0, err)

	o.sync()
	got, err := s.GetInspector(clerk(), &mingjianv1.GetInspectorRequest{InspectorId: "XZ-1"})
	want := &viewv1.RosterInspector{
		Id: "XZ-1", Name: "钱XZ-1", AuthorityId: string(ownBureau), Department: "消防", LicenceNo: "2602", LicenceValidUntil: "2029-12-31",
		Lines: []string{"fire"}, Districts: []string{"540100"}, Group: "二组", Expert: true, Status: "suspended", StatusLabel: "暂停", SuspensionReason: "培训",
	}
	if diff := cmp.Diff(want, must(o, got, err).GetInspector(), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	conflicts, err := s.ListConflicts(clerk(), &mingjianv1.ListConflictsRequest{InspectorId: "XZ-1"})
	if list := must(o, conflicts, err).GetConflicts(); len(list) != 1 || list[0].GetSubjectId() != "91540321MA6TCRT16N" {
		t.Errorf("conflicts %v", list)
	}
	list, err := s.ListInspectors(clerk(), &mingjianv1.ListInspectorsRequest{Department: "市场监管", PageSize: 1})
	if r := must(o, list, err); len(r.GetInspectors()) != 1 || r.GetInspectors()[0].GetId() != "XZ-2" || r.GetNextPageToken() == "" {
		t.Errorf("inspectors %v", r)
	}
	_, err = s.GetInspector(o.at(otherBureau, domain.Clerk, "wu"), &mingjianv1.GetInspectorRequest{InspectorId: "XZ-1"})
	o.refused(err, "authority.foreign")
	_, err = s.GetInspector(clerk(), &mingjianv1.GetInspectorRequest{InspectorId: "XZ-9"})
	o.refused(err, "roster.inspector.missing")
	_, err = s.ListConflicts(o.at(otherBureau, domain.Clerk, "wu"), &mingjianv1.ListConflictsRequest{AuthorityId: string(ownBureau)})
	o.refused(err, "authority.foreign")
}

func TestASubjectThatWentOnAsAnotherIsStillFound(t *testing.T) {
	o := newOffice(t)
	s := grpcapi.RosterServer{Base: o.base}
	for n := range 3 {
		_, err := s.RecordSubject(o.as(domain.Clerk, "li"), &mingjianv1.RecordSubjectRequest{Subject: newSubject(n)})
		must(o, 0, err)
	}
	succeed := func(from, to int) error {
		_, err := s.SucceedSubject(o.as(domain.Clerk, "li"), &mingjianv1.SucceedSubjectRequest{
			SubjectId: newSubject(from).GetId(), SuccessorId: newSubject(to).GetId(), Manner: "converted", Reason: "个转企登记"})
		return err
	}
	must(o, 0, succeed(0, 1))
	o.refused(succeed(2, 0), "roster.subject.successor.succeeded")
	o.refused(succeed(1, 0), "roster.subject.successor.succeeded")
	o.refused(succeed(2, 9), "roster.subject.successor.missing")
	must(o, 0, succeed(1, 2))

	recoded := newSubject(2)
	for _, code := range []string{soundCode, "91320105780688132K"} {
		recoded.Code = code
		_, err := s.RecordSubject(o.as(domain.Clerk, "li"), &mingjianv1.RecordSubjectRequest{Subject: recoded})
		must(o, 0, err)
	}
	o.sync()
	for asked, want := range map[string]string{
		newSubject(0).GetId(): newSubject(0).GetId(), soundCode: recoded.GetId(), "91320105780688132k": recoded.GetId(),
	} {
		got, err := s.GetSubject(o.as(domain.Clerk, "li"), &mingjianv1.GetSubjectRequest{SubjectId: asked})
		if v := must(o, got, err).GetSubject(); v.GetId() != want {
			t.Errorf("%s finds %v", asked, v)
		}
	}
	got, err := s.GetSubject(o.as(domain.Clerk, "li"), &mingjianv1.GetSubjectRequest{SubjectId: newSubject(1).GetId()})
	v := must(o, got, err).GetSubject()
	if v.GetSuccessor().GetSubjectId() != recoded.GetId() || v.GetPredecessors()[0].GetSubjectId() != newSubject(0).GetId() ||
		v.GetPredecessors()[0].GetMannerLabel() != "转型登记" {
		t.Errorf("the one between: %v", v)
	}
	_, err = s.GetSubject(o.as(domain.Clerk, "li"), &mingjianv1.GetSubjectRequest{SubjectId: "91540124MA6TCRX899"})
	o.refused(err, "roster.subject.missing")
}
