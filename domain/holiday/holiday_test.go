package holiday_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/holiday"
)

var (
	day   = calendar.MustParse
	admin = domain.Actor{Account: "root", Role: domain.Admin, Authority: "xz-bureau"}
	today = day("2026-11-28")
)

// The notices of these tests are made up: the one for 2027 was not out when they were written.
func record() holiday.RecordNotice {
	return holiday.RecordNotice{
		By: admin, Today: today, Year: 2027, Number: "测试〔2026〕1号", IssuedOn: day("2026-11-10"), Source: "test",
		Table: "off 2026-12-31..2027-01-02\nwork 2026-12-27 # 调休\n",
	}
}

func recorded() holiday.NoticeRecorded {
	return holiday.NoticeRecorded{
		Year: 2027, Number: "测试〔2026〕1号", IssuedOn: day("2026-11-10"), Source: "test", By: "root",
		Off: []calendar.Date{day("2026-12-31"), day("2027-01-01"), day("2027-01-02")}, Work: []calendar.Date{day("2026-12-27")},
	}
}

func amended() holiday.NoticeRecorded {
	return holiday.NoticeRecorded{
		Year: 2027, Number: "测试〔2026〕2号", IssuedOn: day("2026-11-20"), Amends: true, By: "root",
		Off: []calendar.Date{day("2027-01-04")}, Plain: []calendar.Date{day("2026-12-31")}, Work: []calendar.Date{day("2027-01-09")},
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	estest.Golden(t, "testdata/events", holiday.Codec(), holiday.Event(recorded()), holiday.Event(amended()))
}

func TestFold(t *testing.T) {
	t.Parallel()
	estest.Fold(t, holiday.Decider, holiday.Event(recorded()), holiday.Event(amended()))
}

func TestRecord(t *testing.T) {
	t.Parallel()
	of := estest.Of(holiday.Decider)
	of.When(record()).Then(t, recorded())
	of.Given(recorded()).When(record()).ThenNothing(t)
	change := record()
	change.Number, change.IssuedOn, change.Amends, change.Source = "测试〔2026〕2号", day("2026-11-20"), true, ""
	change.Table = "plain 2026-12-31\noff 2027-01-04\nwork 2027-01-09\n"
	of.Given(recorded()).When(change).Then(t, amended())

	for name, test := range map[string]struct {
		given []holiday.Event
		with  func(*holiday.RecordNotice)
		code  string
		says  string
	}{
		"no number":        {nil, func(c *holiday.RecordNotice) { c.Number = " " }, "holiday.number.required", "number"},
		"no day":           {nil, func(c *holiday.RecordNotice) { c.IssuedOn = calendar.Date{} }, "holiday.issued_on.required", "issued_on"},
		"not issued yet":   {nil, func(c *holiday.RecordNotice) { c.IssuedOn = day("2026-11-29") }, "holiday.issued_on.future", "issued"},
		"a bad line":       {nil, func(c *holiday.RecordNotice) { c.Table = "off 2027-01-01\nfree 2027-01-02" }, "holiday.table.form", "line 2 of the table: a line begins with"},
		"nothing":          {nil, func(c *holiday.RecordNotice) { c.Table = "" }, "holiday.table.form", "a year without days"},
		"two":              {nil, func(c *holiday.RecordNotice) { c.Table += "year 2028 x\noff 2028-01-01" }, "holiday.table.form", "one notice"},
		"nothing to amend": {nil, func(c *holiday.RecordNotice) { c.Amends = true }, "holiday.notice.contradicts", "no notice for 2027 to amend"},

		"other content": {[]holiday.Event{recorded()}, func(c *holiday.RecordNotice) { c.Table = "off 2027-01-01" }, "holiday.notice.exists", "other content"},
		"a day of both years": {[]holiday.Event{recorded()}, func(c *holiday.RecordNotice) {
			c.Number, c.Year, c.Table = "测试〔2026〕3号", 2026, "off 2026-12-27"
		}, "holiday.notice.contradicts", "contradicts"},
	} {
		c := record()
		test.with(&c)
		of.Given(test.given...).When(c).ThenError(t, func(err error) bool {
			fault, ok := errors.AsType[*domain.Fault](err)
			if !ok || fault.Code != test.code || !strings.Contains(fault.Error(), test.says) {
				t.Logf("%s: %v", name, err)
				return false
			}
			return true
		})
	}
}

func TestTheCalendarIsTheProgramsWithWhatWasRecorded(t *testing.T) {
	t.Parallel()
	state := func(events ...holiday.Event) (s holiday.State) {
		for _, e := range events {
			s = holiday.Decider.Evolve(s, e)
		}
		return s
	}
	none, first, both := state(), state(recorded()), state(recorded(), amended())
	if none.Calendar().Version() != calendar.Embedded().Version() {
		t.Error("without any notice it is another one")
	}
	for _, test := range []struct {
		state       holiday.State
		want        string
		provisional bool
	}{
		{none, "2027-01-01", true}, {first, "2027-01-04", false}, {both, "2026-12-31", false},
	} {
		got := test.state.Calendar().AddWorkingDays(day("2026-12-25"), 5)
		if got.Date != day(test.want) || got.Provisional != test.provisional {
			t.Errorf("%d notices: %+v, want %s", len(test.state.Notices), got, test.want)
		}
	}
	if a, b := both.Calendar().Version(), state(amended(), recorded()).Calendar().Version(); a != b {
		t.Errorf("the order of recording counts: %s and %s", a, b)
	}
	contrary := recorded()
	contrary.Year, contrary.Number, contrary.Off, contrary.Work = 2027, "x", []calendar.Date{day("2026-12-26")}, []calendar.Date{day("2026-02-16")}
	if state(contrary).Calendar().Version() != calendar.Embedded().Version() {
		t.Error("what contradicts is not left out")
	}
}
