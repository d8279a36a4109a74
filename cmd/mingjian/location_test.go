package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestALocationNeverShowsItsPassword formats locations in every way that a log, an error or a test does.
func TestALocationNeverShowsItsPassword(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"postgres://u:geheim@db:5432/l":                        "postgres://u:xxxxx@db:5432/l",
		"postgres://u:ge%68eim@db/l?sslmode=require":           "postgres://u:xxxxx@db/l?…",
		"postgres://u:geheim/?#@:geheim@db/l":                  "postgres://u:xxxxx@db/l",
		"postgres://db/l?user=u&password=geheim":               "postgres://db/l?…",
		"postgres://db/l?password=geheim&application_name=a@b": "postgres://db:xxxxx@b",
		"esdb://admin:geheim@a:2113,b:2113?tls=false":          "esdb://admin:xxxxx@a:2113,b:2113?…",
		"nats://geheim":                 "nats://geheim",
		"password=geheim host=db":       "xxxxx",
		"sqlite:///var/lib/m@home/e.db": "sqlite:///var/lib/m@home/e.db",
		"":                              "",
	} {
		var l location
		if err := l.Set(url); err != nil {
			t.Fatalf("a flag that refuses a text quotes it: %v", err)
		}
		if got := l.String(); got != want {
			t.Errorf("%q is shown as %q, want %q", url, got, want)
		}
		if l.scheme() == "nats" {
			continue // "geheim" is the server here
		}
		var text, json bytes.Buffer
		for _, h := range []slog.Handler{slog.NewTextHandler(&text, nil), slog.NewJSONHandler(&json, nil)} {
			slog.New(h).InfoContext(t.Context(), "open", slog.Any("at", l), slog.Any("config", config{Events: l}))
		}
		shown := fmt.Sprintf("%v %+v %#v %s %q %x %v %+v %#v", l, l, l, l, l, l, config{Vault: l}, config{Vault: l}, config{Vault: l})
		for _, s := range []string{shown, text.String(), json.String()} {
			if strings.Contains(s, "geheim") || strings.Contains(s, "ge%68eim") || strings.Contains(s, fmt.Sprintf("%x", "geheim")) {
				t.Errorf("%q shows in %s", url, s)
			}
		}
	}
}

// TestErrorsOfDriversAreMasked: pgx masks what it recognises in texts that it can't parse, which is not all.
func TestErrorsOfDriversAreMasked(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"postgres://u:geheim@db:port/l", "postgres://u:ge%zzheim@db/l", "postgres://u:geheim@db/l?sslmode=never",
		"postgres://u:geheim geheim@[::1/l", "postgres://db/l?password=geheim&connect_timeout=soon",
	} {
		_, err := pgx.ParseConfig(url)
		if err == nil {
			t.Errorf("%q is taken", url)
		}
		masked := location{url}.mask(fmt.Errorf("open %s: %w", url, err))
		if strings.Contains(masked.Error(), "heim") {
			t.Errorf("%v", masked)
		}
		if !errors.Is(masked, err) {
			t.Errorf("%v is no longer what it was", masked)
		}
	}
	if (location{"postgres://u:p@db"}).mask(nil) != nil {
		t.Error("no error became one")
	}
}

func TestWrongLocationsAreRefusedByFlagWithoutQuotingThem(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--events", "--views", "--blobs", "--identity", "--vault"} {
		for _, url := range []string{"geheim", "oracle://u:geheim@db", "mysql:geheim", "://geheim"} {
			for _, words := range [][]string{
				{"serve"}, {"verify"}, {"token", "list"}, {"token", "create"}, {"projection", "list"}, {"vault", "rotate"}, {"backup", "to"},
			} {
				code, out, errs := command(t, slices.Concat(words, []string{flag, url})...)
				if code != exitUsage || !strings.Contains(errs, flag+": a URL that begins with ") || strings.Contains(out+errs, "geheim") {
					t.Errorf("%v %s %s ended with %d\n%s%s", words, flag, url, code, out, errs)
				}
			}
		}
		if code, _, errs := command(t, "serve", flag, "sqlite://"); code != exitUsage || !strings.Contains(errs, flag) {
			t.Errorf("%s without a file ended with %d: %s", flag, code, errs)
		}
	}
}
