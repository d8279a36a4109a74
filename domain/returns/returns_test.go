package returns_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/returns"
)

var (
	clerk = domain.Actor{Account: "wang", Role: domain.Clerk, Authority: "bs"}
	today = calendar.MustParse("2023-05-25")
)

func on(day string) calendar.Date { return calendar.MustParse(day) }

func row(t testing.TB, no string) returns.Row {
	t.Helper()
	r, known := returns.RowOf(no)
	if !known {
		t.Fatalf("no row %s", no)
	}
	return r
}

// TestDueDates has the due dates of the table, as printed and as they fall in the calendar of working days.
func TestDueDates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		row, period        string
		roll               returns.Roll // empty: the table's default
		from, to, due      string
		provisionallyKnown bool
	}{
		{"1", "2023-05", "", "2023-04-26", "2023-05-25", "2023-05-25", true},              // a Thursday
		{"1", "2023-06", "", "2023-05-26", "2023-06-25", "2023-06-25", true},              // a Sunday that is worked for the Dragon Boat holiday
		{"1", "2023-02", "", "2023-01-26", "2023-02-25", "2023-02-24", true},              // a Saturday: the Friday before
		{"1", "2023-02", returns.Later, "2023-01-26", "2023-02-25", "2023-02-27", true},   // the Monday after
		{"1", "2023-02", returns.Stay, "2023-01-26", "2023-02-25", "2023-02-25", true},    // the day itself
		{"2", "2023-01", "", "2022-12-26", "2023-01-25", "2023-01-20", true},              // in the Spring Festival: the last day before
		{"2", "2023-01", returns.Later, "2022-12-26", "2023-01-25", "2023-01-28", true},   // the first day after, a worked Saturday
		{"3", "2023-05", "", "2023-05-01", "2023-05-31", "2023-06-09", true},              // June 10 is a Saturday
		{"4a", "2023-04", "", "2023-04-01", "2023-04-30", "2023-05-05", true},             // a Friday
		{"4b", "2023-Q3", "", "2023-07-01", "2023-09-30", "2023-09-28", true},             // September 29 to October 6 are free
		{"4b", "2023-Q3", returns.Stay, "2023-07-01", "2023-09-30", "2023-09-30", true},   // the last calendar day
		{"4b", "2023-Q4", returns.Stay, "2023-10-01", "2023-12-31", "2023-12-31", true},   // of a year
		{"5", "2022", "", "2022-01-01", "2022-12-31", "2023-03-31", true},                 // end of March
		{"6", "2023", "", "2023-01-01", "2023-12-31", "2023-12-29", true},                 // December 31 is a Sunday
		{"6", "2031", "", "2031-01-01", "2031-12-31", "2031-12-31", false},                // no notice yet: provisional
		{"7", "2024-03", "", "2024-02-26", "2024-03-25", "2024-03-25", true},              // a Monday
		{"7", "2024-01", returns.Earlier, "2023-12-26", "2024-01-25", "2024-01-25", true}, // over the turn of the year
	} {
		r := row(t, c.row)
		schedule := r.Schedule
		if c.roll != "" {
			schedule.Roll = c.roll
		}
		p, err := returns.ParsePeriod(schedule.Every, c.period)
		if err != nil {
			t.Fatal(err)
		}
		from, to := schedule.Span(p)
		due := schedule.Due(p, calendar.Embedded())
		if from.String() != c.from || to.String() != c.to || due.Date.String() != c.due || due.Provisional == c.provisionallyKnown {
			t.Errorf("row %s of %s %s: %s to %s due %s provisional %t", c.row, c.period, c.roll, from, to, due.Date, due.Provisional)
		}
	}
}

// TestSpansTile: nothing falls between the returns of two periods, and nothing into both.
func TestSpansTile(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := returns.Schedule{
			Every: rapid.SampledFrom([]returns.Every{returns.Month, returns.Quarter, returns.Year}).Draw(t, "every"),
			Day:   rapid.IntRange(0, 31).Draw(t, "day"), After: rapid.IntRange(0, 3).Draw(t, "after"),
			Covers: rapid.SampledFrom([]returns.Covers{returns.WholePeriod, returns.ToDueDay}).Draw(t, "covers"), Roll: returns.Stay,
		}
		p := returns.PeriodOf(s.Every, on("2023-01-01").AddDays(rapid.IntRange(0, 3000).Draw(t, "day of the period")))
		_, end := s.Span(p)
		begin, _ := s.Span(p.Next(1))
		if end.AddDays(1) != begin {
			t.Fatalf("%+v: %s ends on %s, the next begins on %s", s, p, end, begin)
		}
		again, err := returns.ParsePeriod(s.Every, p.String())
		if err != nil || again != p || p.Next(1).Next(-1) != p {
			t.Fatalf("%s is read as %v, %v", p, again, err)
		}
	})
}

func TestPeriodsAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		every returns.Every
		text  string
	}{
		{returns.Month, "2023-13"}, {returns.Month, "2023-00"}, {returns.Month, "2023-5"}, {returns.Month, "2023"}, {returns.Month, "2023-Q1"},
		{returns.Month, "2023-+5"}, {returns.Quarter, "2023-Q5"}, {returns.Quarter, "2023-Q0"}, {returns.Quarter, "2023-04"}, {returns.Year, "1999"},
		{returns.Year, "2023-01"}, {returns.Year, "20２3"}, {returns.Year, ""}, {"week", "2023"}, {returns.Quarter, "2023-QQ"},
	} {
		if p, err := returns.ParsePeriod(c.every, c.text); domain.KindOf(err) != domain.Invalid {
			t.Errorf("%s %q is %v, %v", c.every, c.text, p, err)
		}
	}
}

// TestTheTable holds the data to what the printed table says: eight returns in seven rows.
func TestTheTable(t *testing.T) {
	t.Parallel()
	var nos []string
	for _, r := range returns.Annex() {
		nos = append(nos, r.No)
		seen := map[string]bool{}
		for _, c := range r.Columns {
			if seen[c.Key] || c.Title == "" {
				t.Errorf("row %s: column %q", r.No, c.Key)
			}
			seen[c.Key] = true
		}
		if r.Lead == "" || r.Title == "" || r.Printed == "" || len(r.Elements) == 0 {
			t.Errorf("row %s lacks something", r.No)
		}
	}
	if !slices.Equal(nos, []string{"1", "2", "3", "4a", "4b", "5", "6", "7"}) {
		t.Errorf("rows %v", nos)
	}
	for no, want := range map[string]string{
		"3": "检查时间 企业名称 许可证号 检查类型 检查人员 检查结论 备注", "6": "抽查产品名称 抽查批次数 不合格批次数 企业名称 不合格项目 备注",
	} {
		var titles []string
		for _, c := range row(t, no).Columns {
			titles = append(titles, c.Title)
		}
		if got := strings.Join(titles, " "); got != want {
			t.Errorf("row %s has the columns %s", no, got)
		}
	}
}

func file(digit string) returns.File {
	return returns.File{
		Digest: strings.Repeat(digit, 64), Format: "xlsx", Rows: 3, Late: 1, Carried: 1, AsOf: "45", AsOfAt: time.Date(2023, 5, 25, 1, 2, 3, 0, time.UTC),
	}
}

func overridden() returns.ScheduleOverridden {
	return returns.ScheduleOverridden{
		Return: "1.bs", Authority: "bs", Row: "1", From: on("2023-06-01"),
		Schedule: returns.Schedule{Every: returns.Month, Day: 20, Covers: returns.WholePeriod, Roll: returns.Later, After: 1}, Lines: []string{"餐饮服务"},
		WithoutInspectors: true, OverrideBy: "市局食品条线", CopyTo: "党政办公室", DocumentNo: "市监〔2023〕1号", Reason: "条线报送要求", By: "wang",
	}
}

func override() returns.Override {
	o := overridden()
	o.Return, o.By = "", ""
	return returns.Override{By: clerk, Today: today, Override: o}
}

func submitted() returns.Submitted {
	return returns.Submitted{
		Return: "1.bs", Authority: "bs", Row: "1", Period: "2023-05", From: on("2023-04-26"), To: on("2023-05-25"),
		Due:  calendar.Deadline{Date: on("2023-05-25"), CalendarVersion: calendar.Embedded().Version()},
		File: file("a"), SubmittedOn: today, By: "wang",
	}
}

func submit() returns.Submit {
	return returns.Submit{By: clerk, Today: today, Calendar: calendar.Embedded(), Authority: "bs", Row: "1", Period: "2023-05", File: file("a")}
}

func amended() returns.Amended {
	return returns.Amended{Period: "2023-05", Number: 1, Reason: "漏报", FormerDigest: strings.Repeat("a", 64), File: file("b"), AmendedOn: today, By: "wang"}
}

func amend() returns.Amend {
	return returns.Amend{By: clerk, Today: today, Authority: "bs", Row: "1", Period: "2023-05", Reason: "漏报", File: file("b")}
}

// faults demands these codes, in any order.
func faults(codes ...string) func(error) bool {
	return func(err error) bool {
		got := codesOf(err)
		slices.Sort(got)
		slices.Sort(codes)
		return slices.Equal(got, codes)
	}
}

func codesOf(err error) (out []string) {
	if joined, many := err.(interface{ Unwrap() []error }); many {
		for _, e := range joined.Unwrap() {
			out = append(out, codesOf(e)...)
		}
		return out
	}
	if f := (*domain.Fault)(nil); errors.As(err, &f) {
		return []string{f.Code}
	}
	return []string{err.Error()}
}

func TestOverriding(t *testing.T) {
	t.Parallel()
	scenario := estest.Of(returns.Decider)
	scenario.When(override()).Then(t, overridden())
	scenario.Given(overridden()).When(override()).ThenNothing(t)

	c := override()
	c.Override.OverrideBy, c.Override.CopyTo, c.Override.Reason, c.Override.From = "", "", "", on("2023-05-24")
	c.Override.Schedule = returns.Schedule{Every: "week", Day: 32, After: 13, Covers: "x", Roll: "x"}
	scenario.When(c).ThenError(t, faults("return.schedule.every", "return.schedule.day", "return.schedule.after", "return.schedule.covers",
		"return.schedule.roll", "return.override_by.required", "return.copy_to.required", "return.reason.required", "return.from.past"))

	foreign := override()
	foreign.By.Authority = "other"
	scenario.When(foreign).ThenError(t, faults("return.authority.foreign"))
	heir := foreign
	heir.By.Succeeded = []domain.AuthorityID{"bs"}
	scenario.When(heir).Then(t, overridden())

	none := override()
	none.Override.Row = "8"
	scenario.When(none).ThenError(t, faults("return.row.missing"))
	lines := override()
	lines.Override.Row = "7"
	scenario.When(lines).ThenError(t, faults("return.lines.none"))
	early := override()
	early.Override.From, early.Override.Reason = on("2023-05-31"), "又一次"
	scenario.Given(overridden()).When(early).ThenError(t, faults("return.from.order"))
}

func TestSubmitting(t *testing.T) {
	t.Parallel()
	scenario := estest.Of(returns.Decider)
	scenario.When(submit()).Then(t, submitted())
	scenario.Given(submitted()).When(submit()).ThenNothing(t)
	other := submit()
	other.File = file("b")
	scenario.Given(submitted()).When(other).ThenError(t, faults("return.submitted"))

	early := submit()
	early.Period = "2023-06"
	early.Today = on("2023-05-26") // the first day of the period
	got := submitted()
	got.Period, got.From, got.To, got.SubmittedOn = "2023-06", on("2023-05-26"), on("2023-06-25"), early.Today
	got.Due.Date = on("2023-06-25")
	scenario.When(early).Then(t, got)
	early.Today = today
	scenario.When(early).ThenError(t, faults("return.period.future"))

	bad := submit()
	bad.Period = "2023-Q1"
	scenario.When(bad).ThenError(t, faults("return.period.form"))
	bad = submit()
	bad.File = returns.File{Digest: "x", Format: "ods", Rows: 1, Late: 2}
	scenario.When(bad).ThenError(t, faults("return.file.digest", "return.file.format", "return.file.rows", "return.file.as_of"))
}

// TestAnOverrideCountsFromItsDay: the period before keeps the table's schedule, the next has the new one, with a copy to the office.
func TestAnOverrideCountsFromItsDay(t *testing.T) {
	t.Parallel()
	scenario := estest.Of(returns.Decider).Given(overridden())
	scenario.When(submit()).Then(t, submitted())
	june := submit()
	june.Period, june.Today = "2023-06", on("2023-07-20")
	got := submitted()
	got.Period, got.From, got.To, got.SubmittedOn, got.CopyTo = "2023-06", on("2023-06-01"), on("2023-06-30"), june.Today, "党政办公室"
	got.Due.Date = on("2023-07-20")
	scenario.When(june).Then(t, got)
}

func TestAmending(t *testing.T) {
	t.Parallel()
	scenario := estest.Of(returns.Decider).Given(submitted())
	scenario.When(amend()).Then(t, amended())
	estest.Of(returns.Decider).When(amend()).ThenError(t, faults("return.unsubmitted"))
	estest.Of(returns.Decider).Given(submitted(), amended()).When(amend()).ThenNothing(t)
	blank := amend()
	blank.Reason = ""
	scenario.When(blank).ThenError(t, faults("return.reason.required"))
	foreign := amend()
	foreign.By.Authority = "other"
	scenario.When(foreign).ThenError(t, faults("return.authority.foreign"))
}

func TestIDs(t *testing.T) {
	t.Parallel()
	if no, authority := returns.ParseID(returns.ID("4a", "bs.x")); no != "4a" || authority != "bs.x" {
		t.Errorf("%s of %s", no, authority)
	}
	if no, _ := returns.ParseID("9.bs"); no != "" {
		t.Errorf("there is a row %s", no)
	}
}

func examples() []returns.Event {
	first, provisional := submitted(), submitted()
	provisional.Due.Provisional, provisional.CopyTo = true, "党政办公室"
	return []returns.Event{overridden(), first, amended(), provisional}
}

func TestGoldens(t *testing.T) {
	t.Parallel()
	estest.Golden(t, "testdata/events", returns.Codec(), examples()...)
}

func TestAnyHistoryFolds(t *testing.T) {
	t.Parallel()
	estest.Fold(t, returns.Decider, examples()...)
}

func FuzzDecode(f *testing.F) {
	types := returns.Codec().Types()
	f.Add(0, []byte(`{"row":"1","schedule":{"every":"month"}}`))
	f.Fuzz(func(_ *testing.T, typ int, data []byte) {
		if e, err := returns.Decider.Decode(types[uint(typ)%uint(len(types))], data); err == nil {
			returns.Decider.Evolve(returns.Decider.Initial, e)
		}
	})
}
