package grpcapi_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// sharedRows reads a register extract beside the module, as maps from column to value.
func sharedRows(t *testing.T, name string) []map[string]string {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "enterprises", name))
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("MINGJIAN_TEST_REQUIRE") != "1" {
		t.Skipf("no shared data: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range records[1:] {
		row := map[string]string{}
		for i, column := range records[0] {
			row[column] = r[i]
		}
		out = append(out, row)
	}
	return out
}

func TestRealFirmsAreImportedOnce(t *testing.T) {
	var rows []*mingjianv1.SubjectRow
	for _, name := range []string{"xizang-2019.csv", "ningxia-2018.csv"} {
		for i, r := range sharedRows(t, name) {
			rows = append(rows, &mingjianv1.SubjectRow{
				Code: r["uscc"], Name: r["name"], RegisteredOn: r["registered_on"], Address: r["address"], Scope: r["scope"], Line: uint32(i + 2),
			})
		}
	}
	o := newOffice(t)
	s := grpcapi.RosterServer{Base: o.base}
	for _, want := range []string{"2270 accepted, 0 unchanged, 0 refused", "0 accepted, 2270 unchanged, 0 refused"} {
		var results []*mingjianv1.RowResult
		for part := range slices.Chunk(rows, 500) {
			got, err := s.RecordSubjects(o.as(importer.Role, importer.Account), &mingjianv1.RecordSubjectsRequest{FileDigest: fileDigest, Rows: part})
			results = append(results, must(o, got, err).GetResults()...)
		}
		if n := tally(results); n != want {
			t.Errorf("%s, want %s", n, want)
		}
	}
	if n := len(o.store.All()); n != 2270 {
		t.Errorf("%d events", n)
	}
}

func TestRealCodesThatFailAreTakenWithAWarning(t *testing.T) {
	req := &mingjianv1.RecordSubjectsRequest{}
	for i, r := range sharedRows(t, "uscc-nonconforming.csv") {
		req.Rows = append(req.Rows, &mingjianv1.SubjectRow{
			Code: r["code"], Name: fmt.Sprintf("第%d户", i), District: "510100", Line: uint32(i + 2),
		})
	}
	o := newOffice(t)
	got, err := grpcapi.RosterServer{Base: o.base}.RecordSubjects(o.keyed(importer, "one"), req)
	failing := 0
	for i, r := range must(o, got, err).GetResults() {
		findings := uscc.Check(uscc.Normalise(req.GetRows()[i].GetCode())) // a small letter alone is mended
		if r.GetStatus() != mingjianv1.RowStatus_ROW_STATUS_ACCEPTED || len(r.GetWarnings()) != len(findings) {
			t.Errorf("row %d, %s: %v", i+2, req.GetRows()[i].GetCode(), r)
		}
		failing += min(1, len(findings))
	}
	if failing == 0 {
		t.Error("no code failed")
	}
}
