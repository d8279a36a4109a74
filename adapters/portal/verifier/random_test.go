package verifier_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// pick gives one of some values.
func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// some gives a part of some values, in their order, at least so many.
func some[T any](r *rand.Rand, least int, of ...T) []T {
	places := r.Perm(len(of))[:least+r.IntN(len(of)-least+1)]
	slices.Sort(places)
	part := make([]T, len(places))
	for i, place := range places {
		part[i] = of[place]
	}
	return part
}

// randomInputs are those of a small draw in which every kind of shortfall comes up.
func randomInputs(r *rand.Rand) sortition.Bundle {
	b := sortition.Bundle{Version: sortition.Version, DrawID: "draw-" + pick(r, "1", "险", "𠮷\"", "a\\b"), TaskID: "task-1", Number: 1 + r.Uint64N(3),
		Line: "food", WindowEnd: "2026-06-30", WorkloadCap: r.Uint64N(5), Subjects: []sortition.Subject{},
		Inspectors: []sortition.Inspector{}, Conflicts: []sortition.Conflict{}}
	for _, name := range some(r, 1, "A", "｡", "𠮷", "高", "a b") {
		s := sortition.Stratum{Name: name, Count: 1 + r.Uint64N(8)}
		if r.IntN(2) == 0 {
			s = sortition.Stratum{Name: name, RatioPPM: 1 + r.Uint64N(1_000_000)}
		}
		b.Strata = append(b.Strata, s)
	}
	for _, name := range some(r, 1, "市场监管", "消防", "生态环境") {
		b.Departments = append(b.Departments, sortition.Department{Name: name, TeamSize: 1 + r.Uint64N(3)})
	}
	b.Departments[0].TeamSize++
	for i := range r.IntN(40) {
		b.Subjects = append(b.Subjects, sortition.Subject{ID: fmt.Sprintf("%s%d", pick(r, "", "S-", "汉", "\n", "𠮷", "｡"), i),
			Stratum: pick(r, b.Strata...).Name, District: pick(r, "540100", "540121", "540200", "540321", "110105")})
	}
	for i := range r.IntN(14) {
		b.Inspectors = append(b.Inspectors, sortition.Inspector{ID: fmt.Sprintf("%s%d", pick(r, "i", "𠮷", "｡"), i), Department: pick(r, "市场监管", "消防", "生态环境", "other"),
			LicenceValidUntil: pick(r, "2026-06-29", "2026-06-30", "2027-01-01", "2028-02-29"),
			Lines:             some(r, 0, "food", "drugs", "｡", "𠮷"), Districts: some(r, 0, "000000", "110000", "540000", "540100", "540121")})
	}
	for _, subject := range b.Subjects {
		for _, inspector := range b.Inspectors {
			if r.IntN(12) == 0 {
				b.Conflicts = append(b.Conflicts, sortition.Conflict{Inspector: inspector.ID, Subject: subject.ID})
			}
		}
	}
	if r.IntN(3) == 0 {
		b.Exclusions = append(b.Exclusions, sortition.Exclusion{Reason: "注销", Count: r.Uint64()})
	}
	randomness(r, &b)
	r.Shuffle(len(b.Subjects), func(i, j int) { b.Subjects[i], b.Subjects[j] = b.Subjects[j], b.Subjects[i] })
	r.Shuffle(len(b.Inspectors), func(i, j int) { b.Inspectors[i], b.Inspectors[j] = b.Inspectors[j], b.Inspectors[i] })
	r.Shuffle(len(b.Conflicts), func(i, j int) { b.Conflicts[i], b.Conflicts[j] = b.Conflicts[j], b.Conflicts[i] })
	return b
}

func randomness(r *rand.Rand, b *sortition.Bundle) {
	kind := r.IntN(3)
	if kind != 1 {
		b.Beacon = &sortition.Beacon{BeaconTerms: sortition.BeaconTerms{Name: pick(r, "lottery", "drand-quicknet"), Round: "2026001", NotBefore: "2026-05-01T00:00:00Z"},
			Value: fmt.Appendf(nil, "%d", r.Uint64()), Signature: some(r, 0, byte(1), 2, 3)}
		if r.IntN(3) == 0 {
			for _, by := range []string{"bureau", "ZX-SCJG"} {
				b.Beacon.Entries = append(b.Beacon.Entries, sortition.Entry{By: by, Value: b.Beacon.Value, EnteredAt: "2026-05-01T00:00:00.5Z"})
			}
		}
		b.CommittedAt = pick(r, "", "2026-04-30T23:59:59.999999999Z")
	}
	if kind == 0 {
		return
	}
	for _, party := range some(r, 1, "bureau", "纪检监察", "notary", "｡", "𠮷") {
		reveal := sortition.Reveal{Party: party}
		for i := range reveal.Nonce {
			reveal.Nonce[i] = byte(r.Uint32())
		}
		b.Reveals = append(b.Reveals, reveal)
		b.Commitments = append(b.Commitments, sortition.Commitment{Party: party, CommittedAt: "2026-04-30T23:59:59.9Z"})
	}
}

// randomBundle draws, and replaces subjects that stand at the time.
func randomBundle(t testing.TB, r *rand.Rand) sortition.Bundle {
	t.Helper()
	b := drawn(t, randomInputs(r))
	standing := make([]string, 0, len(b.Selected))
	for _, s := range b.Selected {
		standing = append(standing, s.Subject)
	}
	pools := sortition.SortedPools(b.Subjects, b.Inspectors, b.Conflicts)
	for range r.IntN(4) {
		if len(standing) == 0 {
			break
		}
		at := r.IntN(len(standing))
		made, err := sortition.Replace(b.DrawTerms(), pools, b.Seed, b.Replacements, standing[at], "deregistered")
		if err != nil {
			break // the reserve is used up
		}
		b.Replacements = append(b.Replacements, made)
		standing[at] = made.ReplacedBy.Subject
	}
	return b
}

// drawn fills in what follows from the inputs of a bundle.
func drawn(t testing.TB, b sortition.Bundle) sortition.Bundle {
	t.Helper()
	pools := sortition.SortedPools(b.Subjects, b.Inspectors, b.Conflicts)
	frozen, err := sortition.Freeze(pools)
	if err != nil {
		t.Fatal(err)
	}
	b.SubjectRoot, b.InspectorRoot, b.ConflictRoot = frozen.Subjects.Root, frozen.Inspectors.Root, frozen.Conflicts.Root
	terms := b.DrawTerms()
	for i, reveal := range b.Reveals {
		b.Commitments[i].Commitment = sortition.Seal(terms.Digest(), reveal.Party, reveal.Nonce)
	}
	var value []byte
	if b.Beacon != nil {
		value = b.Beacon.Value
	}
	result, err := sortition.Draw(terms, pools, value, b.Reveals)
	if err != nil {
		t.Fatal(err)
	}
	b.Terms, b.Seed, b.Selected = result.Terms, result.Seed, result.Selected
	return b
}
