package sheet

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

const moduleRoot = "../.."

// sharedFile finds a file of real input, which lies beside the project and is no part of it.
func sharedFile(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(moduleRoot, "..", "shared", "data", name)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("MINGJIAN_TEST_REQUIRE") == "1" {
			t.Fatalf("real input is required: %v", err)
		}
		t.Skipf("no real input: %v", err)
	}
	return path
}

func demoMapping(t *testing.T, name string) *Mapping {
	t.Helper()
	m, err := LoadMapping(filepath.Join(moduleRoot, "deploy", "demo", "mappings", name))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// tally counts the canonical texts of one field.
func tally(rows []Row, field string) map[string]int {
	out := map[string]int{}
	for _, row := range rows {
		out[row.Text(field)]++
	}
	return out
}

func distinct(rows []Row) (keys, digests int) {
	k, d := map[string]bool{}, map[[32]byte]bool{}
	for _, row := range rows {
		k[row.NaturalKey()], d[row.Digest()] = true, true
	}
	return len(k), len(d)
}

func TestRealEnterprises(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		rows      int
		districts map[string]int
	}{
		"xizang-2019.csv":  {2207, map[string]int{"540100": 1191, "540200": 332, "540300": 201, "540400": 211, "540500": 156, "540600": 70, "542500": 46}},
		"ningxia-2018.csv": {63, map[string]int{"640100": 27, "640200": 3, "640300": 8, "640400": 10, "640500": 15}},
	} {
		r := open(t, sharedFile(t, filepath.Join("enterprises", name)), Options{Mapping: demoMapping(t, "enterprises.yaml")})
		rows := all(t, r)
		keys, digests := distinct(rows)
		if len(rows) != want.rows || keys != want.rows || digests != want.rows || problems(rows) != "" || r.File().Encoding != UTF8 {
			t.Errorf("%s: %d rows, %d keys, %d digests, %s: %.300s", name, len(rows), keys, digests, r.File().Encoding, problems(rows))
		}
		if diff := cmp.Diff(want.districts, tally(rows, "district")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for _, row := range rows {
			if _, err := uscc.Parse(row.Text("code")); err != nil || row.Text("registration_district") != row.Text("code")[2:8] {
				t.Errorf("%s line %d: %v", name, row.Line, err)
			}
		}
	}
}

// The register in the form that offices send: GB 18030, from a spreadsheet, saying the same.
func TestRealEnterprisesInGB18030(t *testing.T) {
	t.Parallel()
	path := sharedFile(t, "enterprises/xizang-2019.csv")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := all(t, open(t, path, Options{Mapping: demoMapping(t, "enterprises.yaml")}))
	r := open(t, tempFile(t, "gb.csv", gb18030(t, string(content))), Options{Mapping: demoMapping(t, "enterprises.yaml")})
	rows := all(t, r)
	if r.File().Encoding != GB18030 || len(rows) != len(want) {
		t.Fatalf("%s, %d rows", r.File().Encoding, len(rows))
	}
	for i := range rows {
		if rows[i].Digest() != want[i].Digest() || rows[i].Line != want[i].Line {
			t.Fatalf("line %d: %+v, %+v", rows[i].Line, rows[i].Values, rows[i].Problems)
		}
	}
}

func TestRealInspections(t *testing.T) {
	t.Parallel()
	r := open(t, sharedFile(t, "inspections/chicago_inspections_2011_2014.csv.gz"), Options{Mapping: demoMapping(t, "chicago-inspections.yaml")})
	rows := all(t, r)
	if keys, digests := distinct(rows); len(rows) != 27600 || keys != 27600 || digests != 27600 || problems(rows) != "" {
		t.Errorf("%d rows, %d keys, %d digests, %.300s", len(rows), keys, digests, problems(rows))
	}
	if diff := cmp.Diff(map[string]int{"no_problem": 18494, "rectified_on_order": 3651, "problem_pending": 5455}, tally(rows, "outcome")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int{"high": 20948, "medium": 5458, "low": 1194}, tally(rows, "risk")); diff != "" {
		t.Error(diff)
	}
	if got := len(tally(rows, "subject_ref")); got != 12367 || rows[0].Text("subject_ref") != "chicago-licence:30790" {
		t.Errorf("%d establishments, the first is %s", got, rows[0].Text("subject_ref"))
	}
	if got := tally(rows, "inspector_ref"); got[""] != 5200 || len(got) != 7 {
		t.Errorf("inspectors %v", got)
	}
}

func TestRealLicences(t *testing.T) {
	t.Parallel()
	r := open(t, sharedFile(t, "inspections/chicago_licences.csv.gz"), Options{Mapping: demoMapping(t, "chicago-licences.yaml")})
	rows := all(t, r)
	if got := problems(rows); len(rows) != 17431 || r.Counts().Refused != 1 || !strings.HasPrefix(got, "40 ") {
		t.Errorf("%d rows, %+v, %.300s", len(rows), r.Counts(), got)
	}
	good := slices.DeleteFunc(rows, Row.Refused)
	if keys, digests := distinct(good); keys != 17430 || digests != 17430 {
		t.Errorf("%d keys, %d digests", keys, digests)
	}
	if diff := cmp.Diff(map[string]int{"renewed": 14541, "granted": 2807, "amended": 82}, tally(good, "action")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int{"in_force": 16188, "cancelled": 1181, "revoked": 61}, tally(good, "status")); diff != "" {
		t.Error(diff)
	}
}

func TestRealPenalties(t *testing.T) {
	t.Parallel()
	r := open(t, sharedFile(t, "penalties/samr-price-penalties.csv"), Options{Mapping: demoMapping(t, "samr-penalties.yaml")})
	rows := all(t, r)
	refused := map[string]int{}
	for _, row := range rows {
		for _, p := range row.Problems {
			refused[string(p.Severity)+" "+p.Rule]++
		}
	}
	if diff := cmp.Diff(map[string]int{"refuse required": 33, "refuse penalty-text": 21, "warn penalty-text": 12, "warn penalty-numerals": 5}, refused); diff != "" {
		t.Error(diff)
	}
	good := slices.DeleteFunc(rows, Row.Refused)
	if keys, digests := distinct(good); len(good) != 166 || keys != 166 || digests != 166 {
		t.Errorf("%d rows, %d keys, %d digests", len(good), keys, digests)
	}
	kinds := map[string]int{}
	var fines, seized int64
	for _, row := range good {
		for _, k := range row.Values["kinds"].List() {
			kinds[k]++
		}
		fine, _ := row.Values["fine_fen"].Fen()
		gains, _ := row.Values["confiscated_fen"].Fen()
		fines, seized = fines+fine, seized+gains
	}
	want := map[string]int{"fine": 163, "confiscation_gains": 51, "warning": 28, "confiscation_goods": 15, "other": 3}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Error(diff)
	}
	if fines != 301660700 || seized != 222287866 { // without the amounts that a person confirms
		t.Errorf("fines %d, confiscated %d", fines, seized)
	}
	lines := slices.Sorted(maps.Keys(tally(good, "decided_on")))
	if lines[0] != "2023-03-13" || lines[len(lines)-1] != "2026-03-16" {
		t.Errorf("dates from %s to %s", lines[0], lines[len(lines)-1])
	}
}
