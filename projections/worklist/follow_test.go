package worklist_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/projections/worklist"
)

func TestANoticeWaitsUntilItIsServed(t *testing.T) {
	t.Parallel()
	assignment := "record_result XZ-001 2026-06-30, record_result XZ-002 2026-06-30"
	l := newLog(t)
	l.inspection(assigned())
	for i, step := range []struct {
		event es.Event
		want  string
	}{
		{inspection.NoticeIssued{No: "1", VisitFrom: calendar.MustParse("2026-05-22"), VisitTo: done, On: done}, "serve_notice clerk 2026-05-22, " + assignment},
		{inspection.NoticeIssued{No: "2", VisitFrom: calendar.MustParse("2026-05-23"), VisitTo: done, On: done}, "serve_notice clerk 2026-05-23, " + assignment},
		{inspection.NoticeServed{No: "2", On: calendar.MustParse("2026-05-20")}, assignment},
	} {
		l.inspection(step.event)
		if got := l.waits(worklist.Filter{Authority: bureau}); got != step.want {
			t.Errorf("step %d: got %s, want %s", i, got, step.want)
		}
	}
	l = newLog(t)
	l.inspection(assigned(), inspection.NoticeIssued{No: "1", VisitFrom: done, VisitTo: done, On: done}, inspection.Released{Reason: "closed"})
	if got := l.waits(worklist.Filter{Authority: bureau}); got != "" {
		t.Errorf("of a released one waits %s", got)
	}
}

// TestWhatWasHandedOverIsFollowedUntilItsEnd counts statutory periods over the days that are worked.
func TestWhatWasHandedOverIsFollowedUntilItsEnd(t *testing.T) {
	t.Parallel()
	on := calendar.MustParse("2026-09-29")
	over := []inspection.Outcome{inspection.Unreachable, inspection.ProblemPending}
	l := newLog(t)
	l.inspection(assigned(), recorded("XZ-001", market, over...), recorded("XZ-003", rescue, inspection.NoProblem))
	for i, step := range []struct {
		event es.Event
		want  string
	}{
		{inspection.Concluded{CompletedOn: done, Outcomes: over}, "hand_over clerk"},
		{inspection.HandedOver{To: inspection.AbnormalList, Reason: "r", On: on}, "close_follow_up clerk 2026-10-19"},
		{inspection.HandedOver{To: inspection.CaseFiling, Reason: "r", On: on}, "close_follow_up clerk 2026-10-19, close_follow_up clerk 2026-10-26"},
		{inspection.FollowUpClosed{To: inspection.AbnormalList, Result: inspection.Listed, On: on}, "close_follow_up clerk 2026-10-26"},
		{inspection.FollowUpClosed{To: inspection.CaseFiling, Result: inspection.NotFiled, On: on}, ""},
		{inspection.HandedOver{To: inspection.CaseFiling, Reason: "an older event"}, "close_follow_up clerk"},
	} {
		l.inspection(step.event)
		if got := l.waits(worklist.Filter{Authority: bureau, Role: "clerk"}); got != step.want {
			t.Errorf("step %d: got %q, want %q", i, got, step.want)
		}
	}
	if v, err := worklist.Inspection(t.Context(), l.live(), id); err != nil || len(v.GetHandedOver()) != 3 || v.GetHandedOver()[1].GetResultLabel() != "不予立案" {
		t.Errorf("%v, %v", v.GetHandedOver(), err)
	}
}

// TestAFindingAndItsHandOverRunOnePeriod: that of the finding, whichever of the two comes first. A hand-over whose inspection
// led to no finding has its own.
func TestAFindingAndItsHandOverRunOnePeriod(t *testing.T) {
	t.Parallel()
	on := calendar.MustParse("2026-09-29")
	over := []inspection.Outcome{inspection.Unreachable}
	handedOver := inspection.HandedOver{To: inspection.AbnormalList, Reason: "r", On: on}
	f := found(1, listing.Abnormal, listing.Unreachable)
	f.Inspection = id
	const finding = "decide_finding approver 2026-06-03"
	for name, c := range map[string]struct {
		change func(*listing.Found)
		first  bool
		want   string
	}{
		"the finding first":   {func(*listing.Found) {}, true, finding + ", close_follow_up clerk"},
		"the hand-over first": {func(*listing.Found) {}, false, finding + ", close_follow_up clerk"},
		"of another inspection": {
			func(f *listing.Found) { f.Inspection = "xz-2026-t1-1:other" }, true, finding + ", close_follow_up clerk 2026-10-19",
		},
		"of no inspection":           {func(f *listing.Found) { f.Inspection = "" }, true, finding + ", close_follow_up clerk 2026-10-19"},
		"what is on the list before": {func(f *listing.Found) { f.Entry = 1 }, true, "close_follow_up clerk 2026-10-19"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, now := newLog(t), f
			c.change(&now)
			l.inspection(assigned(), recorded("XZ-001", market, over...), recorded("XZ-003", rescue, inspection.NoProblem),
				inspection.Concluded{CompletedOn: done, Outcomes: over})
			if c.first {
				l.add("listing", "l1", now)
			}
			l.inspection(handedOver)
			if !c.first {
				l.add("listing", "l1", now)
			}
			if got := l.waits(worklist.Filter{Authority: bureau}); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if v, err := worklist.Inspection(t.Context(), l.live(), id); err != nil || (v.GetListingId() == "l1") != (now.Inspection == id && now.Entry == 0) {
				t.Errorf("the inspection's case is %q, %v", v.GetListingId(), err)
			}
		})
	}
}
