package sortition_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
	"pgregory.net/rapid"
)

// genBundle gives the inputs of a random draw, small enough that every kind of shortfall comes up.
func genBundle(t *rapid.T) sortition.Bundle {
	strata := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"A", "B", "C", "高", "a b"}), 1, 4, rapid.ID[string]).Draw(t, "strata")
	departments := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"市场监管", "消防", "生态环境"}), 1, 3, rapid.ID[string]).Draw(t, "departments")
	district := rapid.SampledFrom([]string{"540100", "540121", "540200", "540321", "110105"})
	b := sortition.Bundle{Version: sortition.Version, DrawID: "draw-1", TaskID: "task-1", Number: 1, Line: "food",
		WindowEnd: "2026-06-30", WorkloadCap: rapid.Uint64Range(0, 4).Draw(t, "cap"),
		Inspectors: []sortition.Inspector{}, Conflicts: []sortition.Conflict{}, Exclusions: []sortition.Exclusion{},
		Reveals: []sortition.Reveal{}, Commitments: []sortition.Commitment{}}
	for _, name := range strata {
		s := sortition.Stratum{Name: name}
		if rapid.Bool().Draw(t, "by ratio") {
			s.RatioPPM = rapid.Uint64Range(1, 1_000_000).Draw(t, "ratio")
		} else {
			s.Count = rapid.Uint64Range(1, 12).Draw(t, "count")
		}
		b.Strata = append(b.Strata, s)
	}
	for i, name := range departments {
		size := rapid.Uint64Range(1, 3).Draw(t, "team")
		if i == 0 && len(departments) == 1 {
			size++
		}
		b.Departments = append(b.Departments, sortition.Department{Name: name, TeamSize: size})
	}
	ids := rapid.SliceOfDistinct(rapid.StringMatching(`[0-9A-Z]{1,3}(汉|"|\\|\n)?`), rapid.ID[string]).Draw(t, "subjects")
	for _, id := range ids {
		b.Subjects = append(b.Subjects, sortition.Subject{ID: id, Stratum: rapid.SampledFrom(strata).Draw(t, "stratum"), District: district.Draw(t, "district")})
	}
	if b.Subjects == nil {
		b.Subjects = []sortition.Subject{}
	}
	for i := range rapid.IntRange(0, 12).Draw(t, "inspectors") {
		b.Inspectors = append(b.Inspectors, sortition.Inspector{ID: fmt.Sprintf("i%d", i),
			Department:        rapid.SampledFrom(append(departments, "other")).Draw(t, "department"),
			LicenceValidUntil: rapid.SampledFrom([]string{"2026-06-29", "2026-06-30", "2027-01-01", "2028-01-01"}).Draw(t, "licence"),
			Lines:             rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"food", "drugs"}), 0, 2, rapid.ID[string]).Draw(t, "lines"),
			Districts: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"000000", "540000", "540100", "540121", "110000"}), 0, 3,
				rapid.ID[string]).Draw(t, "districts")})
	}
	if len(ids) > 0 {
		b.Conflicts = append(b.Conflicts, rapid.SliceOfDistinct(rapid.Custom(func(t *rapid.T) sortition.Conflict {
			return sortition.Conflict{Inspector: fmt.Sprintf("i%d", rapid.IntRange(0, 12).Draw(t, "inspector")), Subject: rapid.SampledFrom(ids).Draw(t, "subject")}
		}), rapid.ID[sortition.Conflict]).Draw(t, "conflicts")...)
	}
	genRandomness(t, &b)
	return b
}

func genRandomness(t *rapid.T, b *sortition.Bundle) {
	kind := rapid.IntRange(0, 2).Draw(t, "randomness")
	if kind != 1 {
		b.Beacon = &sortition.Beacon{BeaconTerms: sortition.BeaconTerms{Name: "lottery", Round: "2026-001", NotBefore: "2026-05-01T00:00:00Z"},
			Value: rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "value")}
	}
	if kind == 0 {
		return
	}
	for _, party := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"bureau", "纪检监察", "notary"}), 1, 3, rapid.ID[string]).Draw(t, "parties") {
		r := sortition.Reveal{Party: party}
		copy(r.Nonce[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "nonce"))
		b.Reveals = append(b.Reveals, r)
		b.Commitments = append(b.Commitments, sortition.Commitment{Party: party, CommittedAt: "2026-04-30T23:59:59.999Z"})
	}
}

// withReplacements asks for replacements of subjects that stand at the time, replaced ones among them.
func withReplacements(t *rapid.T, b sortition.Bundle) sortition.Bundle {
	for range rapid.IntRange(0, 4).Draw(t, "replacements") {
		var standing []string
		for _, s := range b.Selected {
			standing = append(standing, s.Subject)
		}
		for _, r := range b.Replacements {
			standing = slices.DeleteFunc(standing, func(s string) bool { return s == r.SubjectOut })
			standing = append(standing, r.ReplacedBy.Subject)
		}
		if len(standing) == 0 {
			break
		}
		before := len(b.Replacements)
		wish := sortition.Replacement{SubjectOut: rapid.SampledFrom(standing).Draw(t, "out"), Reason: "deregistered"}
		b.Replacements = append(b.Replacements, wish)
		b = refDraw(b)
		if len(b.Replacements) == before {
			break
		}
	}
	return b
}

func TestDrawIsTheReference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := withReplacements(t, refDraw(genBundle(t)))
		if _, err := sortition.Verify(want, sortition.Options{}); err != nil {
			t.Fatalf("the reference does not verify: %v", err)
		}
		shuffled := want
		shuffled.Subjects = rapid.Permutation(want.Subjects).Draw(t, "subjects in another order")
		shuffled.Inspectors = rapid.Permutation(want.Inspectors).Draw(t, "inspectors in another order")
		got := redraw(t, shuffled)
		got.Subjects, got.Inspectors = want.Subjects, want.Inspectors
		wantText, err := want.Encode()
		if err != nil {
			t.Fatal(err)
		}
		gotText, err := got.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if string(gotText) != string(wantText) {
			t.Fatalf("drawn\n%s\nreference\n%s", gotText, wantText)
		}
		back, err := sortition.DecodeBundle(wantText)
		if err != nil {
			t.Fatal(err)
		}
		if backText, err := back.Encode(); err != nil || string(backText) != string(wantText) {
			t.Fatalf("the bundle does not survive: %v\n%s", err, backText)
		}
	})
}
