package reporting_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/reporting"
)

var day = calendar.MustParse

// due is the last day for a decision, by the calendar and the rule.
func due(on string) calendar.Date {
	return calendar.Embedded().AddWorkingDays(day(on), reporting.WorkingDays).Date
}

// decided is a decision of a day that was made public on the day after.
func decided(on string, rows ...reporting.Row) reporting.Decision {
	d := reporting.Decision{
		Kind: "penalty", Authority: "bs", Record: "p", Disclosure: "penalty.p", DecidedOn: day(on), Due: due(on), Released: day(on).AddDays(1), Rows: rows,
	}
	if len(rows) > 0 {
		d.Status = "prepared"
	}
	return d
}

func sent(on string) reporting.Row { return reporting.Row{Number: 1, Shows: true, SentOn: day(on)} }

func answered(r reporting.Row, verdict string) reporting.Row {
	r.Verdict, r.Refused = verdict, r.Refused || verdict == reporting.Rejected
	return r
}

func with(d reporting.Decision, change func(*reporting.Decision)) reporting.Decision {
	change(&d)
	return d
}

// TestHowADecisionStands: around the holidays of 2024, where the seventh working day after Friday, 27 September is Saturday, 12 October,
// which was worked, and after Thursday, 8 February is the 23rd.
func TestHowADecisionStands(t *testing.T) {
	t.Parallel()
	const autumn, spring, late = "2024-09-27", "2024-02-08", "2024-12-01"
	taken, again, refused := reporting.Taken, reporting.Duplicate, reporting.Rejected
	gone := func(by, on string) func(*reporting.Decision) {
		return func(d *reporting.Decision) { d.Gone = reporting.Stop{On: day(on), By: by} }
	}
	status := func(s string) func(*reporting.Decision) { return func(d *reporting.Decision) { d.Status = s } }
	for name, test := range map[string]struct {
		decision reporting.Decision
		on       string
		class    reporting.Class
		why      string
		clean    bool
		rejected bool
	}{
		"on the last day, a worked Saturday": {decided(autumn, answered(sent("2024-10-12"), taken)), late, reporting.InTime, taken, true, false},
		"on the day after":                   {decided(autumn, answered(sent("2024-10-13"), taken)), late, reporting.Late, taken, true, false},
		"on the last day after Spring":       {decided(spring, answered(sent("2024-02-23"), taken)), late, reporting.InTime, taken, true, false},
		"a day after Spring":                 {decided(spring, answered(sent("2024-02-24"), taken)), late, reporting.Late, taken, true, false},
		"a duplicate is there":               {decided(autumn, answered(sent("2024-10-08"), again)), late, reporting.InTime, again, true, false},
		"rejected, then taken in time": {decided(autumn, answered(sent("2024-10-08"), refused), answered(sent("2024-10-12"), taken)), late,
			reporting.InTime, taken, false, true},
		"rejected in time, taken late": {decided(autumn, answered(sent("2024-10-08"), refused), answered(sent("2024-10-14"), taken)), late,
			reporting.Late, taken, false, true},
		"the same row rejected, then taken": {decided(autumn, answered(answered(sent("2024-10-08"), refused), taken)), late,
			reporting.InTime, taken, false, true},
		"taken, then a correction rejected": {decided(autumn, answered(sent("2024-10-08"), taken), answered(sent("2024-11-01"), refused)), late,
			reporting.InTime, taken, true, false},
		"taken, then taken away": {with(decided(autumn, answered(sent("2024-10-08"), taken), reporting.Row{Number: 2, SentOn: day("2024-10-10"), Verdict: taken}),
			gone("withdrawn", "2024-10-10")), late, reporting.InTime, taken, true, false},
		"only the deletion was taken": {with(decided(autumn, answered(sent("2024-10-08"), refused), reporting.Row{Number: 2, SentOn: day("2024-10-10"), Verdict: taken}),
			gone("withdrawn", "2024-10-14")), late, reporting.Omitted, "withdrawn", false, true},
		"sent, no answer":               {with(decided(autumn, sent("2024-10-08")), status("submitted")), late, reporting.Waiting, "submitted", false, false},
		"sent, given up":                {with(decided(autumn, with2(sent("2024-10-08"))), status("given_up")), late, reporting.Omitted, "given_up", false, false},
		"rejected alone":                {with(decided(autumn, answered(sent("2024-10-08"), refused)), status("rejected")), late, reporting.Omitted, "rejected", false, true},
		"rejected, the day is not over": {with(decided(autumn, answered(sent("2024-10-08"), refused)), status("rejected")), "2024-10-12", reporting.Open, "rejected", false, true},
		"held":                          {with(decided(autumn), status("held")), "2024-10-13", reporting.Omitted, "held", false, false},
		"ready, not sent":               {decided(autumn, reporting.Row{Shows: true}), "2024-10-13", reporting.Omitted, reporting.WhyNotSent, false, false},
		"public without a row":          {decided(autumn), "2024-10-13", reporting.Omitted, reporting.WhyNoRow, false, false},
		"public without a row, in time": {decided(autumn), "2024-10-12", reporting.Open, reporting.WhyNoRow, false, false},
		"never public":                  {with(decided(autumn), func(d *reporting.Decision) { d.Released = calendar.Date{} }), "2024-10-13", reporting.Omitted, reporting.WhyNotReleased, false, false},
		"withdrawn before the last day": {with(decided(autumn), gone("withdrawn", "2024-10-12")), late, reporting.Exempt, "withdrawn", false, false},
		"withdrawn after the last day":  {with(decided(autumn), gone("withdrawn", "2024-10-13")), late, reporting.Omitted, "withdrawn", false, false},
		"masked before the last day":    {with(decided(autumn), gone("masked", "2024-10-10")), late, reporting.Exempt, "masked", false, false},
		"ended before the last day":     {with(decided(autumn), gone("ended", "2024-10-10")), late, reporting.Exempt, "ended", false, false},
		"withheld in time":              {with(decided(autumn), lapsed("2024-10-12")), late, reporting.Exempt, "disclosure.withheld", false, false},
		"withheld after the last day":   {with(decided(autumn), lapsed("2024-10-13")), late, reporting.Omitted, reporting.WhyLapsed, false, false},
		"taken over from elsewhere":     {with(decided("2019-05-06"), noPeriod("taken_over")), late, reporting.Exempt, "taken_over", false, false},
		"by summary procedure":          {with(decided(autumn), noPeriod("summary")), late, reporting.Exempt, "summary", false, false},
		"no period began":               {with(decided(autumn), noPeriod("")), late, reporting.Exempt, reporting.WhyNoPeriod, false, false},
	} {
		j := test.decision.On(day(test.on))
		if j.Class != test.class || j.Why != test.why || j.Clean != test.clean || j.Rejected != test.rejected {
			t.Errorf("%s: %+v", name, j)
		}
	}
}

func with2(r reporting.Row) reporting.Row { r.Left = true; return r }

func lapsed(on string) func(*reporting.Decision) {
	return func(d *reporting.Decision) {
		d.Released, d.Lapsed = calendar.Date{}, reporting.Stop{On: day(on), By: "disclosure.withheld"}
	}
}

func noPeriod(ground string) func(*reporting.Decision) {
	return func(d *reporting.Decision) { d.Due, d.Ground = calendar.Date{}, ground }
}

// TestRates are whole numbers, and tell nothing and the whole from what is almost so.
func TestRates(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		part, whole int64
		want        string
	}{
		{0, 0, "—"}, {0, 7, "0.00%"}, {7, 7, "100.00%"}, {1, 3, "33.33%"}, {2, 3, "66.67%"}, {34, 10_000, "0.34%"}, {1, 800, "0.13%"},
		{1, 100_000, "0.01%"}, {99_999, 100_000, "99.99%"}, {393, 400, "98.25%"},
	} {
		if got := (reporting.Rate{Part: test.part, Whole: test.whole}).String(); got != test.want {
			t.Errorf("%d of %d is %s, want %s", test.part, test.whole, got, test.want)
		}
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	var f reporting.Figures
	for _, d := range []reporting.Decision{
		decided("2024-09-27", answered(sent("2024-10-12"), reporting.Taken)), decided("2024-09-27", answered(sent("2024-10-14"), reporting.Duplicate)),
		decided("2024-09-27", answered(sent("2024-10-08"), reporting.Rejected), answered(sent("2024-10-09"), reporting.Taken)),
		decided("2024-09-27"), with(decided("2024-09-27"), noPeriod("")), with(decided("2024-09-27"), noPeriod("summary")),
		with(decided("2024-09-27"), func(d *reporting.Decision) { d.Status = "held" }),
	} {
		f.Add(d.On(day("2024-12-01")))
	}
	want := reporting.Figures{Decisions: 7, Exempt: 2, NoPeriod: 1, Due: 5, InTime: 2, Late: 1, Omitted: 2, Answered: 3, Clean: 2, Rejected: 1, Held: 1}
	if f != want {
		t.Errorf("%+v, want %+v", f, want)
	}
	if f.Exempt+f.Due != f.Decisions || f.InTime+f.Late+f.Waiting+f.Open+f.Omitted != f.Due {
		t.Errorf("the classes don't add up: %+v", f)
	}
	if f.Compliance().String() != "66.67%" || f.Lateness().String() != "33.33%" || f.Omission().String() != "40.00%" {
		t.Errorf("%s, %s, %s", f.Compliance(), f.Lateness(), f.Omission())
	}
	if sum := f.Plus(f); sum.Decisions != 14 || sum.Held != 2 {
		t.Errorf("%+v", sum)
	}
}
