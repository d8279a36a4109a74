package gateway_test

import (
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// pressed publishes a few records and withdraws one of them.
func pressed(t *testing.T, n int) *world {
	t.Helper()
	w := open(t)
	for i := range n {
		w.publish(fmt.Sprintf("r%d", i), "2026-03-15", strings.Repeat("罚款", 50))
	}
	w.withdraw("r0")
	w.settle()
	return w
}

// TestFeedAsLines reads the feed by its links alone and gets what the pages of JSON have.
func TestFeedAsLines(t *testing.T) {
	w := pressed(t, 6)
	var page struct{ Releases []json.RawMessage }
	if err := json.Unmarshal([]byte(w.get("/v1/feed/releases").body), &page); err != nil || len(page.Releases) != 7 {
		t.Fatalf("%d releases: %v", len(page.Releases), err)
	}
	var lines []string
	link := regexp.MustCompile(`^<(/v1/feed/releases\?[^>]+)>; rel="next"$`)
	for path, header := "/v1/feed/releases?limit=3", "application/x-ndjson, */*;q=0.1"; ; {
		a := w.get(path, "Accept", header)
		next := link.FindStringSubmatch(a.header.Get("Link"))
		if a.status != http.StatusOK || a.header.Get("Content-Type") != "application/x-ndjson" || next == nil || a.header.Get("Etag") == "" ||
			a.header.Get("Mingjian-Position") == "" || !strings.Contains(a.header.Get("Vary"), "Accept") {
			t.Fatalf("%d %v: %s", a.status, a.header, a.body)
		}
		if a.body == "" {
			break
		}
		lines = append(lines, strings.Split(strings.TrimSuffix(a.body, "\n"), "\n")...)
		path = next[1]
	}
	if len(lines) != len(page.Releases) {
		t.Fatalf("%d lines", len(lines))
	}
	for i, line := range lines {
		if line != string(page.Releases[i]) {
			t.Errorf("line %d is other than the release:\n%s\n%s", i+1, line, page.Releases[i])
		}
	}
	for _, c := range []struct{ query, accept, kind string }{
		{"?format=ndjson", "application/json", "application/x-ndjson"}, {"?format=json", "application/x-ndjson", "application/json"},
		{"", "application/json, application/x-ndjson", "application/json"}, {"", "*/*", "application/json"}, {"", "Application/X-NDJSON;q=1", "application/x-ndjson"},
	} {
		if a := w.get("/v1/feed/releases"+c.query, "Accept", c.accept); a.header.Get("Content-Type") != c.kind {
			t.Errorf("%+v: %s", c, a.header.Get("Content-Type"))
		}
	}
	for path, code := range map[string]string{
		"?format=csv": "request.string.in", "?format=ndjson&after=x": "request.malformed", "?format=ndjson&after=99": "feed.after.ahead",
		"?format=ndjson&limit=1001": "request.int32.gte_lte", "?wait=61": "request.int32.gte_lte",
	} {
		if p := w.get("/v1/feed/releases" + path).problem(t); p.Code != code {
			t.Errorf("%s: %s", path, p.Code)
		}
	}
}

func TestFeedIsCompressedForWhoTakesIt(t *testing.T) {
	w := pressed(t, 20)
	for _, path := range []string{"/v1/feed/releases", "/v1/feed/releases?format=ndjson"} {
		plain := w.get(path)
		packed := w.get(path, "Accept-Encoding", "br, gzip;q=0.5")
		if plain.header.Get("Content-Encoding") != "" || packed.header.Get("Content-Encoding") != "gzip" || len(packed.body) >= len(plain.body)/2 {
			t.Fatalf("%s: %q with %d bytes, %q with %d", path, plain.header.Get("Content-Encoding"), len(plain.body),
				packed.header.Get("Content-Encoding"), len(packed.body))
		}
		z, err := gzip.NewReader(strings.NewReader(packed.body))
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(z); err != nil || string(text) != plain.body {
			t.Errorf("%s: unpacked to something else: %v", path, err)
		}
		tag := packed.header.Get("Etag")
		if tag == plain.header.Get("Etag") || !strings.Contains(packed.header.Get("Vary"), "Accept-Encoding") || !strings.Contains(plain.header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%s: tag %s, vary %s", path, tag, packed.header.Get("Vary"))
		}
		if again := w.get(path, "Accept-Encoding", "gzip", "If-None-Match", tag); again.status != http.StatusNotModified || again.body != "" || again.header.Get("Etag") != tag {
			t.Errorf("%s again: %d", path, again.status)
		}
		if head := w.send(http.MethodHead, path, nil, "Accept-Encoding", "gzip"); head.status != http.StatusOK || head.header.Get("Etag") != tag {
			t.Errorf("HEAD %s: %d %s", path, head.status, head.header.Get("Etag"))
		}
	}
	for accept, want := range map[string]string{"gzip;q=0": "", "gzip; q=0.0": "", "identity": "", "GZIP": "gzip"} {
		if got := w.get("/v1/feed/releases", "Accept-Encoding", accept).header.Get("Content-Encoding"); got != want {
			t.Errorf("%s: %q", accept, got)
		}
	}
	if got := w.get("/v1/feed/head", "Accept-Encoding", "gzip").header.Get("Content-Encoding"); got != "" {
		t.Errorf("a short answer: %q", got)
	}
}

func TestOneTooManyIsToldWhenToComeAgain(t *testing.T) {
	w := pressed(t, 1)
	came := make(chan answer, 1)
	go func() { came <- w.get("/v1/feed/releases?after=2&wait=60") }()
	for w.waiting.Seated() == 0 {
		runtime.Gosched()
	}
	for _, form := range []string{"json", "ndjson"} {
		a := w.get("/v1/feed/releases?after=2&wait=1&format=" + form)
		if p := a.problem(t); p.Status != http.StatusTooManyRequests || p.Code != "feed.wait.busy" || a.header.Get("Retry-After") != "5" {
			t.Errorf("%s: %d %s, again after %q", form, p.Status, p.Code, a.header.Get("Retry-After"))
		}
	}
	if a := w.get("/v1/feed/releases?after=9"); a.header.Get("Retry-After") != "1" {
		t.Errorf("%d: again after %q", a.status, a.header.Get("Retry-After"))
	}
	w.publish("late", "2026-03-16", "罚款")
	if a := <-came; a.status != http.StatusOK || !strings.Contains(a.body, `"next":"3"`) {
		t.Errorf("who waits: %d %s", a.status, a.body)
	}
}

// TestFeedForPeople reads the feed as RFC 4287 has it.
func TestFeedForPeople(t *testing.T) {
	w := pressed(t, 5)
	a := w.get("/v1/feed/releases.atom?limit=4", "X-Forwarded-Host", "")
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "application/atom+xml; charset=utf-8" || a.header.Get("Etag") == "" {
		t.Fatalf("%d %v: %s", a.status, a.header, a.body)
	}
	type link struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	}
	var feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Title   string   `xml:"title"`
		Updated string   `xml:"updated"`
		Link    link     `xml:"link"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Updated string `xml:"updated"`
			Author  string `xml:"author>name"`
			Link    link   `xml:"link"`
			Summary string `xml:"summary"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(a.body), &feed); err != nil {
		t.Fatal(err)
	}
	if feed.ID == "" || feed.Title == "" || feed.Link.Rel != "self" || feed.Link.Href != w.url+"/v1/feed/releases.atom" || len(feed.Entries) != 4 {
		t.Fatalf("%+v", feed)
	}
	if feed.Updated != feed.Entries[0].Updated {
		t.Errorf("updated %s, the newest %s", feed.Updated, feed.Entries[0].Updated)
	}
	ids := map[string]bool{}
	for i, e := range feed.Entries {
		if _, err := time.Parse(time.RFC3339, e.Updated); err != nil || e.Author == "" || ids[e.ID] || !strings.HasPrefix(e.Summary, fmt.Sprint("编号", 6-i)) {
			t.Errorf("%d: %+v, %v", i, e, err)
		}
		ids[e.ID] = true
		if got := w.get(strings.TrimPrefix(e.Link.Href, w.url)); !strings.HasPrefix(e.Link.Href, w.url) || got.status != http.StatusOK {
			t.Errorf("%s: %d %s", e.Link.Href, got.status, got.body)
		}
	}
	if first := feed.Entries[0]; first.Title != "撤回：penalty.r0" || !strings.Contains(first.Summary, "复议撤销") {
		t.Errorf("the withdrawal: %+v", first)
	}
	// Who reads again, and further back, knows what he has by its id.
	again := w.get("/v1/feed/releases.atom?limit=6")
	if !strings.Contains(again.body, "<id>"+feed.ID+"</id>") {
		t.Errorf("the feed has another id: %s", again.body)
	}
	for id := range ids {
		if strings.Count(again.body, "<id>"+id+"</id>") != 1 {
			t.Errorf("%s is another now", id)
		}
	}
	if empty := open(t).get("/v1/feed/releases.atom"); empty.status != http.StatusOK || strings.Contains(empty.body, "<entry>") {
		t.Errorf("an empty feed: %d %s", empty.status, empty.body)
	}
}
