package gateway_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
)

// sampled records a campaign whose list of n results, of which the first failed, is public, and gives the list.
func (w *world) sampled(n int) string {
	w.Helper()
	day := calendar.MustParse
	w.append(sampling.Category, "c1", sampling.Opened{Sampling: "c1", Authority: bureau, AuthorityName: "宁安局", Kind: sampling.Food, Year: 2026, Title: "一季度抽检"})
	histories := map[string][]es.Event{}
	states := map[string]sampling.Result{}
	for i := range n {
		s := sampling.Sample{
			Product: "韭菜", Stage: sampling.Circulation, BatchesDrawn: 1, Laboratory: sampling.Tester{Name: "甲院"},
			SampledFrom: sampling.Party{Name: "惠民超市", Subject: huimin}, SampledOn: day("2026-01-12"), ReportNo: fmt.Sprint("SP", i), ReportedOn: day("2026-01-30"),
		}
		if i == 0 {
			s.BatchesFailing, s.Failures = 1, []sampling.Failure{{Item: "镉", Measured: "0.2", Limit: "0.05", Standard: "GB 2762"}}
		}
		id := sampling.ResultID("c1", s)
		first := sampling.ResultRecorded{Result: id, Sampling: "c1", Kind: sampling.Food, Authority: bureau, AuthorityName: "宁安局", Sample: s}
		histories[id], states[id] = []es.Event{first}, sampling.Results.Evolve(sampling.Result{}, first)
		if i == 0 {
			histories[id] = append(histories[id], sampling.HandlingOpened{Number: 1, On: day("2026-01-30")})
		}
	}
	ids := make([]string, 0, n)
	for id := range states {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var out bytes.Buffer
	l := sampling.NewListing(&out)
	for _, id := range ids {
		if err := l.Add(states[id]); err != nil {
			w.Fatal(err)
		}
		raw, digest, err := states[id].Document().Encode()
		if err != nil {
			w.Fatal(err)
		}
		w.append(sampling.ResultCategory, id, append(histories[id], sampling.ResultPublished{Version: 1, PublishedOn: day("2026-03-01"), Document: raw, Digest: digest})...)
	}
	list, totals, _ := l.Sum()
	text := out.String()
	if _, _, err := w.blobs.Put(w.Context(), &out); err != nil {
		w.Fatal(err)
	}
	w.append(sampling.Category, "c1", sampling.ResultsPublished{Version: 1, DocumentNo: "9号", PublishedOn: day("2026-03-01"), List: list, Totals: totals})
	w.settle()
	return text
}

func TestSamplingOverREST(t *testing.T) {
	w := open(t)
	list := w.sampled(700)
	a := w.get("/v1/public/samplings/c1")
	var campaign struct {
		Sampling struct {
			Title   string                        `json:"title"`
			Missing []map[string]string           `json:"missing"`
			Results []struct{ ListDigest string } `json:"results"`
		} `json:"sampling"`
	}
	if err := json.Unmarshal([]byte(a.body), &campaign); err != nil || a.status != http.StatusOK || a.header.Get("Etag") == "" {
		t.Fatalf("%d %s %v", a.status, a.body, err)
	}
	sum := sha256.Sum256([]byte(list))
	if s := campaign.Sampling; s.Title != "一季度抽检" || len(s.Missing) != 3 || s.Missing[0]["act"] != "plan" || s.Results[0].ListDigest != hex.EncodeToString(sum[:]) {
		t.Errorf("%s", a.body)
	}
	for path, want := range map[string]int{
		"/v1/public/samplings": 1, "/v1/public/samplings?incomplete=true&year=2026": 1, "/v1/public/samplings?year=2025": 0,
		"/v1/public/sampling-results?page_size=1000": 700, "/v1/public/sampling-results?failing=true": 1, "/v1/public/sampling-results?open=true&sampling_id=c1": 1,
		"/v1/public/sampling-results?date_from=2026-02-01": 0, "/v1/public/sampling-results?kind=drug": 0,
	} {
		var page struct {
			Samplings []struct{ ID string }
			Results   []struct{ ID string }
		}
		a := w.get(path)
		if err := json.Unmarshal([]byte(a.body), &page); err != nil || len(page.Samplings)+len(page.Results) != want || a.header.Get("Etag") == "" {
			t.Errorf("%s: %d %v %.300s", path, a.status, err, a.body)
		}
	}
	lists := w.get("/v1/public/samplings/c1/lists/1")
	if lists.status != http.StatusOK || lists.body != list || lists.header.Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("%d %s, %d bytes of %d", lists.status, lists.header.Get("Content-Type"), len(lists.body), len(list))
	}
	if len(list) < 1<<18 {
		t.Errorf("a list of %d bytes fits into one piece", len(list))
	}
	for path, code := range map[string]string{
		"/v1/public/samplings/c1/lists/2": "sampling.version.missing", "/v1/public/samplings/none/lists/1": "sampling.version.missing",
		"/v1/public/samplings/none": "sampling.missing", "/v1/public/sampling-results/none": "sampling.result.missing",
	} {
		if p := w.get(path).problem(t); p.Status != http.StatusNotFound || p.Code != code {
			t.Errorf("%s: %+v", path, p)
		}
	}
	if p := w.get("/v1/public/samplings/c1/lists/x").problem(t); p.Status != http.StatusBadRequest {
		t.Errorf("%+v", p)
	}
	if p := w.get("/v1/public/sampling-results?open=true&kind=food").problem(t); p.Status != http.StatusBadRequest || p.Code != "sampling.query.open" {
		t.Errorf("%+v", p)
	}
}

// TestABrokenListBreaksOff: what was sent by then must not pass for the whole.
func TestABrokenListBreaksOff(t *testing.T) {
	w := open(t)
	list := w.sampled(1000)
	sum := sha256.Sum256([]byte(list))
	w.blobs.Corrupt(hex.EncodeToString(sum[:]), []byte(strings.Replace(list, "韭菜", "芹菜", 1)))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/v1/public/samplings/c1/lists/1", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if b, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("%d bytes came as if they were all", len(b))
	}
}
