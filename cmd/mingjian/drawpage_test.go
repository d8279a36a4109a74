package main

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/portal/verifier/verifiertest"
)

// checkPage verifies the demo's draws by the page that the program hands out, here behind a proxy and a path.
func checkPage(t *testing.T, s served) {
	t.Helper()
	browser := verifiertest.New(t)
	to, err := url.Parse(s.base)
	if err != nil {
		t.Fatal(err)
	}
	browser.Handle("/ledger/", http.StripPrefix("/ledger", httputil.NewSingleHostReverseProxy(to)))
	for draw, says := range map[string]string{"ZX-DEMO-T1-1": "✓ 核验通过", "ZX-DEMO-T2-1": "✓ 核验通过", "ZX-DEMO-T9-1": "读不到抽取包"} {
		got := browser.Page(t, verifiertest.Use{Address: "/ledger/verify/?draw=" + draw})
		if !strings.Contains(got.Text, says) || (got.Valid == "true") != (len(got.Steps) == 15) {
			t.Errorf("%s: the page shows %+v", draw, got)
		}
		if got.Valid == "" {
			continue
		}
		bundle := s.bytes("/v1/public/draws/" + draw + "/bundle")
		if v := browser.Verify(t, swapDigit(bundle, `"seed"`)); v.Valid || v.Step != "seed" {
			t.Errorf("%s with another seed: %+v", draw, v)
		}
	}
}
