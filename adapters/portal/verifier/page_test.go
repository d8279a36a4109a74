package verifier_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/portal/verifier"
	"github.com/mingjian-ledger/mingjian/adapters/portal/verifier/verifiertest"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

func sha(content []byte) sortition.Digest { return sha256.Sum256(content) }

// testModules serves what runs in the browser.
func testModules() http.Handler {
	return http.StripPrefix("/test/", http.FileServer(http.Dir("testdata")))
}

// page uses the page as people do.
func page(t *testing.T, s *verifiertest.Session) {
	s.Handle("GET /v1/public/draws/{id}/bundle", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch id := r.PathValue("id"); id {
		case "draw/1 险":
			http.ServeFile(w, r, filepath.Join(bundles, "replacements.json"))
		default:
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"title":"未找到","status":404,"detail":"没有这次抽取"}`))
		}
	}))
	const all = 15
	file := func(name string) [][]byte { return [][]byte{read(t, bundles, filepath.FromSlash(name))} }
	const address = "/verify/"
	entered := bytes.Replace(read(t, bundles, "both.json"), []byte(`"not_before": "2026-05-03T13:15:00Z",`), []byte(`"not_before": "2026-05-03T13:15:00Z",
		"entries": [{"by": "bureau", "value": "VALUE", "entered_at": "2026-05-03T14:00:00Z"},
			{"by": "notary", "value": "VALUE", "entered_at": "2026-05-03T14:00:00Z"}, {"by": "bureau", "value": "00", "entered_at": "2026-05-03T14:00:00Z"}],`), 1)
	entered = bytes.ReplaceAll(entered, []byte("VALUE"), fmt.Appendf(nil, "%x", "5-12-19-23-33-2-9"))
	for name, c := range map[string]struct {
		use         verifiertest.Use
		valid, step string
		steps       int
		says        []string
	}{
		"chosen": {verifiertest.Use{Address: address, Files: file("replacements.json")}, "true", "", all,
			[]string{"✓ 核验通过", "Valid:", "✓ 一致 · 替换", "各项记录时间以抽取包所载为准"}},
		"tampered": {verifiertest.Use{Address: address, Files: file("tampered/a-swapped-inspector.json")}, "false", "match", 13,
			[]string{"✗ 核验不通过", "NOT valid", "✗ 不一致 · 指派的人员", "此后各步未再核对"}},
		"dropped and packed": {verifiertest.Use{Address: address, Drop: true, Files: file("ten-thousand.json.gz")}, "true", "", all, []string{"10000 个检查对象"}},
		"with pool files":    {verifiertest.Use{Address: address, Files: append(pools(t), file("pool-files.json")...)}, "true", "", all, []string{"Valid:"}},
		"without pool files": {verifiertest.Use{Address: address, Files: file("pool-files.json")}, "null", "pool", 2, []string{"？ 无法核验", "Cannot be verified"}},
		"no bundle":          {verifiertest.Use{Address: address, Files: file("vectors.json")}, "false", "form", 1, []string{"✗ 不一致 · 文件格式"}},
		"a signed beacon":    {verifiertest.Use{Address: address, Files: file("drand.json")}, "true", "", all, []string{"未证明：随机源 drand-quicknet", "of a kind that this page does not check", "未经证明，见须知"}},
		"a lottery":          {verifiertest.Use{Address: address, Files: file("lottery.json")}, "true", "", all, []string{"未证明", "no signature of the source", "排除数量"}},
		"an entered beacon":  {verifiertest.Use{Address: address, Files: [][]byte{entered}}, "true", "", all, []string{"由 2 人分别录入，结果相同，另有 1 人", "while 1 entered something else"}},
		"by id":              {verifiertest.Use{Address: address, Draw: " draw/1 险 "}, "true", "", all, []string{"✓ 核验通过"}},
		"by address":         {verifiertest.Use{Address: address + "?draw=draw%2F1+%E9%99%A9"}, "true", "", all, []string{"✓ 核验通过"}},
		"of an unknown id":   {verifiertest.Use{Address: address, Draw: "none"}, "", "", 0, []string{"没有这次抽取", "cannot be read"}},
		"spoiled gzip":       {verifiertest.Use{Address: address, Files: [][]byte{{0x1f, 0x8b, 0, 1, 2}}}, "", "", 0, []string{"could not be carried out"}},
		"narrow":             {verifiertest.Use{Address: address, Width: 340, Files: file("replacements.json")}, "true", "", all, nil},
		"empty":              {verifiertest.Use{Address: address}, "", "", 0, []string{"核验随机抽取", "Verify a random draw"}},
	} {
		got := s.Page(t, c.use)
		if got.Valid != c.valid || got.Step != c.step || len(got.Steps) != c.steps || got.Focused != (c.valid != "") ||
			got.Unlabeled != 0 || got.Overflow > 0 {
			t.Errorf("%s: the page shows %+v", name, got)
		}
		for _, says := range c.says {
			if !strings.Contains(got.Text, says) {
				t.Errorf("%s: the page does not say %q:\n%s", name, says, got.Text)
			}
		}
		if c.use.Width > 0 && got.Width > 640 {
			t.Errorf("%s: the window is %d pixels wide", name, got.Width)
		}
	}
}

func TestHandlers(t *testing.T) {
	t.Parallel()
	handlers, err := verifier.Handlers("/check/")
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	for pattern, h := range handlers {
		mux.Handle(pattern, h)
	}
	for _, c := range []struct {
		path     string
		status   int
		kind, to string
	}{
		{"/check/", http.StatusOK, "text/html; charset=utf-8", ""},
		{"/check/page.js", http.StatusOK, "text/javascript; charset=utf-8", ""},
		{"/check/page.css", http.StatusOK, "text/css; charset=utf-8", ""},
		{"/check?draw=a%2Fb", http.StatusMovedPermanently, "text/html; charset=utf-8", "/check/?draw=a%2Fb"},
		{"/check/index.html", http.StatusNotFound, "text/plain; charset=utf-8", ""},
		{"/check/verifier.go", http.StatusNotFound, "text/plain; charset=utf-8", ""},
	} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, c.path, nil))
		h := w.Header()
		if w.Code != c.status || h.Get("Content-Type") != c.kind || h.Get("Location") != c.to {
			t.Errorf("%s: %d %v", c.path, w.Code, h)
		}
		if w.Code == http.StatusOK && (!strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self';") || h.Get("Etag") == "") {
			t.Errorf("%s: %v", c.path, h)
		}
	}
}

// The page needs nothing that its policy forbids, and no script makes code of text.
func TestPageIsPlain(t *testing.T) {
	t.Parallel()
	for pattern, forbidden := range map[string][]string{
		"*.html": {"<style", "style=", "<script>", " onclick", " onload", "http:", "https:"},
		"*.js":   {"eval(", "new Function", "innerHTML", "outerHTML", "document.write", "http:", "https:", `from "/`, "localStorage"},
		"*.css":  {"@import", "url("},
	} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, name := range names {
			content := read(t, name)
			for _, word := range forbidden {
				if bytes.Contains(content, []byte(word)) {
					t.Errorf("%s has %s", name, word)
				}
			}
			if lines := bytes.Count(content, []byte("\n")); lines > 400 {
				t.Errorf("%s has %d lines", name, lines)
			}
		}
	}
}
