package release_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections/release"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// portal and gsxt are terms of a year and of three.
var (
	portal = rule.Term{Outlet: rule.Portal, From: day, Until: calendar.MustParse("2027-03-20"), Rule: "p", Version: "1"}
	gsxt   = rule.Term{Outlet: rule.GSXT, From: day, Until: calendar.MustParse("2029-03-20"), Rule: "g", Version: "1"}
	stone  = disclosure.Stone{Tombstone: disclosure.Raw(`{"act":"x"}`), TombstoneDigest: "5f"}
)

func (l *log) placed(d disclosure.Document, number int, terms ...rule.Term) disclosure.Published {
	p := l.Published(d, number)
	p.Terms = terms
	return p
}

func masked(number int, outlets ...rule.Outlet) disclosure.Masked {
	return disclosure.Masked{Outlets: outlets, Reason: "重整期间", DocumentNo: "破1号", Number: number, By: "zhao", On: day, Stone: stone}
}

func (l *log) unmasked(d disclosure.Document, number int, outlets ...rule.Outlet) disclosure.Unmasked {
	b, digest := l.Raw(d)
	return disclosure.Unmasked{Outlets: outlets, Reason: "重整终止", Document: b, Digest: digest, Number: number, By: "zhao", On: day}
}

func ended(number int, cause disclosure.EndCause, outlets ...rule.Outlet) disclosure.Ended {
	return disclosure.Ended{Outlets: outlets, Cause: cause, Reason: "准予信用修复", Rule: "p", Number: number, By: "zhao", On: day, Stone: stone}
}

// TestThePortalGoverns holds what the lists and the old address show to the portal's state, whatever other outlets do.
func TestThePortalGoverns(t *testing.T) {
	l := newLog(t)
	d := doc("a", bureau, "2026-03-16", huimin)
	step := func(code string, events ...disclosure.Event) {
		t.Helper()
		for _, e := range events {
			l.Disclosure("penalty.a", e)
		}
		want := ""
		if code == "" {
			want = "a"
		}
		r := l.live()
		for _, f := range []release.Filter{{Kind: "penalty", Day: day, PageSize: 5}, {Kind: "penalty", Subject: huimin, Day: day, PageSize: 5}} {
			if list, _, err := release.List(t.Context(), r, f); err != nil || ids(list) != want {
				t.Errorf("%+v lists %v, want %q: %v", f, ids(list), want, err)
			}
		}
		_, err := release.Get(t.Context(), r, "penalty.a", day)
		fault := (*domain.Fault)(nil)
		if errors.As(err, &fault); (fault == nil) != (code == "") || fault != nil && fault.Code != code {
			t.Errorf("the address answers %v, want %q", err, code)
		}
		if wantStone := code == "record.masked" || code == "record.ended"; fault != nil && (fault.Instead == `{"act":"x"}`) != wantStone {
			t.Errorf("%s leaves %q", code, fault.Instead)
		}
	}
	step("record.unknown", l.placed(d, 1, gsxt))
	step("", l.placed(d, 2, portal))
	step("", masked(3, rule.GSXT))
	step("record.masked", masked(4, rule.Portal))
	step("record.masked", l.Corrected(d, 5))
	step("record.masked", l.unmasked(d, 6, rule.GSXT))
	step("", l.unmasked(d, 7, rule.Portal))
	step("", l.Corrected(d, 8))
	step("record.ended", ended(9, disclosure.Repaired, rule.Portal))
	step("record.ended", l.Corrected(d, 10))
	step("record.ended", withdrawn(11))

	list, head, err := release.Feed(t.Context(), l.live(), 0, 100)
	if err != nil || head != 11 || len(list) != 11 {
		t.Fatalf("feed of %d, head %d: %v", len(list), head, err)
	}
	want := &viewv1.Release{
		Sequence: 9, Kind: viewv1.ReleaseKind_RELEASE_KIND_ENDED, DisclosureId: "penalty.a", RecordKind: "penalty", RecordId: "a", Number: 9,
		Authority: &viewv1.Party{Id: bureau, Name: "宁安市市场监督管理局"}, Subjects: []*viewv1.Party{{Id: huimin, Name: "公司" + huimin}},
		Date: "2026-03-16", Reason: "准予信用修复", Cause: "repaired", Outlets: []string{"portal"}, ReleasedOn: "2026-03-20",
		Tombstone: `{"act":"x"}`, TombstoneDigest: "5f",
	}
	if diff := cmp.Diff(want, list[8], protocmp.Transform(), protocmp.IgnoreFields(want, "released_at", "position", "chain")); diff != "" {
		t.Error(diff)
	}
	for i, act := range list {
		if act.GetNumber() != uint32(i+1) || (act.GetDocument() == "") == (act.GetKind() < viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN ||
			act.GetKind() == viewv1.ReleaseKind_RELEASE_KIND_UNMASKED) {
			t.Errorf("act %d: %v", i+1, act)
		}
	}
}

// TestWithdrawnFromThePortalStaysSo: publishing elsewhere does not take the reason away.
func TestWithdrawnFromThePortalStaysSo(t *testing.T) {
	l := newLog(t)
	d := doc("a", bureau, "2026-03-16", huimin)
	l.Disclosure("penalty.a", l.placed(d, 1, portal, gsxt), withdrawn(2), l.placed(d, 3, gsxt))
	_, err := release.Get(t.Context(), l.live(), "penalty.a", day)
	if fault := (*domain.Fault)(nil); !errors.As(err, &fault) || fault.Code != "record.withdrawn" {
		t.Errorf("err = %v", err)
	}
	l.Disclosure("penalty.a", l.placed(d, 4, portal))
	got := get(t, l.live(), "penalty.a")
	var numbers []uint64
	for _, h := range got.GetHistory() {
		numbers = append(numbers, h.GetSequence())
	}
	if !cmp.Equal(numbers, []uint64{1, 2, 3}) || got.GetRelease().GetSequence() != 4 || len(got.GetOutlets()) != 2 {
		t.Errorf("history %v of %v", numbers, got)
	}
}

// TestNothingIsShownPastItsTerm: the day alone takes a record away.
func TestNothingIsShownPastItsTerm(t *testing.T) {
	l := newLog(t)
	l.Disclosure("penalty.a", l.placed(doc("a", bureau, "2026-03-16", huimin), 1, portal, gsxt))
	l.Disclosure("penalty.b", l.Published(doc("b", bureau, "2026-03-15", huimin), 1))
	r := l.live()
	for date, want := range map[calendar.Date]string{portal.Until: "a b", portal.Until.AddDays(1): "b", {}: "a b"} {
		for _, f := range []release.Filter{{Kind: "penalty", Day: date, PageSize: 5}, {Kind: "penalty", Subject: huimin, Day: date, PageSize: 5}} {
			if list, _, err := release.List(t.Context(), r, f); err != nil || ids(list) != want {
				t.Errorf("on %s: %q, want %q: %v", date, ids(list), want, err)
			}
		}
	}
	_, err := release.Get(t.Context(), r, "penalty.a", portal.Until.AddDays(1))
	if fault := (*domain.Fault)(nil); !errors.As(err, &fault) || fault.Code != "record.ended" || !strings.Contains(fault.ZH, "公示期届满") {
		t.Errorf("err = %v", err)
	}
}
