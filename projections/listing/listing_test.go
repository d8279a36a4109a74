package listing_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	events "github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/listing"
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

func newBook(t *testing.T) *book { return &book{t: t, next: map[string]es.Revision{}} }

func (b *book) add(id string, list ...events.Event) {
	b.t.Helper()
	meta := es.Metadata{Command: es.DeriveID("", id, fmt.Sprint(len(b.records))), Actor: "wang", RecordedAt: time.Date(2026, 3, 20, 17, 0, 0, 0, time.UTC)}
	proposed, err := es.Propose(meta, list...)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, p := range proposed {
		b.records = append(b.records, es.Record{
			Proposed: p, Stream: es.Stream{Category: events.Category, ID: id}, Revision: b.next[id], Position: es.At(uint64(len(b.records)+1), 0),
		})
		b.next[id]++
	}
}

func (b *book) live() projections.Reader {
	return projectionstest.Live(b.t, listing.Projection(), b.records)
}

func found(n int, authority domain.AuthorityID, list events.List, ground events.Ground, subject domain.SubjectID) events.Found {
	table, _ := events.TableOn(list, day("2026-03-02"))
	return events.Found{
		Listing: "l", List: list, Authority: authority, Subject: events.Subject{ID: subject, Name: "甲公司", Kind: "enterprise"}, Finding: n, Ground: ground,
		Table: table.Version, Facts: "事实", Evidence: []string{"ab"}, Inspection: "i1", Penalty: "p1", On: day("2026-03-02"), By: "wang",
	}
}

func decided(no, on string) events.Decision {
	return events.Decision{AuthorityName: "甲局", DocumentNo: no, On: day(on), By: "sun"}
}

func TestACase(t *testing.T) {
	b := newBook(t)
	again := found(3, "b1", events.Abnormal, events.Unreachable, "ext:r:1")
	again.Entry = 1
	b.add("l1", found(1, "b1", events.Abnormal, events.Unreachable, "ext:r:1"), found(2, "b1", events.Abnormal, events.FalseInfo, "ext:r:1"),
		events.Notified{Finding: 1, DocumentNo: "告1号", On: day("2026-03-03"), By: "wang"},
		events.Entered{Entry: 1, Findings: []int{1}, Ground: events.Unreachable, Table: "abnormal-2014", ConsentNo: "函1", Decision: decided("异1号", "2026-03-05")},
		again, events.Dismissed{Finding: 2, Reason: "不实", On: day("2026-03-06"), By: "sun"},
		events.RemovalApplied{Entry: 1, Application: 1, Statement: "已改", Evidence: []string{"cd"}, ReceivedOn: day("2026-03-07"), By: "wang"},
		events.RemovalRefused{Entry: 1, Application: 1, Reason: "未改", Decision: decided("不移1号", "2026-03-08")},
		events.GroundAdded{Entry: 1, Findings: []int{9}, Ground: events.FalseInfo, Table: "abnormal-2014", Decision: decided("异2号", "2026-03-09")},
		events.RemovalApplied{Entry: 1, Application: 2, Statement: "再申请", ReceivedOn: day("2026-03-10"), By: "wang"},
		events.Transferred{To: "b2", Reason: "迁出", On: day("2026-03-11"), By: "sun"},
		events.Removed{Entry: 1, Application: 2, Remedies: []events.Remedy{events.Reached, events.Corrected}, Decision: decided("移1号", "2026-03-12")},
		events.Rescinded{Entry: 1, Reason: "有误", Decision: decided("撤1号", "2026-03-13")})
	got, err := listing.Get(t.Context(), b.live(), "l1")
	if err != nil {
		t.Fatal(err)
	}
	decision := func(no, on string) *viewv1.ListingDecision {
		return &viewv1.ListingDecision{AuthorityName: "甲局", DocumentNo: no, On: on, By: "sun"}
	}
	refusal, removal, rescission := decision("不移1号", "2026-03-08"), decision("移1号", "2026-03-12"), decision("撤1号", "2026-03-13")
	refusal.Reason, rescission.Reason = "未改", "有误"
	removal.Remedies, removal.RemedyLabels = []string{"reached", "corrected"}, []string{"已办理住所或者经营场所变更登记，或者重新取得联系", "已更正其公示的信息"}
	const away, lied = "通过登记的住所或者经营场所无法联系", "公示信息隐瞒真实情况、弄虚作假"
	const awayBasis, liedBasis = "《企业经营异常名录管理暂行办法》第四条第四项", "《企业经营异常名录管理暂行办法》第四条第三项"
	finding := func(n uint32, ground, label, basis, stage, stageLabel string) *viewv1.ListingFinding {
		return &viewv1.ListingFinding{
			Number: n, Ground: ground, GroundLabel: label, Basis: basis, Table: "abnormal-2014", Facts: "事实", Evidence: []string{"ab"}, InspectionId: "i1", PenaltyId: "p1",
			On: "2026-03-02", FoundBy: "wang", Stage: stage, StageLabel: stageLabel,
		}
	}
	first, second := finding(1, "unreachable", away, awayBasis, "entered", "已列入"), finding(2, "false_info", lied, liedBasis, "dismissed", "不予列入")
	first.NoticeNo, first.NotifiedOn, second.Reason = "告1号", "2026-03-03", "不实"
	want := &viewv1.Listing{
		Id: "l1", List: "abnormal", ListLabel: "经营异常名录", SubjectId: "ext:r:1", SubjectName: "甲公司", SubjectKind: "enterprise", AuthorityId: "b2",
		State: "none", StateLabel: "未列入",
		Findings: []*viewv1.ListingFinding{first, second, finding(3, "unreachable", away, awayBasis, "repeated", "列入期间再次发现")},
		Entries: []*viewv1.ListingEntry{{
			Number: 1, DisclosureId: "listing.l1.1", AuthorityId: "b1", Status: "rescinded", Removal: removal, Rescission: rescission,
			Grounds: []*viewv1.ListingEntryGround{
				{Ground: "unreachable", GroundLabel: away, Basis: awayBasis, Table: "abnormal-2014", ConsentNo: "函1", Decision: decision("异1号", "2026-03-05")},
				{Ground: "false_info", GroundLabel: lied, Basis: liedBasis, Table: "abnormal-2014", Decision: decision("异2号", "2026-03-09")},
			},
			Applications: []*viewv1.ListingApplication{
				{Number: 1, Statement: "已改", Evidence: []string{"cd"}, ReceivedOn: "2026-03-07", RecordedBy: "wang", State: "refused", Refusal: refusal},
				{Number: 2, Statement: "再申请", ReceivedOn: "2026-03-10", RecordedBy: "wang", State: "granted"},
			},
		}},
		Transfers: []*viewv1.ListingTransfer{{To: "b2", Reason: "迁出", On: "2026-03-11", By: "sun"}},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	if _, err := listing.Get(t.Context(), b.live(), "l2"); domain.KindOf(err) != domain.NotFound {
		t.Error(err)
	}
}

func TestCasesAreFound(t *testing.T) {
	b := newBook(t)
	enter := events.Entered{Entry: 1, Findings: []int{1}, Ground: events.Unreachable, Table: "abnormal-2014", Decision: decided("异1号", "2026-03-05")}
	b.add("a", found(1, "b1", events.Abnormal, events.Unreachable, "ext:r:1"))
	b.add("b", found(1, "b1", events.Abnormal, events.Unreachable, "ext:r:2"), enter)
	b.add("c", found(1, "b2", events.Abnormal, events.Unreachable, "ext:r:3"), events.Retracted{Finding: 1, Reason: "更正"})
	b.add("d", found(1, "b2", events.Serious, events.FoodSafety, "ext:r:1"))
	b.add("a", events.Notified{Finding: 1, DocumentNo: "告1号", On: day("2026-03-03")})
	r := b.live()
	for _, c := range []struct {
		want string
		f    listing.Filter
	}{
		{"a d c b", listing.Filter{}}, {"a b", listing.Filter{Authority: "b1"}}, {"a c b", listing.Filter{List: "abnormal"}}, {"a d", listing.Filter{State: "found"}},
		{"b", listing.Filter{State: "listed"}}, {"c", listing.Filter{State: "none"}}, {"d", listing.Filter{Authority: "b2", State: "found"}},
		{"a", listing.Filter{Authority: "b1", List: "abnormal", State: "found"}}, {"a d", listing.Filter{Subject: "ext:r:1"}}, {"", listing.Filter{Subject: "ext:r:9"}},
	} {
		f := c.f
		var got []string
		for f.PageSize = 1; ; {
			list, next, err := listing.List(t.Context(), r, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range list {
				got = append(got, v.GetId())
			}
			if f.PageToken = next; next == "" {
				break
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %v, want %s", c.f, got, c.want)
		}
	}
}
