package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
)

// described holds what was posted to the AsyncAPI document: body and headers of the last message of each of the types, which are all
// that came.
func (m *mailbox) described(t *testing.T, types ...string) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if got := slices.Sorted(maps.Keys(m.last)); !slices.Equal(got, types) {
		t.Fatalf("posted: %v", got)
	}
	for typ, p := range m.last {
		name := pushedAs(t, typ)
		headers := map[string]any{}
		for header, values := range p.header {
			headers[strings.ToLower(header)] = strings.Join(values, ", ")
		}
		head, body := partOf(t, name, "headers"), partOf(t, name, "payload")
		if err := head.Validate(headers); err != nil {
			t.Errorf("headers of %s: %v", typ, err)
		}
		for _, promised := range []string{"content-type", "webhook-id", "webhook-timestamp", "webhook-signature"} {
			less := maps.Clone(headers)
			delete(less, promised)
			if head.Validate(less) == nil {
				t.Errorf("%s is described without %s", typ, promised)
			}
		}
		event, err := jsonschema.UnmarshalJSON(bytes.NewReader(p.body))
		if err != nil {
			t.Fatal(err)
		}
		if err := body.Validate(event); err != nil {
			t.Errorf("%s: %v\n%s", typ, err, p.body)
		}
	}
}

// pushedAs is the message of the channel of webhooks that has a type.
func pushedAs(t *testing.T, typ string) string {
	t.Helper()
	var doc struct {
		Channels   map[string]struct{ Messages map[string]any }
		Components struct {
			Messages map[string]struct{ Name string }
		}
	}
	if err := json.Unmarshal(bus.Document(), &doc); err != nil {
		t.Fatal(err)
	}
	for name := range doc.Channels["webhook"].Messages {
		if doc.Components.Messages[name].Name == typ {
			return name
		}
	}
	t.Fatalf("the channel of webhooks has no %s", typ)
	return ""
}

// partOf is the schema of a part of a message.
func partOf(t *testing.T, name, part string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(bus.Document()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7) // AsyncAPI 3.0 has a superset of it
	c.AssertFormat()
	if err := c.AddResource("urn:asyncapi", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:asyncapi#/components/messages/" + name + "/" + part)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
