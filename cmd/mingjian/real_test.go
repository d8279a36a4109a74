package main

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// TestRealRegisters imports real registers as a user would and looks at what the public then sees.
func TestRealRegisters(t *testing.T) {
	t.Parallel()
	inspections := sharedFile(t, "inspections/chicago_inspections_2011_2014.csv.gz")
	licences := sharedFile(t, "inspections/chicago_licences.csv.gz")
	r := &registers{T: t, program: built(t), data: filepath.Join(t.TempDir(), "d")}
	for _, want := range []string{"accepted", "duplicate"} {
		rows := r.taken(exitOK, want, "subjects", "enterprises.yaml", sharedFile(t, "enterprises/xizang-2019.csv")) +
			r.taken(exitOK, want, "subjects", "enterprises.yaml", sharedFile(t, "enterprises/ningxia-2018.csv"))
		if rows != 2270 {
			t.Errorf("%d firms %s, want 2270", rows, want)
		}
	}
	public := []string{"--was-public", "data.cityofchicago.org", "--public-on", "2015-01-01"}
	if rows := r.taken(exitOK, "accepted", "inspections", "chicago-inspections.yaml", inspections, append(public, "--source", "chicago")...); rows != 27600 {
		t.Errorf("%d inspections accepted, want 27600", rows)
	}
	if rows := r.taken(exitRejected, "accepted", "licences", "chicago-licences.yaml", licences, append(public, "--source", "chicago")...); rows != 17430 {
		t.Errorf("%d licence terms accepted, want 17430", rows)
	}
	r.penalties()
	s, err := launch(r.program, filepath.Dir(r.data), os.Environ(), "--data", r.data)
	if err != nil {
		t.Fatal(err)
	}
	r.outcomes(s.url)
	r.histories(s.url, sharedTable(t, inspections), sharedTable(t, licences))
	if log, err := s.stop(syscall.SIGTERM); err != nil {
		t.Errorf("%v\n%s", err, log)
	}
	check := exec.CommandContext(t.Context(), r.program, "verify", "--data", r.data, "--events-only") //nolint:gosec // this program
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
}

// registers is the directory that real registers are imported into.
type registers struct {
	*testing.T
	program, data string
}

// taken imports a file and returns how many rows had that outcome.
func (r *registers) taken(code int, outcome, kind, mapping, file string, more ...string) int {
	r.Helper()
	args := append([]string{
		"import", kind, "--data", r.data, "--authority", "SCJG", "--mapping", filepath.Join(root, "deploy", "demo", "mappings", mapping), file,
	}, more...)
	child := exec.CommandContext(r.Context(), r.program, args...) //nolint:gosec // this program
	out, err := child.CombinedOutput()
	if got := child.ProcessState.ExitCode(); got != code {
		r.Fatalf("%s ended with %d, %v\n%s", file, got, err, out)
	}
	var read, accepted, duplicate, refused int
	for line := range strings.Lines(string(out)) {
		if n, _ := fmt.Sscanf(line, "%d rows read: %d accepted, %d duplicate, %d refused", &read, &accepted, &duplicate, &refused); n == 4 {
			return map[string]int{"accepted": accepted, "duplicate": duplicate, "refused": refused}[outcome]
		}
	}
	r.Fatalf("%s tells no counts:\n%s", file, out)
	return 0
}

// penalties are taken or refused, each refusal with a reason in both languages.
func (r *registers) penalties() {
	r.Helper()
	report := filepath.Join(r.TempDir(), "report.jsonl")
	file := sharedFile(r.T, "penalties/samr-price-penalties.csv")
	rows := r.taken(exitRejected, "refused", "penalties", "samr-penalties.yaml", file, "--report", report, "--was-public", "samr", "--public-on", "2026-06-01")
	f, err := os.Open(report)
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = f.Close() }() // it is read below
	reasons, accepted := map[int]int{}, 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var line struct {
			Type, Severity, Rule, ZH, EN string
			Line, Accepted               int
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			r.Fatalf("%v: %s", err, lines.Bytes())
		}
		if line.Type == "summary" {
			accepted = line.Accepted
		}
		if line.Severity == "refuse" {
			reasons[line.Line]++
			if line.Rule == "" || line.EN == "" || !strings.ContainsFunc(line.ZH, func(c rune) bool { return c >= '一' && c <= '龥' }) {
				r.Errorf("a reason that says nothing: %s", lines.Bytes())
			}
		}
	}
	if rows != 50 || len(reasons) != 50 || accepted != 166 {
		r.Errorf("%d decisions accepted, %d refused, %d with a reason; want 166 and 50", accepted, rows, len(reasons))
	}
}

func (r *registers) outcomes(base string) {
	r.Helper()
	var answer struct {
		Statistics []struct{ Measure, Code, Count string }
	}
	fetch(r.T, base+"/v1/public/statistics", &answer)
	got := map[string]string{}
	for _, row := range answer.Statistics {
		if row.Measure == "inspections_by_outcome" {
			got[row.Code] = row.Count
		}
	}
	want := map[string]string{"no_problem": "18494", "rectified_on_order": "3651", "problem_pending": "5455"}
	if !maps.Equal(got, want) {
		r.Errorf("outcomes %v, want %v", got, want)
	}
}

// histories compares the public records of the ten licences with the longest histories with the rows of the files.
func (r *registers) histories(base string, inspections, licences []map[string]string) {
	r.Helper()
	actions := map[string]string{"ISSUE": "granted", "RENEW": "renewed", "C_LOC": "amended", "C_EXPA": "amended"}
	states := map[string]string{"AAI": "in_force", "AAC": "cancelled", "REV": "revoked", "REA": "revoked"}
	results := map[string]string{"Pass": "no_problem", "Pass w/ Conditions": "rectified_on_order", "Fail": "problem_pending"}
	want := map[string][]string{}
	for _, row := range licences {
		want[row["LICENSE_NUMBER"]] = append(want[row["LICENSE_NUMBER"]], entryOf("licence", row["LICENSE_TERM_START_DATE"], row["LICENSE_TERM_EXPIRATION_DATE"],
			actions[row["APPLICATION_TYPE"]], row["LICENSE_DESCRIPTION"], states[row["LICENSE_STATUS"]]))
	}
	longest := slices.SortedFunc(maps.Keys(want), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(want[b]), len(want[a])), strings.Compare(a, b))
	})
	longest = slices.DeleteFunc(longest, func(number string) bool { return number == "NA" })[:10]
	for _, row := range inspections {
		want[row["License"]] = append(want[row["License"]],
			entryOf("inspection", row["Inspection_Date"], row["Inspection_ID"], results[row["Results"]], row["Facility_Type"], "on_site"))
	}
	for _, number := range longest {
		got := r.record(base, "ext:chicago-licence:"+number)
		slices.Sort(want[number])
		if !slices.Equal(got, want[number]) {
			r.Errorf("licence %s has the history\n%s\nand the files have\n%s", number, strings.Join(got, "\n"), strings.Join(want[number], "\n"))
		}
		r.Logf("licence %s: %d entries", number, len(got))
	}
}

// record is what stands on the public record of a subject.
func (r *registers) record(base, id string) []string {
	r.Helper()
	var answer struct {
		Enterprise struct{ Entries []struct{ Document string } }
	}
	fetch(r.T, base+"/v1/public/enterprises/"+url.PathEscape(id), &answer)
	var entries []string
	for _, e := range answer.Enterprise.Entries {
		var d struct {
			Kind    string
			Licence struct {
				Action, Status string
				Title          string `json:"document_title"`
				From           string `json:"valid_from"`
				To             string `json:"valid_to"`
			}
			Inspection struct {
				On       string `json:"completed_on"`
				No       string `json:"record_no"`
				Manner   string
				Items    []string
				Outcomes []struct{ Code string }
			}
		}
		if err := json.Unmarshal([]byte(e.Document), &d); err != nil {
			r.Fatal(err)
		}
		if d.Kind == "licence" {
			entries = append(entries, entryOf(d.Kind, d.Licence.From, d.Licence.To, d.Licence.Action, d.Licence.Title, d.Licence.Status))
		} else {
			entries = append(entries, entryOf(d.Kind, d.Inspection.On, d.Inspection.No, d.Inspection.Outcomes[0].Code, d.Inspection.Items[0], d.Inspection.Manner))
		}
	}
	slices.Sort(entries)
	return entries
}

func entryOf(parts ...string) string { return strings.Join(parts, " · ") }

// sharedTable reads a gzipped CSV file whole, as rows by heading.
func sharedTable(t *testing.T, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }() // it is read below
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	table := csv.NewReader(unpacked)
	heads, err := table.Read()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for {
		cells, err := table.Read()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		row := make(map[string]string, len(cells))
		for i, cell := range cells {
			row[heads[i]] = cell
		}
		rows = append(rows, row)
	}
}
