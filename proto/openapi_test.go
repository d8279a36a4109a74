package openapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	openapi "github.com/mingjian-ledger/mingjian/proto"
)

func TestDocumentDescribesThePublicPaths(t *testing.T) {
	var doc struct {
		Swagger string `json:"swagger"`
		Info    struct{ Title, Version string }
		Paths   map[string]map[string]struct {
			Summary string `json:"summary"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(openapi.Document(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Swagger != "2.0" || !strings.Contains(doc.Info.Title, "明鉴") || doc.Info.Version == "version not set" {
		t.Errorf("swagger %q, title %q, version %q", doc.Swagger, doc.Info.Title, doc.Info.Version)
	}
	for _, path := range []string{
		"/v1/public/enterprises", "/v1/public/enterprises/{id}", "/v1/public/catalogues", "/v1/public/plans", "/v1/public/tasks",
		"/v1/public/draws", "/v1/public/inspections", "/v1/public/penalties", "/v1/public/licences", "/v1/public/draws/{id}/bundle",
		"/v1/public/statistics", "/v1/feed/releases",
	} {
		if doc.Paths[path]["get"].Summary == "" {
			t.Errorf("GET %s is not described", path)
		}
	}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if op.Summary == "" {
				t.Errorf("%s %s has no summary", strings.ToUpper(method), path)
			}
		}
	}
}
