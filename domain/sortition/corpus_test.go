package sortition_test

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"math"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// drawnVector is a vector that the reference draws from its inputs.
type drawnVector struct {
	file   string
	what   string
	inputs func() sortition.Bundle
	apart  bool // its pools are files
}

func drawn() []drawnVector {
	return []drawnVector{
		{"drand.json", "joint check; one round of drand quicknet with its signature, and one party", drand, false},
		{"lottery.json", "joint check; a number lottery alone; third draw of its task; declared conflicts; exclusions", lottery, false},
		{"nobody.json", "empty pools: nothing to draw and nobody to send", nobody, false},
		{"replacements.json", "short-staffed joint check; a replaced subject's replacement is replaced; a cap met only because assignments are released", replacements, false},
		{"shortfalls.json", "short-staffed joint check of three departments; three parties alone; an inspector fails each of the tests", shortfalls, false},
		{"single.json", "one department, one party, a count for the only stratum", single, false},
		{"both.json", "one department; a number lottery and two parties; terms recorded in the last nanosecond before the lottery", both, false},
		{"entered.json", "a number lottery and two parties; what the lottery said was entered three times, once otherwise", entered, false},
		{"ratios.json", "ratios: one part per million, rounding up by one and by almost one, all", ratios, false},
		{"counts.json", "counts: one, as many as there are, more than there are, more than 2^53", counts, false},
		{"empty-stratum.json", "a stratum by ratio and one by count, both without candidates", emptyStrata, false},
		{"workload.json", "a cap of one: the roster runs out subject by subject", workload, false},
		{"conflicts.json", "declared conflicts: all of a department, some of it, one outside the departments", conflicts, false},
		{"districts.json", "districts covered by the country, a province, a city, a county, two of them, none; codes with pairs of zeros inside", districts, false},
		{"licences.json", "licences that end the day before, on and after the last day of the window; another line; a leap day", licences, false},
		{"byte-order.json", "names whose order by UTF-8 bytes is not their order by UTF-16 units; quotes, backslashes and line feeds", byteOrder, false},
		{"numbers.json", "numbers beyond 2^53 and at 2^64-1", numbers, false},
		{"reserve.json", "every candidate of a stratum replaced in turn until the reserve is used up; teams staffed anew", reserve, false},
		{"pool-files.json", "the pools as files of their own, named by digest", poolFiles, true},
		{"ten-thousand.json.gz", "ten thousand candidates in four risk classes, sixty inspectors of two departments, a cap, conflicts and replacements", tenThousand, false},
	}
}

// alone has one department.
func alone(name string) sortition.Bundle {
	b := basis(name)
	b.Departments = []sortition.Department{{Name: "市场监管", TeamSize: 2}}
	return b
}

// partied binds the draw to parties.
func partied(b sortition.Bundle, parties ...string) sortition.Bundle {
	for i, party := range parties {
		b.Reveals = append(b.Reveals, reveal(party, byte(2*i+13)))
		b.Commitments = append(b.Commitments, sortition.Commitment{Party: party, CommittedAt: "2026-05-03T01:02:03Z"})
	}
	return b
}

func single() sortition.Bundle {
	b := alone("single")
	b.Strata = []sortition.Stratum{{Name: "全部", Count: 5}}
	for i := range b.Subjects {
		b.Subjects[i].Stratum = "全部"
	}
	return partied(b, "bureau")
}

func both() sortition.Bundle {
	b := partied(alone("both"), "notary", "bureau")
	b.Commitments[0].CommittedAt = "2026-05-03T13:14:59.999999999Z"
	b.Commitments[1].CommittedAt = "2026-05-03T13:14:59.9Z"
	b.Beacon = &sortition.Beacon{BeaconTerms: sortition.BeaconTerms{Name: "体彩大乐透", Round: "26051", NotBefore: "2026-05-03T13:15:00Z"},
		Value: sortition.Bytes("5-12-19-23-33-2-9")}
	return b
}

// entered tells who entered what the lottery said: somebody of the authority, and a person of each party.
func entered() sortition.Bundle {
	b := both()
	b.DrawID, b.TaskID = "draw-entered", "task-entered"
	b.Beacon.Entries = []sortition.Entry{
		{By: "SCJG", Value: sortition.Bytes("5-12-19-23-32-2-9"), EnteredAt: "2026-05-03T14:00:00Z"},
		{By: "notary", Value: b.Beacon.Value, EnteredAt: "2026-05-03T14:30:00Z"},
		{By: "bureau", Value: b.Beacon.Value, EnteredAt: "2026-05-03T15:00:00.25Z"},
	}
	return b
}

func ratios() sortition.Bundle {
	b := alone("ratios")
	b.Strata = []sortition.Stratum{{Name: "low", RatioPPM: 1}, {Name: "half", RatioPPM: 500_000}, {Name: "third", RatioPPM: 333_334},
		{Name: "exact", RatioPPM: 333_333}, {Name: "all", RatioPPM: 1_000_000}}
	b.Subjects = nil
	for i := range 30 { // six of each: 1, 3, 3, 2 and 6 are drawn
		b.Subjects = append(b.Subjects, sortition.Subject{ID: fmt.Sprintf("R-%02d", 7*i%30), Stratum: b.Strata[i%5].Name, District: "330105"})
	}
	return partied(b, "bureau")
}

func counts() sortition.Bundle {
	b := alone("counts")
	b.Strata = []sortition.Stratum{{Name: "one", Count: 1}, {Name: "same", Count: 6}, {Name: "more", Count: 7}, {Name: "huge", Count: 1<<63 + 1}}
	for i := range b.Subjects {
		b.Subjects[i].Stratum = b.Strata[i%4].Name
	}
	return partied(b, "bureau")
}

func emptyStrata() sortition.Bundle {
	b := alone("empty-stratum")
	b.Strata = append(b.Strata, sortition.Stratum{Name: "无人甲", RatioPPM: 1_000_000}, sortition.Stratum{Name: "无人乙", Count: 3})
	return partied(b, "bureau")
}

func workload() sortition.Bundle {
	b := partied(alone("workload"), "bureau")
	b.WorkloadCap = 1
	b.Strata = []sortition.Stratum{{Name: "高风险", RatioPPM: 1_000_000}, {Name: "低风险", Count: 1}, {Name: "中风险", Count: 1}}
	return b
}

func conflicts() sortition.Bundle {
	b := partied(basis("conflicts"), "bureau", "notary")
	for i, s := range b.Subjects {
		for j, officer := range b.Inspectors {
			if i%3 == 0 && officer.Department == "卫生健康" || (i+j)%4 == 0 {
				b.Conflicts = append(b.Conflicts, sortition.Conflict{Inspector: officer.ID, Subject: s.ID})
			}
		}
		b.Conflicts = append(b.Conflicts, sortition.Conflict{Inspector: "retired", Subject: s.ID})
	}
	b.Conflicts = append(b.Conflicts, sortition.Conflict{Inspector: "ZJ-01", Subject: "closed"})
	return b
}

func districts() sortition.Bundle {
	b := partied(alone("districts"), "bureau")
	b.Strata = []sortition.Stratum{{Name: "高风险", RatioPPM: 1_000_000}, {Name: "低风险", RatioPPM: 700_000}, {Name: "中风险", RatioPPM: 1_000_000}}
	codes := []string{"540321", "540300", "540000", "540100", "540010", "540011", "110105", "100100", "100000", "000000"}
	for i := range b.Subjects {
		b.Subjects[i].District = codes[i%len(codes)]
	}
	covered := [][]string{{"000000"}, {"540000"}, {"540300"}, {"540321"}, {"540100", "540300"}, {"540010"}, {"100000"}, {"110000", "540001"}, {}}
	for i, list := range covered {
		b.Inspectors[i].Department = "市场监管"
		b.Inspectors[i].Districts = list
	}
	return b
}

func licences() sortition.Bundle {
	b := partied(alone("licences"), "bureau")
	b.WindowEnd = "2028-02-29"
	days := []string{"2028-02-29", "2028-02-28", "2028-03-01", "0000-02-29", "9999-12-31", "2028-02-29", "2027-12-31", "2030-01-01", "2028-10-01"}
	for i, day := range days {
		b.Inspectors[i].Department, b.Inspectors[i].LicenceValidUntil = "市场监管", day
	}
	b.Inspectors[5].Lines = []string{"Food", "foods"}
	b.Inspectors[7].Lines = nil
	return b
}

func byteOrder() sortition.Bundle {
	names := []string{"𠮷", "｡", "中", "é", "e\u0301", "a", "B", "\U0001F600", "\"", "\\", "a\nb", "\u2028", "\x7f", "z"}
	b := sortition.Bundle{Version: sortition.Version, DrawID: "draw-\"𠮷｡\"", TaskID: "task\\1", Number: 1, Line: "食品\t零售", WindowEnd: "2026-09-30"}
	for i, name := range names {
		b.Strata = append(b.Strata, sortition.Stratum{Name: name, Count: 1})
		for j, other := range names {
			b.Subjects = append(b.Subjects, sortition.Subject{ID: other + name, Stratum: name, District: fmt.Sprintf("33010%d", (i+j)%10)})
		}
	}
	b.Departments = []sortition.Department{{Name: "𠮷", TeamSize: 1}, {Name: "｡", TeamSize: 1}, {Name: "中<&>", TeamSize: 1}}
	for i, name := range names {
		b.Inspectors = append(b.Inspectors, sortition.Inspector{ID: name, Department: b.Departments[i%3].Name, LicenceValidUntil: "2026-10-01",
			Lines: []string{"食品\t零售", "𠮷", "｡"}, Districts: []string{"330000"}})
		b.Conflicts = append(b.Conflicts, sortition.Conflict{Inspector: name, Subject: names[(i+2)%len(names)] + name},
			sortition.Conflict{Inspector: name, Subject: "𠮷𠮷"}, sortition.Conflict{Inspector: name, Subject: "｡𠮷"})
	}
	b.Exclusions = []sortition.Exclusion{{Reason: "注销", Count: 1}}
	return partied(b, "｡", "𠮷")
}

func numbers() sortition.Bundle {
	b := partied(alone("numbers"), "bureau")
	b.Number, b.WorkloadCap = 1<<53+1, math.MaxUint64
	b.Strata[0].Count = 1<<53 + 1
	b.Departments = append(b.Departments, sortition.Department{Name: "卫生健康", TeamSize: 1<<53 + 1})
	b.Exclusions = []sortition.Exclusion{{Reason: "out_of_scope", Count: math.MaxUint64}}
	return b
}

// reserve replaces the latest of a stratum as long as there is a reserve.
func reserve() sortition.Bundle {
	b := partied(basis("reserve"), "bureau", "notary")
	b.Strata = []sortition.Stratum{{Name: "高风险", Count: 2}, {Name: "低风险", RatioPPM: 30_000}, {Name: "中风险", RatioPPM: 250_000}}
	b.WorkloadCap = 3
	out := ""
	for _, s := range refDraw(b).Selected {
		if s.Stratum == "高风险" {
			out = s.Subject
		}
	}
	for range 4 {
		b.Replacements = append(b.Replacements, sortition.Replacement{SubjectOut: out, Reason: "not_found_at_address"})
		made := refDraw(b).Replacements
		out = made[len(made)-1].ReplacedBy.Subject
	}
	return b
}

func poolFiles() sortition.Bundle {
	b := conflicts()
	b.DrawID, b.TaskID = "draw-pool-files", "task-pool-files"
	return b
}

// tenThousand is a city's draw, with ids that look like social credit codes but are none.
func tenThousand() sortition.Bundle {
	b := partied(basis("ten-thousand"), "bureau", "discipline", "notary")
	b.WorkloadCap = 30
	b.Strata = []sortition.Stratum{{Name: "A", RatioPPM: 10_000}, {Name: "B", RatioPPM: 20_000}, {Name: "C", RatioPPM: 50_000}, {Name: "D", Count: 100}}
	b.Subjects, b.Inspectors = nil, nil
	code := func(kind string, i int) string {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", kind, i))
		return base32.StdEncoding.EncodeToString(sum[:])
	}
	for i := range 10_000 {
		district := fmt.Sprintf("3301%02d", 1+i%13)
		b.Subjects = append(b.Subjects, sortition.Subject{ID: "00" + district + code("subject", i)[:10],
			Stratum: []string{"A", "A", "B", "A", "B", "C", "A", "B", "A", "D"}[i%10], District: district})
	}
	for i := range 60 {
		b.Inspectors = append(b.Inspectors, sortition.Inspector{ID: "ZF" + code("inspector", i)[:6], Department: b.Departments[i%3/2].Name,
			LicenceValidUntil: fmt.Sprintf("2026-%02d-28", 8+i%5), Lines: []string{"drugs", "food", "toys"}[i%2 : 2+i%2],
			Districts: []string{"330100"}})
	}
	for i := range 400 {
		b.Conflicts = append(b.Conflicts, sortition.Conflict{Inspector: b.Inspectors[i%60].ID, Subject: b.Subjects[(i*7919)%10_000].ID})
	}
	b.Exclusions = []sortition.Exclusion{{Reason: "deregistered", Count: 731}, {Reason: "inspected_within_12_months", Count: 412}}
	for i, s := range refDraw(b).Selected[:60] {
		if i%12 == 0 {
			b.Replacements = append(b.Replacements, sortition.Replacement{SubjectOut: s.Subject, Reason: "deregistered"})
		}
	}
	return b
}
