package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/propagation"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	"github.com/mingjian-ledger/mingjian/adapters/telemetry"
	"github.com/mingjian-ledger/mingjian/adapters/telemetry/telemetrytest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

func tracing(t *testing.T, url string, ratio float64) (*telemetry.Tracing, *telemetry.Metrics) {
	t.Helper()
	m := telemetry.New()
	tr, err := telemetry.OpenTracing(t.Context(), telemetry.TraceOptions{URL: url, Ratio: ratio, Log: slog.New(slog.DiscardHandler)}, m)
	if err != nil {
		t.Fatal(err)
	}
	return tr, m
}

// said is an event that knows of no secret but holds some.
type said struct{ Text string }

func (said) EventType() string { return "mingjian.test.said.v1" }

const secretText = "身份证 110101199003070000"

func propose(t *testing.T, m es.Metadata, n int) []es.Proposed {
	t.Helper()
	events := make([]said, n)
	for i := range events {
		events[i].Text = secretText
	}
	out, err := es.Propose(m, events...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func hexOf(id es.ID) string { return strings.ReplaceAll(string(id), "-", "") }

// publishing is a bus as a function.
type publishing func(context.Context, ...outbox.Message) error

func (p publishing) Publish(ctx context.Context, m ...outbox.Message) error { return p(ctx, m...) }

type publishes struct{ publishing }

// told is a projection that takes what was said.
func told() projections.Projection {
	return projections.Projection{Name: "told.v1", Tables: []projections.Table{{Name: "told"}}, Project: func(r es.Record) (projections.Change, error) {
		if r.Type != (said{}).EventType() {
			return projections.Change{}, nil
		}
		return projections.Change{Apply: func(*projections.Rows) error { return nil }}, nil
	}}
}

// deaf takes nothing.
func deaf() projections.Projection {
	return projections.Projection{Name: "deaf.v1", Project: func(es.Record) (projections.Change, error) { return projections.Change{}, nil }}
}

// One trace holds the call, its append, the batch of the projection, the reaction with its own append, and the push; each is
// the child of what it follows from, though nothing but the log passes between them.
func TestOneTraceFromTheCallToThePush(t *testing.T) {
	t.Parallel()
	collector := telemetrytest.New(t)
	tr, _ := tracing(t, collector.URL, 1)
	log := estest.NewStore(t)
	st := tr.Store(log)
	command, stream := es.DeriveID("", "of this test"), es.Stream{Category: "secret", ID: "110101199003070000"}
	meta := es.Metadata{Command: command, Correlation: command, Causation: command, Actor: "zhang", RecordedAt: time.Now()}

	caller := "0af7651916cd43dd8448eb211c80319c"
	ctx := metadata.NewIncomingContext(t.Context(), metadata.Pairs("traceparent", "00-"+caller+"-b7ad6b7169203331-01"))
	ctx, done := tr.Calls()(ctx, "/mingjian.v1.PlanService/DraftPlan", command, time.Now())
	for r, err := range st.Read(ctx, stream, 0) {
		t.Error("there is something", r, err)
	}
	if _, err := st.Append(ctx, stream, es.NoStream{}, propose(t, meta, 2)...); err != nil {
		t.Fatal(err)
	}
	done(codes.OK)

	stored := log.All()
	batch := es.Batch{Records: stored, Through: stored[1].Position}
	observer := tr.Batches([]projections.Projection{told(), deaf()})
	for _, name := range []string{"told.v1", "deaf.v1", "policy"} {
		observer.Batch(t.Context(), name, es.Position{}, batch)(nil)
	}
	var traceparent propagation.MapCarrier
	bus := tr.Publisher(publishing(func(ctx context.Context, _ ...outbox.Message) error {
		traceparent = propagation.MapCarrier{}
		propagation.TraceContext{}.Inject(ctx, traceparent) // as the bus does
		return nil
	}))
	reactor := tr.Reactor(projections.Reactor{Name: "policy", React: func(ctx context.Context, r es.Record) error {
		if r.Revision == 0 {
			return nil // what does nothing is no span
		}
		follow := es.Metadata{Command: es.DeriveID(r.ID, "policy"), Correlation: command, Causation: r.ID, RecordedAt: time.Now()}
		if _, err := st.Append(ctx, es.Stream{Category: "reply", ID: "1"}, es.NoStream{}, propose(t, follow, 1)...); err != nil {
			return err
		}
		return bus.Publish(ctx, outbox.Message{Type: "mingjian.release.v1", Data: []byte(secretText)})
	}})
	for _, r := range stored {
		if err := reactor.React(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	tr.Close(t.Context())
	spans := telemetrytest.Trace(collector.All(), hexOf(command))
	if len(spans) != 7 || len(collector.All()) != 7 {
		t.Errorf("%d spans of this trace, of %d", len(spans), len(collector.All()))
	}
	under := map[string]string{} // names of the parents
	for _, s := range spans {
		under[s.Name] = "?" + s.Parent
		for _, p := range spans {
			if p.ID == s.Parent {
				under[s.Name] = p.Name
			}
		}
		if s.Name == "push mingjian.release.v1" && traceparent["traceparent"] != "00-"+s.Trace+"-"+s.ID+"-01" {
			t.Errorf("the receiver is told %v", traceparent)
		}
		if s.Name == "mingjian.v1.PlanService/DraftPlan" && !slices.Equal(s.Linked, []string{caller}) {
			t.Errorf("the caller's trace is not linked: %v", s.Linked)
		}
		if strings.Contains(fmt.Sprint(s), "110101") || strings.Contains(fmt.Sprint(s), "zhang") {
			t.Errorf("a span tells what it must not: %+v", s)
		}
	}
	const call = "mingjian.v1.PlanService/DraftPlan"
	for name, parent := range map[string]string{
		call: "?", "read secret": call, "append secret": call, "project told.v1": "append secret",
		"react policy": "append secret", "append reply": "react policy", "push mingjian.release.v1": "react policy",
	} {
		if under[name] != parent {
			t.Errorf("%q is under %q, want %q", name, under[name], parent)
		}
	}
	if r := collector.Resource(); r["service.name"] != "mingjian" || r["service.version"] == "" || r["service.instance.id"] == "" {
		t.Errorf("the sender says of itself %v", r)
	}
}

// Of several tries at one append, only that which stored goes by the id that others know; one of another trace is linked.
func TestAppendsThatAreTriedAgain(t *testing.T) {
	t.Parallel()
	collector := telemetrytest.New(t)
	tr, _ := tracing(t, collector.URL, 1)
	log := estest.NewStore(t)
	st := tr.Store(log)
	log.Conflict(1)
	command, around := es.DeriveID("", "again"), es.DeriveID("", "around")
	meta := es.Metadata{Command: command, Correlation: command, RecordedAt: time.Now()}
	ctx, done := tr.Calls()(t.Context(), "/mingjian.v1.PlanService/DraftPlan", around, time.Now())
	for range 2 {
		_, _ = st.Append(ctx, es.Stream{Category: "plan", ID: "1"}, es.NoStream{}, propose(t, meta, 1)...)
	}
	done(codes.Internal)
	tr.Close(t.Context())
	tries := telemetrytest.Trace(collector.All(), hexOf(command))
	if len(tries) != 2 || !tries[0].Failed || tries[0].Attributes["mingjian.outcome"] != "conflict" || tries[1].Failed || tries[0].ID == tries[1].ID {
		t.Fatalf("the tries are %+v", tries)
	}
	if first := hexOf(es.DeriveID(command, "0"))[:16]; tries[1].ID != first || !slices.Equal(tries[1].Linked, []string{hexOf(around)}) {
		t.Errorf("the append is %+v, want id %s and a link to the call", tries[1], first)
	}
	if call := telemetrytest.Trace(collector.All(), hexOf(around)); len(call) != 1 || !call[0].Failed {
		t.Errorf("the call is %+v", call)
	}
}

// The ratio decides by the trace alone, alike in every process, and close to itself, though ids are UUIDs.
func TestRatioOfTraces(t *testing.T) {
	t.Parallel()
	kept := [2]map[string]bool{{}, {}}
	const calls = 1500
	for i := range kept {
		collector := telemetrytest.New(t)
		tr, _ := tracing(t, collector.URL, 0.2)
		for n := range calls {
			_, done := tr.Calls()(t.Context(), "/mingjian.v1.PlanService/DraftPlan", es.DeriveID("", "ratio", fmt.Sprint(n)), time.Now())
			done(codes.OK)
		}
		tr.Close(t.Context())
		for _, s := range collector.All() {
			kept[i][s.Trace] = true
		}
	}
	if n := float64(len(kept[0])); math.Abs(n/calls-0.2) > 0.05 { // five standard deviations, of fixed ids
		t.Errorf("%.0f of %d are kept", n, calls)
	}
	if fmt.Sprint(kept[0]) != fmt.Sprint(kept[1]) {
		t.Error("two processes keep different traces")
	}
}

func TestOldRecordsAreNotTraced(t *testing.T) {
	t.Parallel()
	collector := telemetrytest.New(t)
	tr, _ := tracing(t, collector.URL, 1)
	command := es.DeriveID("", "old")
	old := es.Record{Position: es.At(1, 0), Proposed: propose(t, es.Metadata{Command: command, Correlation: command, RecordedAt: time.Now().Add(-25 * time.Hour)}, 1)[0]}
	tr.Batches([]projections.Projection{told()}).Batch(t.Context(), "told.v1", es.Position{}, es.Batch{Records: []es.Record{old}})(nil)
	failed := errors.New("no")
	if err := tr.Reactor(projections.Reactor{Name: "policy", React: func(context.Context, es.Record) error { return failed }}).React(t.Context(), old); !errors.Is(err, failed) {
		t.Errorf("the reactor answers %v", err)
	}
	if tr.Close(t.Context()); len(collector.All()) != 0 {
		t.Errorf("spans %+v", collector.All())
	}
}

// A tracing that is off wraps nothing.
func TestTracingThatIsOff(t *testing.T) {
	t.Parallel()
	off, _ := tracing(t, "", 1)
	st, h := estest.NewStore(t), slog.DiscardHandler
	if off != nil || off.Store(st) != es.Store(st) || off.Calls() != nil || off.Batches(nil) != nil || off.Logs(h) != h {
		t.Error("something is wrapped")
	}
	bus := &publishes{}
	if off.Publisher(bus) != outbox.Publisher(bus) {
		t.Error("the bus is wrapped")
	}
	off.Close(t.Context())
}

func TestReceiverThatIsDownHoldsNothingUp(t *testing.T) {
	t.Parallel()
	tr, m := tracing(t, "http://127.0.0.1:1", 1)
	_, done := tr.Calls()(t.Context(), "/mingjian.v1.PlanService/DraftPlan", es.DeriveID("", "down"), time.Now())
	done(codes.OK)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	tr.Close(ctx)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	if !strings.Contains(w.Body.String(), `mingjian_spans_total{outcome="sent"} 0`) {
		t.Errorf("spans were sent to nobody:\n%s", w.Body)
	}
}

func TestLogsTellTheTrace(t *testing.T) {
	t.Parallel()
	tr, _ := tracing(t, telemetrytest.New(t).URL, 0) // also of traces that are not kept
	defer tr.Close(t.Context())
	var out bytes.Buffer
	log := slog.New(tr.Logs(slog.NewTextHandler(&out, nil))).With(slog.String("a", "b")).WithGroup("g")
	command := es.DeriveID("", "log")
	ctx, done := tr.Calls()(t.Context(), "/mingjian.v1.PlanService/DraftPlan", command, time.Now())
	log.InfoContext(ctx, "within")
	done(codes.OK)
	log.InfoContext(t.Context(), "without")
	lines := strings.Split(out.String(), "\n")
	if !strings.Contains(lines[0], "trace_id="+hexOf(command)) || strings.Contains(lines[1], "trace_id") || !strings.Contains(lines[1], "a=b") {
		t.Error(out.String())
	}
}

func TestCheckTraces(t *testing.T) {
	t.Parallel()
	for _, bad := range []telemetry.TraceOptions{
		{URL: "localhost:4317"}, {URL: "grpc://h:1"}, {URL: "http://"}, {URL: "http://u:hunter2@h:1"}, {URL: "https://h:1/v1/traces"},
		{URL: "http://h:1?key=hunter2"}, {Ratio: -0.1}, {Ratio: 1.1}, {Ratio: math.NaN()},
	} {
		if err := telemetry.CheckTraces(bad); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	for _, good := range []telemetry.TraceOptions{{}, {URL: "http://127.0.0.1:4317", Ratio: 1}, {URL: "https://otel.example/", Ratio: 0.01}} {
		if err := telemetry.CheckTraces(good); err != nil {
			t.Errorf("%+v: %v", good, err)
		}
	}
}
