package bus

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/cloudevents/sdk-go/v2/event"
	"go.opentelemetry.io/otel/propagation"

	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

// Names of CloudEvents: the media type of the structured JSON mode with the header that says it, and the extensions.
const (
	contentType = "content-type"
	structured  = "application/cloudevents+json; charset=UTF-8"

	extKey    = "partitionkey"
	extEpoch  = "ledgerepoch"
	extParent = "traceparent"
	extState  = "tracestate"
)

// Encode writes a message as this bus does, for channels that are no bus: the same event, whichever way it comes. Source is as in Options.
func Encode(ctx context.Context, source string, m outbox.Message) ([]byte, error) {
	return encode(ctx, cmp.Or(source, defaultSource), m)
}

// encode writes a message as a CloudEvent. The trace of ctx, if it is in one, goes with it.
func encode(ctx context.Context, source string, m outbox.Message) ([]byte, error) {
	e := event.New(event.CloudEventsVersionV1)
	e.SetID(m.ID)
	e.SetSource(source)
	e.SetType(m.Type)
	e.SetSubject(m.About)
	e.SetTime(m.Time)
	e.SetDataSchema(m.Schema)
	e.SetDataContentType(event.ApplicationJSON)
	e.SetExtension(extKey, m.Key)
	if m.Epoch != "" {
		e.SetExtension(extEpoch, m.Epoch)
	}
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	for _, name := range []string{extParent, extState} {
		if v := carrier.Get(name); v != "" {
			e.SetExtension(name, v)
		}
	}
	e.DataEncoded = m.Data
	if err := e.Validate(); err != nil {
		return nil, fmt.Errorf("message %s of type %s: %w", m.ID, m.Type, err)
	}
	return e.MarshalJSON()
}

// decode is the inverse; ctx carries the trace of the message.
func decode(ctx context.Context, subject string, payload []byte) (context.Context, outbox.Message, error) {
	var e event.Event
	if err := json.Unmarshal(payload, &e); err != nil {
		return ctx, outbox.Message{}, fmt.Errorf("bus: message on %s: %w", subject, err)
	}
	if err := e.Validate(); err != nil {
		return ctx, outbox.Message{}, fmt.Errorf("bus: message on %s: %w", subject, err)
	}
	ext := e.Extensions()
	carrier := propagation.MapCarrier{}
	for _, name := range []string{extParent, extState} {
		if v, ok := ext[name].(string); ok {
			carrier.Set(name, v)
		}
	}
	key, _ := ext[extKey].(string)
	epoch, _ := ext[extEpoch].(string)
	return propagation.TraceContext{}.Extract(ctx, carrier), outbox.Message{
		ID: e.ID(), Type: e.Type(), Schema: e.DataSchema(), Subject: subject, About: e.Subject(), Key: key, Time: e.Time(), Epoch: epoch, Data: e.Data(),
	}, nil
}
