package telemetry_test

import (
	"context"
	"errors"
	"iter"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/mingjian-ledger/mingjian/adapters/telemetry"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

type scripted struct{ errs []error }

func (s *scripted) Append(context.Context, es.Stream, es.Expected, ...es.Proposed) (es.Position, error) {
	err := s.errs[0]
	s.errs = s.errs[1:]
	return es.At(7, 0), err
}

func (*scripted) Read(context.Context, es.Stream, es.Revision) iter.Seq2[es.Record, error] {
	return func(func(es.Record, error) bool) {}
}

func TestWhatIsMeasured(t *testing.T) {
	t.Parallel()
	m := telemetry.New()
	st := m.Store(&scripted{errs: []error{nil, &es.ConflictError{}, &es.ReusedError{}, context.Canceled, errors.New("disk")}})
	for i := range 5 {
		if p, err := st.Append(t.Context(), es.Stream{}, es.NoStream{}, es.Proposed{}, es.Proposed{}); (err == nil) != (i == 0) || p != es.At(7, 0) {
			t.Fatalf("append %d: %v, %v", i, p, err)
		}
	}
	m.Call("/mingjian.v1.PlanService/DraftPlan", codes.OK, time.Millisecond)
	if err := m.Projections(func() []telemetry.Progress {
		return []telemetry.Progress{{Projection: "plan.v1", Head: 12, Through: 5, Running: true, Held: true}, {Projection: "draw.v1", Head: 5, Through: 12}}
	}); err != nil {
		t.Fatal(err)
	}
	m.Looked(true)
	m.Looked(false)
	m.Looked(true)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	for _, line := range []string{
		`mingjian_append_seconds_count{outcome="stored"} 1`, `mingjian_append_seconds_count{outcome="conflict"} 1`,
		`mingjian_append_seconds_count{outcome="reused"} 1`, `mingjian_append_seconds_count{outcome="cancelled"} 1`,
		`mingjian_append_seconds_count{outcome="failed"} 1`, `mingjian_events_appended_total 2`,
		`mingjian_call_seconds_count{code="OK",method="/mingjian.v1.PlanService/DraftPlan"} 1`,
		`mingjian_projection_lag{projection="plan.v1"} 7`, `mingjian_projection_lag{projection="draw.v1"} 0`,
		`mingjian_projection_running{projection="draw.v1"} 0`, `mingjian_projection_held{projection="plan.v1"} 1`,
		`mingjian_projection_held{projection="draw.v1"} 0`, `mingjian_build_info{version="`,
		`mingjian_record_lookups_total{answer="ready"} 2`, `mingjian_record_lookups_total{answer="rendered"} 1`,
	} {
		if !strings.Contains(w.Body.String(), line) {
			t.Errorf("missing %s", line)
		}
	}
}
