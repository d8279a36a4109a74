package release_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections/release"
)

// TestTheFeedHandsOutWhatAnOutletShows goes through a record's life: which documents the feed still hands out, by number.
func TestTheFeedHandsOutWhatAnOutletShows(t *testing.T) {
	t.Parallel()
	d := doc("a", bureau, "2026-03-16", huimin)
	d2 := doc("a", bureau, "2026-03-16", anda)
	late := portal.Until.AddDays(1)
	for name, c := range map[string]struct {
		acts func(*log) []disclosure.Event
		on   calendar.Date
		want string
	}{
		"stands":    {func(l *log) []disclosure.Event { return []disclosure.Event{l.placed(d, 1, portal)} }, day, "1"},
		"corrected": {func(l *log) []disclosure.Event { return []disclosure.Event{l.Published(d, 1), l.Corrected(d2, 2)} }, day, "1 2"},
		"withdrawn": {func(l *log) []disclosure.Event {
			return []disclosure.Event{l.Published(d, 1), l.Corrected(d2, 2), withdrawn(3)}
		}, day, ""},
		"withdrawn and anew": {func(l *log) []disclosure.Event {
			return []disclosure.Event{l.Published(d, 1), withdrawn(2), l.Published(d2, 3)}
		}, day, "3"},
		"masked": {func(l *log) []disclosure.Event {
			return []disclosure.Event{l.Published(d, 1), masked(2, rule.Portal)}
		}, day, ""},
		"unmasked": {func(l *log) []disclosure.Event {
			return []disclosure.Event{l.Published(d, 1), masked(2, rule.Portal), l.unmasked(d, 3, rule.Portal)}
		}, day, "1 3"},
		"repaired": {func(l *log) []disclosure.Event {
			return []disclosure.Event{l.placed(d, 1, portal), ended(2, disclosure.Repaired, rule.Portal)}
		}, day, ""},
		"its term ran out": {func(l *log) []disclosure.Event { return []disclosure.Event{l.placed(d, 1, portal)} }, late, ""},
		"its term ran out on the portal alone": {func(l *log) []disclosure.Event {
			return []disclosure.Event{l.placed(d, 1, portal, gsxt)}
		}, late, "1"},
		"another outlet alone": {func(l *log) []disclosure.Event { return []disclosure.Event{l.placed(d, 1, gsxt)} }, day, "1"},
		"masked on the portal alone": {func(l *log) []disclosure.Event {
			return []disclosure.Event{l.placed(d, 1, portal, gsxt), masked(2, rule.Portal)}
		}, day, "1"},
		"ended on both and anew on both": {func(l *log) []disclosure.Event {
			return []disclosure.Event{l.placed(d, 1, portal, gsxt), ended(2, disclosure.Repaired, rule.Portal, rule.GSXT), l.placed(d2, 3, portal, gsxt)}
		}, day, "3"},
		"ended on the portal and anew there": {func(l *log) []disclosure.Event {
			return []disclosure.Event{l.placed(d, 1, portal, gsxt), ended(2, disclosure.Repaired, rule.Portal), l.placed(d, 3, portal)}
		}, day, "1 3"},
		"withdrawn and anew elsewhere": {func(l *log) []disclosure.Event {
			return []disclosure.Event{l.placed(d, 1, portal, gsxt), withdrawn(2), l.placed(d2, 3, gsxt)}
		}, day, "3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLog(t)
			for _, e := range c.acts(l) {
				l.Disclosure("penalty.a", e)
			}
			r := l.live()
			whole, _, err := release.Feed(t.Context(), r, 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			list, head, err := release.Past{Reader: r, Today: c.on}.Feed(t.Context(), 0, 100)
			if err != nil || head != uint64(len(whole)) || len(list) != len(whole) {
				t.Fatalf("%d of %d, head %d: %v", len(list), len(whole), head, err)
			}
			var got []string
			records, past := l.Store.All(), release.Past{Reader: r, Today: c.on}
			for i, act := range list {
				if act.GetDocument() != "" {
					got = append(got, fmt.Sprint(act.GetSequence()))
				}
				item, err := past.Item(t.Context(), records[i].Position)
				if diff := cmp.Diff(act, item, protocmp.Transform()); err != nil || diff != "" {
					t.Errorf("act %d as an item, %v: %s", i+1, err, diff)
				}
				was := whole[i]
				if out := was.GetDocument() != act.GetDocument(); act.GetWithheld() != out || out && (act.GetTitle() != "" || len(act.GetSubjects()) > 0) {
					t.Errorf("act %d is withheld %t: %v", i+1, act.GetWithheld(), act)
				}
				if act.GetSequence() != was.GetSequence() || act.GetDigest() != was.GetDigest() || act.GetKind() != was.GetKind() ||
					act.GetReleasedOn() != was.GetReleasedOn() || act.GetTombstoneDigest() != was.GetTombstoneDigest() {
					t.Errorf("act %d: %v was %v", i+1, act, was)
				}
			}
			if got := strings.Join(got, " "); got != c.want {
				t.Errorf("documents of %q, want %q", got, c.want)
			}
			if item, err := past.Item(t.Context(), es.At(1<<40, 0)); item != nil || err != nil {
				t.Errorf("beyond the log: %v, %v", item, err)
			}
			inside := release.Past{Reader: r, Today: c.on, Sees: everything}
			if list, _, err := inside.Feed(t.Context(), 0, 100); err != nil || list[0].GetDocument() == "" {
				t.Errorf("inside: %v, %v", list, err)
			}
		})
	}
}

// TestPagesOfTheFeedWithholdAlike: where a page begins changes nothing.
func TestPagesOfTheFeedWithholdAlike(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	for _, id := range []string{"a", "b", "c"} {
		l.Disclosure("penalty."+id, l.Published(doc(id, bureau, "2026-03-16", huimin), 1))
	}
	l.Disclosure("penalty.b", l.Corrected(doc("b", bureau, "2026-03-17", huimin), 2), withdrawn(3))
	p := release.Past{Reader: l.live(), Today: day}
	var got []string
	for after := uint64(0); ; after++ {
		list, _, err := p.Feed(t.Context(), after, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			break
		}
		got = append(got, fmt.Sprintf("%d %t", list[0].GetSequence(), list[0].GetWithheld()))
	}
	if got := strings.Join(got, ", "); got != "1 false, 2 true, 3 false, 4 true, 5 false" {
		t.Error(got)
	}
}
