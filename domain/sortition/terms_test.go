package sortition_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

func TestTermsAreStrict(t *testing.T) {
	t.Parallel()
	_, b := readBundle(t, bundlePath("drand.json"))
	tests := []struct {
		name  string
		do    func(t *sortition.Terms)
		field string
	}{
		{"no draw", func(t *sortition.Terms) { t.DrawID = "" }, "draw_id"},
		{"no task", func(t *sortition.Terms) { t.TaskID = "" }, "task_id"},
		{"no line", func(t *sortition.Terms) { t.Line = "" }, "line"},
		{"no text", func(t *sortition.Terms) { t.Line = "\xff" }, "line"},
		{"short date", func(t *sortition.Terms) { t.WindowEnd = "2026-9-30" }, "window_end"},
		{"no such day", func(t *sortition.Terms) { t.WindowEnd = "2026-09-31" }, "window_end"},
		{"no strata", func(t *sortition.Terms) { t.Strata = nil }, "strata"},
		{"a nameless stratum", func(t *sortition.Terms) { t.Strata[1].Name = "" }, "strata[1].name"},
		{"a stratum twice", func(t *sortition.Terms) { t.Strata[2].Name = t.Strata[0].Name }, "strata[2].name"},
		{"neither count nor ratio", func(t *sortition.Terms) { t.Strata[0].Count = 0 }, "strata[0]"},
		{"both count and ratio", func(t *sortition.Terms) { t.Strata[0].RatioPPM = 5 }, "strata[0]"},
		{"more than all", func(t *sortition.Terms) { t.Strata[1].RatioPPM = 1_000_001 }, "strata[1].ratio_ppm"},
		{"no departments", func(t *sortition.Terms) { t.Departments = nil }, "departments"},
		{"one inspector", func(t *sortition.Terms) { t.Departments = []sortition.Department{{Name: "d", TeamSize: 1}} }, "departments"},
		{"an empty team", func(t *sortition.Terms) { t.Departments[1].TeamSize = 0 }, "departments[1].team_size"},
		{"too large teams", func(t *sortition.Terms) { t.Departments[1].TeamSize = math.MaxUint64 }, "departments[1].team_size"},
		{"a department twice", func(t *sortition.Terms) { t.Departments[1].Name = t.Departments[0].Name }, "departments[1].name"},
		{"a nameless beacon", func(t *sortition.Terms) { t.Beacon.Name = "" }, "beacon.name"},
		{"a beacon without round", func(t *sortition.Terms) { t.Beacon.Round = "" }, "beacon.round"},
		{"a beacon without time", func(t *sortition.Terms) { t.Beacon.NotBefore = "" }, "beacon.not_before"},
		{"local time", func(t *sortition.Terms) { t.Beacon.NotBefore = "2026-05-01T08:00:00+08:00" }, "beacon.not_before"},
	}
	for _, test := range tests {
		_, b = readBundle(t, bundlePath("drand.json"))
		terms := b.DrawTerms()
		if err := terms.Validate(); err != nil {
			t.Fatal(err)
		}
		test.do(&terms)
		err := terms.Validate()
		var input *sortition.InputError
		if !errors.As(err, &input) || input.Field != test.field {
			t.Errorf("%s: error %v, want field %s", test.name, err, test.field)
		}
		if _, drawErr := sortition.Draw(terms, sortition.SortedPools(b.Subjects, b.Inspectors, b.Conflicts), b.Beacon.Value, b.Reveals); drawErr == nil {
			t.Errorf("%s: drawn", test.name)
		}
	}
}

func TestQuota(t *testing.T) {
	t.Parallel()
	tests := []struct {
		stratum    sortition.Stratum
		candidates uint64
		want       uint64
	}{
		{sortition.Stratum{RatioPPM: 1}, 0, 0},
		{sortition.Stratum{RatioPPM: 1}, 1, 1},
		{sortition.Stratum{RatioPPM: 1}, 1_000_000, 1},
		{sortition.Stratum{RatioPPM: 1}, 1_000_001, 2},
		{sortition.Stratum{RatioPPM: 30_000}, 100, 3},
		{sortition.Stratum{RatioPPM: 30_000}, 101, 4},
		{sortition.Stratum{RatioPPM: 333_333}, 3, 1},
		{sortition.Stratum{RatioPPM: 333_334}, 3, 2},
		{sortition.Stratum{RatioPPM: 1_000_000}, 7, 7},
		{sortition.Stratum{RatioPPM: 1_000_000}, math.MaxUint64, math.MaxUint64},
		{sortition.Stratum{RatioPPM: 999_999}, math.MaxUint64, math.MaxUint64 - 18446744073709},
		{sortition.Stratum{Count: 5}, 3, 3},
		{sortition.Stratum{Count: 5}, 500, 5},
	}
	for _, test := range tests {
		if got := test.stratum.Quota(test.candidates); got != test.want {
			t.Errorf("%+v of %d is %d, want %d", test.stratum, test.candidates, got, test.want)
		}
	}
}

func TestDrawRefuses(t *testing.T) {
	t.Parallel()
	_, b := readBundle(t, bundlePath("drand.json"))
	pools := sortition.SortedPools(b.Subjects, b.Inspectors, b.Conflicts)
	terms := b.DrawTerms()
	bare := terms
	bare.Beacon = sortition.BeaconTerms{}
	unnamed := terms
	unnamed.Strata = unnamed.Strata[1:]
	otherPool := sortition.SortedPools(b.Subjects[1:], b.Inspectors, b.Conflicts)
	tests := []struct {
		name    string
		terms   sortition.Terms
		pools   sortition.Pools
		value   []byte
		reveals []sortition.Reveal
		field   string
	}{
		{"no value", terms, pools, nil, b.Reveals, "beacon.value"},
		{"a value of no beacon", bare, pools, b.Beacon.Value, b.Reveals, "beacon"},
		{"no randomness", bare, pools, nil, nil, "reveals"},
		{"a party twice", terms, pools, b.Beacon.Value, append(b.Reveals, b.Reveals[0]), "reveals[1].party"},
		{"another pool", terms, otherPool, b.Beacon.Value, b.Reveals, "subject_root"},
		{"a stratum that is not named", unnamed, pools, b.Beacon.Value, b.Reveals, "strata"},
	}
	for _, test := range tests {
		_, err := sortition.Draw(test.terms, test.pools, test.value, test.reveals)
		var input *sortition.InputError
		if !errors.As(err, &input) || input.Field != test.field {
			t.Errorf("%s: error %v, want field %s", test.name, err, test.field)
		}
	}
}

func TestReplaceRefuses(t *testing.T) {
	t.Parallel()
	_, b := readBundle(t, bundlePath("replacements.json"))
	pools := sortition.SortedPools(b.Subjects, b.Inspectors, b.Conflicts)
	replace := func(earlier []sortition.Replacement, out, reason string) error {
		_, err := sortition.Replace(b.DrawTerms(), pools, b.Seed, earlier, out, reason)
		return err
	}
	if err := replace(nil, "S-001", "closed"); !errors.Is(err, sortition.ErrNotSelected) {
		t.Errorf("not selected: %v", err)
	}
	if err := replace(b.Replacements, b.Replacements[0].SubjectOut, "closed"); !errors.Is(err, sortition.ErrNotSelected) {
		t.Errorf("replaced before: %v", err)
	}
	var input *sortition.InputError
	if err := replace(nil, b.Selected[0].Subject, ""); !errors.As(err, &input) || input.Field != "reason" {
		t.Errorf("no reason: %v", err)
	}
	var difference *sortition.StepError
	if err := replace(b.Replacements[1:], b.Selected[5].Subject, "closed"); !errors.As(err, &difference) || difference.Field != "replacements[0].number" {
		t.Errorf("a replacement left out: %v", err)
	}
	// The stratum 高风险 has six candidates and three selected: its reserve gives three replacements and no more.
	out := b.Selected[5].Subject
	var earlier []sortition.Replacement
	for range 3 {
		made, err := sortition.Replace(b.DrawTerms(), pools, b.Seed, earlier, out, "closed")
		if err != nil {
			t.Fatal(err)
		}
		earlier = append(earlier, made)
		out = made.ReplacedBy.Subject
	}
	if err := replace(earlier, out, "closed"); !errors.Is(err, sortition.ErrNoReserve) {
		t.Errorf("no reserve: %v", err)
	}
}

func TestCheckReveal(t *testing.T) {
	t.Parallel()
	_, b := readBundle(t, bundlePath("drand.json"))
	if err := sortition.CheckReveal(b.Terms, b.Commitments[0], b.Reveals[0]); err != nil {
		t.Fatal(err)
	}
	other := b.Reveals[0]
	other.Nonce[0] ^= 1
	if err := sortition.CheckReveal(b.Terms, b.Commitments[0], other); err == nil || !strings.Contains(err.Error(), `"bureau"`) {
		t.Errorf("another nonce: %v", err)
	}
	other = b.Reveals[0]
	other.Party = "notary"
	if err := sortition.CheckReveal(b.Terms, b.Commitments[0], other); err == nil {
		t.Error("another party opened the commitment")
	}
}
