package enterprise_test

import (
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
)

func onList(marked bool, status string) disclosure.Document {
	on := calendar.MustParse("2026-03-10")
	d := doc("l1.1", bureau, "2026-03-10", huimin)
	d.Kind, d.Penalty = disclosure.Listing, nil
	d.Listing = &disclosure.ListingBody{
		List: disclosure.Labelled{Code: "abnormal", Label: "经营异常名录"}, Marked: marked, Status: status,
		Grounds: []disclosure.ListingGround{
			{Labelled: disclosure.Labelled{Code: "unreachable", Label: "无法联系"}, DecidedOn: on}, {Labelled: disclosure.Labelled{Code: "false_info", Label: "弄虚作假"}, DecidedOn: on},
		},
	}
	if status != "listed" {
		d.Listing.End = &disclosure.ListingEnd{On: on.AddDays(9)}
	}
	return d
}

func TestAnEntryOnAListStandsInTheRecord(t *testing.T) {
	for want, d := range map[string]disclosure.Document{
		"列入经营异常名录：无法联系、弄虚作假":                      onList(false, "listed"),
		"列入经营异常名录：无法联系、弄虚作假（2026-03-19移出）":        onList(false, "removed"),
		"列入经营异常名录：无法联系、弄虚作假（2026-03-19撤销）":        onList(false, "rescinded"),
		"标记为经营异常状态：无法联系、弄虚作假":                     onList(true, "listed"),
		"标记为经营异常状态：无法联系、弄虚作假（2026-03-19恢复正常记载状态）": onList(true, "removed"),
		"标记为经营异常状态：无法联系、弄虚作假（2026-03-19撤销）":       onList(true, "rescinded"),
	} {
		l := newLog(t)
		l.Disclosure("listing.l1.1", l.Published(d, 1))
		e := get(t, l.live(), huimin)
		if got := e.GetEntries()[0]; got.GetSummary() != want || got.GetRecordKind() != "listing" || e.GetCounts().GetListings() != 1 {
			t.Errorf("%v, want %s", e, want)
		}
		l.Disclosure("listing.l1.1", withdrawn(2))
		if e := get(t, l.live(), huimin); e.GetCounts().GetListings() != 0 || e.GetCounts().GetWithdrawn() != 1 {
			t.Errorf("withdrawn: %v", e.GetCounts())
		}
	}
}

// TestAReplyStandsBesideTheRecord follows one through its replacement and its end.
func TestAReplyStandsBesideTheRecord(t *testing.T) {
	l := newLog(t)
	d := doc("a", bureau, "2026-03-16", huimin)
	l.Disclosure("penalty.a", l.Published(d, 1))
	for n, text := range []string{"已整改", "补充说明", ""} {
		d.Replies = nil
		if text != "" {
			d.Replies = []disclosure.Reply{{SubjectID: huimin, Party: "公司" + huimin, Text: text, On: d.Date}}
		}
		l.Disclosure("penalty.a", l.Corrected(d, n+2))
		got := get(t, l.live(), huimin).GetEntries()[0]
		if told := strings.HasSuffix(got.GetSummary(), "（附当事人陈述）"); told != (text != "") || !strings.Contains(got.GetDocument(), text) ||
			strings.Contains(got.GetDocument(), "replies") != told || n > 0 && strings.Contains(got.GetDocument(), "已整改") {
			t.Errorf("%q: %v", text, got)
		}
	}
}
