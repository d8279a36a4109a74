package penalty_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	events "github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/penalty"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

var day = calendar.MustParse

// book collects records of several streams in one log.
type book struct {
	t       *testing.T
	records []es.Record
	next    map[string]es.Revision
}

func (b *book) add(id string, list ...events.Event) {
	b.t.Helper()
	meta := es.Metadata{
		Command: es.DeriveID("", id, fmt.Sprint(len(b.records))), Actor: "wang",
		RecordedAt: time.Date(2026, 3, 20, 17, 0, 0, 0, time.UTC),
	}
	proposed, err := es.Propose(meta, list...)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, p := range proposed {
		n := uint64(len(b.records) + 1)
		b.records = append(b.records, es.Record{
			Proposed: p, Stream: es.Stream{Category: events.Decider.Category, ID: id}, Revision: b.next[id], Position: es.At(n, 0),
		})
		b.next[id]++
	}
}

func newBook(t *testing.T) *book { return &book{t: t, next: map[string]es.Revision{}} }

func decided(id string, authority domain.AuthorityID, on string, names ...string) events.Decided {
	d := events.Decided{
		Penalty: id, Authority: authority, AuthorityName: "宁安市市场监督管理局", DecisionNo: "宁市监处罚【2026】" + id + "号", Procedure: events.Ordinary,
		Violation: "加价出售", Facts: "事实", Basis: "第四十二条", Kinds: []events.Kind{events.Fine}, Content: "罚款2000元", FineFen: 200000,
		DecidedOn: day(on), EffectiveUntil: day("2099-12-31"), Inspection: "d1:x", LicenceAffected: "食品经营许可证",
		Doubts:    []events.Doubt{{Code: "penalty.party.codeless", Field: "parties[1].subject", Note: "没有代码"}},
		SourceRow: &events.SourceRow{FileDigest: "ab", Line: 3},
	}
	for _, n := range names {
		d.Parties = append(d.Parties, events.Party{Kind: events.Legal, Name: n})
	}
	return d
}

func TestAPenalty(t *testing.T) {
	b := newBook(t)
	d := decided("45", "b1", "2026-03-16", "甲公司", "乙店")
	d.Parties[0].Subject, d.Parties[0].LegalRepresentative = "91320105780688132K", "张三"
	d.FiledOn = day("2026-01-05")
	b.add("p1", d, events.Served{On: day("2026-03-17"), PublicationNotice: true, PayBy: day("2026-04-30")},
		events.Performed{Kind: events.Paid, AmountFen: 50000, On: day("2026-03-18")}, events.Performed{Kind: events.OtherDone, AmountFen: 1, On: day("2026-03-18")},
		events.Performed{Kind: events.Paid, AmountFen: 50000, On: day("2026-03-19")},
		events.Amended{Reason: "复议变更", Kinds: []events.Kind{events.Warning, events.ConfiscationGains}, Content: "警告，没收", ConfiscatedFen: 7, On: day("2026-03-20")},
		events.Amended{Reason: "诉讼变更", Kinds: []events.Kind{events.Fine}, Content: "罚款1000元", FineFen: 100000, On: day("2026-03-21")})
	got, err := penalty.Get(t.Context(), projectionstest.Live(t, penalty.Projection(), b.records), "p1")
	if err != nil {
		t.Fatal(err)
	}
	content := func(text string, fine, confiscated int64, kinds ...*viewv1.CodedLabel) *viewv1.PenaltyContent {
		return &viewv1.PenaltyContent{Text: text, FineFen: fine, ConfiscatedFen: confiscated, Kinds: kinds}
	}
	fine, warning := &viewv1.CodedLabel{Code: "fine", Label: "罚款"}, &viewv1.CodedLabel{Code: "warning", Label: "警告"}
	want := &viewv1.Penalty{
		Id: "p1", AuthorityId: "b1", AuthorityName: "宁安市市场监督管理局", DecisionNo: "宁市监处罚【2026】45号",
		Procedure: "ordinary", ProcedureLabel: "普通程序", Violation: "加价出售", Facts: "事实", Basis: "第四十二条",
		Parties: []*viewv1.PenaltyParty{
			{Kind: "legal", KindLabel: "法人及非法人组织", Name: "甲公司", SubjectId: "91320105780688132K", LegalRepresentative: "张三"},
			{Kind: "legal", KindLabel: "法人及非法人组织", Name: "乙店"},
		},
		Initial: content("罚款2000元", 200000, 0, fine), Content: content("罚款1000元", 100000, 0, fine),
		LicenceAffected: "食品经营许可证", DecidedOn: "2026-03-16", EffectiveUntil: "2099-12-31", InspectionId: "d1:x",
		Status: "amended", StatusLabel: "已变更", ServedOn: "2026-03-17", PublicationNotice: true, PaidFen: 100000,
		FiledOn: "2026-01-05", PayBy: "2026-04-30",
		Performances: []*viewv1.PenaltyPerformance{
			{Kind: "paid", AmountFen: 50000, On: "2026-03-18"}, {Kind: "other", AmountFen: 1, On: "2026-03-18"}, {Kind: "paid", AmountFen: 50000, On: "2026-03-19"},
		},
		Amendments: []*viewv1.PenaltyAmendment{
			{Reason: "复议变更", On: "2026-03-20", Content: content("警告，没收", 0, 7, warning, &viewv1.CodedLabel{Code: "confiscation_gains", Label: "没收违法所得"})},
			{Reason: "诉讼变更", On: "2026-03-21", Content: content("罚款1000元", 100000, 0, fine)},
		},
		Doubts:           []*viewv1.PenaltyDoubt{{Code: "penalty.party.codeless", Field: "parties[1].subject", Note: "没有代码"}},
		SourceFileDigest: "ab", SourceLine: 3, RecordedAt: "2026-03-20T17:00:00Z", RecordedBy: "wang",
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestAPartysRecord(t *testing.T) {
	b := newBook(t)
	d := decided("45", "b1", "2026-03-16", "甲公司", "李四", "李四")
	d.Parties[1].Kind, d.Parties[2].Kind, d.Doubts = events.Natural, events.Natural, nil
	d.Parties[0].Province, d.Parties[0].ProvinceSource = "32", events.FromRegistration
	fine := &events.Sentence{Kinds: []events.Kind{events.Fine}, Content: "罚款1元", FineFen: 100}
	list, err := events.Apart(d, []*events.Sentence{fine, fine, fine})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range list {
		one.Decision = events.RecordID(list[0])
		b.add(events.RecordID(one), one)
	}
	views := projectionstest.Live(t, penalty.Projection(), b.records)
	for i, one := range list {
		v, err := penalty.Get(t.Context(), views, events.RecordID(one))
		if err != nil || len(v.GetParties()) != 1 || v.GetParties()[0].GetName() != d.Parties[i].Name || v.GetDecisionId() != events.RecordID(list[0]) ||
			v.GetContent().GetFineFen() != 100 || v.GetUnpaidFen() != 100 || len(v.GetCoParties()) != 2 {
			t.Fatalf("record %d: %v, %v", i, v, err)
		}
		var others []string
		for _, o := range v.GetCoParties() {
			others = append(others, o.GetPenaltyId())
		}
		want := []string{events.RecordID(list[0]), events.RecordID(list[1]), events.RecordID(list[2])}
		if want = slices.Delete(want, i, i+1); !slices.Equal(others, want) {
			t.Errorf("record %d names %v beside it, want %v", i, others, want)
		}
	}
	v, err := penalty.Get(t.Context(), views, events.RecordID(list[1]))
	if p := v.GetCoParties()[0].GetParty(); err != nil || p.GetProvince() != "32" || p.GetProvinceSource() != "registration_authority" || p.GetKindLabel() == "" {
		t.Errorf("%v, %v", p, err)
	}
}

func TestWhatFollowsADecision(t *testing.T) {
	b := newBook(t)
	d := decided("45", "b1", "2026-03-16", "甲公司")
	d.SourceRow = nil
	ask := func() *viewv1.Penalty {
		t.Helper()
		v, err := penalty.Get(t.Context(), projectionstest.Live(t, penalty.Projection(), b.records), "p")
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	b.add("p", d)
	if v := ask(); v.GetUnready() == "" || v.GetWithheld() != "" || v.GetPush() != nil {
		t.Errorf("decided: %v", v)
	}
	b.add("p", events.Served{On: day("2026-03-17")})
	if v := ask(); v.GetUnready() == "" {
		t.Error("served without the notice, and ready for the public")
	}
	open := events.Challenged{Kind: events.Litigation, DocumentNo: "1", From: day("2026-03-20")}
	other := events.Challenged{Kind: events.Reconsideration, DocumentNo: "2", From: day("2026-03-21")}
	over := open
	over.Until = day("2026-03-30")
	b.add("p", events.Notified{On: day("2026-03-18")}, open, other, over,
		events.InstalmentsGranted{Instalments: []events.Instalment{{DueOn: day("2026-04-30"), AmountFen: 200000}}, Reason: "困难", DocumentNo: "3", On: day("2026-03-19")},
		events.Performed{Kind: events.Paid, AmountFen: 50000, On: day("2026-03-20"), ReceiptNo: "票1"},
		events.Pushed{Province: "32", Authority: "先错", On: day("2026-03-18")}, events.Pushed{Province: "64", Authority: "某局", On: day("2026-03-19"), Channel: "系统"},
		events.PushReceived{ReceiptNo: "回1", On: day("2026-03-20")}, events.PushPublished{On: day("2026-03-25"), Address: "https://example.org"})
	want := &viewv1.Penalty{
		NotifiedOn: "2026-03-18", UnpaidFen: 150000,
		Challenges: []*viewv1.PenaltyChallenge{
			{Kind: "litigation", KindLabel: "行政诉讼", DocumentNo: "1", From: "2026-03-20", Until: "2026-03-30"},
			{Kind: "reconsideration", KindLabel: "行政复议", DocumentNo: "2", From: "2026-03-21"},
		},
		Instalments: &viewv1.PenaltyInstalments{
			Instalments: []*viewv1.PenaltyInstalment{{DueOn: "2026-04-30", AmountFen: 200000}}, Reason: "困难", DocumentNo: "3", On: "2026-03-19",
		},
		Performances: []*viewv1.PenaltyPerformance{{Kind: "paid", AmountFen: 50000, On: "2026-03-20", ReceiptNo: "票1"}},
		Push: &viewv1.PenaltyPush{
			Province: "64", Authority: "某局", PushedOn: "2026-03-19", Channel: "系统", ReceiptNo: "回1", ReceivedOn: "2026-03-20",
			PublishedOn: "2026-03-25", Address: "https://example.org",
		},
	}
	got := ask()
	shown := &viewv1.Penalty{
		NotifiedOn: got.GetNotifiedOn(), UnpaidFen: got.GetUnpaidFen(), Unready: got.GetUnready(), Challenges: got.GetChallenges(),
		Instalments: got.GetInstalments(), Performances: got.GetPerformances(), Push: got.GetPush(),
	}
	if diff := cmp.Diff(want, shown, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	b.add("p", events.Revoked{Ground: events.GroundVoid, On: day("2026-04-01")})
	if v := ask(); v.GetWithheld() == "" || v.GetUnready() != "" {
		t.Errorf("revoked: withheld %q, unready %q", v.GetWithheld(), v.GetUnready())
	}
}

func TestWhyAPenaltyIsWithheld(t *testing.T) {
	b := newBook(t)
	warned, spot := decided("2", "b1", "2026-03-16", "甲"), decided("3", "b1", "2026-03-16", "甲")
	warned.Kinds, spot.Procedure = []events.Kind{events.Warning}, events.Summary
	b.add("public", decided("1", "b1", "2026-03-16", "甲"))
	b.add("warned", warned)
	b.add("spot", spot)
	b.add("revoked", decided("4", "b1", "2026-03-16", "甲"), events.Revoked{Ground: events.GroundVoid, Reason: "无效", On: day("2026-03-18")})
	views := projectionstest.Live(t, penalty.Projection(), b.records)
	for id, want := range map[string]bool{"public": false, "warned": true, "spot": true, "revoked": true} {
		v, err := penalty.Get(t.Context(), views, id)
		if err != nil || (v.GetWithheld() != "") != want {
			t.Errorf("%s: withheld %q, %v", id, v.GetWithheld(), err)
		}
	}
	v, err := penalty.Get(t.Context(), views, "revoked")
	if err != nil || v.GetStatus() != "revoked" || v.GetRevocation().GetGround() != "void" || v.GetRevocation().GetOn() != "2026-03-18" {
		t.Errorf("revoked: %v, %v", v, err)
	}
	if _, err := penalty.Get(t.Context(), views, "none"); domain.KindOf(err) != domain.NotFound {
		t.Errorf("a missing one: %v", err)
	}
}

func TestListAndSearch(t *testing.T) {
	b := newBook(t)
	b.add("a", decided("1", "b1", "2026-03-01", "宁安（集团）有限公司"))
	b.add("b", decided("2", "b2", "2026-03-03", "乙店"))
	b.add("c", decided("3", "b1", "2026-03-02", "丙店", "ＡＢＣ 商行"))
	b.add("a", events.Revoked{Ground: events.GroundVoid, Reason: "无效", On: day("2026-03-18")})
	views := projectionstest.Live(t, penalty.Projection(), b.records)
	list := func(f penalty.Filter) (ids []string) {
		t.Helper()
		f.PageSize = 1
		for {
			page, next, err := penalty.List(t.Context(), views, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range page {
				ids = append(ids, v.GetId())
			}
			if next == "" {
				return ids
			}
			f.PageToken = next
		}
	}
	for name, c := range map[string]struct {
		filter penalty.Filter
		want   []string
	}{
		"all, the latest first": {penalty.Filter{}, []string{"b", "c", "a"}},
		"authority":             {penalty.Filter{Authority: "b1"}, []string{"c", "a"}},
		"status":                {penalty.Filter{Status: "revoked"}, []string{"a"}},
		"both":                  {penalty.Filter{Authority: "b1", Status: "in_force"}, []string{"c"}},
		"name in other width":   {penalty.Filter{Search: "宁安(集团)"}, []string{"a"}},
		"second party":          {penalty.Filter{Search: "abc商行"}, []string{"c"}},
		"number":                {penalty.Filter{Search: "处罚〔2026〕2号"}, []string{"b"}},
		"nobody":                {penalty.Filter{Search: "丁店"}, nil},
	} {
		if got := list(c.filter); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	for _, f := range []penalty.Filter{{Search: "店"}, {Search: "乙店", Authority: "b2"}, {Search: "\u200b\u200b店"}} {
		f.PageSize = 10
		if _, _, err := penalty.List(t.Context(), views, f); domain.KindOf(err) != domain.Invalid {
			t.Errorf("%+v: %v", f, err)
		}
	}
	if _, _, err := penalty.List(t.Context(), views, penalty.Filter{PageSize: projections.MaxLimit + 1}); err == nil {
		t.Error("a page over the limit")
	}
}
