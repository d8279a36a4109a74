package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// answering is a server that gives the same answer to everything and keeps the keys it was sent.
type answering struct {
	status     int
	kind, body string
	keys       []string
}

func (a *answering) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.keys = append(a.keys, r.Header.Get("Idempotency-Key"))
	w.Header().Set("Content-Type", a.kind)
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body)
}

func (a *answering) person(t *testing.T) *person {
	t.Helper()
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	return &person{client: &restClient{base: server.URL, http: server.Client()}, name: "planner"}
}

const refusedDocument = `{"type":"urn:mingjian:problem:plan.missing","status":404,"detail":"there is no such plan","code":"plan.missing"}`

func approve(ctx context.Context, p *person, plan string) error {
	return p.post(ctx, "/v1/plans/"+plan+":approve", &mingjianv1.ApprovePlanRequest{PlanId: plan}, &mingjianv1.ApprovePlanResponse{})
}

func TestUnexpectedAnswersEndTheDemo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer answering
		says   string
	}{
		"problem":           {answering{status: 404, kind: "application/problem+json", body: refusedDocument}, refusedDocument},
		"no problem":        {answering{status: 502, kind: "text/html", body: "<h1>proxy</h1>"}, "without a problem document"},
		"not the answer":    {answering{status: 200, kind: "application/json", body: `{"plan":1}`}, "unknown field"},
		"without a receipt": {answering{status: 200, kind: "application/json", body: `{}`}, "receipt"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := approve(t.Context(), c.answer.person(t), "P1"); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
}

func TestKeysFollowWhatIsAsked(t *testing.T) {
	t.Parallel()
	a := &answering{status: 200, kind: "application/json", body: `{"receipt":{"id":"P1","position":"4"}}`}
	p := a.person(t)
	if err := errors.Join(approve(t.Context(), p, "P1"), approve(t.Context(), p, "P1"), approve(t.Context(), p, "P2")); err != nil {
		t.Fatal(err)
	}
	if a.keys[0] == "" || a.keys[0] != a.keys[1] || a.keys[1] == a.keys[2] {
		t.Errorf("keys %q", a.keys)
	}
	if p.client.fresh != 3 || p.client.seen.String() != "4" {
		t.Errorf("%d writes, seen %s", p.client.fresh, p.client.seen)
	}
}

func TestRefusalsMustComeAndBeTheRightOnes(t *testing.T) {
	t.Parallel()
	for code, c := range map[string]struct {
		answer answering
		right  bool
	}{
		"plan.missing": {answering{status: 404, kind: "application/problem+json", body: refusedDocument}, true},
		"access.role":  {answering{status: 404, kind: "application/problem+json", body: refusedDocument}, false},
		"accepted":     {answering{status: 200, kind: "application/json", body: `{"receipt":{"position":"4"}}`}, false},
	} {
		var out strings.Builder
		d := &demonstration{story: &story{out: &out}}
		err := d.refused(t.Context(), c.answer.person(t), "tries", code, "/v1/plans/P1:approve",
			&mingjianv1.ApprovePlanRequest{PlanId: "P1"}, &mingjianv1.ApprovePlanResponse{})
		if (err == nil) != c.right || c.right != strings.Contains(out.String(), "[plan.missing] there is no such plan") {
			t.Errorf("%s: %v\n%s", code, err, out.String())
		}
	}
}
