package release_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	"github.com/mingjian-ledger/mingjian/projections/release"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func (l *log) live() projections.Reader {
	l.Helper()
	return projectionstest.Live(l, release.Projection(), l.Store.All())
}

func get(t testing.TB, r projections.Reader, id string) *viewv1.Released {
	t.Helper()
	got, err := release.Get(t.Context(), r, id, day)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func ids(list []*viewv1.Released) string {
	var out []string
	for _, r := range list {
		out = append(out, strings.TrimPrefix(r.GetRelease().GetDisclosureId(), "penalty."))
	}
	return strings.Join(out, " ")
}

func TestPublishedIsShownExactly(t *testing.T) {
	l := newLog(t)
	d := doc("a", bureau, "2026-03-16", huimin, "")
	b, digest := l.Raw(d)
	l.Disclosure("penalty.a", disclosure.Submitted{Document: b, Digest: digest}, l.Published(d, 1))
	got := get(t, l.live(), "penalty.a")
	want := &viewv1.Released{Release: &viewv1.Release{
		Sequence: 1, Kind: viewv1.ReleaseKind_RELEASE_KIND_PUBLISHED, DisclosureId: "penalty.a", RecordKind: "penalty", RecordId: "a",
		Number: 1, Authority: &viewv1.Party{Id: bureau, Name: "宁安市市场监督管理局"},
		Subjects: []*viewv1.Party{{Id: huimin, Name: "公司" + huimin}, {Name: "公司"}},
		Title:    d.Title, Date: "2026-03-16", Document: string(b), Digest: digest,
		ReleasedAt: "2026-03-20T08:00:01Z", ReleasedOn: "2026-03-20", Position: l.Store.All()[1].Position.String(),
	}, Outlets: []*viewv1.OutletStanding{{Outlet: "portal", From: "2026-03-20"}}}
	if diff := cmp.Diff(want, got, protocmp.Transform(), protocmp.IgnoreFields(want.GetRelease(), "chain")); diff != "" {
		t.Error(diff)
	}
}

func TestNothingIsShownBeforeItIsPublished(t *testing.T) {
	l := newLog(t)
	b, digest := l.Raw(doc("a", bureau, "2026-03-16", huimin))
	l.Disclosure("penalty.a", disclosure.Submitted{Document: b, Digest: digest}, disclosure.Reviewed{Digest: digest}, disclosure.Approved{Digest: digest})
	l.Disclosure("penalty.b", l.Published(doc("b", bureau, "2026-03-16", anda), 1))
	r := l.live()
	if _, err := release.Get(t.Context(), r, "penalty.a", day); domain.KindOf(err) != domain.NotFound {
		t.Errorf("an approved record: %v", err)
	}
	list, head, err := release.Feed(t.Context(), r, 0, 10)
	if err != nil || head != 1 || len(list) != 1 || list[0].GetDisclosureId() != "penalty.b" {
		t.Errorf("feed %v, head %d, err %v", list, head, err)
	}
}

func TestCorrectionTakesThePlaceAndKeepsTheHistory(t *testing.T) {
	l := newLog(t)
	l.Disclosure("penalty.a", l.Published(doc("a", bureau, "2026-03-16", huimin), 1))
	l.Disclosure("penalty.a", l.Corrected(doc("a", bureau, "2026-03-15", anda), 2))
	r := l.live()
	got := get(t, r, "penalty.a")
	if rel := got.GetRelease(); rel.GetSequence() != 2 || rel.GetDate() != "2026-03-15" || rel.GetReason() != "更正" || rel.GetFormerDigest() != "former" {
		t.Errorf("release %v", rel)
	}
	if h := got.GetHistory(); len(h) != 1 || h[0].GetSequence() != 1 || h[0].GetKind() != viewv1.ReleaseKind_RELEASE_KIND_PUBLISHED {
		t.Errorf("history %v", h)
	}
	for subject, want := range map[string]string{huimin: "", anda: "a"} {
		list, _, err := release.List(t.Context(), r, release.Filter{Kind: "penalty", Subject: subject, PageSize: 10})
		if err != nil || ids(list) != want {
			t.Errorf("list of %s: %q, %v", subject, ids(list), err)
		}
	}
}

func TestWithdrawnIsGoneWithItsReason(t *testing.T) {
	l := newLog(t)
	l.Disclosure("penalty.a", l.Adopted(doc("a", bureau, "2026-03-16", huimin, "")), withdrawn(2))
	r := l.live()
	_, err := release.Get(t.Context(), r, "penalty.a", day)
	fault := (*domain.Fault)(nil)
	if !errors.As(err, &fault) || fault.Kind != domain.Gone || fault.Code != "record.withdrawn" ||
		!strings.Contains(fault.ZH, "复议撤销原决定") || !strings.Contains(fault.EN, "revoked") {
		t.Fatalf("err = %v", err)
	}
	for _, f := range []release.Filter{{Kind: "penalty", PageSize: 5}, {Kind: "penalty", Subject: huimin, PageSize: 5}} {
		if list, _, err := release.List(t.Context(), r, f); err != nil || len(list) != 0 {
			t.Errorf("%+v lists %v, %v", f, list, err)
		}
	}
	list, head, err := release.Feed(t.Context(), r, 1, 10)
	if err != nil || head != 2 || len(list) != 1 {
		t.Fatalf("feed %v, head %d, err %v", list, head, err)
	}
	tomb := list[0]
	if tomb.GetDocument() != "" || tomb.GetTitle() != "" || tomb.GetGround() != "revoked" || tomb.GetDate() != "2026-03-16" ||
		tomb.GetAuthority().GetId() != bureau || len(tomb.GetSubjects()) != 1 || tomb.GetSubjects()[0].GetId() != huimin {
		t.Errorf("withdrawal %v", tomb)
	}
	before, _, err := release.Feed(t.Context(), r, 0, 1)
	if err != nil || before[0].GetDocument() == "" || before[0].GetSource() != "旧系统" || before[0].GetReleasedOn() != "2019-05-06" {
		t.Errorf("the feed lost what was public: %v, %v", before, err)
	}
}

func TestPublishedAnewAfterWithdrawal(t *testing.T) {
	l := newLog(t)
	d := doc("a", bureau, "2026-03-16", huimin)
	l.Disclosure("penalty.a", l.Published(d, 1), withdrawn(2), l.Published(d, 3))
	r := l.live()
	if got := get(t, r, "penalty.a"); len(got.GetHistory()) != 2 || got.GetWithdrawn() {
		t.Errorf("state %v", got)
	}
	if list, _, err := release.List(t.Context(), r, release.Filter{Kind: "penalty", Subject: huimin, PageSize: 5}); err != nil || ids(list) != "a" {
		t.Errorf("list %v, %v", list, err)
	}
}

func TestTextThatIsNoIDLeadsNowhere(t *testing.T) {
	l := newLog(t)
	l.Disclosure("penalty.a", l.Published(doc("a", bureau, "2026-03-16", "00000000000000000X", strings.Repeat("长", 900), huimin, huimin), 1))
	got := get(t, l.live(), "penalty.a").GetRelease().GetSubjects()
	if len(got) != 4 || got[0].GetId()+got[1].GetId() != "" || got[2].GetId() != huimin {
		t.Errorf("subjects %v", got)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	l := newLog(t)
	d := doc("a", bureau, "2026-03-16", huimin)
	l.Disclosure("penalty.a", l.Published(d, 1))
	for n := 2; n <= 110; n++ {
		l.Disclosure("penalty.a", l.Corrected(d, n))
	}
	h := get(t, l.live(), "penalty.a").GetHistory()
	if len(h) != 100 || h[0].GetSequence() != 10 || h[99].GetSequence() != 109 {
		t.Errorf("%d earlier acts, first %v", len(h), h[0])
	}
}

func TestFeedHasNoGapsHoweverItIsRead(t *testing.T) {
	l := newLog(t)
	for i := range 57 {
		id := string(rune('a'+i%26)) + string(rune('a'+i/26))
		d := doc(id, bureau, "2026-03-16", huimin)
		l.Disclosure("penalty."+id, l.Published(d, 1))
		l.Add(es.Stream{Category: "other", ID: id}, other{})
	}
	r := l.live()
	for _, limit := range []int{1, 7, 57, 1000} {
		after := uint64(0)
		for {
			list, head, err := release.Feed(t.Context(), r, after, limit)
			if err != nil || head != 57 {
				t.Fatalf("head %d, err %v", head, err)
			}
			for _, rel := range list {
				if after++; rel.GetSequence() != after {
					t.Fatalf("after %d comes %d", after-1, rel.GetSequence())
				}
			}
			if len(list) == 0 {
				break
			}
		}
		if after != 57 {
			t.Errorf("pages of %d end at %d", limit, after)
		}
	}
}

type other struct{}

func (other) EventType() string { return "mingjian.other.happened.v1" }
