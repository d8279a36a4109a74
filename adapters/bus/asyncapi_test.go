package bus_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/adapters/bus/bustest"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// described is what the tests need of the document.
type described struct {
	Asyncapi string
	Channels map[string]struct {
		Address  string
		Messages map[string]struct {
			Ref string `json:"$ref"`
		}
	}
	Components struct {
		Messages map[string]struct{ Name string }
		Schemas  map[string]struct{ Properties map[string]any }
	}
}

func describe(t *testing.T) (d described) {
	t.Helper()
	if err := json.Unmarshal(bus.Document(), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// payload is the schema of a message of the document.
func payload(t *testing.T, name string) *jsonschema.Schema {
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
	s, err := c.Compile("urn:asyncapi#/components/messages/" + name + "/payload")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// event is what the bus makes of a message.
func event(t *testing.T, m outbox.Message) []byte {
	t.Helper()
	b, err := bus.Encode(t.Context(), "https://ledger.example", m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func valid(t *testing.T, s *jsonschema.Schema, b []byte) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

// TestEveryMessageIsInTheDocument makes a message of every event in the goldens of the aggregates, and validates it.
func TestEveryMessageIsInTheDocument(t *testing.T) {
	t.Parallel()
	d := describe(t)
	if d.Asyncapi != "3.0.0" {
		t.Errorf("version %s", d.Asyncapi)
	}
	named, addressed := map[string]string{}, map[string]string{}
	for name, m := range d.Components.Messages {
		if !strings.HasPrefix(name, "webhook_") {
			named[m.Name] = name
		}
	}
	for _, c := range d.Channels {
		for name, m := range c.Messages {
			if m.Ref != "#/components/messages/"+name {
				t.Errorf("%s is at %s", name, m.Ref)
			}
			if c.Address != "" {
				addressed[name], _, _ = strings.Cut(c.Address, "{")
			}
		}
	}
	made := map[string]int{}
	for _, m := range samples(t) {
		m.Epoch = "2-5f0c2a9e"
		b := event(t, m)
		if err := valid(t, payload(t, named[m.Type]), b); err != nil {
			t.Errorf("%s: %v\n%s", m.Type, err, b)
		}
		if from := addressed[named[m.Type]]; from == "" || !strings.HasPrefix(m.Subject, from) {
			t.Errorf("%s goes to %s, not to %s", m.Type, m.Subject, from)
		}
		if made[m.Type]++; made[m.Type] > 1 {
			continue
		}
		// The schema of a message takes no other.
		for _, spoil := range []func(*outbox.Message){
			func(m *outbox.Message) { m.Type += "x" }, func(m *outbox.Message) { m.Schema += "x" },
			func(m *outbox.Message) { m.Data = json.RawMessage(`{}`) }, func(m *outbox.Message) { m.ID = "7" },
			func(m *outbox.Message) { m.Epoch = "2" },
		} {
			other := m
			spoil(&other)
			if valid(t, payload(t, named[m.Type]), event(t, other)) == nil {
				t.Errorf("%s is described so that it takes %+v", m.Type, other)
			}
		}
	}
	want := slices.Sorted(maps.Keys(outbox.Types()))
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(made))); diff != "" {
		t.Error("made: ", diff)
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(named))); diff != "" {
		t.Error("described: ", diff)
	}
}

// TestEveryFieldIsInTheDocument compares the forms with what they are of, so that none gains a field that is not described.
func TestEveryFieldIsInTheDocument(t *testing.T) {
	t.Parallel()
	d := describe(t)
	for name, m := range map[string]proto.Message{
		"Release": &viewv1.Release{}, "Party": &viewv1.Party{}, "OutletStanding": &viewv1.OutletStanding{},
	} {
		fields := m.ProtoReflect().Descriptor().Fields()
		var want []string
		for i := range fields.Len() {
			want = append(want, fields.Get(i).JSONName())
		}
		same(t, d, name, want)
	}
	for name, v := range map[string]any{"Task": outbox.Task{}, "Department": outbox.Department{}, "Inspection": outbox.Inspection{}, "Team": outbox.Team{}} {
		var want []string
		for _, f := range reflect.VisibleFields(reflect.TypeOf(v)) {
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			want = append(want, tag)
		}
		same(t, d, name, want)
	}
}

func same(t *testing.T, d described, name string, want []string) {
	t.Helper()
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(d.Components.Schemas[name].Properties))); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

// samples are messages of all events in the goldens of disclosures, plans and inspections.
func samples(t *testing.T) (out []outbox.Message) {
	for category, begin := range map[string][]string{
		"disclosure": nil, "plan": {"mingjian.plan.drafted.v1", "mingjian.plan.task_opened.v1~2"}, "inspection": {"mingjian.inspection.assigned.v1"},
	} {
		files, err := filepath.Glob(filepath.Join("..", "..", "domain", category, "testdata", "events", "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, f := range files {
			name := strings.TrimSuffix(filepath.Base(f), ".json")
			var stream []es.Record
			for _, n := range begin {
				if n != name {
					stream = append(stream, golden(t, category, n, len(stream)))
				}
			}
			rec := golden(t, category, name, len(stream))
			facts := outbox.Facts{Before: append(stream, rec)}
			if category == "plan" && name == begin[0] || category == "inspection" && name == begin[0] {
				facts.Before = []es.Record{rec}
			}
			if disclosure.Releases(rec.Type) {
				facts.Item = item(rec)
			}
			messages, err := outbox.Messages(rec, facts)
			if err != nil {
				t.Fatal(name, err)
			}
			out = append(out, messages...)
		}
	}
	return out
}

func golden(t *testing.T, category, file string, revision int) es.Record {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "domain", category, "testdata", "events", file+".json"))
	if err != nil {
		t.Fatal(err)
	}
	meta, err := json.Marshal(es.Metadata{RecordedAt: time.Date(2026, 3, 20, 8, 0, revision, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	typ, _, _ := strings.Cut(file, "~")
	return es.Record{
		Proposed: es.Proposed{ID: es.DeriveID("", file), Type: typ, Data: data, Meta: meta},
		Stream:   es.Stream{Category: category, ID: "penalty.a"}, Revision: es.Revision(revision), Position: es.At(uint64(revision)+1, 0),
	}
}

// item is an item of the feed with every field filled that acts of its kind have.
func item(rec es.Record) *viewv1.Release {
	act := strings.Split(rec.Type, ".")[2]
	party := &viewv1.Party{Id: "XZ-SCJG", Name: "宁安市市场监督管理局"}
	return &viewv1.Release{
		Sequence: 7, Kind: viewv1.ReleaseKind(viewv1.ReleaseKind_value["RELEASE_KIND_"+strings.ToUpper(act)]), DisclosureId: rec.Stream.ID,
		RecordKind: "penalty", RecordId: "a", Number: 1, Authority: party, Subjects: []*viewv1.Party{{Name: "宁安惠民商行"}}, Title: "宁市监处罚",
		Date: "2026-03-16", Document: `{"a":"<b>"}`, ReleasedAt: "2026-03-20T08:00:01.5Z", Position: rec.Position.String(), ReleasedOn: "2026-03-20",
		Outlets: []string{"portal"}, Terms: []*viewv1.OutletStanding{{Outlet: "portal", From: "2026-03-20"}},
	}
}

func TestDocumentIsServed(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	pages, err := bus.Pages()
	if err != nil {
		t.Fatal(err)
	}
	for pattern, h := range pages {
		mux.Handle(pattern, h)
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/asyncapi.json", nil))
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" || !bytes.Equal(w.Body.Bytes(), bus.Document()) {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

// TestSuiteMessagesAreEvents: what the conformance suite sends is what would be sent, but for its data.
func TestSuiteMessagesAreEvents(t *testing.T) {
	t.Parallel()
	m := bustest.Message(bustest.Penalty("a"), 1)
	var got map[string]any
	if err := json.Unmarshal(event(t, m), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"specversion": "1.0", "id": m.ID, "source": "https://ledger.example", "type": m.Type, "subject": m.About, "time": "2026-03-20T08:00:01Z",
		"dataschema": m.Schema, "datacontenttype": "application/json", "partitionkey": m.Key, "ledgerepoch": "1-5f0c2a9e",
		"data": map[string]any{"n": 1., "text": "<公示> & 其他"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
