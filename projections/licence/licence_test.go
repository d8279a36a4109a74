package licence_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	events "github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/projections/licence"
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

func granted(id string, authority domain.AuthorityID, on, name string) events.Granted {
	return events.Granted{
		Licence: id, Authority: authority, AuthorityName: "甲局", Holder: events.Holder{Kind: events.Legal, Name: name, Subject: "91320105780688132K"},
		DocumentTitle: "准予决定书", DocumentNo: "7号", Category: events.Ordinary, CertificateName: "食品经营许可证", LicenceNo: "JY-" + id, Content: "销售",
		DecidedOn: day(on), ValidFrom: day(on), ValidTo: day("2031-01-09"),
	}
}

func term(row, from, to string, status events.Status) events.TermTakenOver {
	return events.TermTakenOver{
		Licence: "old:1", Authority: "b1", AuthorityName: "甲局", Register: "old", LicenceNo: "1", RowNo: row,
		Holder: events.Holder{Name: "STAR " + row, Subject: "ext:old:1"}, Action: events.ActRenew, Title: "Food", Activity: "Retail",
		ValidFrom: day(from), ValidTo: day(to), Status: status,
	}
}

func get(t *testing.T, b *book, id string) *viewv1.Licence {
	t.Helper()
	v, err := licence.Get(t.Context(), projectionstest.Live(t, licence.Projection(), b.records), id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestALicence(t *testing.T) {
	b := newBook(t)
	b.add("l1", granted("l1", "b1", "2026-01-08", "甲公司"),
		events.Amended{DocumentNo: "8号", DecidedOn: day("2026-02-01"), Reason: "更名", Holder: &events.Holder{Kind: events.Legal, Name: "甲集团"}, Content: "批发"},
		events.Suspended{DocumentNo: "9号", Reason: "违法", On: day("2026-02-10"), Until: day("2026-02-20")})
	first := &viewv1.LicenceHolder{Kind: "legal", KindLabel: "法人及非法人组织", Name: "甲公司", SubjectId: "91320105780688132K"}
	second := &viewv1.LicenceHolder{Kind: "legal", KindLabel: "法人及非法人组织", Name: "甲集团"}
	decision := func(v *viewv1.LicenceDecision) *viewv1.LicenceDecision {
		v.ValidFrom, v.ValidTo, v.DocumentTitle = "2026-01-08", "2031-01-09", "准予决定书"
		v.RecordedAt, v.RecordedBy = "2026-03-20T17:00:00Z", "wang"
		return v
	}
	want := &viewv1.Licence{
		Id: "l1", AuthorityId: "b1", AuthorityName: "甲局", Holder: second, DocumentTitle: "准予决定书", DocumentNo: "9号", Category: "ordinary",
		CategoryLabel: "普通", CertificateName: "食品经营许可证", LicenceNo: "JY-l1", Content: "批发", ValidFrom: "2026-01-08", ValidTo: "2031-01-09",
		Status: "suspended", StatusLabel: "暂扣",
		Certificate: &viewv1.LicenceCertificate{
			Name: "食品经营许可证", No: "JY-l1", Holder: second, Scope: "批发", ValidFrom: "2026-01-08", ValidTo: "2031-01-09", AuthorityName: "甲局",
			IssuedOn: "2026-02-01", CategoryLabel: "普通",
		},
		Decisions: []*viewv1.LicenceDecision{
			decision(&viewv1.LicenceDecision{RecordId: "l1.0", Action: "granted", ActionLabel: "核发", DocumentNo: "7号", On: "2026-01-08",
				Status: "in_force", StatusLabel: "有效", Holder: first, Content: "销售"}),
			decision(&viewv1.LicenceDecision{RecordId: "l1.1", Action: "amended", ActionLabel: "变更", DocumentNo: "8号", On: "2026-02-01", Reason: "更名",
				Status: "in_force", StatusLabel: "有效", Holder: second, Content: "批发"}),
			decision(&viewv1.LicenceDecision{RecordId: "l1.2", Action: "suspended", ActionLabel: "暂扣", DocumentNo: "9号", On: "2026-02-10", Until: "2026-02-20",
				Reason: "违法", Status: "suspended", StatusLabel: "暂扣", Holder: second, Content: "批发"}),
		},
	}
	if diff := cmp.Diff(want, get(t, b, "l1"), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

// TestTheViewFollowsTheAggregate holds what the view says now to what the aggregate says, after each event.
func TestTheViewFollowsTheAggregate(t *testing.T) {
	history := []events.Event{
		term("b", "2013-04-16", "2015-04-15", events.StatusInForce), term("a", "2011-04-16", "2013-04-15", events.StatusExpired),
		term("c", "2013-04-16", "2015-04-15", events.StatusRevoked),
		events.Renewed{DocumentNo: "1", DecidedOn: day("2015-04-01"), ValidFrom: day("2015-04-16"), ValidTo: day("2017-04-15")},
		term("d", "2020-01-01", "2021-01-01", events.StatusInForce),
		events.Suspended{On: day("2015-05-01"), Reason: "x"}, events.Resumed{On: day("2015-06-01"), Reason: "y"},
		events.Amended{DocumentNo: "2", DecidedOn: day("2015-07-01"), CertificateName: "证", DocumentTitle: "变更决定", Reason: "z"},
		events.Reissued{On: day("2015-08-01"), Reason: "遗失"}, events.Suspended{On: day("2017-03-01"), Reason: "x"}, events.Expired{On: day("2017-04-16")},
		events.Renewed{DocumentNo: "3", DecidedOn: day("2017-04-01"), ValidFrom: day("2017-04-16"), ValidTo: day("2018-04-15")},
		events.Expired{On: day("2018-04-16")}, events.Revoked{On: day("2017-05-01"), Reason: "x", Ground: events.GroundRetracted}, events.Cancelled{On: day("2017-06-01"), Reason: "x"},
	}
	for n := 1; n <= len(history); n++ {
		b := newBook(t)
		b.add("old:1", history[:n]...)
		s := events.Decider.Initial
		for _, e := range history[:n] {
			s = events.Decider.Evolve(s, e)
		}
		v, c := get(t, b, "old:1"), s.Current
		got := []string{v.GetHolder().GetName(), v.GetDocumentTitle(), v.GetDocumentNo(), v.GetCertificateName(), v.GetLicenceNo(), v.GetContent(),
			v.GetValidFrom(), v.GetValidTo(), v.GetStatus(), v.GetAuthorityName(), v.GetRegister()}
		want := []string{c.Holder.Name, c.DocumentTitle, c.DocumentNo, c.CertificateName, c.LicenceNo, c.Content,
			c.ValidFrom.String(), c.ValidTo.String(), string(c.Status), s.AuthorityName, s.Register}
		if !slices.Equal(got, want) {
			t.Errorf("after %d events the view says %q, the aggregate %q", n, got, want)
		}
		if len(v.GetDecisions()) != len(s.Decisions) {
			t.Fatalf("after %d events %d decisions, want %d", n, len(v.GetDecisions()), len(s.Decisions))
		}
		for i, d := range s.Decisions {
			shown := proto.CloneOf(v.GetDecisions()[i])
			if shown.GetRecordId() != events.RecordID("old:1", es.Revision(i)) || shown.GetAction() != string(d.Action) || shown.GetStatus() != string(d.Status) ||
				shown.GetOn() != d.On.String() || shown.GetValidTo() != d.ValidTo.String() || shown.GetRowNo() != d.RowNo || shown.GetGround() != string(d.Ground) {
				t.Errorf("decision %d is shown as %v, is %+v", i, shown, d)
			}
		}
	}
}

func TestACertificate(t *testing.T) {
	b := newBook(t)
	bare := granted("l1", "b1", "2026-01-08", "甲公司")
	bare.CertificateName, bare.LicenceNo, bare.CategoryName = "", "", "备案"
	b.add("l1", bare, events.Amended{DocumentTitle: "准予变更决定书", DocumentNo: "8号", DecidedOn: day("2026-02-01"), Content: "批发"})
	c := get(t, b, "l1").GetCertificate()
	if c.GetName() != "准予决定书" || c.GetNo() != "7号" || c.GetScope() != "批发" || c.GetIssuedOn() != "2026-02-01" || c.GetCategoryLabel() != "备案" {
		t.Error(c)
	}
	b.add("l1", events.Reissued{Reason: "遗失", On: day("2026-03-01")}, events.Suspended{Reason: "x", On: day("2026-03-02")})
	if c := get(t, b, "l1").GetCertificate(); c.GetIssuedOn() != "2026-02-01" || c.GetReissuedOn() != "2026-03-01" {
		t.Error(c)
	}
	b.add("l1", events.Renewed{DocumentNo: "9号", DecidedOn: day("2026-03-03"), ValidFrom: day("2031-01-10"), ValidTo: day("2036-01-09")})
	if c := get(t, b, "l1").GetCertificate(); c.GetIssuedOn() != "2026-03-03" || c.GetReissuedOn() != "" || c.GetValidTo() != "2036-01-09" {
		t.Error(c)
	}
	b.add("old:1", term("a", "2011-04-16", "2013-04-15", events.StatusInForce))
	if c := get(t, b, "old:1").GetCertificate(); c != nil {
		t.Errorf("of a licence of an older register: %v", c)
	}
}

func TestLapsed(t *testing.T) {
	b := newBook(t)
	until := func(id, last string, more ...events.Event) {
		g := granted(id, "b1", "2026-01-01", "甲")
		g.ValidTo = day(last)
		b.add(id, append([]events.Event{g}, more...)...)
	}
	until("b", "2026-03-02")
	until("a", "2026-03-01", events.Suspended{Reason: "x", On: day("2026-02-01")})
	until("good", "2026-03-10")
	until("marked", "2026-03-01", events.Expired{On: day("2026-03-02")})
	until("marked, though renewed", "2026-03-01", events.Expired{On: day("2026-03-02")},
		events.Renewed{DecidedOn: day("2026-02-01"), ValidFrom: day("2026-03-02"), ValidTo: day("2026-03-05")})
	until("renewed", "2026-03-01", events.Renewed{DecidedOn: day("2026-02-01"), ValidFrom: day("2026-03-02"), ValidTo: day("2031-03-01")})
	until("revoked", "2026-03-01", events.Revoked{Reason: "x", On: day("2026-02-01")})
	until("cancelled", "2026-03-01", events.Cancelled{Reason: "x", On: day("2026-02-01")})
	until("long", "2099-12-31")
	b.add("old:1", term("a", "2011-04-16", "2013-04-15", events.StatusInForce))
	views := projectionstest.Live(t, licence.Projection(), b.records)
	for before, want := range map[string][]string{
		"2026-03-01": nil, "2026-03-02": {"a"}, "2026-03-03": {"a", "b"}, "2026-03-11": {"a", "b", "marked, though renewed", "good"},
	} {
		var ids []string
		for after := ""; ; {
			page, next, err := licence.Lapsed(t.Context(), views, day(before), 1, after)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range page {
				ids = append(ids, v.GetId())
			}
			if after = next; next == "" {
				break
			}
		}
		if !slices.Equal(ids, want) {
			t.Errorf("before %s: %v, want %v", before, ids, want)
		}
	}
}

func TestListAndSearch(t *testing.T) {
	b := newBook(t)
	b.add("a", granted("a", "b1", "2026-01-01", "宁安（集团）有限公司"))
	b.add("b", granted("b", "b2", "2026-01-03", "乙店"))
	b.add("old:1", term("a", "2011-04-16", "2013-04-15", events.StatusExpired))
	b.add("a", events.Cancelled{On: day("2026-02-01"), Reason: "歇业"})
	views := projectionstest.Live(t, licence.Projection(), b.records)
	for name, c := range map[string]struct {
		filter licence.Filter
		want   []string
	}{
		"all, the latest first": {licence.Filter{}, []string{"a", "b", "old:1"}},
		"authority":             {licence.Filter{Authority: "b1"}, []string{"a", "old:1"}},
		"status":                {licence.Filter{Status: "in_force"}, []string{"b"}},
		"both":                  {licence.Filter{Authority: "b1", Status: "expired"}, []string{"old:1"}},
		"subject":               {licence.Filter{Subject: "ext:old:1"}, []string{"old:1"}},
		"name":                  {licence.Filter{Search: "宁安(集团)"}, []string{"a"}},
		"number":                {licence.Filter{Search: "jy-B"}, []string{"b"}},
	} {
		c.filter.PageSize = 10
		page, next, err := licence.List(t.Context(), views, c.filter)
		var ids []string
		for _, v := range page {
			ids = append(ids, v.GetId())
		}
		if err != nil || next != "" || !slices.Equal(ids, c.want) {
			t.Errorf("%s: %v, %v, want %v", name, ids, err, c.want)
		}
	}
	for _, f := range []licence.Filter{{Search: "店"}, {Search: "乙店", Subject: "x"}, {Subject: "x", Status: "in_force"}} {
		f.PageSize = 10
		if _, _, err := licence.List(t.Context(), views, f); domain.KindOf(err) != domain.Invalid {
			t.Errorf("%+v: %v", f, err)
		}
	}
	if _, err := licence.Get(t.Context(), views, "none"); domain.KindOf(err) != domain.NotFound {
		t.Errorf("a missing one: %v", err)
	}
}
