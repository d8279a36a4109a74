package gateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"google.golang.org/grpc"

	"github.com/mingjian-ledger/mingjian/adapters/gateway"
	"github.com/mingjian-ledger/mingjian/projections"
)

func TestHealthAndReadiness(t *testing.T) {
	w := open(t)
	w.settle()
	for _, path := range []string{"/healthz", "/livez"} {
		if a := w.get(path); a.status != http.StatusOK || a.body != "ok\n" {
			t.Errorf("%s: %d %q", path, a.status, a.body)
		}
	}
	a := w.get("/readyz")
	var told gateway.Readiness
	if err := json.Unmarshal([]byte(a.body), &told); err != nil || a.status != http.StatusOK || !told.Ready || len(told.Projections) == 0 {
		t.Errorf("%d %s, %v", a.status, a.body, err)
	}
	if a.header.Get("Content-Type") != "application/json" || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", a.header)
	}
}

// readiness is what a group is ready for.
func readiness(g *projections.Group) func(context.Context) gateway.Readiness {
	return func(ctx context.Context) gateway.Readiness {
		told := gateway.Readiness{Ready: true}
		states, err := g.Status(ctx)
		for _, s := range states {
			lack, _ := s.Lacks(0)
			told.Ready = told.Ready && lack == ""
			told.Projections = append(told.Projections, gateway.ProjectionReady{Name: s.Name, Ready: lack == "", Lacks: string(lack)})
		}
		told.Ready = told.Ready && err == nil
		return told
	}
}

// TestWhoIsNotReadyIsAliveAndSaysWhatIsLacking: who asks may be anybody.
func TestWhoIsNotReadyIsAliveAndSaysWhatIsLacking(t *testing.T) {
	t.Parallel()
	h, err := gateway.New(t.Context(), gateway.Options{
		Conn: nowhere{}, Metrics: http.NotFoundHandler(),
		Ready: func(context.Context) gateway.Readiness {
			return gateway.Readiness{Replica: "b", Stores: []gateway.StoreReady{{Name: "events", Ready: true}}, Projections: []gateway.ProjectionReady{
				{Name: "plan.v1", Lacks: "unheard", Holder: "a", Position: "7", Behind: 3},
			}}
		},
		Fresh: func(context.Context) (string, string) { return "", "" },
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/livez": "200 ok\n",
		"/readyz": `503 {"ready":false,"replica":"b","stores":[{"name":"events","ready":true}],"projections":[{"name":"plan.v1","ready":false,` +
			`"lacks":"unheard","held":false,"holder":"a","position":"7","behind":3}]}` + "\n",
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		if got := fmt.Sprint(w.Code, " ", w.Body); got != want {
			t.Errorf("%s: %s", path, got)
		}
		if _, said := w.Header()["Mingjian-Position"]; said {
			t.Error("a position is said that is not known")
		}
	}
}

// nowhere is a connection that no call is made through.
type nowhere struct{ grpc.ClientConnInterface }
