package disclosure_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	events "github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections/disclosure"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

const at = "2026-03-20T17:00:00Z"

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

// submitted is a document of a licence decision.
func submitted(t *testing.T, record string, authority domain.AuthorityID, title string) events.Submitted {
	t.Helper()
	doc := events.Document{
		Schema: events.Schema, Kind: events.Licence, RecordID: record, Authority: events.Authority{ID: authority, Name: "甲局"},
		Subjects: []events.Subject{{ID: "91320105780688132K", Name: "甲公司"}, {Name: "乙店"}}, Date: day("2026-03-16"), Title: title,
		Licence: &events.LicenceBody{LicenceID: record, Action: "granted", Status: "in_force"},
	}
	raw, digest, err := events.Canonical(doc)
	if err != nil {
		t.Fatal(err)
	}
	return events.Submitted{
		Disclosure: doc.Record().Disclosure(), Record: doc.Record(), Authority: authority, Document: events.Raw(raw), Digest: digest, By: "policy",
	}
}

func get(t *testing.T, b *book) *viewv1.Disclosure {
	t.Helper()
	v, err := disclosure.Get(t.Context(), projectionstest.Live(t, disclosure.Projection(), b.records), "licence.l1")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheWayOfADisclosure(t *testing.T) {
	b, s := newBook(t), submitted(t, "l1", "b1", "许可")
	want := &viewv1.Disclosure{
		Id: "licence.l1", RecordKind: "licence", RecordId: "l1", Authority: &viewv1.Party{Id: "b1", Name: "甲局"},
		Subjects: []*viewv1.Party{{Id: "91320105780688132K", Name: "甲公司"}, {Name: "乙店"}}, Title: "许可", Date: "2026-03-16",
		Status: "submitted", StatusLabel: "待审核", Publicity: "proactive", PublicityLabel: "主动公开",
		Draft: &viewv1.DisclosureDraft{Document: string(s.Document), Digest: s.Digest, SubmittedBy: "policy", SubmittedAt: at},
	}
	step := func(status, label string, change func(), list ...events.Event) {
		t.Helper()
		b.add("licence.l1", list...)
		want.Status, want.StatusLabel = status, label
		change()
		if diff := cmp.Diff(want, get(t, b), protocmp.Transform()); diff != "" {
			t.Errorf("%s: %s", status, diff)
		}
	}
	step("submitted", "待审核", func() {}, s)
	step("returned", "已退回", func() { want.Draft.ReturnedBy, want.Draft.ReturnReason = "li", "错字" },
		events.Returned{Digest: s.Digest, By: "li", Reason: "错字"})
	step("reviewed", "待批准", func() {
		want.Draft.ReturnedBy, want.Draft.ReturnReason = "", ""
		want.Draft.Review = &viewv1.DisclosureReview{By: "li", At: at, SecrecyClear: true, NegativeListHits: []string{"隐私"}, Opinion: "已处理"}
	}, s, events.Reviewed{Digest: s.Digest, By: "li", SecrecyClear: true, NegativeListHits: []string{"隐私"}, Opinion: "已处理"})
	step("approved", "待公示", func() { want.Draft.ApprovedBy, want.Draft.ApprovedAt = "zhao", at }, events.Approved{Digest: s.Digest, By: "zhao"})
	step("published", "已公示", func() {
		want.Public, want.Outlets = true, []*viewv1.OutletStanding{{Outlet: "portal", From: "2026-03-20"}}
		want.Release = &viewv1.DisclosureRelease{
			Number: 1, Kind: viewv1.ReleaseKind_RELEASE_KIND_PUBLISHED, Document: string(s.Document), Digest: s.Digest, On: "2026-03-20", By: "zhao",
		}
	}, events.Published{Document: s.Document, Digest: s.Digest, Number: 1, By: "zhao", On: day("2026-03-20")})

	other := submitted(t, "l1", "b1", "许可（更正）")
	other.Reason = "更正"
	step("submitted", "待审核", func() {
		want.Title = "许可（更正）"
		want.Draft = &viewv1.DisclosureDraft{Document: string(other.Document), Digest: other.Digest, Reason: "更正", SubmittedBy: "policy", SubmittedAt: at}
	}, other)
	step("published", "已公示", func() {
		want.Release = &viewv1.DisclosureRelease{
			Number: 2, Kind: viewv1.ReleaseKind_RELEASE_KIND_CORRECTED, Document: string(other.Document), Digest: other.Digest,
			On: "2026-03-21", By: "zhao", Reason: "更正",
		}
	}, events.Corrected{Document: other.Document, Digest: other.Digest, FormerDigest: s.Digest, Reason: "更正", Number: 2, By: "zhao", On: day("2026-03-21")})
	step("withdrawn", "已撤回", func() {
		want.Public, want.Outlets, want.Draft = false, nil, nil
		want.Release = &viewv1.DisclosureRelease{
			Number: 3, Kind: viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN, Digest: other.Digest, On: "2026-03-22", By: "zhao", Ground: "void", Reason: "无效",
		}
	}, events.Withdrawn{Ground: events.GroundVoid, Reason: "无效", Digest: other.Digest, Number: 3, By: "zhao", On: day("2026-03-22")})
}

func TestAnAdoptedOne(t *testing.T) {
	b, s := newBook(t), submitted(t, "l1", "b1", "许可")
	b.add("licence.l1", events.Adopted{
		Disclosure: s.Disclosure, Record: s.Record, Authority: s.Authority, Document: s.Document, Digest: s.Digest, Source: "原平台",
		PublishedOn: day("2012-01-01"), Number: 1, By: "root",
	})
	want := &viewv1.DisclosureRelease{
		Number: 1, Kind: viewv1.ReleaseKind_RELEASE_KIND_ADOPTED, Document: string(s.Document), Digest: s.Digest, On: "2012-01-01", By: "root", Source: "原平台",
	}
	v := get(t, b)
	if diff := cmp.Diff(want, v.GetRelease(), protocmp.Transform()); diff != "" || v.GetStatus() != "published" || !v.GetPublic() || v.GetDraft() != nil {
		t.Errorf("%s\n%v", diff, v)
	}
}

func TestAnImpossibleHistoryStopsNothing(t *testing.T) {
	b := newBook(t)
	b.add("licence.l1", events.Approved{Digest: "x", By: "zhao"}, events.Returned{Digest: "x"}, events.Reviewed{Digest: "x"}, events.Withdrawn{Number: 1})
	if v := get(t, b); v.GetStatus() != "withdrawn" {
		t.Error(v)
	}
}

func TestList(t *testing.T) {
	b := newBook(t)
	a, c := submitted(t, "a", "b1", "甲"), submitted(t, "c", "b2", "丙")
	b.add("licence.a", a)
	b.add("licence.b", submitted(t, "b", "b1", "乙"))
	b.add("licence.c", c, events.Reviewed{Digest: c.Digest, By: "li", SecrecyClear: true}, events.Approved{Digest: c.Digest, By: "zhao"},
		events.Published{Document: c.Document, Digest: c.Digest, Number: 1, By: "zhao", On: day("2026-03-20")})
	b.add("licence.a", events.Returned{Digest: a.Digest, By: "li", Reason: "错字"}, a)
	views := projectionstest.Live(t, disclosure.Projection(), b.records)
	for name, f := range map[string]struct {
		filter disclosure.Filter
		want   []string
	}{
		"all, the last submitted first": {disclosure.Filter{}, []string{"a", "c", "b"}},
		"authority":                     {disclosure.Filter{Authority: "b1"}, []string{"a", "b"}},
		"status":                        {disclosure.Filter{Status: "published"}, []string{"c"}},
		"kind":                          {disclosure.Filter{Kind: "licence", Status: "submitted"}, []string{"a", "b"}},
		"all three":                     {disclosure.Filter{Authority: "b2", Kind: "licence", Status: "submitted"}, nil},
	} {
		f.filter.PageSize = 10
		page, _, err := disclosure.List(t.Context(), views, f.filter)
		var ids []string
		for _, v := range page {
			ids = append(ids, v.GetRecordId())
			if v.GetDraft().GetDocument()+v.GetRelease().GetDocument() != "" {
				t.Errorf("%s: a list holds the documents", name)
			}
		}
		if err != nil || !slices.Equal(ids, f.want) {
			t.Errorf("%s: %v, %v, want %v", name, ids, err, f.want)
		}
	}
	if _, err := disclosure.Get(t.Context(), views, "none"); domain.KindOf(err) != domain.NotFound {
		t.Errorf("a missing one: %v", err)
	}
}
