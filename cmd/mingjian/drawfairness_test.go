package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// checkFairness measures the published bundles by the command and compares with what the server answers.
func checkFairness(s served) {
	s.Helper()
	t, ok := s.TB.(*testing.T)
	if !ok {
		s.Fatal("not in a test")
	}
	dir := t.TempDir()
	var bundles []string
	for _, draw := range []string{"ZX-DEMO-T2-1", "ZX-DEMO-T1-1"} {
		path := filepath.Join(dir, draw)
		if err := os.WriteFile(path, s.bytes("/v1/public/draws/"+draw+"/bundle"), 0o600); err != nil {
			t.Fatal(err)
		}
		bundles = append(bundles, path)
	}
	feed := filepath.Join(dir, "feed")
	if err := os.WriteFile(feed, slices.Concat(s.bytes("/v1/feed/releases?after=0&limit=9"), s.bytes("/v1/feed/releases?after=9&limit=1000")), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := command(t, append([]string{"draw", "fairness", "--json", "--releases", feed}, bundles...)...)
	if code != exitOK {
		t.Fatalf("draw fairness ended with %d\n%s%s", code, out, errs)
	}
	offline, answer := &viewv1.Fairness{}, &mingjianv1.GetFairnessResponse{}
	if err := protojson.Unmarshal([]byte(out), offline); err != nil {
		t.Fatal(err)
	}
	if err := protojson.Unmarshal(s.bytes("/v1/public/fairness?authority_id=ZX-SCJG"), answer); err != nil {
		t.Fatal(err)
	}
	got := answer.GetFairness()
	offline.AuthorityId, offline.FromYear, offline.ToYear = got.GetAuthorityId(), got.GetFromYear(), got.GetToYear()
	if !proto.Equal(offline, got) || len(got.GetHits()) == 0 || got.GetSelected() == 0 {
		t.Errorf("offline:\n%v\nonline:\n%v", offline, got)
	}
	for _, kind := range []string{"subjects", "inspectors", "pairs"} {
		code, out, errs := command(t, append([]string{"draw", "fairness", "--list", kind}, bundles...)...)
		rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if code != exitOK || err != nil {
			t.Fatalf("draw fairness --list %s ended with %d, %v\n%s", kind, code, err, errs)
		}
		units := &mingjianv1.ListFairnessUnitsResponse{}
		if err := protojson.Unmarshal(s.bytes("/v1/public/fairness/"+kind+"?authority_id=ZX-SCJG&page_size=1000"), units); err != nil {
			t.Fatal(err)
		}
		want := []string{"id with_id chances drawn expected"}
		for _, u := range units.GetUnits() {
			want = append(want, fmt.Sprint(u.GetId(), " ", u.GetWithId(), " ", u.GetChances(), " ", u.GetDrawn(), " ", u.GetExpected()))
		}
		for i, row := range rows {
			if i >= len(want) || strings.Join(row, " ") != want[i] {
				t.Errorf("%s, row %d: %v", kind, i, row)
			}
		}
		if len(rows) != len(want) || len(rows) < 2 {
			t.Errorf("%d %s offline, %d online", len(rows), kind, len(want))
		}
	}
}

// everyFifth writes a year of draws that take every fifth row of a list, beginning with a different one.
func everyFifth(t *testing.T, dir string) (paths []string) {
	t.Helper()
	for month := range 12 {
		b := sortition.Bundle{
			Version: sortition.Version, DrawID: fmt.Sprintf("T%d-1", month), TaskID: fmt.Sprintf("T%d", month), Number: 1, Line: "food", WindowEnd: "2026-12-31",
			Strata: []sortition.Stratum{{Name: "A", RatioPPM: 200_000}}, Departments: []sortition.Department{{Name: "d", TeamSize: 2}},
			CommittedAt: time.Date(2026, time.Month(month+1), 1, 0, 0, 0, 0, time.UTC).Format(time.RFC3339), Seed: sortition.Digest{byte(month)},
		}
		for i := range 4 {
			b.Inspectors = append(b.Inspectors, sortition.Inspector{ID: fmt.Sprint("i", i), Department: "d", LicenceValidUntil: "2027-01-01",
				Lines: []string{"food"}, Districts: []string{"000000"}})
		}
		for i := range 100 {
			b.Subjects = append(b.Subjects, sortition.Subject{ID: fmt.Sprintf("s%02d", i), Stratum: "A", District: "540100"})
			if i%5 == month%5 {
				b.Selected = append(b.Selected, sortition.Selection{Subject: fmt.Sprintf("s%02d", i), Stratum: "A",
					Teams: []sortition.Team{{Department: "d", Inspectors: []string{fmt.Sprint("i", i%3), "i3"}}}})
			}
		}
		document, err := b.Encode()
		path := filepath.Join(dir, b.DrawID)
		if err == nil {
			err = os.WriteFile(path, document, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

func TestDrawFairnessFlagsWhatIsRigged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	paths := everyFifth(t, dir)
	code, out, errs := command(t, append([]string{"draw", "fairness"}, paths...)...)
	if code != exitRefuted || !strings.Contains(errs, "flagged: order") || !strings.Contains(out, "✗ order") || !strings.Contains(out, "covered: 100 of 100") {
		t.Errorf("ended with %d\n%s%s", code, out, errs)
	}
	broken := filepath.Join(dir, "broken")
	document, err := os.ReadFile(paths[0])
	if err == nil {
		err = os.WriteFile(broken, []byte(strings.Replace(string(document), `"subject": "s05"`, `"subject": "nobody"`, 1)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{broken}, exitRefuted, "cannot have come from draws"},
		{[]string{paths[0], paths[0]}, exitRefuted, "must be there once"},
		{[]string{filepath.Join(dir, "none")}, exitFailed, "no such file"},
		{[]string{"--list", "firms", paths[0]}, exitUsage, "subjects, inspectors or pairs"},
		{[]string{"--releases", broken, paths[0]}, exitFailed, "broken"},
		{nil, exitUsage, ""},
	} {
		code, out, errs := command(t, append([]string{"draw", "fairness"}, c.args...)...)
		if code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%v ended with %d\n%s%s", c.args, code, out, errs)
		}
	}
}
