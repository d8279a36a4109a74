package calendar_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"pgregory.net/rapid"
)

var day = calendar.MustParse

func TestEveryDayAgainstTheCollection(t *testing.T) {
	t.Parallel()
	collected := collectedDays(t)
	embedded := calendar.Embedded()
	for at := day("2018-01-01"); at != day("2027-01-01"); at = at.AddDays(1) {
		want := at.Weekday() != time.Saturday && at.Weekday() != time.Sunday
		if off, named := collected[at]; named {
			want = !off
		}
		working, known := embedded.IsWorkingDay(at)
		if working != want {
			t.Errorf("%s: working is %v, the collection says %v", at, working, want)
		}
		if late := !at.Before(day("2026-12-25")); known == late {
			t.Errorf("%s: known is %v", at, known)
		}
	}
}

func TestWorkingDaysOfAYear(t *testing.T) {
	t.Parallel()
	// By the law of 2013 a year has its weekdays less eleven holidays: 261 weekdays in 2015, 2016 and 2018, 260 in 2017, and
	// one more holiday in September 2015. The last three are published counts.
	tests := map[int]int{2015: 249, 2016: 250, 2017: 249, 2018: 250, 2024: 251, 2025: 248, 2026: 248}
	embedded := calendar.Embedded()
	for year, want := range tests {
		newYear, err := calendar.New(year, time.January, 1)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := embedded.WorkingDaysBetween(newYear.AddDays(-1), newYear.AddYears(1).AddDays(-1))
		if got != want {
			t.Errorf("%d has %d working days, want %d", year, got, want)
		}
	}
}

func TestDeadlines(t *testing.T) {
	t.Parallel()
	tests := []struct {
		start string
		n     int
		want  string
	}{
		{"2024-02-08", 7, "2024-02-23"},
		{"2024-02-08", 20, "2024-03-13"},
		{"2024-09-13", 3, "2024-09-19"},
		{"2024-09-27", 7, "2024-10-12"},
		{"2025-01-24", 7, "2025-02-10"},
		{"2025-04-25", 3, "2025-04-29"},
		{"2025-09-26", 7, "2025-10-13"},
		{"2025-09-26", 20, "2025-10-30"},
		{"2026-02-13", 3, "2026-02-25"},
		{"2026-02-13", 7, "2026-03-02"},
		{"2026-04-30", 7, "2026-05-13"},
		{"2026-09-29", 7, "2026-10-14"},
		{"2026-09-29", 20, "2026-11-02"},
		{"2026-10-01", 3, "2026-10-10"},
		{"2026-10-01", 0, "2026-10-01"},
		{"2026-10-01", -4, "2026-10-01"},
	}
	embedded := calendar.Embedded()
	for _, test := range tests {
		got := embedded.AddWorkingDays(day(test.start), test.n)
		want := calendar.Deadline{Date: day(test.want), CalendarVersion: embedded.Version()}
		if got != want {
			t.Errorf("%s and %d working days is %+v, want %+v", test.start, test.n, got, want)
		}
	}
}

func TestUnknownYearIsProvisional(t *testing.T) {
	t.Parallel()
	embedded := calendar.Embedded()
	tests := []struct {
		start       string
		n           int
		want        string
		provisional bool
	}{
		{"2026-12-17", 5, "2026-12-24", false},
		{"2026-12-24", 1, "2026-12-25", true}, // the notice for 2027 may move the last days of 2026
		{"2026-12-30", 3, "2027-01-04", true}, // only the plain week is known
		{"2030-03-01", 1, "2030-03-04", true},
		{"2014-12-25", 1, "2014-12-26", true},
		{"2014-12-31", 1, "2015-01-04", false}, // a worked Sunday
	}
	for _, test := range tests {
		got := embedded.AddWorkingDays(day(test.start), test.n)
		if got.Date != day(test.want) || got.Provisional != test.provisional {
			t.Errorf("%s and %d working days is %+v, want %s, provisional %v", test.start, test.n, got, test.want, test.provisional)
		}
	}
	var none calendar.Calendar
	if got := none.AddWorkingDays(day("2025-01-24"), 7); got.Date != day("2025-02-04") || !got.Provisional {
		t.Errorf("without any notice: %+v", got)
	}
	if got := embedded.AddWorkingDays(calendar.Date{}, 3); !got.Date.IsZero() {
		t.Errorf("no start gives a deadline: %+v", got)
	}
	if got := embedded.AddWorkingDays(day("9999-12-30"), 300); got.Date != day("9999-12-31") || !got.Provisional {
		t.Errorf("past the end of time: %+v", got)
	}
}

func TestMonthsAndRolling(t *testing.T) {
	t.Parallel()
	embedded := calendar.Embedded()
	if got := embedded.AddMonths(day("2023-11-30"), 3); got.Date != day("2024-02-29") || got.Provisional {
		t.Errorf("three months: %+v", got)
	}
	tests := map[string]string{"2026-10-01": "2026-10-08", "2026-10-10": "2026-10-10", "2026-10-11": "2026-10-12", "2026-10-12": "2026-10-12"}
	for from, want := range tests {
		if got := embedded.RollForward(day(from)); got.Date != day(want) || got.Provisional {
			t.Errorf("%s rolls to %+v, want %s", from, got, want)
		}
	}
	if got := embedded.RollForward(day("2026-12-26")); got.Date != day("2026-12-28") || !got.Provisional {
		t.Errorf("a roll at the end of the known: %+v", got)
	}
	if got := embedded.RollForward(calendar.Date{}); !got.Date.IsZero() || got.Provisional {
		t.Errorf("nothing rolls: %+v", got)
	}
}

func TestCountInvertsDeadline(t *testing.T) {
	t.Parallel()
	embedded := calendar.Embedded()
	rapid.Check(t, func(t *rapid.T) {
		start := day("2015-01-01").AddDays(rapid.IntRange(0, 4300).Draw(t, "start"))
		n := rapid.IntRange(1, 60).Draw(t, "n")
		deadline := embedded.AddWorkingDays(start, n)
		if working, _ := embedded.IsWorkingDay(deadline.Date); !working {
			t.Fatalf("%s is not worked", deadline.Date)
		}
		count, provisional := embedded.WorkingDaysBetween(start, deadline.Date)
		if count != n || provisional != deadline.Provisional {
			t.Fatalf("%s to %s counts %d, %v; was %d, %v", start, deadline.Date, count, provisional, n, deadline.Provisional)
		}
		if back, _ := embedded.WorkingDaysBetween(deadline.Date, start); back != -n {
			t.Fatalf("backwards it counts %d", back)
		}
	})
}

const notice2027 = "year 2027 test, not a published notice\noff 2026-12-31..2027-01-02 # 元旦\nwork 2026-12-27\n"

func TestMergeMakesAnotherVersion(t *testing.T) {
	t.Parallel()
	embedded := calendar.Embedded()
	notices, err := calendar.ReadNotices(strings.NewReader(notice2027))
	if err != nil {
		t.Fatal(err)
	}
	merged, err := embedded.Merge(notices...)
	if err != nil {
		t.Fatal(err)
	}
	if merged.Version() == embedded.Version() || !strings.HasPrefix(merged.Version(), "cn-2015-2027-") {
		t.Errorf("versions %q and %q", embedded.Version(), merged.Version())
	}
	if again, err := embedded.Merge(notices...); err != nil || again.Version() != merged.Version() {
		t.Errorf("the version is not a function of the facts: %q, %v", again.Version(), err)
	}
	if got := embedded.AddWorkingDays(day("2026-12-25"), 5); got.Date != day("2027-01-01") || !got.Provisional {
		t.Errorf("the first calendar changed: %+v", got)
	}
	if got := merged.AddWorkingDays(day("2026-12-25"), 5); got.Date != day("2027-01-04") || got.Provisional {
		t.Errorf("the merged calendar gives %+v", got)
	}
	if merged.Source(2027) != "test, not a published notice" {
		t.Errorf("source %q", merged.Source(2027))
	}
	amended, err := calendar.ReadNotices(strings.NewReader("year 2027 amended\noff 2027-01-01\n"))
	if err != nil {
		t.Fatal(err)
	}
	replaced, err := merged.Merge(amended...)
	if err != nil {
		t.Fatal(err)
	}
	if got := replaced.AddWorkingDays(day("2026-12-25"), 4); got.Date != day("2026-12-31") || got.Provisional {
		t.Errorf("the amended notice did not take the place of the first: %+v", got)
	}
	contrary, err := calendar.ReadNotices(strings.NewReader("year 2027 contrary\nwork 2027-01-03\noff 2026-12-12\n" +
		"year 2028 contrary\noff 2027-12-31\n"))
	if err != nil {
		t.Fatal(err)
	}
	contrary2, err := calendar.ReadNotices(strings.NewReader("year 2026 contrary\nwork 2026-12-12\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := embedded.Merge(append(contrary, contrary2...)...); err == nil {
		t.Error("contrary notices were merged")
	}
}

func TestNoticeErrorsNameLineAndRule(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"off 2027-01-01":                                "line 1: a day belongs to a year",
		"# x\nyear 27 s\n":                              "line 2: year takes four digits",
		"year 2027\noff 2027-01-01":                     "line 1: year names its source",
		"year 2027 s\n\nholiday 2027-01-01":             "line 3: a line begins with year, amended, off, work or plain",
		"year 2027 s\noff 2027-1-1":                     "line 2: a day is written YYYY-MM-DD",
		"year 2027 s\noff 2027-02-29":                   "line 2: a day is written YYYY-MM-DD",
		"year 2027 s\noff 2028-01-01":                   "line 2: a day lies in 2027",
		"year 2027 s\noff 2026-11-30":                   "line 2: a day lies in 2027",
		"year 2027 s\noff 2027-10-07..2027-10-01":       "line 2: a range runs forward",
		"year 2027 s\noff 2027-01-01..2027-03-01":       "line 2: a range runs forward and over at most 31 days",
		"year 2027 s\nwork 2027-01-04":                  "line 2: work names a Saturday or a Sunday",
		"year 2027 s\noff 2027-01-01\noff 2027-01-01":   "line 3: 2027-01-01 is there once",
		"year 2027 s\noff 2027-01-02\nwork 2027-01-02":  "line 3: 2027-01-02 is there once",
		"year 2027 s\n":                                 "line 1: a year without days is left out",
		"year 2027 s\nyear 2028 s\noff 2028-01-01":      "line 2: a year without days is left out",
		"year 2027 s\noff 2027-01-01\nyear 2027 s":      "line 3: a year is there once",
		"year 2027 \xff\noff 2027-01-01":                "line 1: the text must be UTF-8",
		"year 2027 " + strings.Repeat("s", 70_000) + "": "line 1: a line is too long",
	}
	for table, want := range tests {
		_, err := calendar.ReadNotices(strings.NewReader(table))
		var syntax *calendar.SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%.60q: error %v, want a syntax error", table, err)
			continue
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: error %q, want %q", table, err, want)
		}
	}
}

func FuzzReadNotices(f *testing.F) {
	f.Add(notice2027)
	f.Add("year 2015 s\noff 2015-01-01..2015-01-03\nwork 2015-01-04\n# end")
	f.Add("year 9999 s\noff 9999-12-31")
	f.Add("amended 2026 2026-01-05 s\nplain 2026-01-01\nwork 2026-01-10\noff 2026-01-12..2026-01-13")
	f.Fuzz(func(t *testing.T, table string) {
		notices, err := calendar.ReadNotices(strings.NewReader(table))
		if err != nil {
			return
		}
		merged, err := calendar.Embedded().Merge(notices...)
		if err != nil {
			return
		}
		years := map[int]bool{}
		for _, year := range merged.Years() {
			years[year] = true
		}
		for _, notice := range notices {
			if !years[notice.Year()] {
				t.Errorf("%d was lost", notice.Year())
			}
			start, err := calendar.New(notice.Year(), time.January, 1)
			if err != nil {
				t.Fatal(err)
			}
			if deadline := merged.AddWorkingDays(start, 5); deadline.Date.Before(start) {
				t.Errorf("a deadline before its start: %+v", deadline)
			}
		}
	})
}
