package release_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/release"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// momentsNow is an hour after all that these logs record.
var momentsNow = time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)

func asOf(t testing.TB, r projections.Reader, moment string, sees func(string) bool) release.Past {
	t.Helper()
	m, err := release.MomentOf(t.Context(), r, moment, momentsNow)
	if err != nil {
		t.Fatalf("as of %s: %v", moment, err)
	}
	return release.Past{Reader: r, Moment: m, Today: day, Sees: sees}
}

func everything(string) bool { return true }

// shape says in short what an answer shows: the number of the act, the title, "-" without content, and the removal's kind.
func shape(r *viewv1.Released, err error) string {
	if fault := (*domain.Fault)(nil); errors.As(err, &fault) {
		return fault.Code
	}
	if err != nil {
		return err.Error()
	}
	rel, content := r.GetRelease(), "-"
	if rel.GetDocument() != "" {
		content = strings.TrimPrefix(rel.GetTitle(), "宁市监处罚〔2026〕")
	} else if rel.GetTitle() != "" || len(rel.GetSubjects()) > 0 || rel.GetDigest() == "" {
		content = "?"
	}
	removed := ""
	if r.GetRemoval() != nil {
		removed = " " + strings.TrimPrefix(r.GetRemoval().GetKind().String(), "RELEASE_KIND_")
	}
	return fmt.Sprint(rel.GetSequence(), " ", content, removed)
}

func portalUntil(d calendar.Date) []rule.Term {
	return []rule.Term{{Outlet: rule.Portal, From: day, Until: d, Rule: "r", Version: "v"}}
}

// TestWhoSeesWhatWasPublic goes through a record's life at both doors.
func TestWhoSeesWhatWasPublic(t *testing.T) {
	t.Parallel()
	portal := []rule.Outlet{rule.Portal}
	d1, d2 := doc("a", bureau, "2026-03-16", huimin), doc("a", bureau, "2026-03-17", anda)
	d2.Title = "更正稿"
	for name, c := range map[string]struct {
		then            func(*log) // what happened after the publication, release 1
		outside, inside string     // record as of release 1
		listed          string     // to the public in the list of release 1
		versions        string     // content of each to the public
	}{
		"stands":    {func(*log) {}, "1 a号", "1 a号", "1 a号", "a号"},
		"corrected": {func(l *log) { l.Disclosure("penalty.a", l.Corrected(d2, 2)) }, "1 a号", "1 a号", "1 a号", "a号,更正稿"},
		"withdrawn": {func(l *log) { l.Disclosure("penalty.a", withdrawn(2)) }, "1 - WITHDRAWN", "1 a号 WITHDRAWN", "1 - WITHDRAWN", "-,"},
		"masked": {func(l *log) {
			l.Disclosure("penalty.a", disclosure.Masked{Outlets: portal, Reason: "裁定", Number: 2, On: day})
		}, "1 - MASKED", "1 a号 MASKED", "", "-,"},
		"unmasked": {func(l *log) {
			b, digest := l.Raw(d1)
			l.Disclosure("penalty.a", disclosure.Masked{Outlets: portal, Reason: "裁定", Number: 2, On: day},
				disclosure.Unmasked{Outlets: portal, Reason: "终结", Document: b, Digest: digest, Number: 3, On: day})
		}, "1 a号", "1 a号", "1 a号", "a号,,a号"},
		"repaired": {func(l *log) {
			l.Disclosure("penalty.a", disclosure.Ended{Outlets: portal, Cause: disclosure.Repaired, Reason: "信用修复", Number: 2, On: day})
		}, "1 - ENDED", "1 a号 ENDED", "", "-,"},
		"ended elsewhere alone": {func(l *log) {
			l.Disclosure("penalty.a", disclosure.Ended{Outlets: []rule.Outlet{rule.GSXT}, Cause: disclosure.Expired, Reason: "届满", Number: 2, On: day})
		}, "1 a号", "1 a号", "1 a号", "a号,"},
		"withdrawn and published anew": {func(l *log) { l.Disclosure("penalty.a", withdrawn(2), l.Published(d2, 3)) },
			"1 - WITHDRAWN", "1 a号 WITHDRAWN", "1 - WITHDRAWN", "-,,更正稿"},
		"expired and published anew": {func(l *log) {
			l.Disclosure("penalty.a", disclosure.Ended{Outlets: portal, Cause: disclosure.Expired, Reason: "届满", Number: 2, On: day}, l.Published(d2, 3))
		}, "1 - ENDED", "1 a号 ENDED", "", "-,,更正稿"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLog(t)
			l.Disclosure("penalty.a", l.Published(d1, 1))
			c.then(l)
			r := l.live()
			outside, inside := asOf(t, r, "release:1", nil), asOf(t, r, "release:1", everything)
			if got := shape(outside.Get(t.Context(), "penalty.a")); got != c.outside {
				t.Errorf("the public is shown %q, want %q", got, c.outside)
			}
			if got := shape(inside.Get(t.Context(), "penalty.a")); got != c.inside {
				t.Errorf("inside is shown %q, want %q", got, c.inside)
			}
			for _, f := range []release.Filter{{}, {Authority: bureau}, {Subject: huimin}, {Subject: huimin, Authority: bureau}} {
				f.Kind, f.PageSize, f.AsOf = "penalty", 5, "release:1"
				list, _, err := outside.List(t.Context(), f)
				got := ""
				for _, x := range list {
					got += shape(x, nil)
				}
				if err != nil || got != c.listed {
					t.Errorf("the public list of %+v has %q, %v, want %q", f, got, err, c.listed)
				}
				if list, _, err := inside.List(t.Context(), f); err != nil || len(list) != 1 || shape(list[0], nil) != c.inside {
					t.Errorf("inside the list of %+v has %v, %v, want %q", f, list, err, c.inside)
				}
			}
			list, _, _, err := outside.Versions(t.Context(), "penalty.a", 9, "")
			var titles []string
			for _, v := range list {
				title := strings.TrimPrefix(v.GetRelease().GetTitle(), "宁市监处罚〔2026〕")
				if v.GetWithheld() {
					title += "-"
				}
				titles = append(titles, title)
			}
			if got := strings.Join(titles, ","); err != nil || got != c.versions {
				t.Errorf("the public is shown the versions %q, %v, want %q", got, err, c.versions)
			}
		})
	}
}

// TestATermEndsByTheCalendar also where no act has said so yet, and counts what it ended.
func TestATermEndsByTheCalendar(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	p := l.Published(doc("a", bureau, "2026-03-16", huimin), 1)
	p.Terms = portalUntil(day)
	l.Disclosure("penalty.a", p)
	r := l.live()
	for _, c := range []struct {
		day  calendar.Date
		want string
		over uint32
	}{{day, "1 a号", 0}, {day.AddDays(1), "record.ended", 1}} {
		past := asOf(t, r, "release:1", nil)
		past.Moment.Time, past.Moment.ByTime = c.day.StartsAt(), true
		if got := shape(past.Get(t.Context(), "penalty.a")); got != c.want {
			t.Errorf("on %s the public was shown %q", c.day, got)
		}
		if over, err := past.Overdue(t.Context(), huimin); err != nil || over["penalty"] != c.over {
			t.Errorf("on %s the terms of %v had run out, %v", c.day, over, err)
		}
	}
	tomorrow := asOf(t, r, "release:1", nil)
	tomorrow.Today = day.AddDays(1)
	got, err := tomorrow.Get(t.Context(), "penalty.a")
	if shape(got, err) != "1 - UNSPECIFIED" || got.GetRemoval().GetRemovedOn() != "2026-03-21" || got.GetRemoval().GetGround() != "expired" {
		t.Errorf("a day later the public is shown %v, %v", got, err)
	}
}

func TestHowMomentsAreNamed(t *testing.T) {
	t.Parallel()
	l := newLog(t) // records at 8:00:01, 8:00:02 and so on
	for _, id := range []string{"a", "b", "c"} {
		l.Disclosure("penalty."+id, l.Published(doc(id, bureau, "2026-03-16", huimin), 1))
	}
	r := l.live()
	for moment, want := range map[string]string{
		"release:0": "0 ", "release:1": "1 2026-03-20", "release:3": "3 2026-03-20", "release:4": "as_of.ahead",
		"release:01": "as_of.form", "release:": "as_of.form", "release:-1": "as_of.form", "position:x": "as_of.form",
		"position:" + l.Store.All()[1].Position.String(): "2 2026-03-20", "position:999": "as_of.ahead",
		"2026-03-20T08:00:01Z": "1 2026-03-20", "2026-03-20T16:00:02.5+08:00": "2 2026-03-20", "2026-03-20T08:00:00.999Z": "0 2026-03-20",
		"2026-03-20T09:00:00Z": "3 2026-03-20", "2026-03-20T09:00:01Z": "as_of.ahead", "2026-03-19": "0 2026-03-19",
		"2026-03-20": "as_of.ahead", "2026-02-30": "as_of.form", "": "as_of.form", "10000-01-01T00:00:00Z": "as_of.form", "9999-12-31": "as_of.ahead",
	} {
		m, err := release.MomentOf(t.Context(), r, moment, momentsNow)
		got := fmt.Sprint(m.Sequence, " ", m.Day())
		if fault := (*domain.Fault)(nil); errors.As(err, &fault) {
			got = fault.Code
		}
		if got != want {
			t.Errorf("%q is %s, %v, want %s", moment, got, err, want)
		}
	}
}

// TestAPageTokenHoldsTheMoment: what happens between two pages changes none of them, and no other list takes the token.
func TestAPageTokenHoldsTheMoment(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	for i := range 7 {
		id := string(rune('a' + i))
		l.Disclosure("penalty."+id, l.Published(doc(id, bureau, "2026-03-1"+fmt.Sprint(i), huimin), 1))
	}
	f := release.Filter{Kind: "penalty", PageSize: 3, AsOf: "2026-03-20T08:59:59Z"}
	first, next, err := asOf(t, l.live(), f.AsOf, nil).List(t.Context(), f)
	if err != nil || ids(first) != "g f e" {
		t.Fatalf("%s, %v", ids(first), err)
	}
	l.Disclosure("penalty.d", l.Corrected(doc("d", bureau, "2026-01-01", anda), 2))
	l.Disclosure("penalty.z", l.Published(doc("z", bureau, "2026-03-13", huimin), 1))
	r := l.live()
	f.PageToken = next
	m, err := release.Resume(f)
	if err != nil || m.Sequence != 7 {
		t.Fatalf("%+v, %v", m, err)
	}
	second, _, err := release.Past{Reader: r, Moment: m, Today: day}.List(t.Context(), f)
	if err != nil || ids(second) != "d c b" || second[0].GetRelease().GetSequence() != 4 {
		t.Errorf("%s, %v", ids(second), err)
	}
	for _, other := range []release.Filter{{Kind: "licence"}, {Kind: "penalty", Subject: huimin}, {Kind: "penalty", AsOf: "release:7"}} {
		other.PageToken = next
		if _, err := release.Resume(other); !errors.Is(err, projections.ErrCursor) {
			t.Errorf("%+v takes the token of another list: %v", other, err)
		}
	}
	for _, broken := range []string{"x", next[1:], next + "A", "!"} {
		f.PageToken = broken
		if _, err := release.Resume(f); !errors.Is(err, projections.ErrCursor) {
			t.Errorf("the token %q: %v", broken, err)
		}
	}
}

// TestOnlyTheAuthorityThatIsSeenShowsItsContent: another one's is as before the public.
func TestOnlyTheAuthorityThatIsSeenShowsItsContent(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	for id, authority := range map[string]string{"a": bureau, "b": county} {
		l.Disclosure("penalty."+id, l.Published(doc(id, authority, "2026-03-16", huimin), 1))
	}
	for _, id := range []string{"a", "b"} {
		l.Disclosure("penalty."+id, disclosure.Ended{Outlets: []rule.Outlet{rule.Portal}, Cause: disclosure.Repaired, Reason: "信用修复", Number: 2, On: day})
	}
	p := asOf(t, l.live(), "release:2", func(authority string) bool { return authority == bureau })
	list, err := p.Timeline(t.Context(), huimin, 10)
	if err != nil || ids(list) != "a" || list[0].GetRelease().GetDocument() == "" {
		t.Errorf("%v, %v", list, err)
	}
}

func FuzzResume(f *testing.F) {
	f.Add("", "penalty")
	f.Add("ZGlnZXN0CjEKMC4wCgowCms", "penalty")
	f.Fuzz(func(t *testing.T, token, kind string) {
		if m, err := release.Resume(release.Filter{Kind: kind, PageToken: token}); err != nil && m.ByTime {
			t.Errorf("%q is refused and yet gives %+v", token, m)
		}
	})
}
