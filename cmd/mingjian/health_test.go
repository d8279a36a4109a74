package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/well" {
			http.Error(w, "not yet", http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	for arg, want := range map[string]struct {
		code int
		says string
	}{
		server.URL + "/well":   {exitOK, ""},
		server.URL + "/unwell": {exitFailed, "not yet"},
		"http://127.0.0.1:1/":  {exitFailed, "no answer"},
		"127.0.0.1":            {exitUsage, "URL"},
		"http://u:pw@h/":       {exitUsage, "URL"},
	} {
		if code, _, errs := command(t, "health", arg); code != want.code || !strings.Contains(errs, want.says) || strings.Contains(errs, "pw@") {
			t.Errorf("health %s ended with %d\n%s", arg, code, errs)
		}
	}
}

func TestVaultKeyMakesAFileOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "master.key")
	if code, out, errs := command(t, "vault", "key", path); code != exitOK || !strings.Contains(out, "master key ") {
		t.Fatalf("ended with %d\n%s%s", code, out, errs)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if code, _, errs := command(t, "vault", "key", path); code != exitUsage || !strings.Contains(errs, "there already") {
		t.Errorf("the second time it ended with %d\n%s", code, errs)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the file was changed: %v", err)
	}
}
