package calendar_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"pgregory.net/rapid"
)

func TestDateIsStrict(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "2024-2-09", "2024/02/09", "2024-02-30", "2023-02-29", "2024-13-01", "0000-01-01",
		"10000-01-01", " 2024-02-09", "2024-02-09 ", "2024-02-09T00:00:00Z", "２０２４-02-09"} {
		if got, err := calendar.Parse(text); err == nil {
			t.Errorf("Parse(%q) = %s", text, got)
		}
	}
	for _, parts := range [][3]int{{2023, 2, 29}, {2024, 0, 1}, {2024, 13, 1}, {2024, 1, 0}, {2024, 1, 32}, {0, 1, 1}, {10000, 1, 1}} {
		if got, err := calendar.New(parts[0], time.Month(parts[1]), parts[2]); err == nil {
			t.Errorf("New(%v) = %s", parts, got)
		}
	}
}

func TestDateOfInstant(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"2026-10-01T15:59:59Z":      "2026-10-01",
		"2026-10-01T16:00:00Z":      "2026-10-02",
		"2026-10-01T23:00:00-08:00": "2026-10-02",
		"2026-12-31T16:00:00Z":      "2027-01-01",
	}
	for instant, want := range tests {
		at, err := time.Parse(time.RFC3339, instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := calendar.DateOf(at); got != day(want) {
			t.Errorf("at %s it is %s, want %s", instant, got, want)
		}
	}
	if got := day("2026-10-02").StartsAt().UTC().Format(time.RFC3339); got != "2026-10-01T16:00:00Z" {
		t.Errorf("the day starts at %s", got)
	}
}

func TestAddMonths(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from string
		n    int
		want string
	}{
		{"2023-11-30", 3, "2024-02-29"},
		{"2022-11-30", 3, "2023-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 36, "2027-02-28"},
		{"2024-02-29", 48, "2028-02-29"},
		{"2024-03-31", -1, "2024-02-29"},
		{"2024-12-15", 1, "2025-01-15"},
		{"2024-01-15", -13, "2022-12-15"},
		{"2024-01-15", math.MaxInt, "9999-12-15"},
		{"2024-01-15", math.MinInt, "0001-01-15"},
	}
	for _, test := range tests {
		if got := day(test.from).AddMonths(test.n); got != day(test.want) {
			t.Errorf("%s and %d months is %s, want %s", test.from, test.n, got, test.want)
		}
	}
	if got := day("2024-02-29").AddYears(3); got != day("2027-02-28") {
		t.Errorf("three years: %s", got)
	}
	var none calendar.Date
	if none.AddMonths(3) != none || none.AddDays(3) != none || none.AddYears(1) != none {
		t.Error("no date moved")
	}
}

func TestAddDaysStops(t *testing.T) {
	t.Parallel()
	if got := day("2024-01-01").AddDays(math.MaxInt); got != day("9999-12-31") {
		t.Errorf("%s", got)
	}
	if got := day("2024-01-01").AddDays(math.MinInt); got != day("0001-01-01") {
		t.Errorf("%s", got)
	}
}

func TestDateAsText(t *testing.T) {
	t.Parallel()
	type row struct {
		Date calendar.Date `json:"date,omitzero"`
	}
	if text, err := json.Marshal(row{}); err != nil || string(text) != "{}" {
		t.Errorf("%s, %v", text, err)
	}
	if _, err := (calendar.Date{}).MarshalText(); err == nil {
		t.Error("no date was written")
	}
	var got row
	if err := json.Unmarshal([]byte(`{"date":""}`), &got); err == nil {
		t.Error("an empty date was read")
	}
	rapid.Check(t, func(t *rapid.T) {
		first := day("0001-01-01").AddDays(rapid.IntRange(0, 3_652_058).Draw(t, "day"))
		second := first.AddDays(rapid.IntRange(-400, 400).Draw(t, "step"))
		text, err := json.Marshal(row{Date: first})
		if err != nil {
			t.Fatal(err)
		}
		var back row
		if err := json.Unmarshal(text, &back); err != nil || back.Date != first {
			t.Fatalf("%s came back as %s, %v", first, back.Date, err)
		}
		if first.Before(second) != (first.String() < second.String()) || first.After(second) != second.Before(first) {
			t.Fatalf("%s and %s are out of order", first, second)
		}
		if first.AddDays(first.DaysUntil(second)) != second {
			t.Fatalf("%s and %s do not meet", first, second)
		}
		if again, err := calendar.New(first.Year(), first.Month(), first.Day()); err != nil || again != first {
			t.Fatalf("%s is made of other parts: %s, %v", first, again, err)
		}
	})
}
