package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/gateway"
)

const record = "/v1/public/enterprises/" + huimin

func TestPublicReadsAreTagged(t *testing.T) {
	w := open(t)
	w.publish("a", "2026-03-16", "罚款")
	w.settle()
	for _, path := range []string{
		record, record + "?after=1", "/v1/public/enterprises?query=%E6%83%A0%E6%B0%91", "/v1/public/penalties", "/v1/public/statistics",
		"/v1/public/records/penalty.a", "/v1/public/listings", "/v1/feed/releases?after=0&limit=5", "/v1/public/plans", "/openapi.json",
	} {
		first := w.get(path)
		tag := first.header.Get("Etag")
		if first.status != http.StatusOK || tag == "" || first.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d, tag %q, %s: %s", path, first.status, tag, first.header.Get("Content-Type"), first.body)
			continue
		}
		for _, match := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			if again := w.get(path, "If-None-Match", match); again.status != http.StatusNotModified || again.body != "" || again.header.Get("Etag") != tag {
				t.Errorf("%s with %s: %d %s", path, match, again.status, again.body)
			}
		}
		if again := w.get(path, "If-None-Match", `"other"`); again.status != http.StatusOK || again.body != first.body {
			t.Errorf("%s with another tag: %d", path, again.status)
		}
		if head := w.send(http.MethodHead, path, nil); head.status != http.StatusOK || head.body != "" || head.header.Get("Etag") != tag {
			t.Errorf("HEAD %s: %d, tag %q", path, head.status, head.header.Get("Etag"))
		}
	}
}

// TestRecordIsFreshAtOnce asks for the ready bytes before and after each change. A write is acknowledged with a position; who
// waits for it sees it, and from then on so does everybody.
func TestRecordIsFreshAtOnce(t *testing.T) {
	w := open(t)
	w.enrol(huimin, "宁安市惠民食品有限公司")
	w.settle()
	seen := map[string]string{}
	look := func(what string) string {
		a, again := w.get(record), w.get(record)
		if a.status != http.StatusOK || a.body != again.body || a.header.Get("Etag") != again.header.Get("Etag") {
			t.Fatalf("%s: %d, then %d", what, a.status, again.status)
		}
		if before, dup := seen[a.header.Get("Etag")]; dup {
			t.Errorf("%s has the tag of %s", what, before)
		}
		seen[a.header.Get("Etag")] = what
		return a.body
	}
	if body := look("nothing disclosed"); !strings.Contains(body, "惠民食品") {
		t.Errorf("%s", body)
	}
	for _, step := range []struct {
		what, shows string
		position    string
	}{
		{"published", "最初的内容", w.publish("a", "2026-03-16", "最初的内容").String()},
		{"corrected", "更正的内容", ""},
		{"withdrawn", "复议撤销", ""},
	} {
		switch step.what {
		case "corrected":
			step.position = w.correct("a", "2026-03-16", "更正的内容").String()
		case "withdrawn":
			step.position = w.withdraw("a").String()
		}
		if a := w.get(record + "?after=" + step.position); a.status != http.StatusOK || !strings.Contains(a.body, step.shows) {
			t.Errorf("%s, waiting for it: %d %s", step.what, a.status, a.body)
		}
		if body := look(step.what); !strings.Contains(body, step.shows) {
			t.Errorf("%s, from ready bytes: %s", step.what, body)
		}
	}
}

func TestRecordIsFoundHoweverTheCodeIsWritten(t *testing.T) {
	w := open(t)
	w.enrol(huimin, "惠民")
	w.enrol("ext:chicago:12/7", "TAQUERIA")
	w.enrol("reg:320105000012345", "甲店")
	w.settle()
	for _, id := range []string{huimin, strings.ToLower(huimin), "９１３２０１０５７８０６８８１３２Ｋ", "91320105-78068813-2K", "ext:chicago:12/7", "reg:320105000012345"} {
		for range 2 {
			for _, path := range []string{url.PathEscape(id), id} {
				if a := w.get("/v1/public/enterprises/" + path); a.status != http.StatusOK {
					t.Errorf("%s: %d %s", path, a.status, a.body)
				}
			}
		}
	}
}

func TestProblemsSpeakBothLanguages(t *testing.T) {
	w := open(t)
	for _, c := range []struct {
		language, path string
		want           gateway.Problem
		speaks         string
	}{
		{"", record, gateway.Problem{Status: 404, Code: "enterprise.unknown", Title: "未找到", Detail: "没有该市场主体的信息"}, "zh-CN"},
		{"zh-CN,zh;q=0.9,en;q=0.8", record, gateway.Problem{Status: 404, Code: "enterprise.unknown", Title: "未找到", Detail: "没有该市场主体的信息"}, "zh-CN"},
		{"en-GB,en;q=0.9", record, gateway.Problem{Status: 404, Code: "enterprise.unknown", Title: "Not found", Detail: "nothing is known of this enterprise"}, "en"},
		{"en", "/v1/public/records/penalty.none", gateway.Problem{Status: 404, Code: "record.unknown", Title: "Not found", Detail: "no such record was ever public"}, "en"},
		{"en", "/v1/public/draws/none/bundle", gateway.Problem{Status: 404, Code: "draw.missing", Title: "Not found", Detail: "there is no such draw"}, "en"},
		{"fr", "/v1/public/draws/none/bundle", gateway.Problem{Status: 404, Code: "draw.missing", Title: "未找到", Detail: "没有该抽取"}, "zh-CN"},
		{"en", "/nowhere", gateway.Problem{Status: 404, Code: "path.unknown", Title: "Not found", Detail: "no such path or method: GET /nowhere"}, "en"},
		{"en", "/v1/nowhere", gateway.Problem{Status: 404, Code: "path.unknown", Title: "Not found", Detail: "no such path or method: GET /v1/nowhere"}, "en"},
		{"", "/v1/public/nowhere", gateway.Problem{Status: 404, Code: "path.unknown", Title: "未找到", Detail: "没有这一路径或方法：GET /v1/public/nowhere"}, "zh-CN"},
	} {
		a := w.get(c.path, "Accept-Language", c.language, "X-Request-Id", "r-1")
		got := a.problem(t)
		c.want.Type, c.want.Instance = "urn:mingjian:problem:"+c.want.Code, "urn:mingjian:request:r-1"
		got.Errors = nil
		if fmt.Sprint(got) != fmt.Sprint(c.want) || a.header.Get("Content-Language") != c.speaks || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s:\ngot  %+v in %s, %s\nwant %+v", c.language, c.path, got, a.header.Get("Content-Language"), a.header.Get("Cache-Control"), c.want)
		}
		if a.header.Get("Etag") != "" {
			t.Errorf("%s: a problem has the tag %s", c.path, a.header.Get("Etag"))
		}
	}
}

func TestBadQueriesNameTheField(t *testing.T) {
	w := open(t)
	for path, want := range map[string]string{
		"/v1/public/enterprises?query=%E6%83%A0":         "query enterprise.query.length",
		"/v1/public/penalties?date_from=2026":            "date_from request.string.pattern",
		"/v1/public/penalties?page_size=1001":            "page_size request.int32.gte_lte",
		"/v1/public/penalties?page_token=x":              "page_token page_token.invalid",
		"/v1/public/plans?after=x":                       "after after.form",
		"/v1/public/draws?task_id=a&authority_id=b":      "authority_id draw.filter",
		"/v1/public/catalogues/a/versions/0":             "version request.uint32.gte",
		"/v1/feed/releases?after=7":                      "after feed.after.ahead",
		"/v1/public/tasks?plan_id=a&authority_id=b":      "authority_id plan.filter",
		"/v1/public/enterprises?query=" + long("长", 201): "query request.string.max_len",
	} {
		a := w.get(path)
		p := a.problem(t)
		if len(p.Errors) != 1 || p.Errors[0].Field+" "+p.Errors[0].Code != want || p.Errors[0].Detail == "" {
			t.Errorf("%.60s: %+v, want %s", path, p, want)
		}
		if wantStatus := map[bool]int{true: 503, false: 400}[strings.Contains(path, "feed")]; a.status != wantStatus {
			t.Errorf("%.60s: %d", path, a.status)
		}
	}
	if a := w.get("/v1/public/penalties?page_size=many"); a.status != http.StatusBadRequest || a.problem(t).Code != "request.malformed" {
		t.Errorf("a page size that is no number: %d %s", a.status, a.body)
	}
}

func long(s string, n int) string { return url.QueryEscape(strings.Repeat(s, n)) }

func TestWithdrawnIsGone(t *testing.T) {
	w := open(t)
	w.publish("a", "2026-03-16", "x")
	w.withdraw("a")
	w.settle()
	a := w.get("/v1/public/records/penalty.a")
	if p := a.problem(t); a.status != http.StatusGone || p.Code != "record.withdrawn" || p.Title != "不再提供" || !strings.Contains(p.Detail, "复议撤销") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if !strings.Contains(a.body, `"tombstone":`+tombstone) {
		t.Errorf("the old address does not show the tombstone as it was released: %s", a.body)
	}
	if a := w.get("/v1/public/penalties"); strings.Contains(a.body, "penalty.a") {
		t.Errorf("still listed: %s", a.body)
	}
}

func TestPagesAreStableWhileRecordsArrive(t *testing.T) {
	w := open(t)
	for i := range 12 {
		w.publish(fmt.Sprintf("r%02d", i), "2026-03-15", "x")
	}
	w.settle()
	for _, list := range []string{"/v1/public/penalties?page_size=5", "/v1/public/penalties?page_size=5&enterprise_id=" + huimin} {
		var seen []string
		token := ""
		for page := 0; ; page++ {
			var got struct {
				Penalties []struct {
					Release struct{ RecordID string }
				}
				NextPageToken string
			}
			if err := json.Unmarshal([]byte(w.get(list+"&page_token="+token).body), &got); err != nil {
				t.Fatal(err)
			}
			for _, p := range got.Penalties {
				if strings.HasPrefix(p.Release.RecordID, "r") {
					seen = append(seen, p.Release.RecordID)
				}
			}
			if token = got.NextPageToken; token == "" {
				break
			}
			w.publish(fmt.Sprintf("newer-%d-%d", page, len(list)), "2026-03-16", "x")
			w.publish(fmt.Sprintf("older-%d-%d", page, len(list)), "2026-03-14", "x")
			w.settle()
		}
		if got := strings.Join(seen, " "); got != "r11 r10 r09 r08 r07 r06 r05 r04 r03 r02 r01 r00" {
			t.Errorf("%s: %s", list, got)
		}
	}
}

func TestFeedOverREST(t *testing.T) {
	w := open(t)
	for i := range 7 {
		w.publish(fmt.Sprintf("r%d", i), "2026-03-15", "x")
	}
	w.settle()
	after, count := "0", 0
	for {
		var got struct {
			Releases   []struct{ Sequence string }
			Next, Head string
		}
		if err := json.Unmarshal([]byte(w.get("/v1/feed/releases?limit=3&after="+after).body), &got); err != nil {
			t.Fatal(err)
		}
		for _, r := range got.Releases {
			if count++; r.Sequence != fmt.Sprint(count) {
				t.Errorf("number %s comes as the %d.", r.Sequence, count)
			}
		}
		if got.Head != "7" {
			t.Errorf("head %s", got.Head)
		}
		if after == got.Next {
			break
		}
		after = got.Next
	}
	if count != 7 {
		t.Errorf("%d releases", count)
	}
}
