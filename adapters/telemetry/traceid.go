package telemetry

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// TraceID is the trace of a correlation id; not valid if it is no UUID.
func TraceID(correlation es.ID) trace.TraceID {
	b, ok := correlation.Bytes()
	if !ok {
		return trace.TraceID{}
	}
	return b
}

// appendID is the span of the append of a command's events; not valid if it is no UUID.
func appendID(command es.ID) (id trace.SpanID) {
	if b, ok := es.DeriveID(command, "0").Bytes(); ok {
		copy(id[:], b[:])
	}
	return id
}

// origin is what an event's metadata tells of the command that led to it.
type origin struct {
	Command     es.ID     `json:"command"`
	Correlation es.ID     `json:"correlation"`
	RecordedAt  time.Time `json:"recorded_at"`
}

// originOf decodes no more than it needs; not ok if the metadata tell no trace.
func originOf(meta []byte) (o origin, id trace.TraceID, ok bool) {
	if json.Unmarshal(meta, &o) != nil {
		return o, id, false
	}
	id = TraceID(o.Correlation)
	return o, id, id.IsValid()
}

// under is the context in which a span becomes the child of the append that stored an event.
func (o origin) under(ctx context.Context, id trace.TraceID) context.Context {
	return trace.ContextWithRemoteSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: id, SpanID: appendID(o.Command), TraceFlags: trace.FlagsSampled, Remote: true,
	}))
}

// forced are the ids that a span must have; zero for any.
type forced struct {
	trace trace.TraceID
	span  trace.SpanID
}

type forcedKey struct{}

// ids makes ids by chance where none is forced.
type ids struct{}

func (ids) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	id := forcedIn(ctx).trace
	for !id.IsValid() {
		binary.BigEndian.PutUint64(id[:8], rand.Uint64()) //nolint:gosec // to be told apart, not to be hard to guess
		binary.BigEndian.PutUint64(id[8:], rand.Uint64()) //nolint:gosec // likewise
	}
	return id, ids{}.NewSpanID(ctx, id)
}

func (ids) NewSpanID(ctx context.Context, _ trace.TraceID) trace.SpanID {
	id := forcedIn(ctx).span
	for !id.IsValid() {
		binary.BigEndian.PutUint64(id[:], rand.Uint64()) //nolint:gosec // likewise
	}
	return id
}

func forcedIn(ctx context.Context) forced {
	f, _ := ctx.Value(forcedKey{}).(forced)
	return f
}

// ratio keeps a trace by its last seven bytes, which are as good as random in a UUID of version 4, 5 or 7; the two bits that
// are alike in all stand in the byte before. W3C Trace Context Level 2 calls them the random bits of a trace id as well.
type ratio struct{ below uint64 }

const randomBits = 56

func newRatio(r float64) ratio { return ratio{uint64(r * (1 << randomBits))} }

func (r ratio) keeps(id trace.TraceID) bool {
	return binary.BigEndian.Uint64(id[8:])&(1<<randomBits-1) < r.below
}

// ShouldSample is of the trace alone; a parent has no say.
func (r ratio) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	if r.keeps(p.TraceID) {
		return sdktrace.SamplingResult{Decision: sdktrace.RecordAndSample}
	}
	return sdktrace.SamplingResult{Decision: sdktrace.Drop}
}

func (ratio) Description() string { return "MingjianRatio" }
