package statistics_test

import (
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections/statistics"
)

func entry(id, authority, date, status string, grounds ...string) disclosure.Document {
	d := doc(id, authority, date, huimin)
	d.Kind, d.Penalty = disclosure.Listing, nil
	d.Listing = &disclosure.ListingBody{List: disclosure.Labelled{Code: "abnormal", Label: "经营异常名录"}, Status: status}
	for _, g := range labelled(grounds...) {
		d.Listing.Grounds = append(d.Listing.Grounds, disclosure.ListingGround{Labelled: g, DecidedOn: d.Date})
	}
	return d
}

// of keeps the lines of a measure.
func of(lines, measure string) string {
	var out []string
	for line := range strings.SplitSeq(lines, "\n") {
		if strings.HasPrefix(line, measure) {
			out = append(out, strings.TrimPrefix(line, measure+" "))
		}
	}
	return strings.Join(out, ", ")
}

// TestEntriesOnListsCountWhileTheyStand counts by ground, and no more once an entry was removed.
func TestEntriesOnListsCountWhileTheyStand(t *testing.T) {
	l := newLog(t)
	l.Disclosure("listing.a.1", l.Published(entry("a.1", bureau, "2026-03-02", "listed", "unreachable"), 1))
	l.Disclosure("listing.b.1", l.Published(entry("b.1", bureau, "2026-03-02", "listed", "unreachable", "false_info"), 1))
	l.Disclosure("listing.c.1", l.Published(entry("c.1", county, "2025-03-02", "listed", "false_info"), 1))
	want := map[string]statistics.Filter{
		"false_info 2 0, unreachable 2 0": {}, "false_info 1 0, unreachable 2 0": {Authority: bureau}, "false_info 1 0": {Year: 2025},
	}
	for lines, f := range want {
		if got := of(counted(t, l.live(), f), statistics.ListingsByGround); got != lines {
			t.Errorf("%+v: %s, want %s", f, got, lines)
		}
	}
	l.Disclosure("listing.b.1", l.Corrected(entry("b.1", bureau, "2026-03-02", "removed", "unreachable", "false_info"), 2))
	l.Disclosure("listing.c.1", withdrawn(2))
	if got := of(counted(t, l.live(), statistics.Filter{}), statistics.ListingsByGround); got != "unreachable 1 0" {
		t.Errorf("after a removal and a withdrawal: %s", got)
	}
}

// TestRequestsCountUnderWhatCameOfThem counts each once.
func TestRequestsCountUnderWhatCameOfThem(t *testing.T) {
	l := newLog(t)
	request := func(id string, authority domain.AuthorityID, on calendar.Date, more ...es.Event) {
		r := dispute.Requested{Request: id, Record: dispute.Record{Disclosure: "penalty.p", Authority: authority}, ReceivedOn: on}
		l.Add(es.Stream{Category: dispute.Category, ID: id}, append([]es.Event{r}, more...)...)
	}
	verified := dispute.Verified{Findings: "f", On: day}
	decided := func(o dispute.Outcome) es.Event { return dispute.Decided{Outcome: o, Reason: "r", On: day} }
	request("r1", bureau, day)
	request("r2", bureau, day, verified)
	request("r3", bureau, day, verified, decided(dispute.Granted))
	request("r4", bureau, day, verified, decided(dispute.Granted), dispute.Linked{Release: 2})
	request("r5", county, day.AddYears(-1), verified, decided(dispute.Refused))
	request("r6", bureau, day, dispute.Dropped{On: day})
	for lines, f := range map[string]statistics.Filter{
		"corrected 2 0, dropped 1 0, open 2 0, refused 1 0": {}, "corrected 2 0, dropped 1 0, open 2 0": {Authority: bureau, Year: 2026},
		"refused 1 0": {Year: 2025},
	} {
		if got := of(counted(t, l.live(), f), statistics.RequestsByOutcome); got != lines {
			t.Errorf("%+v: %s, want %s", f, got, lines)
		}
	}
}
