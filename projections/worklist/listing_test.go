package worklist_test

import (
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/projections/worklist"
)

// steps adds one event after the other and demands what waits at the authority after each.
func steps(t *testing.T, category, stream string, list []struct {
	e     es.Event
	waits string
}) {
	t.Helper()
	l := newLog(t)
	for _, step := range list {
		l.add(category, stream, step.e)
		if got := l.waits(worklist.Filter{Authority: bureau}); got != step.waits {
			t.Errorf("after %s waits %q, want %q", step.e.EventType(), got, step.waits)
		}
	}
}

func found(number int, list listing.List, ground listing.Ground) listing.Found {
	table, _ := listing.TableOn(list, done)
	return listing.Found{
		Listing: "l1", List: list, Authority: bureau, Subject: listing.Subject{ID: subject, Name: "高原牧场有限公司"}, Finding: number, Ground: ground,
		Table: table.Version, On: done, By: "policy",
	}
}

// The ten working days from 20 May 2026 end on 3 June.
func TestAFindingWaitsForAPerson(t *testing.T) {
	decided := listing.Decision{AuthorityName: "局", DocumentNo: "1号", On: done, By: "sun"}
	repeated := found(3, listing.Abnormal, listing.Unreachable)
	repeated.Entry = 1
	const first = "decide_finding approver 2026-06-03"
	steps(t, "listing", "l1", []struct {
		e     es.Event
		waits string
	}{
		{found(1, listing.Abnormal, listing.Unreachable), first},
		{found(2, listing.Abnormal, listing.FalseInfo), first + ", " + first},
		{listing.Entered{Entry: 1, Findings: []int{1}, Ground: listing.Unreachable, Decision: decided}, first},
		{listing.GroundAdded{Entry: 1, Findings: []int{2}, Ground: listing.FalseInfo, Decision: decided}, ""},
		{repeated, ""},
		{listing.RemovalApplied{Entry: 1, Application: 1, ReceivedOn: done, By: "wang"}, "decide_removal approver"},
		{listing.RemovalRefused{Entry: 1, Application: 1, Decision: decided}, ""},
		{listing.RemovalApplied{Entry: 1, Application: 2, ReceivedOn: done, By: "wang"}, "decide_removal approver"},
		{listing.Removed{Entry: 1, Application: 2, Decision: decided}, ""},
		{found(4, listing.Abnormal, listing.Unreachable), first},
		{listing.Dismissed{Finding: 4, On: done}, ""},
		{found(5, listing.Abnormal, listing.Unreachable), first},
		{listing.Retracted{Finding: 5}, ""},
		{found(6, listing.Abnormal, listing.Unreachable), first},
		{listing.Transferred{To: fire, On: done}, ""},
		{listing.Transferred{To: bureau, On: done}, first},
	})
}

// Of the list of serious violations the party is told first, and no period from the finding is known.
func TestThePartyIsToldBeforeASeriousEntry(t *testing.T) {
	decided := listing.Decision{AuthorityName: "局", DocumentNo: "1号", On: done, By: "sun"}
	steps(t, "listing", "l1", []struct {
		e     es.Event
		waits string
	}{
		{found(1, listing.Serious, listing.FoodSafety), "notify_finding clerk"},
		{listing.Notified{Finding: 1, DocumentNo: "告1号", On: done}, "decide_finding approver"},
		{listing.Entered{Entry: 1, Findings: []int{1}, Ground: listing.FoodSafety, Decision: decided}, ""},
		{listing.RemovalApplied{Entry: 1, Application: 1, ReceivedOn: done}, "decide_removal approver"},
		{listing.Rescinded{Entry: 1, Decision: decided}, ""},
	})
}

// The twenty working days from 20 May 2026 end on 17 June.
func TestARequestWaitsUntilItIsMadeGood(t *testing.T) {
	requested := dispute.Requested{
		Request: "r1", Record: dispute.Record{Disclosure: "penalty.p1", Authority: bureau, Release: 1}, Requester: dispute.Citizen, Channel: dispute.Online,
		Points: []dispute.Point{"amount", "date"}, Statement: "s", ReceivedOn: done,
	}
	verified := dispute.Verified{Findings: "f", On: done, By: "li"}
	ways := map[string][]struct {
		e     es.Event
		waits string
	}{
		"corrected": {
			{requested, "verify_request clerk 2026-06-17"}, {verified, "decide_request approver 2026-06-17"},
			{dispute.Decided{Outcome: dispute.Granted, Reason: "r", On: done, By: "sun"}, "link_request clerk"},
			{dispute.Linked{Disclosure: "penalty.p1", Release: 2}, ""},
		},
		"refused": {
			{requested, "verify_request clerk 2026-06-17"}, {verified, "decide_request approver 2026-06-17"},
			{dispute.Decided{Outcome: dispute.Refused, Reason: "r", On: done, By: "sun"}, ""},
		},
		"dropped": {{requested, "verify_request clerk 2026-06-17"}, {dispute.Dropped{On: done}, ""}},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) { steps(t, "dispute", "r1", way) })
	}
	l := newLog(t)
	l.add("dispute", "r1", requested)
	list, _, err := worklist.List(t.Context(), l.live(), worklist.Filter{Authority: bureau, Role: string(domain.Clerk), PageSize: 9})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if item := list[0]; item.GetTitle() != "更正申请：金额有误、日期有误" || item.GetDisclosureId() != "penalty.p1" || item.GetRecordId() != "r1" || item.GetRecordKind() != "dispute" {
		t.Errorf("%v", item)
	}
	if calendar.Embedded().AddWorkingDays(done, 20).Date.String() != list[0].GetDueOn() {
		t.Error("the calendar says otherwise")
	}
}

// TestARescindedEntryMustBeWithdrawn within three working days of the rescission, if it is public, and is not corrected.
func TestARescindedEntryMustBeWithdrawn(t *testing.T) {
	t.Parallel()
	decided := listing.Decision{AuthorityName: "局", DocumentNo: "撤1号", On: calendar.MustParse("2026-09-30"), By: "sun"}
	rescinded := listing.Rescinded{Entry: 1, Reason: "列入错误", Decision: decided}
	entered := listing.Entered{Entry: 1, Findings: []int{1}, Ground: listing.Unreachable, Decision: decided}
	const want = "withdraw_disclosure approver 2026-10-10"
	id := disclosure.Record{Kind: disclosure.Listing, ID: listing.RecordID("l1", 1)}.Disclosure()

	l := newLog(t)
	s := submitted(l, disclosure.Listing, listing.RecordID("l1", 1), calendar.MustParse("2026-09-01"))
	published := disclosure.Published{Document: s.Document, Digest: s.Digest, Number: 1, By: "x"}
	l.add("listing", "l1", found(1, listing.Abnormal, listing.Unreachable), entered)
	l.add("disclosure", id, s, published)
	l.add("listing", "l1", rescinded)
	l.add("disclosure", id, s) // a correction makes it no better
	if got := l.waits(worklist.Filter{Authority: bureau}); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	l.add("disclosure", id, disclosure.Withdrawn{Ground: disclosure.GroundError, Reason: "列入错误", Digest: s.Digest, Number: 2, By: "x"})
	if got := l.waits(worklist.Filter{Authority: bureau}); got != "" {
		t.Errorf("still waits: %s", got)
	}

	l = newLog(t)
	l.add("listing", "l1", found(1, listing.Abnormal, listing.Unreachable), entered)
	l.add("disclosure", id, s)
	l.add("listing", "l1", rescinded)
	if got := l.waits(worklist.Filter{Authority: bureau}); got != "" {
		t.Errorf("before it is public waits %s", got)
	}
	l.add("disclosure", id, published)
	if got := l.waits(worklist.Filter{Authority: bureau}); got != want {
		t.Errorf("once it is public: got %q, want %q", got, want)
	}
}

// TestARemovedEntryStays: its removal is told beside it, and nothing is withdrawn.
func TestARemovedEntryStays(t *testing.T) {
	t.Parallel()
	decided := listing.Decision{AuthorityName: "局", DocumentNo: "移1号", On: calendar.MustParse("2026-09-30"), By: "sun"}
	id := disclosure.Record{Kind: disclosure.Listing, ID: listing.RecordID("l1", 1)}.Disclosure()
	l := newLog(t)
	s := submitted(l, disclosure.Listing, listing.RecordID("l1", 1), calendar.MustParse("2026-09-01"))
	l.add("disclosure", id, s, disclosure.Published{Document: s.Document, Digest: s.Digest, Number: 1, By: "x"})
	l.add("listing", "l1", found(1, listing.Abnormal, listing.Unreachable), listing.Removed{Entry: 1, Decision: decided})
	l.add("disclosure", id, s)
	if got := l.waits(worklist.Filter{Authority: bureau, Role: "approver"}); strings.Contains(got, "withdraw") {
		t.Errorf("a removal waits for %s", got)
	}
	if got := l.waits(worklist.Filter{Authority: bureau, Role: "reviewer"}); !strings.Contains(got, "review_disclosure") {
		t.Errorf("the correction waits for nobody: %q", got)
	}
}
