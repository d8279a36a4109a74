package sortition_test

import (
	"encoding/hex"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// basis is a draw of 24 fictional subjects in three strata and three districts.
func basis(name string) sortition.Bundle {
	b := sortition.Bundle{Version: sortition.Version, DrawID: "draw-" + name, TaskID: "task-" + name, Number: 1,
		Line: "food", WindowEnd: "2026-09-30",
		Strata:      []sortition.Stratum{{Name: "高风险", Count: 3}, {Name: "低风险", RatioPPM: 30_000}, {Name: "中风险", RatioPPM: 250_000}},
		Departments: []sortition.Department{{Name: "市场监管", TeamSize: 2}, {Name: "卫生健康", TeamSize: 1}}}
	strata := []string{"低风险", "低风险", "中风险", "高风险"}
	districts := []string{"330102", "330105", "330203"}
	for i := range 24 {
		b.Subjects = append(b.Subjects, sortition.Subject{ID: fmt.Sprintf("S-%03d", 5*i%24), Stratum: strata[i%4], District: districts[i%3]})
	}
	for i := range 9 {
		department := "市场监管"
		if i%3 == 2 {
			department = "卫生健康"
		}
		b.Inspectors = append(b.Inspectors, sortition.Inspector{ID: fmt.Sprintf("ZJ-%02d", 9-i), Department: department,
			LicenceValidUntil: "2026-09-30", Lines: []string{"drugs", "food"}, Districts: []string{"330000"}})
	}
	return b
}

func reveal(party string, last byte) sortition.Reveal {
	r := sortition.Reveal{Party: party}
	for i := range r.Nonce {
		r.Nonce[i] = byte(i)*last + last
	}
	return r
}

// shortfalls has parties alone, and a department in which an inspector fails each of the tests.
func shortfalls() sortition.Bundle {
	b := basis("shortfalls")
	b.WorkloadCap = 1
	b.Departments = append(b.Departments, sortition.Department{Name: "消防", TeamSize: 3})
	for i := range 6 {
		b.Inspectors = append(b.Inspectors, sortition.Inspector{ID: fmt.Sprintf("XF-%d", i), Department: "消防",
			LicenceValidUntil: "2027-01-01", Lines: []string{"food"}, Districts: []string{"330000"}})
	}
	b.Inspectors[9].LicenceValidUntil = "2026-09-29"
	b.Inspectors[9].Lines = nil // only the first test that fails counts
	b.Inspectors[10].Lines = []string{"drugs"}
	b.Inspectors[11].Districts = []string{"330102", "330200"}
	for _, s := range b.Subjects {
		b.Conflicts = append(b.Conflicts, sortition.Conflict{Inspector: "XF-2", Subject: s.ID})
	}
	b.Reveals = []sortition.Reveal{reveal("纪检监察", 3), reveal("bureau", 5), reveal("notary", 7)}
	for _, party := range []string{"bureau", "notary", "纪检监察"} {
		b.Commitments = append(b.Commitments, sortition.Commitment{Party: party, CommittedAt: "2026-05-04T01:02:03Z"})
	}
	return b
}

// lottery has a number lottery alone, so that only committed_at says when the terms were recorded.
func lottery() sortition.Bundle {
	b := basis("lottery")
	b.Number = 3
	b.Inspectors[0].Districts = []string{"330100", "330203"}
	b.Conflicts = []sortition.Conflict{{Inspector: "ZJ-09", Subject: "S-003"}, {Inspector: "ZJ-08", Subject: "S-003"}, {Inspector: "ZJ-09", Subject: "S-001"}}
	b.Exclusions = []sortition.Exclusion{{Reason: "deregistered", Count: 12}, {Reason: "inspected_this_year", Count: 2}}
	b.CommittedAt = "2026-05-03T08:00:00.5Z"
	b.Beacon = &sortition.Beacon{BeaconTerms: sortition.BeaconTerms{Name: "福彩双色球", Round: "2026051", NotBefore: "2026-05-03T13:15:00Z"},
		Value: sortition.Bytes("9-3-31-16-22-8-11")}
	return b
}

// replacements has replaced subjects that are replaced again, and a cap that is met only because assignments are released.
func replacements() sortition.Bundle {
	b := shortfalls()
	b.DrawID, b.TaskID = "draw-replacements", "task-replacements"
	b.WorkloadCap = 2
	first := refDraw(b).Selected
	out := []string{first[len(first)-1].Subject, first[0].Subject}
	for _, subject := range out {
		b.Replacements = append(b.Replacements, sortition.Replacement{SubjectOut: subject, Reason: "deregistered"})
	}
	again := refDraw(b).Replacements[0].ReplacedBy.Subject
	b.Replacements = append(b.Replacements, sortition.Replacement{SubjectOut: again, Reason: "moved_away"})
	return b
}

// drand has one round of the quicknet beacon with its signature, bound before the round came.
func drand() sortition.Bundle {
	b := basis("drand")
	b.Reveals = []sortition.Reveal{reveal("bureau", 11)}
	b.Commitments = []sortition.Commitment{{Party: "bureau", CommittedAt: "2023-08-23T15:00:00Z"}}
	b.Beacon = &sortition.Beacon{BeaconTerms: sortition.BeaconTerms{Name: "drand-quicknet", Round: "1000", NotBefore: "2023-08-23T15:59:24Z"},
		Value: fromHex("fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"),
		Signature: fromHex("b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125" +
			"e342b73a8dd2bacbe47e4b6b63ed5e39")}
	return b
}

// nobody has an empty pool, so that there is nothing to draw and nobody to send.
func nobody() sortition.Bundle {
	b := basis("nobody")
	b.Subjects, b.Inspectors = nil, nil
	b.Reveals = []sortition.Reveal{reveal("bureau", 1)}
	b.Commitments = []sortition.Commitment{{Party: "bureau", CommittedAt: "2026-05-04T01:02:03Z"}}
	return b
}

func fromHex(text string) sortition.Bytes {
	decoded, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return decoded
}
