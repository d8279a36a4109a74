package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
)

// write makes a file of a test.
func write(t testing.TB, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const inspectionMapping = `
kind: inspections
columns:
  record_no: {column: no}
  subject_ref: {column: ref, prefix: "old:"}
  subject_name: {column: name}
  completed_on: {column: day, date: "2006-01-02"}
  item: {const: 登记事项检查}
  outcome: {column: result}
`

// inspectionRows are rows of as many firms as asked for, three inspections each.
func inspectionRows(from, to int) string {
	var rows strings.Builder
	for n := from; n < to; n++ {
		outcome := []string{"no_problem", "rectified_on_order", "problem_pending"}[n%3]
		fmt.Fprintf(&rows, "%d,%d,第%d户,2026-%02d-%02d,%s\n", n, n/3, n/3, 1+n%8, 1+n%28, outcome)
	}
	return rows.String()
}

// position is the end of a directory's log; nobody writes it.
func position(t *testing.T, data string) uint64 {
	t.Helper()
	events, err := sqlite.Open(t.Context(), filepath.Join(data, eventsFile), sqlite.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	head, err := events.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := events.Close(); err != nil {
		t.Fatal(err)
	}
	commit, _ := head.Pair()
	return commit
}

// TestStrictImportFindsContradictionsFarApart has rows of one record in different calls to the server, where each alone is
// good: a check that wrote the first would refuse the second.
func TestStrictImportFindsContradictionsFarApart(t *testing.T) {
	t.Parallel()
	work := t.TempDir()
	data, mapping := filepath.Join(work, "d"), write(t, filepath.Join(work, "m.yaml"), inspectionMapping)
	file := write(t, filepath.Join(work, "f.csv"), "no,ref,name,day,result\n"+inspectionRows(0, 3*batchRows)+"7,2,第2户,2026-08-08,no_problem\n"+inspectionRows(3, 4))
	args := []string{"import", "inspections", "--data", data, "--authority", "SCJG", "--source", "old", "--mapping", mapping, file}
	code, out, errs := command(t, append(args, "--strict")...)
	if code != exitRejected || !strings.Contains(out, "line 9 is about the same record and says something else") ||
		!strings.Contains(errs, "1 of 1502 rows are refused, so none was written") {
		t.Fatalf("ended with %d\n%s%s", code, out, errs)
	}
	if at := position(t, data); at != 0 {
		t.Fatalf("%d events were written", at)
	}
	if code, out, errs := command(t, args...); code != exitRejected || !strings.Contains(out, "1500 accepted, 1 duplicate, 1 refused") {
		t.Fatalf("ended with %d\n%s%s", code, out, errs)
	}
	if at := position(t, data); at != 1500 {
		t.Fatalf("%d events were written", at)
	}
}
