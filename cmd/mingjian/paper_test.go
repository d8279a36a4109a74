package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
)

// TestPapersOverREST asks for pages as a browser does.
func TestPapersOverREST(t *testing.T) {
	t.Parallel()
	serving(t, func(ctx context.Context, in *instance, both []door) {
		const id = "xz-2026-01-1:reg:540300000000001"
		in.assign(t, ctx, id)
		if err := in.group.Settle(ctx); err != nil {
			t.Fatal(err)
		}
		get := func(path, token, language string) (status int, h http.Header, said string) {
			t.Helper()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, string(both[1].(restDoor))+"/v1/inspections/"+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Accept", "text/html,application/xhtml+xml")
			req.Header.Set("Accept-Language", language)
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
		own, stranger := in.token(t, domain.Inspector, homeBureau, "XZ-001"), in.token(t, domain.Inspector, homeBureau, "XZ-009")
		for path, title := range map[string]string{id + ":notice": "市场监管领域随机抽查通知书", id + ":sheet": "现场检查笔录", id + ":sheet?department=消防&blank=true": "现场检查笔录"} {
			status, h, body := get(path, own, "zh")
			if status != http.StatusOK || h.Get("Content-Type") != "text/html; charset=utf-8" || h.Get("Cache-Control") != "no-store" ||
				h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(body, "<!DOCTYPE html>") || !strings.Contains(body, title) {
				t.Errorf("%s: %d %v\n%s", path, status, h, body)
			}
		}
		for _, try := range []struct {
			path, token, language string
			status                int
			said                  string
		}{
			{id + ":sheet", "", "zh", http.StatusUnauthorized, "请提供访问令牌"},
			{id + ":notice", stranger, "zh", http.StatusForbidden, "只能查看本人承担的检查"},
			{id + ":notice", stranger, "en", http.StatusForbidden, "own inspections only"},
			{id + ":notice?no=9", own, "zh", http.StatusNotFound, "没有该编号的通知书"},
			{id + ":sheet?department=x", own, "en", http.StatusNotFound, "no such department"},
		} {
			status, h, body := get(try.path, try.token, try.language)
			if status != try.status || !strings.HasPrefix(h.Get("Content-Type"), "application/problem+json") || !strings.Contains(body, try.said) {
				t.Errorf("%s: %d %s", try.path, status, body)
			}
		}
	})
}
