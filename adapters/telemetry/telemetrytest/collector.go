package telemetrytest

import (
	"context"
	"encoding/hex"
	"net"
	"sync"
	"testing"

	collectorv1 "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	"google.golang.org/grpc"
)

// Span is one received span.
type Span struct {
	Trace, ID, Parent string // hex; Parent is empty for the first of a trace
	Name              string
	Linked            []string          // traces
	Attributes        map[string]string // numbers in decimal
	Failed            bool
}

// Collector keeps what it receives.
type Collector struct {
	collectorv1.UnimplementedTraceServiceServer
	URL string

	mu       sync.Mutex
	spans    []Span
	resource map[string]string
	came     chan struct{} // closed and made anew whenever spans come
}

// New starts one for the time of the test.
func New(t testing.TB) *Collector {
	t.Helper()
	lis, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &Collector{URL: "http://" + lis.Addr().String(), came: make(chan struct{})}
	server := grpc.NewServer()
	collectorv1.RegisterTraceServiceServer(server, c)
	served := make(chan error, 1)
	go func() { served <- server.Serve(lis) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-served; err != nil {
			t.Errorf("collector: %v", err)
		}
	})
	return c
}

// Export takes spans in.
func (c *Collector) Export(_ context.Context, req *collectorv1.ExportTraceServiceRequest) (*collectorv1.ExportTraceServiceResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range req.GetResourceSpans() {
		c.resource = attributes(r.GetResource().GetAttributes())
		for _, s := range r.GetScopeSpans() {
			for _, span := range s.GetSpans() {
				got := Span{
					Trace: hex.EncodeToString(span.GetTraceId()), ID: hex.EncodeToString(span.GetSpanId()), Parent: hex.EncodeToString(span.GetParentSpanId()),
					Name: span.GetName(), Attributes: attributes(span.GetAttributes()), Failed: span.GetStatus().GetCode() == 2,
				}
				for _, l := range span.GetLinks() {
					got.Linked = append(got.Linked, hex.EncodeToString(l.GetTraceId()))
				}
				c.spans = append(c.spans, got)
			}
		}
	}
	close(c.came)
	c.came = make(chan struct{})
	return &collectorv1.ExportTraceServiceResponse{}, nil
}

func attributes(list []*commonv1.KeyValue) map[string]string {
	out := map[string]string{}
	for _, kv := range list {
		switch v := kv.GetValue().GetValue().(type) {
		case *commonv1.AnyValue_StringValue:
			out[kv.GetKey()] = v.StringValue
		default:
			out[kv.GetKey()] = kv.GetValue().String()
		}
	}
	return out
}

// All are the spans so far.
func (c *Collector) All() []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Span(nil), c.spans...)
}

// Resource is what the sender last said of itself.
func (c *Collector) Resource() map[string]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.resource
}

// Until returns the spans once enough is content with them; the test fails when its context ends before.
func (c *Collector) Until(ctx context.Context, t testing.TB, enough func([]Span) bool) []Span {
	t.Helper()
	for {
		c.mu.Lock()
		came := c.came
		c.mu.Unlock()
		if all := c.All(); enough(all) {
			return all
		}
		select {
		case <-came:
		case <-ctx.Done():
			t.Fatalf("the spans that came are not enough: %+v", c.All())
		}
	}
}

// Trace are those of one trace.
func Trace(all []Span, id string) (out []Span) {
	for _, s := range all {
		if s.Trace == id {
			out = append(out, s)
		}
	}
	return out
}
