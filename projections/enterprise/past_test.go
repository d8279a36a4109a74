package enterprise_test

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
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/projections/enterprise"
	"github.com/mingjian-ledger/mingjian/projections/history"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	"github.com/mingjian-ledger/mingjian/projections/release"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// TestNamesAreThoseOfTheMoment follows one enterprise from before anybody knew it.
func TestNamesAreThoseOfTheMoment(t *testing.T) {
	t.Parallel()
	l := newLog(t)                                                                     // records at 8:00:01, 8:00:02 and so on
	l.Disclosure("penalty.a", l.Published(doc("a", bureau, "2026-03-16", huimin), 1))  // 1: release 1
	l.subject(huimin, registered(huimin, "甲公司"))                                       // 2
	l.Disclosure("penalty.b", l.Published(doc("b", bureau, "2026-03-17", huimin), 1))  // 3: release 2
	l.subject(huimin, roster.SubjectRenamed{Name: "乙公司", EffectiveOn: day})            // 4
	l.subject(huimin, roster.SubjectRenamed{Name: "丙公司", EffectiveOn: day.AddDays(1)}) // 5
	l.Disclosure("penalty.b", l.Corrected(doc("b", bureau, "2026-03-17", anda), 2))    // 6: release 3
	r := l.live()
	all := l.Store.All()
	at := func(second int) time.Time { return time.Date(2026, 3, 20, 8, 0, second, 0, time.UTC) }
	for _, c := range []struct {
		m    history.Moment
		want string
	}{
		{history.Moment{}, " 0"},
		{history.Moment{ByTime: true, Time: at(0)}, " 0"},
		{history.Moment{Sequence: 1, Position: all[0].Position}, "公司" + huimin + " 1"},
		{history.Moment{Sequence: 1, Position: all[1].Position}, "甲公司 1"},
		{history.Moment{Sequence: 1, Position: all[0].Position, ByTime: true, Time: at(2)}, "甲公司 1"},
		{history.Moment{Sequence: 2, Position: all[2].Position, ByTime: true, Time: at(3)}, "甲公司 2"},
		{history.Moment{Sequence: 2, Position: all[2].Position, ByTime: true, Time: at(4)}, "乙公司<甲公司 2"},
		{history.Moment{Sequence: 2, Position: all[3].Position}, "乙公司<甲公司 2"},
		{history.Moment{Sequence: 2, Position: all[2].Position, ByTime: true, Time: at(5)}, "丙公司<乙公司<甲公司 2"},
		{history.Moment{Sequence: 3, Position: all[5].Position}, "丙公司<乙公司<甲公司 1"},
	} {
		e, err := enterprise.GetAsOf(t.Context(), r, huimin, c.m)
		if err != nil {
			t.Fatal(err)
		}
		names := []string{e.GetName()}
		for _, f := range e.GetFormerNames() {
			names = append(names, f.GetName())
		}
		if got := fmt.Sprint(strings.Join(names, "<"), " ", e.GetCounts().GetPenalties()); got != c.want {
			t.Errorf("at %+v it is %q, want %q", c.m, got, c.want)
		}
	}
	if _, err := enterprise.GetAsOf(t.Context(), r, "reg:320105000012345", history.Moment{Sequence: 1, Position: all[0].Position}); domain.KindOf(err) != domain.NotFound {
		t.Errorf("nobody knows it: %v", err)
	}
	if _, err := enterprise.GetAsOf(t.Context(), r, huimin, history.Moment{Sequence: 9, Position: es.At(99, 0)}); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("a moment that the view has not reached: %v", err)
	}
}

// TestAnEntryOfThePastIsThatOfThePresent compares the two ways to an entry.
func TestAnEntryOfThePastIsThatOfThePresent(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	l.Disclosure("penalty.a", l.Published(doc("a", bureau, "2026-03-16", huimin), 1))
	l.Disclosure("penalty.b", l.Adopted(doc("b", bureau, "2026-03-15", huimin)), withdrawn(2))
	l.Disclosure("penalty.c", l.Published(doc("c", bureau, "2026-03-14", huimin), 1), l.Corrected(doc("c", county, "2026-03-13", huimin), 2))
	now := get(t, l.live(), huimin).GetEntries()
	feed := projectionstest.Live(t, release.Projection(), l.Store.All())
	m, err := release.MomentOf(t.Context(), feed, "release:5", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	list, err := release.Past{Reader: feed, Moment: m, Today: calendar.MustParse("2026-03-20")}.Timeline(t.Context(), huimin, 9)
	if err != nil {
		t.Fatal(err)
	}
	var then []*viewv1.EnterpriseEntry
	for _, s := range list {
		e, err := enterprise.EntryOf(s)
		if err != nil {
			t.Fatal(err)
		}
		then = append(then, e)
	}
	if diff := cmp.Diff(now, then, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}
