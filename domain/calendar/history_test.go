package calendar_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"pgregory.net/rapid"
)

func TestEveryNoticeHasItsNumberAndDay(t *testing.T) {
	t.Parallel()
	years, amended := map[int]bool{}, 0
	for _, notice := range calendar.History() {
		if issued := notice.Issued(); issued.IsZero() || issued.Year() != notice.Year()-1 && !notice.Amends() {
			t.Errorf("%d was issued on %q", notice.Year(), issued)
		}
		if !strings.Contains(notice.Source(), "发明电〔") || !strings.HasSuffix(notice.Source(), "号") {
			t.Errorf("%d has no number: %q", notice.Year(), notice.Source())
		}
		if notice.Amends() {
			amended++
		} else {
			years[notice.Year()] = true
		}
	}
	if len(years) != 12 || amended != 3 {
		t.Errorf("%d years, %d amended", len(years), amended)
	}
	if !slices.IsSortedFunc(calendar.History(), func(a, b calendar.Notice) int { return a.Issued().Compare(b.Issued()) }) {
		t.Error("the history is not in order")
	}
	if got := calendar.Embedded().Source(2020); got != "国办发明电〔2019〕16号; 国办发明电〔2020〕1号" {
		t.Errorf("the source of 2020 is %q", got)
	}
}

// TestWhatWasKnownOnADay quotes the two years in which a notice was changed while periods ran.
func TestWhatWasKnownOnADay(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		known, start string
		n            int
		want         string
		provisional  bool
	}{
		{"2019-03-21", "2019-04-26", 3, "2019-05-02", false}, // by 国办发明电〔2018〕15号 only 1 May is free
		{"2019-03-22", "2019-04-26", 3, "2019-04-30", false}, // by 国办发明电〔2019〕3号 Sunday the 28th is worked
		{"2019-03-21", "2019-04-28", 7, "2019-05-08", false},
		{"2019-03-22", "2019-04-28", 7, "2019-05-09", false},
		{"2020-01-26", "2020-01-23", 3, "2020-02-03", false}, // the 31st, Saturday the 1st, the 3rd
		{"2020-01-27", "2020-01-23", 3, "2020-02-05", false}, // prolonged to 2 February
		{"2020-01-26", "2020-01-22", 7, "2020-02-06", false},
		{"2020-01-27", "2020-01-22", 7, "2020-02-10", false},
		{"2015-05-12", "2015-09-02", 3, "2015-09-07", false},
		{"2015-05-13", "2015-09-02", 3, "2015-09-08", false},
		{"2025-11-03", "2026-02-13", 3, "2026-02-18", true}, // the notice for 2026 is not out
		{"2025-11-04", "2026-02-13", 3, "2026-02-25", false},
	} {
		got := calendar.KnownOn(day(test.known)).AddWorkingDays(day(test.start), test.n)
		if got.Date != day(test.want) || got.Provisional != test.provisional {
			t.Errorf("known on %s, %s and %d working days is %+v, want %s", test.known, test.start, test.n, got, test.want)
		}
	}
	if before, after := calendar.KnownOn(day("2020-01-26")).Version(), calendar.KnownOn(day("2020-01-27")).Version(); before == after {
		t.Errorf("both are %s", before)
	}
	if calendar.KnownOn(day("2030-01-01")).Version() != calendar.Embedded().Version() {
		t.Error("in the end not all is known")
	}
}

func TestAnAmendedNoticeChangesOnlyWhatItNames(t *testing.T) {
	t.Parallel()
	notices, err := calendar.ReadNotices(strings.NewReader(notice2027 +
		"amended 2027 2027-03-01 test again\nplain 2027-01-02\nwork 2027-03-06\noff 2027-03-08..2027-03-09\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := notices[1].Days(); len(got) != 4 || got[0] != day("2027-01-02") || got[3] != day("2027-03-09") {
		t.Errorf("it moves %v", got)
	}
	merged, err := calendar.Embedded().Merge(notices...)
	if err != nil {
		t.Fatal(err)
	}
	for date, want := range map[string]bool{
		"2027-01-01": false, "2027-01-02": false, "2026-12-27": true, "2027-03-06": true, "2027-03-08": false, "2027-03-10": true,
	} {
		if worked, known := merged.IsWorkingDay(day(date)); worked != want || !known {
			t.Errorf("%s is worked: %t, known: %t", date, worked, known)
		}
	}
	if merged.Source(2027) != "test, not a published notice; test again" {
		t.Errorf("source %q", merged.Source(2027))
	}
	if _, err := calendar.Embedded().Merge(notices[1]); err == nil || !strings.Contains(err.Error(), "no notice for 2027 to amend") {
		t.Errorf("a change of nothing: %v", err)
	}
	for table, want := range map[string]string{
		"year 2027 2026-11-01 s\nplain 2027-01-01":                                         "line 2: plain stands in an amended notice",
		"amended 2027 s\noff 2027-01-01":                                                   "line 1: an amended notice has the day",
		"amended 2027 2027-01-01 s\noff 2027-02-01\nplain 2027-02-01":                      "line 3: 2027-02-01 is there once",
		"amended 2027 2027-01-01 s\nplain 2027-02-01\nwork 2027-02-06\n\nplain 2027-02-06": "line 5: 2027-02-06 is there once",
	} {
		if _, err := calendar.ReadNotices(strings.NewReader(table)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", table, err, want)
		}
	}
}

// TestANoticeMovesNoDeadlineBeforeItsDays is what lets a recomputation look only at deadlines that its days can reach.
func TestANoticeMovesNoDeadlineBeforeItsDays(t *testing.T) {
	t.Parallel()
	history := calendar.History()
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(1, len(history)-1).Draw(t, "notice")
		notice := history[at]
		before, err := calendar.Calendar{}.Merge(history[:at]...)
		if err != nil {
			t.Fatal(err)
		}
		after, err := before.Merge(notice)
		if err != nil {
			t.Fatal(err)
		}
		start := day("2014-10-01").AddDays(rapid.IntRange(0, 4500).Draw(t, "start"))
		n := rapid.IntRange(1, 30).Draw(t, "n")
		was, is := before.AddWorkingDays(start, n), after.AddWorkingDays(start, n)
		first, last := notice.Reach()
		if moved := was.Date != is.Date || was.Provisional != is.Provisional; moved && (was.Date.Before(first) || !start.Before(last)) {
			t.Fatalf("%d: %s and %d days: %+v became %+v, outside %s to %s", notice.Year(), start, n, was, is, first, last)
		}
	})
}
