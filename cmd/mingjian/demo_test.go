package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// command runs the program in this process and returns its exit code and what it wrote.
func command(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), terminal{
		args: args, getenv: func(string) string { return "" }, in: strings.NewReader(""), out: &stdout, err: &stderr,
	})
	return code, stdout.String(), stderr.String()
}

func runDemo(t *testing.T, dir string) string {
	t.Helper()
	code, out, errs := command(t, "demo", "--data", dir, "--http", "127.0.0.1:0", "--exit")
	if code != exitOK || errs != "" {
		t.Fatalf("demo ended with %d\n%s\n%s", code, out, errs)
	}
	return out
}

// served is a data directory behind its REST door, read by nothing but HTTP and JSON.
type served struct {
	testing.TB
	base string
}

func serveDemo(t *testing.T, dir string, look func(served)) {
	t.Helper()
	c := config{Data: dir, HTTP: "127.0.0.1:0", Patience: 10 * time.Second, Drain: 20 * time.Second}
	err := serve(t.Context(), c, slog.New(slog.DiscardHandler), func(ctx context.Context, in *instance, d *doors) error {
		if err := in.group.Settle(ctx); err != nil {
			return err
		}
		look(served{t, d.url()})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (s served) bytes(path string) []byte {
	s.Helper()
	req, err := http.NewRequestWithContext(s.Context(), http.MethodGet, s.base+path, nil)
	if err != nil {
		s.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		s.Fatalf("GET %s: %s %v\n%s", path, resp.Status, err, body)
	}
	return body
}

func (s served) get(path string, into any) {
	s.Helper()
	if body := s.bytes(path); json.Unmarshal(body, into) != nil {
		s.Fatalf("GET %s is not JSON: %s", path, body)
	}
}

// record is a public record as the lists have it; they leave out what was withdrawn.
type record struct {
	Release struct {
		Subjects []struct{ ID, Name string }
		Document string
	}
}

func (s served) records(list string) []record {
	s.Helper()
	var answer map[string]json.RawMessage
	s.get("/v1/public/"+list+"?page_size=1000", &answer)
	var out []record
	if err := json.Unmarshal(answer[list], &out); err != nil {
		s.Fatalf("%s: %v", list, err)
	}
	return out
}

// kinds are the kinds of the records that stand under a firm's name, checked to bear it.
func (s served) kinds(id, name string) []string {
	s.Helper()
	var answer struct {
		Enterprise struct {
			Name    string
			Entries []struct{ RecordKind, Summary, Document string }
		}
	}
	s.get("/v1/public/enterprises/"+id, &answer)
	if answer.Enterprise.Name != name {
		s.Errorf("%s is named %s, want %s", id, answer.Enterprise.Name, name)
	}
	var kinds []string
	for _, e := range answer.Enterprise.Entries {
		if e.Document != "" {
			kinds = append(kinds, e.RecordKind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

func TestDemoDoesTheJobOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	if out := runDemo(t, dir); !strings.Contains(out, "commands were recorded.") {
		t.Errorf("the first run:\n%s", out)
	}
	var first, second []byte
	serveDemo(t, dir, func(s served) {
		first = s.bytes("/v1/feed/releases?after=0&limit=1000")
		checkCases(s)
		checkDraws(s)
		checkStatistics(s)
		checkFairness(s)
		t.Run("page", func(t *testing.T) { checkPage(t, served{t, s.base}) })
	})
	if out := runDemo(t, dir); !strings.Contains(out, "had been recorded before; nothing was done twice.") {
		t.Errorf("the second run:\n%s", out)
	}
	serveDemo(t, dir, func(s served) { second = s.bytes("/v1/feed/releases?after=0&limit=1000") })
	if !bytes.Equal(first, second) {
		t.Errorf("the second run released something:\n%s\n%s", first, second)
	}
	if code, out, errs := command(t, "verify", "--data", dir); code != exitOK {
		t.Errorf("verify ended with %d\n%s%s", code, out, errs)
	}
}

// checkCases finds a penalty and a licence under the names of the firms that were drawn and inspected.
func checkCases(s served) {
	s.Helper()
	penalties, licences := s.records("penalties"), s.records("licences")
	if len(penalties) != 1 || len(licences) != 1 {
		s.Fatalf("%d penalties, %d licences", len(penalties), len(licences))
	}
	for kind, r := range map[string]record{"penalty": penalties[0], "licence": licences[0]} {
		firm := r.Release.Subjects[0]
		want := []string{"inspection", kind}
		slices.Sort(want)
		if got := s.kinds(firm.ID, firm.Name); !slices.Equal(got, want) {
			s.Errorf("under %s stand %v, want %v", firm.Name, got, want)
		}
		var hits struct{ Enterprises []struct{ ID, Name string } }
		part := string([]rune(firm.Name)[3:5])
		s.get("/v1/public/enterprises?query="+url.QueryEscape(part), &hits)
		found := false
		for _, h := range hits.Enterprises {
			found = found || h.ID == firm.ID
			if !strings.Contains(h.Name, part) {
				s.Errorf("searching %s gave %s", part, h.Name)
			}
		}
		if !found {
			s.Errorf("searching %s does not find %s", part, firm.Name)
		}
	}
}

// checkDraws verifies both bundles by the command, and one that was touched.
func checkDraws(s served) {
	s.Helper()
	t, ok := s.TB.(*testing.T)
	if !ok {
		s.Fatal("not in a test")
	}
	for draw, drawn := range map[string][2]int{"ZX-DEMO-T1-1": {12, 12}, "ZX-DEMO-T2-1": {3, 5}} {
		var list struct {
			Subjects []struct{ SubjectName string }
		}
		s.get("/v1/public/draws/"+draw+"/subjects?page_size=1000", &list)
		if n := len(list.Subjects); n < drawn[0] || n > drawn[1] {
			s.Errorf("%d firms are listed for %s", n, draw)
		}
		bundle := s.bytes("/v1/public/draws/" + draw + "/bundle")
		path := filepath.Join(t.TempDir(), "bundle.json")
		for _, try := range []struct {
			document []byte
			code     int
			says     string
		}{
			{bundle, exitOK, "valid: draw " + draw},
			{bytes.Replace(bundle, []byte(`"line"`), []byte(`"linie"`), 1), exitRefuted, "not a bundle"},
			{bytes.Replace(bundle, []byte(`"workload_cap"`), []byte(`"number":7,"workload_cap"`), 1), exitRefuted, ""},
			{swapDigit(bundle, `"seed"`), exitRefuted, "at step seed"},
		} {
			if err := os.WriteFile(path, try.document, 0o600); err != nil {
				s.Fatal(err)
			}
			code, out, errs := command(t, "draw", "verify", path)
			if code != try.code || !strings.Contains(out+errs, try.says) {
				s.Errorf("draw verify ended with %d, want %d %q:\n%s%s", code, try.code, try.says, out, errs)
			}
		}
	}
}

// swapDigit changes the first digit of the text member of that name.
func swapDigit(document []byte, name string) []byte {
	out := bytes.Clone(document)
	at := bytes.LastIndex(out, []byte(name)) + len(name)
	at += bytes.IndexByte(out[at:], '"') + 1
	if out[at]++; out[at] == '9'+1 || out[at] == 'f'+1 {
		out[at] = '0'
	}
	return out
}

// checkStatistics counts the outcomes in the documents that are public and compares.
func checkStatistics(s served) {
	s.Helper()
	want, inspections := map[string]int{}, s.records("inspections")
	for _, r := range inspections {
		var doc struct {
			Inspection struct{ Outcomes []struct{ Code string } }
		}
		if err := json.Unmarshal([]byte(r.Release.Document), &doc); err != nil {
			s.Fatal(err)
		}
		for _, o := range doc.Inspection.Outcomes {
			want[o.Code]++
		}
	}
	var answer struct {
		Statistics []struct{ Measure, Code, Count, AmountFen string }
	}
	s.get("/v1/public/statistics", &answer)
	got, released := map[string]int{}, 0
	for _, n := range answer.Statistics {
		count := 0
		if _, err := fmt.Sscan(n.Count, &count); err != nil {
			s.Fatal(err)
		}
		switch n.Measure {
		case "inspections_by_outcome":
			got[n.Code] = count
		case "releases_by_kind":
			released += count
		case "penalties_by_kind":
			if n.Code != "fine" || count != 1 || n.AmountFen != "1200000" {
				s.Errorf("penalties: %+v", n)
			}
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		s.Errorf("outcomes are counted as %v, the documents have %v", got, want)
	}
	for code, least := range map[string]int{
		"no_problem": 1, "rectified_on_order": 1, "unreachable": 1, "problem_pending": 2, "info_not_disclosed": 1,
	} {
		if got[code] < least {
			s.Errorf("%d inspections with %s", got[code], code)
		}
	}
	// Every record once, the correction and the withdrawal; each of the releases is in the feed.
	var feed struct{ Releases []json.RawMessage }
	s.get("/v1/feed/releases?after=0&limit=1000", &feed)
	if n := len(inspections) + 3 + 2; released != n || len(feed.Releases) != n {
		s.Errorf("%d releases are counted and %d in the feed, want %d", released, len(feed.Releases), n)
	}
}

func TestDemoKeepsOutOfOtherLedgers(t *testing.T) {
	t.Parallel()
	ledger, broken, former := t.TempDir(), t.TempDir(), t.TempDir()
	err := errors.Join(
		os.WriteFile(filepath.Join(former, demoFile), fmt.Appendf(nil, `{"began":"2026-11-22T00:00:00Z","secret":"%064d"}`, 7), 0o600),
		os.WriteFile(filepath.Join(ledger, eventsFile), []byte("somebody's"), 0o600),
		os.WriteFile(filepath.Join(broken, demoFile), []byte(`{"began":"2026-11-22T00:00:00Z"}`), 0o600),
	)
	if err != nil {
		t.Fatal(err)
	}
	for dir, says := range map[string]string{ledger: "no demonstration's", broken: "not what a demonstration keeps", former: "another version"} {
		code, out, errs := command(t, "demo", "--data", dir, "--http", "127.0.0.1:0", "--exit")
		if code != exitUsage || !strings.Contains(errs, says) || out != "" {
			t.Errorf("demo ended with %d\n%s%s", code, out, errs)
		}
	}
	if left, err := os.ReadDir(ledger); err != nil || len(left) != 1 {
		t.Errorf("the demo left %v, %v", left, err)
	}
}
