package roster_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	events "github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	"github.com/mingjian-ledger/mingjian/projections/roster"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

const digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

var day = calendar.MustParse("2026-01-20")

// book collects records of several streams in one log.
type book struct {
	t       *testing.T
	records []es.Record
}

func (b *book) subject(id string, list ...events.SubjectEvent) {
	b.t.Helper()
	proposed, err := es.Propose(b.meta(id), list...)
	b.put(events.Subjects.Category, id, proposed, err)
}

func (b *book) inspector(id string, list ...events.InspectorEvent) {
	b.t.Helper()
	proposed, err := es.Propose(b.meta(id), list...)
	b.put(events.Inspectors.Category, id, proposed, err)
}

func (b *book) meta(id string) es.Metadata {
	return es.Metadata{Command: es.DeriveID("", id, fmt.Sprint(len(b.records))), RecordedAt: time.Date(2026, 1, 20, 0, 0, 0, 0, time.UTC)}
}

func (b *book) put(category, id string, proposed []es.Proposed, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	for _, p := range proposed {
		n := uint64(len(b.records) + 1)
		b.records = append(b.records, es.Record{
			Proposed: p, Stream: es.Stream{Category: category, ID: id}, Revision: es.Revision(n), Position: es.At(n, 0),
		})
	}
}

func registered(id, district string, authority domain.AuthorityID) events.SubjectRegistered {
	return events.SubjectRegistered{
		ID: domain.SubjectID(id), Name: "甲公司", Kind: events.Enterprise, District: district, Status: events.Active, Authority: authority,
	}
}

func enrolled(id, department string, authority domain.AuthorityID) events.InspectorEnrolled {
	return events.InspectorEnrolled{
		ID: domain.InspectorID(id), Name: "钱一", Authority: authority, Department: department, LicenceNo: "26010001",
		LicenceValidUntil: day, Lines: []string{"food"}, Districts: []string{"540100"}, Group: "一组", Expert: true,
	}
}

func TestSubjectView(t *testing.T) {
	code := "91540321MA6TCRT16P"
	full := registered(code, "540321", "xz")
	full.Code, full.CodeFindings = code, uscc.Check(code)
	full.RegisteredOn, full.Address, full.Scope, full.Industry, full.RegistrationAuthority = day, "江达镇1号", "牧业", "A03", "江达县局"
	b := &book{t: t}
	b.subject(code, full,
		events.SubjectRenamed{Name: "乙公司", EffectiveOn: day},
		events.SubjectRedescribed{Code: code, CodeFindings: full.CodeFindings, Kind: events.Cooperative, RegisteredOn: day, Scope: "餐饮", Industry: "H62", RegistrationAuthority: "县局"},
		events.SubjectMoved{District: "540102", Address: "城关区2号"},
		events.SubjectStatusRecorded{Status: events.Suspended, EffectiveOn: day},
		events.SubjectReclassified{Class: "B", Source: "省级平台", Month: "2026-01"})
	views := projectionstest.Live(t, roster.Projection(), b.records)
	got, err := roster.GetSubject(t.Context(), views, domain.SubjectID(code))
	if err != nil {
		t.Fatal(err)
	}
	want := &viewv1.RosterSubject{
		Id: code, Name: "乙公司", Code: code, CodeFindings: []string{full.CodeFindings[0].String()}, Kind: "cooperative", KindLabel: "农民专业合作社",
		District: "540102", Status: "suspended", StatusLabel: "歇业", AuthorityId: "xz", RegisteredOn: "2026-01-20", Address: "城关区2号",
		Scope: "餐饮", Industry: "H62", RegistrationAuthority: "县局", RiskClass: "B", ClassSource: "省级平台", ClassMonth: "2026-01",
		FormerNames: []*viewv1.FormerName{{Name: "甲公司", Until: "2026-01-20"}},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	if v, err := roster.GetSubject(t.Context(), views, "reg:1"); v != nil || err != nil {
		t.Errorf("found %v, %v", v, err)
	}
}

func TestInspectorView(t *testing.T) {
	b := &book{t: t}
	b.inspector("XZ-1", enrolled("XZ-1", "市场监管", "xz"),
		events.InspectorRelicensed{LicenceNo: "26010002", ValidUntil: day.AddYears(1)},
		events.InspectorReassigned{Department: "消防", Lines: []string{"fire"}, Districts: []string{"540000"}, Group: "二组"},
		events.InspectorSuspended{Reason: "培训"},
		events.ConflictDeclared{Subject: "reg:1", Ground: events.Kinship, EvidenceDigest: digest},
		events.ConflictDeclared{Subject: "reg:2", Ground: events.Interest},
		events.ConflictEnded{Subject: "reg:2", Reason: "已解除"})
	b.inspector("XZ-2", enrolled("XZ-2", "市场监管", "xz"), events.InspectorSuspended{Reason: "培训"}, events.InspectorReinstated{Reason: "返岗"})
	views := projectionstest.Live(t, roster.Projection(), b.records)
	got, err := roster.GetInspector(t.Context(), views, "XZ-1")
	if err != nil {
		t.Fatal(err)
	}
	want := &viewv1.RosterInspector{
		Id: "XZ-1", Name: "钱一", AuthorityId: "xz", Department: "消防", LicenceNo: "26010002", LicenceValidUntil: "2027-01-20",
		Lines: []string{"fire"}, Districts: []string{"540000"}, Group: "二组", Status: "suspended", StatusLabel: "暂停", SuspensionReason: "培训",
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	back, err := roster.GetInspector(t.Context(), views, "XZ-2")
	if err != nil || back.GetStatus() != roster.Active || back.GetSuspensionReason() != "" || !back.GetExpert() {
		t.Errorf("reinstated: %v, %v", back, err)
	}
	conflicts, next, err := roster.ListConflicts(t.Context(), views, "xz", "XZ-1", roster.Page{Size: 10})
	if err != nil || next != "" {
		t.Fatal(next, err)
	}
	if diff := cmp.Diff([]*viewv1.RosterConflict{{
		InspectorId: "XZ-1", SubjectId: "reg:1", AuthorityId: "xz", Ground: "kinship", GroundLabel: "近亲属关系", EvidenceDigest: digest,
	}}, conflicts, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestLastChangeMovesWithEveryEvent(t *testing.T) {
	b := &book{t: t}
	memory := projectionstest.NewMemory(t)
	if _, err := memory.Attach(t.Context(), roster.Projection()); err != nil {
		t.Fatal(err)
	}
	empty, err := roster.LastChange(t.Context(), memory)
	if err != nil || empty != (es.Position{}) {
		t.Errorf("of an empty roster: %v, %v", empty, err)
	}
	steps := []func(){
		func() { b.subject("reg:1", registered("reg:1", "540100", "xz")) },
		func() { b.subject("reg:1", events.SubjectReclassified{Class: "A"}) },
		func() { b.inspector("XZ-1", enrolled("XZ-1", "市场监管", "xz")) },
		func() { b.inspector("XZ-1", events.ConflictDeclared{Subject: "reg:1", Ground: events.Kinship}) },
		func() { b.inspector("XZ-1", events.ConflictEnded{Subject: "reg:1", Reason: "已解除"}) },
	}
	for i, step := range steps {
		step()
		got, err := roster.LastChange(t.Context(), projectionstest.Live(t, roster.Projection(), b.records))
		if err != nil || got != es.At(uint64(i+1), 0) {
			t.Errorf("after step %d: %v, %v", i, got, err)
		}
	}
}

func TestEveryCodeHasALabel(t *testing.T) {
	b := &book{t: t}
	n := 0
	for _, k := range events.Kinds() {
		for _, s := range events.Statuses() {
			n++
			e := registered(fmt.Sprintf("reg:%03d", n), "540100", "xz")
			e.Kind, e.Status = k, s
			b.subject(string(e.ID), e)
		}
	}
	b.inspector("XZ-1", enrolled("XZ-1", "市场监管", "xz"))
	for i, g := range events.Grounds() {
		b.inspector("XZ-1", events.ConflictDeclared{Subject: domain.SubjectID(fmt.Sprintf("reg:%d", i)), Ground: g})
	}
	views := projectionstest.Live(t, roster.Projection(), b.records)
	for v, err := range roster.Subjects(t.Context(), views, roster.SubjectFilter{}) {
		if err != nil || v.GetKindLabel() == "" || v.GetStatusLabel() == "" {
			t.Errorf("%v, %v", v, err)
		}
	}
	for v, err := range roster.Conflicts(t.Context(), views, roster.ConflictFilter{}) {
		if err != nil || v.GetGroundLabel() == "" {
			t.Errorf("%v, %v", v, err)
		}
	}
}

func TestASuccessionIsToldOnBothSides(t *testing.T) {
	b := &book{t: t}
	went := events.SubjectSucceeded{Successor: "reg:2", Manner: events.Absorbed, Reason: "合并协议", EffectiveOn: day}
	b.subject("reg:2", registered("reg:2", "540100", "xz"))
	b.subject("reg:1", registered("reg:1", "540100", "xz"), went)
	b.subject("reg:3", registered("reg:3", "540100", "nx"), went, events.SubjectSuccessionRevoked{Successor: "reg:2", Reason: "登记有误"}, went)
	b.subject("reg:4", registered("reg:4", "540100", "nx"), went, events.SubjectSuccessionRevoked{Successor: "reg:2", Reason: "登记有误"})
	views := projectionstest.Live(t, roster.Projection(), b.records)
	other := func(id string) *viewv1.Succession {
		return &viewv1.Succession{SubjectId: id, Name: "甲公司", Manner: "absorbed", MannerLabel: "吸收合并", EffectiveOn: "2026-01-20"}
	}
	for id, want := range map[string]struct {
		successor    *viewv1.Succession
		predecessors []*viewv1.Succession
	}{
		"reg:1": {successor: other("reg:2")}, "reg:3": {successor: other("reg:2")}, "reg:4": {},
		"reg:2": {predecessors: []*viewv1.Succession{other("reg:3"), other("reg:1")}},
	} {
		v, err := roster.GetSubject(t.Context(), views, domain.SubjectID(id))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.successor, v.GetSuccessor(), protocmp.Transform()); diff != "" {
			t.Errorf("successor of %s: %s", id, diff)
		}
		if diff := cmp.Diff(want.predecessors, v.GetPredecessors(), protocmp.Transform()); diff != "" {
			t.Errorf("predecessors of %s: %s", id, diff)
		}
	}
}

func TestFormerCodesLeadToTheSubject(t *testing.T) {
	const first, second, twice = "91540321MA6TCRT16N", "91320105780688132K", "91540124MA6TCRX899"
	b := &book{t: t}
	b.subject("reg:1", registered("reg:1", "540100", "xz"), events.SubjectRedescribed{Code: first, Kind: events.Enterprise},
		events.SubjectRedescribed{Code: first, Kind: events.Cooperative}, events.SubjectRedescribed{Code: second, Kind: events.Cooperative})
	for _, id := range []string{"reg:2", "reg:3"} {
		e := registered(id, "540100", "xz")
		e.Code = twice
		b.subject(id, e)
	}
	own := registered("92540121MA6TCRXH0F", "540100", "xz")
	own.Code = string(own.ID)
	b.subject(string(own.ID), own)
	views := projectionstest.Live(t, roster.Projection(), b.records)
	for code, want := range map[string]string{first: "reg:1", second: "reg:1", twice: "", string(own.ID): "", "91540321": ""} {
		v, err := roster.SubjectOfCode(t.Context(), views, code)
		if err != nil || v.GetId() != want {
			t.Errorf("%s is that of %q, %v", code, v.GetId(), err)
		}
	}
	v, err := roster.GetSubject(t.Context(), views, "reg:1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]*viewv1.FormerCode{{Code: first, Until: "2026-01-20"}}, v.GetFormerCodes(), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestTheAttributesOfLines(t *testing.T) {
	b := &book{t: t}
	b.subject("reg:1", registered("reg:1", "540100", "xz"),
		events.SubjectProfiled{Line: "特种设备", KeyUnit: true}, events.SubjectProfiled{Line: "食品", Class: "B"}, events.SubjectProfiled{Line: "广告", Class: "A"},
		events.SubjectProfiled{Line: "食品", Class: "C", Licences: []string{"JY1"}, Source: "食品条线", Month: "2026-02"},
		events.SubjectProfiled{Line: "广告", Month: "2026-02"}, events.SubjectProfiled{Line: "价格"})
	v, err := roster.GetSubject(t.Context(), projectionstest.Live(t, roster.Projection(), b.records), "reg:1")
	if err != nil {
		t.Fatal(err)
	}
	want := []*viewv1.LineProfile{
		{Line: "特种设备", KeyUnit: true}, {Line: "食品", LineClass: "C", Licences: []string{"JY1"}, Source: "食品条线", Month: "2026-02"},
	}
	if diff := cmp.Diff(want, v.GetProfiles(), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}
