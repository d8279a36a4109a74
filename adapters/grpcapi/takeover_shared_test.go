package grpcapi_test

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// table reads a shared CSV file, without its heading.
func table(t *testing.T, path ...string) [][]string {
	t.Helper()
	found, err := os.Open(filepath.Join(append([]string{"..", "..", "..", "shared", "data"}, path...)...))
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("MINGJIAN_TEST_REQUIRE") != "1" {
		t.Skipf("no shared data: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = found.Close() }()
	file := io.Reader(found)
	if strings.HasSuffix(path[len(path)-1], ".gz") {
		z, err := gzip.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		file = z
	}
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func statuses(results []*mingjianv1.RowResult, into map[mingjianv1.RowStatus]int) {
	for _, r := range results {
		into[r.GetStatus()]++
	}
}

// TestRealPenalties takes over published decisions, of which only parties' names and the wording are known, and publishes them.
func TestRealPenalties(t *testing.T) {
	rows := table(t, "penalties", "samr-price-penalties.csv")
	c := newCounter(t)
	req := &mingjianv1.TakeOverPenaltiesRequest{FileDigest: strings.Repeat("ab", 32)}
	for i, r := range rows {
		req.Rows = append(req.Rows, &mingjianv1.TakenOverPenalty{Line: int32(i + 2), Decision: &mingjianv1.PenaltyDecision{
			DecisionNo: r[0], Parties: []*mingjianv1.DecidedParty{{Name: r[1]}}, AuthorityName: r[2], DecidedOn: r[3], Content: r[4],
		}})
	}
	later := func() time.Time { return time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC) } // the office's own day is before the decisions
	c.penalties.Clock, c.disclosures.Clock = later, later
	for _, want := range []mingjianv1.RowStatus{mingjianv1.RowStatus_ROW_STATUS_ACCEPTED, mingjianv1.RowStatus_ROW_STATUS_UNCHANGED} {
		got, err := c.penalties.TakeOverPenalties(c.as(domain.Admin, "root"), req)
		came := map[mingjianv1.RowStatus]int{}
		statuses(must(c.office, got, err).GetResults(), came)
		adopt := &mingjianv1.AdoptDisclosuresRequest{Source: "原公示平台"}
		for i, r := range got.GetResults() {
			adopt.Rows = append(adopt.Rows, &mingjianv1.AdoptedRecord{RecordKind: "penalty", RecordId: r.GetId(), PublishedOn: rows[i][3]})
		}
		adopted, err := c.disclosures.AdoptDisclosures(c.as(domain.Admin, "root"), adopt)
		statuses(must(c.office, adopted, err).GetResults(), came)
		if came[want] != 2*len(rows) {
			t.Errorf("of %d rows, taken over and adopted: %v", len(rows), came)
		}
	}
}

// TestRealLicences takes over the terms of a city's licences, twice; the one blank row is refused.
func TestRealLicences(t *testing.T) {
	rows := table(t, "inspections", "chicago_licences.csv.gz")
	actions := map[string]string{"RENEW": "renewed", "ISSUE": "granted", "C_LOC": "amended", "C_EXPA": "amended"}
	states := map[string]string{"AAI": "in_force", "AAC": "cancelled", "REV": "revoked", "REA": "revoked"}
	c := newCounter(t)
	for _, want := range []mingjianv1.RowStatus{mingjianv1.RowStatus_ROW_STATUS_ACCEPTED, mingjianv1.RowStatus_ROW_STATUS_UNCHANGED} {
		came := map[mingjianv1.RowStatus]int{}
		for at := 0; at < len(rows); at += 500 {
			req := &mingjianv1.TakeOverTermsRequest{Register: "chi", FileDigest: strings.Repeat("ab", 32), AuthorityName: "City"}
			for i, r := range rows[at:min(at+500, len(rows))] {
				req.Rows = append(req.Rows, &mingjianv1.TakenOverTerm{
					Line: int32(at + i + 2), LicenceNo: r[3], RowNo: r[1], Holder: &mingjianv1.Holder{Name: r[4], SubjectId: "ext:chi:" + r[3]},
					Action: actions[r[9]], Title: r[7], Activity: r[8], ValidFrom: r[10], ValidTo: r[11], Status: states[r[12]],
				})
			}
			got, err := c.licences.TakeOverTerms(c.as(domain.Admin, "root"), req)
			statuses(must(c.office, got, err).GetResults(), came)
		}
		if came[want] != len(rows)-1 || came[mingjianv1.RowStatus_ROW_STATUS_REFUSED] != 1 {
			t.Errorf("of %d rows: %v", len(rows), came)
		}
	}
	if got := len(c.store.All()); got != len(rows) { // the bureau's registration stands for the blank row
		t.Errorf("%d events, want %d", got, len(rows))
	}
}
