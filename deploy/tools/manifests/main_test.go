package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is wrong is told: each case spoils one file of deploy/ and names what must be said of it.
func TestFaultsAreTold(t *testing.T) {
	const chart, server = "helm/mingjian/templates/", "compose/server.yaml"
	for name, c := range map[string]struct{ file, old, new, says string }{
		"nothing is wrong":              {},
		"a metric that is none":         {"helm/mingjian/alerts.yaml", "absent(mingjian_build_info)", "absent(mingjian_bild_info)", "no metric mingjian_bild_info"},
		"an expression that is none":    {"helm/mingjian/alerts.yaml", "absent(mingjian_build_info)", "absent(mingjian_build_info", "unclosed"},
		"an alert for nobody":           {"helm/mingjian/alerts.yaml", "severity: page", "severity: perhaps", `severity "perhaps"`},
		"an alert with a wrong field":   {"helm/mingjian/alerts.yaml", "for: 2m", "until: 2m", "field until not found"},
		"a panel that asks for nothing": {"monitoring/dashboard.json", `min by (projection) (mingjian_projection_lag) > 0`, `vector(1) > 0`, "asks for no metric"},
		"a field no kind has":           {chart + "deployment.yaml", "terminationGracePeriodSeconds:", "terminationGraceSeconds:", "terminationGraceSeconds"},
		"root":                          {chart + "deployment.yaml", "runAsNonRoot: true", "runAsNonRoot: false", "may run as root"},
		"a writable image":              {chart + "deployment.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "more than it needs"},
		"a probe of nothing":            {chart + "deployment.yaml", "path: /readyz", "path: /ready", "readiness probe"},
		"a restart for a lost store":    {chart + "deployment.yaml", "livenessProbe:\n            httpGet:\n              path: /healthz", "livenessProbe:\n            httpGet:\n              path: /readyz", "restart every server"},
		"a secret for all":              {chart + "deployment.yaml", "defaultMode: 0440 # ", "defaultMode: 0444 # ", "read by others"},
		"a selector that misses":        {chart + "_helpers.tpl", `{{- define "mingjian.selector" -}}`, `{{- define "mingjian.selector" -}}{{ "a: b" }}`, "error"},
		"a setting that is none":        {chart + "configmap.yaml", "MINGJIAN_LOG_LEVEL", "MINGJIAN_LOGLEVEL", "no setting MINGJIAN_LOGLEVEL"},
		"a closed ingress opened":       {"helm/mingjian/values.yaml", "paths: [/v1,", "paths: [/,", "for the inside"},
		"a schema that takes all":       {"helm/mingjian/values.schema.json", `"additionalProperties": false`, `"additionalProperties": true`, "replcas"},
		"a default password":            {server, "POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?a password of letters and digits}", "POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-changeit}", "secret is written down"},
		"a password":                    {server, "POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?a password of letters and digits}", "POSTGRES_PASSWORD: hunter2", "secret is written down"},
		"a service without health":      {server, "healthcheck:\n      test: [CMD-SHELL, \"pg_isready", "x-healthcheck:\n      test: [CMD-SHELL, \"pg_isready", "no health check"},
		"a field of no compose file":    {server, "stop_grace_period: 60s", "stop_grace: 60s", "stop_grace"},
		"an image without a version":    {server, "postgres:17.6-bookworm", "postgres", "no version"},
		"a door open to all":            {"compose/embedded.yaml", "${MINGJIAN_BIND:-127.0.0.1:8080}:8080", "8080:8080", "open to the network"},
		"a file that is not there":      {"compose/observe/compose.yaml", "./prometheus.yaml:", "./prometheus.yml:", "no such file"},
		"an image that is root":         {"Dockerfile", "USER 65532:65532", "USER 0", `runs as "0"`},
		"an image with a shell":         {"Dockerfile", "EXPOSE 8080", "RUN true", "no shell"},
		"an image with no health":       {"Dockerfile", "HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD [\"/mingjian\", \"health\", \"http://127.0.0.1:8080/readyz\"]", "", "no HEALTHCHECK"},
		"a recipe that is none":         {"Dockerfile", "EXPOSE 8080", "EXPOSES 8080", "unknown instruction"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := copied(t)
			if c.file != "" {
				path := filepath.Join(root, c.file)
				text, err := os.ReadFile(path)
				if err != nil || !strings.Contains(string(text), c.old) {
					t.Fatalf("%s has no %q: %v", c.file, c.old, err)
				}
				if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), c.old, c.new)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out strings.Builder
			n := run(t.Context(), root, &out)
			if (n > 0) != (c.says != "") || !strings.Contains(out.String(), c.says) {
				t.Errorf("%d faults, want %q among them:\n%s", n, c.says, out.String())
			}
		})
	}
}

// copied is deploy/ without the tools, elsewhere.
func copied(t *testing.T) string {
	t.Helper()
	to := t.TempDir()
	for _, part := range []string{"compose", "helm", "monitoring"} {
		if err := os.CopyFS(filepath.Join(to, part), os.DirFS(filepath.Join("..", "..", part))); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"Dockerfile", "settings.txt"} {
		text, err := os.ReadFile(filepath.Join("..", "..", file))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, file), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return to
}
