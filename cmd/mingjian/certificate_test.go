package main

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
)

var printed = regexp.MustCompile(`>(http://[^<]*)</p>`)

// TestACertificateOverREST prints one as a browser does: what stands on it leads to the public record on this server.
func TestACertificateOverREST(t *testing.T) {
	t.Parallel()
	serving(t, func(ctx context.Context, in *instance, both []door) {
		id := in.grant(t, ctx, "JY1", "2099-12-31")
		if err := in.group.Settle(ctx); err != nil {
			t.Fatal(err)
		}
		base := string(both[1].(restDoor))
		get := func(address, token string) (int, http.Header, string) {
			t.Helper()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
			if err != nil {
				t.Fatal(err)
			}
			if token != "" {
				req.Header.Set("Authorization", "Bearer "+token)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			return resp.StatusCode, resp.Header, string(body)
		}
		status, h, page := get(base+"/v1/licences/"+id+"/certificate", in.token(t, domain.Clerk, homeBureau, ""))
		if status != http.StatusOK || h.Get("Content-Type") != "text/html; charset=utf-8" || h.Get("Cache-Control") != "no-store" || !strings.Contains(page, "食品经营许可证") {
			t.Fatalf("%d %v\n%s", status, h, page)
		}
		found := printed.FindStringSubmatch(page)
		if found == nil || found[1] != base+"/v1/public/licences/"+id {
			t.Fatalf("the certificate leads to %v", found)
		}
		for _, address := range []string{found[1], found[1] + "/validity?on=2026-01-05"} {
			if status, _, body := get(address, ""); status != http.StatusNotFound || !strings.Contains(body, "licence.public.unknown") {
				t.Errorf("%s, before anything is public: %d %s", address, status, body)
			}
		}
		if status, _, body := get(base+"/v1/licences/"+id+"/certificate", ""); status != http.StatusUnauthorized {
			t.Errorf("without a token: %d %s", status, body)
		}
	})
}

func TestPublicURL(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"": true, "https://gs.example.org": true, "http://gs.example.org:8080/mingjian/": true,
		"gs.example.org": false, "ftp://gs.example.org": false, "https://user:secret@gs.example.org": false, "https://gs.example.org/?key=1": false,
		"https://gs.example.org/#x": false, "https://": false, "https://gs.example.org/" + strings.Repeat("x", 500): false, "http://%zz": false,
	} {
		if err := checkPublicURL(text); (err == nil) != ok || err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if c := (config{PublicURL: "https://gs.example.org/m/"}); c.publicURL() != "https://gs.example.org/m" {
		t.Error(c.publicURL())
	}
}
