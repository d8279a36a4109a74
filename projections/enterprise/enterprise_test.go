package enterprise_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/enterprise"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func (l *log) subject(id string, events ...es.Event) {
	l.Helper()
	l.Add(es.Stream{Category: roster.Subjects.Category, ID: id}, events...)
}

func (l *log) live() projections.Reader {
	l.Helper()
	return projectionstest.Live(l, enterprise.Projection(), l.Store.All())
}

func get(t testing.TB, r projections.Reader, id string) *viewv1.Enterprise {
	t.Helper()
	e, err := enterprise.Get(t.Context(), r, id, day)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func registered(id, name string) roster.SubjectRegistered {
	return roster.SubjectRegistered{
		ID: domain.SubjectID(id), Name: name, Code: id, Kind: roster.Enterprise, District: "320105", Status: roster.Active, Authority: bureau,
		RegisteredOn: calendar.MustParse("2008-08-08"), Address: "中山路1号", RegistrationAuthority: "宁安市市场监督管理局",
	}
}

func counts(e *viewv1.Enterprise) string {
	c := e.GetCounts()
	return fmt.Sprintf("%d %d %d %d", c.GetInspections(), c.GetPenalties(), c.GetLicences(), c.GetWithdrawn())
}

func entries(e *viewv1.Enterprise) string {
	var out []string
	for _, x := range e.GetEntries() {
		out = append(out, x.GetRecordId())
	}
	return strings.Join(out, " ")
}

func TestProfileFollowsTheRoster(t *testing.T) {
	l := newLog(t)
	r1 := registered(huimin, "宁安市惠民食品有限公司")
	r1.CodeFindings = []uscc.Finding{{Rule: uscc.RuleCheck, Level: uscc.Error, Position: 18, Got: "K", Want: "L"}}
	l.subject(huimin, r1,
		roster.SubjectRenamed{Name: "宁安市惠民食品集团有限公司", EffectiveOn: calendar.MustParse("2015-01-01")},
		roster.SubjectRenamed{Name: "惠民集团", EffectiveOn: calendar.MustParse("2020-02-02")},
		roster.SubjectMoved{District: "640100", Address: "别处"},
		roster.SubjectStatusRecorded{Status: roster.Deregistered, EffectiveOn: calendar.MustParse("2025-01-01")},
		roster.SubjectReclassified{Class: "D", Month: "2026-01"},
	)
	want := &viewv1.Enterprise{
		Id: huimin, Name: "惠民集团", Kind: "enterprise", Status: "deregistered", District: "640100",
		FormerNames: []*viewv1.FormerName{
			{Name: "宁安市惠民食品集团有限公司", Until: "2020-02-02"}, {Name: "宁安市惠民食品有限公司", Until: "2015-01-01"},
		},
		RegistrationAuthority: "宁安市市场监督管理局", RegisteredOn: "2008-08-08", CodeFindings: []string{"check"}, OnRoster: true,
		Counts: &viewv1.EnterpriseCounts{},
	}
	if diff := cmp.Diff(want, get(t, l.live(), huimin), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestRedescribedStatesAnew(t *testing.T) {
	l := newLog(t)
	l.subject("reg:320105000012345", registered("reg:320105000012345", "甲店"),
		roster.SubjectRedescribed{Code: huimin, Kind: roster.IndividualBusiness, RegisteredOn: calendar.MustParse("2009-09-09")})
	r := l.live()
	e := get(t, r, "reg:320105000012345")
	if e.GetKind() != "individual_business" || e.GetRegisteredOn() != "2009-09-09" || e.GetRegistrationAuthority() != "" {
		t.Errorf("%v", e)
	}
	if got := search(t, r, strings.ToLower(huimin[4:12]), 9); got != "reg:320105000012345" {
		t.Errorf("the code finds %q", got)
	}
}

func TestEntryShowsTheRelease(t *testing.T) {
	l := newLog(t)
	l.subject(huimin, registered(huimin, "宁安市惠民食品有限公司"))
	d := doc("a", bureau, "2026-03-16", huimin, huimin, "")
	l.Disclosure("penalty.a", l.Published(d, 1))
	raw, digest := l.Raw(d)
	e := get(t, l.live(), huimin)
	want := []*viewv1.EnterpriseEntry{{
		RecordKind: "penalty", RecordId: "a", DisclosureId: "penalty.a", Date: "2026-03-16", Title: d.Title, Summary: "罚款2000.00元",
		Authority: &viewv1.Party{Id: bureau, Name: "宁安市市场监督管理局"}, Document: string(raw), Digest: digest,
		Kind: viewv1.ReleaseKind_RELEASE_KIND_PUBLISHED, Sequence: 1,
	}}
	if diff := cmp.Diff(want, e.GetEntries(), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	if counts(e) != "0 1 0 0" || e.GetName() != "宁安市惠民食品有限公司" {
		t.Errorf("counts %s, name %s", counts(e), e.GetName())
	}
}

func TestCorrectionMovesTheRecord(t *testing.T) {
	l := newLog(t)
	l.subject(huimin, registered(huimin, "惠民"))
	l.Disclosure("penalty.a", l.Published(doc("a", bureau, "2026-03-16", huimin, "reg:320105000012345"), 1))
	l.Disclosure("penalty.a", l.Corrected(doc("a", bureau, "2026-03-15", anda), 2))
	r := l.live()
	if e := get(t, r, huimin); counts(e) != "0 0 0 0" || entries(e) != "" {
		t.Errorf("who was left: %s, %s", counts(e), entries(e))
	}
	if e := get(t, r, anda); counts(e) != "0 1 0 0" || e.GetEntries()[0].GetReason() != "更正" || e.GetEntries()[0].GetSequence() != 2 {
		t.Errorf("who it is about: %v", e)
	}
	if _, err := enterprise.Get(t.Context(), r, "reg:320105000012345", day); domain.KindOf(err) != domain.NotFound {
		t.Errorf("nothing tells of an enterprise, yet: %v", err)
	}
}

func TestWithdrawalLeavesItsReason(t *testing.T) {
	l := newLog(t)
	d := doc("a", bureau, "2026-03-16", huimin)
	l.Disclosure("penalty.a", l.Adopted(d), withdrawn(2))
	e := get(t, l.live(), huimin)
	x := e.GetEntries()[0]
	if counts(e) != "0 0 0 1" || x.GetTitle()+x.GetDocument() != "" || x.GetReason() != "复议撤销原决定" || x.GetDate() != "2026-03-16" ||
		x.GetAuthority().GetId() != bureau || x.GetKind() != viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN {
		t.Errorf("counts %s, entry %v", counts(e), x)
	}
	l.Disclosure("penalty.a", l.Published(d, 3))
	if e := get(t, l.live(), huimin); counts(e) != "0 1 0 0" || e.GetEntries()[0].GetTitle() == "" {
		t.Errorf("published anew: %v", e)
	}
}

func TestKnownFromDisclosuresAlone(t *testing.T) {
	l := newLog(t)
	named := func(id, date, name string) {
		d := doc(id, bureau, date, anda)
		d.Subjects[0].Name = name
		l.Disclosure("penalty."+id, l.Published(d, 1))
	}
	named("b", "2020-01-01", "中间名")
	named("a", "2019-01-01", "旧名")
	r := l.live()
	if e := get(t, r, anda); e.GetName() != "中间名" || e.GetOnRoster() || entries(e) != "b a" {
		t.Errorf("%v", e)
	}
	named("c", "2021-01-01", "新名（集团）")
	if e := get(t, l.live(), anda); e.GetName() != "新名（集团）" {
		t.Errorf("name %s", e.GetName())
	}
	l.subject(anda, registered(anda, "登记名"))
	named("d", "2022-01-01", "更新的名")
	if e := get(t, l.live(), anda); e.GetName() != "登记名" || !e.GetOnRoster() || counts(e) != "0 4 0 0" {
		t.Errorf("%v", e)
	}
}

func TestRecordShowsTheLatestAndCountsAll(t *testing.T) {
	l := newLog(t)
	first := calendar.MustParse("2020-01-01")
	for i := range 205 {
		id := fmt.Sprintf("r%03d", i)
		l.Disclosure("penalty."+id, l.Published(doc(id, bureau, first.AddDays(i).String(), huimin), 1))
	}
	r := l.live()
	e := get(t, r, huimin)
	if len(e.GetEntries()) != enterprise.MaxEntries || counts(e) != "0 205 0 0" || !strings.HasPrefix(entries(e), "r204 r203") || !strings.HasSuffix(entries(e), " r005") {
		t.Fatalf("%d entries, counts %s: %s", len(e.GetEntries()), counts(e), entries(e))
	}
	// A record that leaves makes room for the one that did not fit; one beyond the latest still counts.
	l.Disclosure("penalty.r100", l.Corrected(doc("r100", bureau, "2020-03-01", anda), 2))
	l.Disclosure("penalty.r000", withdrawn(2))
	e = get(t, l.live(), huimin)
	if len(e.GetEntries()) != enterprise.MaxEntries || counts(e) != "0 203 0 1" || !strings.HasSuffix(entries(e), " r004") {
		t.Errorf("%d entries, counts %s: %s", len(e.GetEntries()), counts(e), entries(e))
	}
}

func TestSummaries(t *testing.T) {
	base := doc("x", bureau, "2026-03-16", huimin)
	for want, change := range map[string]func(*disclosure.Document){
		"未发现问题；other": func(d *disclosure.Document) {
			d.Kind, d.Penalty = disclosure.Inspection, nil
			d.Inspection = &disclosure.InspectionBody{CompletedOn: day, Outcomes: []disclosure.Labelled{{Code: "no_problem", Label: "未发现问题"}, {Code: "other"}}}
		},
		"警告、没收违法所得0.05元（已变更）": func(d *disclosure.Document) {
			d.Penalty = &disclosure.PenaltyBody{
				Kinds: []disclosure.Labelled{{Code: "warning", Label: "警告"}, {Code: "confiscation_gains", Label: "没收违法所得"}}, ConfiscatedFen: 5, Status: "amended", DecidedOn: day,
			}
		},
		"罚款0.50元（已变更，原为罚款1.00元、没收违法所得0.05元）": func(d *disclosure.Document) {
			fine := disclosure.Labelled{Code: "fine", Label: "罚款"}
			d.Penalty = &disclosure.PenaltyBody{
				Kinds: []disclosure.Labelled{fine}, FineFen: 50, Status: "amended", DecidedOn: day, InitialFineFen: 100, InitialConfiscatedFen: 5,
				InitialKinds: []disclosure.Labelled{fine, {Code: "confiscation_gains", Label: "没收违法所得"}},
			}
		},
		"撤销《食品经营许可证》 JY1": func(d *disclosure.Document) {
			d.Kind, d.Penalty = disclosure.Licence, nil
			d.Licence = &disclosure.LicenceBody{
				Action: "revoked", CertificateName: "食品经营许可证", LicenceNo: "JY1", Ground: &disclosure.Labelled{Code: "annulled", Label: "撤销"},
			}
		},
		"罚款1.00元（已撤销）": func(d *disclosure.Document) {
			d.Penalty = &disclosure.PenaltyBody{FineFen: 100, Status: "revoked", DecidedOn: day}
		},
		"核发《食品经营许可证》 JY1，有效期至2030-01-31": func(d *disclosure.Document) {
			d.Kind, d.Penalty = disclosure.Licence, nil
			d.Licence = &disclosure.LicenceBody{
				Action: "granted", CertificateName: "食品经营许可证", LicenceNo: "JY1", ValidTo: calendar.MustParse("2030-01-31"),
			}
		},
		"ISSUE 12，长期有效": func(d *disclosure.Document) {
			d.Kind, d.Penalty = disclosure.Licence, nil
			d.Licence = &disclosure.LicenceBody{Action: "ISSUE", LicenceNo: "12", ValidTo: calendar.MustParse("2099-12-31")}
		},
	} {
		d := base
		change(&d)
		l := newLog(t)
		l.Disclosure(d.Record().Disclosure(), l.Published(d, 1))
		if got := get(t, l.live(), huimin).GetEntries()[0].GetSummary(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAMergedEnterpriseLeadsToItsSuccessorAndBack(t *testing.T) {
	l := newLog(t)
	went := roster.SubjectSucceeded{Successor: anda, Manner: roster.Consolidated, Reason: "合并协议", EffectiveOn: calendar.MustParse("2026-03-01")}
	l.subject(anda, registered(anda, "安达集团"))
	l.subject(huimin, registered(huimin, "惠民"), went)
	l.Disclosure("penalty.a", l.Published(doc("a", bureau, "2026-03-16", huimin), 1))
	r := l.live()
	if e := get(t, r, huimin); e.GetSuccessor().GetSubjectId() != anda || e.GetSuccessor().GetName() != "安达集团" || counts(e) != "0 1 0 0" {
		t.Errorf("what was merged: %v", e)
	}
	want := []*viewv1.Succession{{SubjectId: huimin, Name: "惠民", Manner: "consolidated", MannerLabel: "新设合并", EffectiveOn: "2026-03-01"}}
	if diff := cmp.Diff(want, get(t, r, anda).GetPredecessors(), protocmp.Transform()); diff != "" {
		t.Errorf("what it became: %s", diff)
	}
	l.subject(huimin, roster.SubjectSuccessionRevoked{Successor: anda, Reason: "登记有误"})
	r = l.live()
	if a, b := get(t, r, huimin), get(t, r, anda); a.GetSuccessor() != nil || len(b.GetPredecessors()) > 0 {
		t.Errorf("after the revocation: %v, %v", a, b)
	}
}
