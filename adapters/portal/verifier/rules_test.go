package verifier_test

import (
	"math"
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/portal/verifier/verifiertest"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// broken are bundles that break one rule and are consistent otherwise: digests, seals and seed are made after the edit, so that
// nothing but the rule itself finds it out.
func broken() map[string]map[string]func(*sortition.Bundle) {
	type b = *sortition.Bundle
	return map[string]map[string]func(b){
		"pool": {
			"an id that is empty":        func(x b) { x.Subjects[1].ID = "" },
			"a stratum that is empty":    func(x b) { x.Subjects[1].Stratum = "" },
			"a district of five digits":  func(x b) { x.Subjects[1].District = "33010" },
			"a district of letters":      func(x b) { x.Subjects[1].District = "33010x" },
			"a candidate twice":          func(x b) { x.Subjects = append(x.Subjects, x.Subjects[0]) },
			"an inspector twice":         func(x b) { x.Inspectors = append(x.Inspectors, x.Inspectors[0]) },
			"an inspector without id":    func(x b) { x.Inspectors[0].ID = "" },
			"nobody's inspector":         func(x b) { x.Inspectors[0].Department = "" },
			"a day of no calendar":       func(x b) { x.Inspectors[0].LicenceValidUntil = "2027-02-29" },
			"an empty line":              func(x b) { x.Inspectors[0].Lines = append(x.Inspectors[0].Lines, "") },
			"a line twice":               func(x b) { x.Inspectors[0].Lines = append(x.Inspectors[0].Lines, x.Inspectors[0].Lines[0]) },
			"a covered district too big": func(x b) { x.Inspectors[0].Districts = []string{"3301000"} },
			"a covered district twice":   func(x b) { x.Inspectors[0].Districts = []string{"330000", "330000"} },
			"a conflict of nobody":       func(x b) { x.Conflicts = append(x.Conflicts, sortition.Conflict{Subject: "S-000"}) },
			"a conflict with nothing":    func(x b) { x.Conflicts = append(x.Conflicts, sortition.Conflict{Inspector: "ZJ-01"}) },
			"a conflict twice": func(x b) {
				x.Conflicts = slices.Repeat([]sortition.Conflict{{Inspector: "ZJ-01", Subject: "S-000"}}, 2)
			},
		},
		"terms": {
			"no number":                  func(x b) { x.Number = 0 },
			"no draw":                    func(x b) { x.DrawID = "" },
			"no task":                    func(x b) { x.TaskID = "" },
			"no line":                    func(x b) { x.Line = "" },
			"a last day in two digits":   func(x b) { x.WindowEnd = "26-09-30" },
			"a last day of no calendar":  func(x b) { x.WindowEnd = "2026-09-31" },
			"no strata":                  func(x b) { x.Strata, x.Subjects = nil, nil },
			"a ratio and a count":        func(x b) { x.Strata[0] = sortition.Stratum{Name: x.Strata[0].Name, RatioPPM: 1, Count: 1} },
			"neither ratio nor count":    func(x b) { x.Strata[0] = sortition.Stratum{Name: x.Strata[0].Name} },
			"a ratio above all":          func(x b) { x.Strata[0] = sortition.Stratum{Name: x.Strata[0].Name, RatioPPM: 1_000_001} },
			"a stratum twice":            func(x b) { x.Strata = append(x.Strata, x.Strata[0]) },
			"a stratum without name":     func(x b) { x.Strata = append(x.Strata, sortition.Stratum{Count: 1}) },
			"a stratum of the pool less": func(x b) { x.Strata = x.Strata[1:] },
			"one inspector":              func(x b) { x.Departments = []sortition.Department{{Name: "市场监管", TeamSize: 1}} },
			"a team of nobody":           func(x b) { x.Departments = append(x.Departments, sortition.Department{Name: "消防"}) },
			"a department twice":         func(x b) { x.Departments = append(x.Departments, x.Departments[0]) },
			"a department without name":  func(x b) { x.Departments = append(x.Departments, sortition.Department{TeamSize: 1}) },
			"teams beyond 64 bits": func(x b) {
				x.Departments = append(x.Departments, sortition.Department{Name: "消防", TeamSize: math.MaxUint64})
			},
			"a beacon without name":  func(x b) { x.Beacon.Name = "" },
			"a beacon without round": func(x b) { x.Beacon.Round = "" },
			"a beacon at no time":    func(x b) { x.Beacon.NotBefore = "" },
			"a beacon in local time": func(x b) { x.Beacon.NotBefore = "2026-05-03T21:15:00+08:00" },
			"a beacon of nothing":    func(x b) { x.Beacon = &sortition.Beacon{Value: x.Beacon.Value} },
		},
		"commitment": {
			"no randomness":        func(x b) { x.Beacon, x.Reveals, x.Commitments = nil, nil, nil },
			"a party without name": func(x b) { x.Reveals[0].Party, x.Commitments[0].Party = "", "" },
			"a reveal too many":    func(x b) { x.Reveals = append(x.Reveals, sortition.Reveal{Party: "nobody"}) },
			"a reveal too few":     func(x b) { x.Reveals = x.Reveals[1:] },
			"a reveal twice":       func(x b) { x.Reveals = append(x.Reveals, x.Reveals[0]) },
			"a commitment twice":   func(x b) { x.Commitments = append(x.Commitments, x.Commitments[0]) },
		},
		"not_before": {
			"recorded at the instant":  func(x b) { x.Commitments[0].CommittedAt = x.Beacon.NotBefore },
			"terms recorded after it":  func(x b) { x.CommittedAt = "2026-05-03T13:15:00.000000001Z" },
			"a fraction of ten digits": func(x b) { x.CommittedAt = "2026-05-03T13:14:00.1234567891Z" },
			"an hour that is none":     func(x b) { x.CommittedAt = "2026-05-02T24:00:00Z" },
			"a commitment at no time":  func(x b) { x.Commitments[1].CommittedAt = "" },
		},
		"beacon": {
			"no value":            func(x b) { x.Beacon.Value = nil },
			"one entry":           func(x b) { x.Beacon.Entries = entries(x, "bureau") },
			"an entry by nobody":  func(x b) { x.Beacon.Entries = entries(x, "bureau", "notary", "") },
			"an entry at no time": func(x b) { x.Beacon.Entries = entries(x, "bureau", "notary"); x.Beacon.Entries[1].EnteredAt = "" },
			"an entry before the source": func(x b) {
				x.Beacon.Entries = entries(x, "bureau", "notary")
				x.Beacon.Entries[0].EnteredAt = "2026-05-03T13:14:59.9Z"
			},
			"two entries that differ": func(x b) {
				x.Beacon.Entries = entries(x, "bureau", "notary")
				x.Beacon.Entries[1].Value = []byte("5-12")
			},
		},
		"replacement": {"no reason": func(x b) { x.Replacements = []sortition.Replacement{{Number: 1, SubjectOut: x.Selected[0].Subject}} }},
		"": {
			"entries that agree": func(x b) { x.Beacon.Entries = entries(x, "bureau", "notary") },
			"an entry besides": func(x b) {
				x.Beacon.Entries = append(entries(x, "bureau", "notary"), sortition.Entry{By: "bureau", Value: []byte{1}, EnteredAt: "2026-05-03T13:15:00Z"})
			},
			"the largest ratio":  func(x b) { x.Strata[0] = sortition.Stratum{Name: x.Strata[0].Name, RatioPPM: 1_000_000} },
			"the last instant":   func(x b) { x.CommittedAt = "2026-05-03T13:14:59.999999999Z" },
			"a leap day":         func(x b) { x.WindowEnd = "2000-02-29" },
			"lines in disorder":  func(x b) { slices.Reverse(x.Inspectors[0].Lines) },
			"another department": func(x b) { x.Departments = []sortition.Department{{Name: "无人", TeamSize: 2}} },
		},
	}
}

// entries say that people entered the beacon's value.
func entries(x *sortition.Bundle, by ...string) []sortition.Entry {
	var all []sortition.Entry
	for _, party := range by {
		all = append(all, sortition.Entry{By: party, Value: x.Beacon.Value, EnteredAt: x.Beacon.NotBefore})
	}
	return all
}

// consistent makes what follows from the inputs of a bundle, as far as rules are not asked.
func consistent(x *sortition.Bundle) {
	if frozen, err := sortition.Freeze(sortition.SortedPools(x.Subjects, x.Inspectors, x.Conflicts)); err == nil {
		x.SubjectRoot, x.InspectorRoot, x.ConflictRoot = frozen.Subjects.Root, frozen.Inspectors.Root, frozen.Conflicts.Root
	}
	x.Terms = x.DrawTerms().Digest()
	for i := range x.Commitments {
		for _, reveal := range x.Reveals {
			if reveal.Party == x.Commitments[i].Party {
				x.Commitments[i].Commitment = sortition.Seal(x.Terms, reveal.Party, reveal.Nonce)
			}
		}
	}
	var value []byte
	if x.Beacon != nil {
		value = x.Beacon.Value
	}
	x.Seed = sortition.Seed(x.Terms, value, x.Reveals)
	pools := sortition.SortedPools(x.Subjects, x.Inspectors, x.Conflicts)
	if result, err := sortition.Draw(x.DrawTerms(), pools, value, x.Reveals); err == nil {
		x.Selected = result.Selected
	}
}

// rules are each asked for themselves.
func rules(t *testing.T, s *verifiertest.Session) {
	for step, edits := range broken() {
		for name, edit := range edits {
			x, err := sortition.DecodeBundle(read(t, bundles, "both.json"))
			if err != nil {
				t.Fatal(err)
			}
			x.Replacements = nil
			edit(&x)
			consistent(&x)
			document, err := x.Encode()
			if err != nil {
				t.Fatal(err)
			}
			got := s.Verify(t, document)
			compare(t, name, got, document)
			if got.Step != step {
				t.Errorf("%s: found out at %q, want %q", name, got.Step, step)
			}
		}
	}
}
