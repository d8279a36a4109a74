package bus_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/domain/profile"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
	"github.com/mingjian-ledger/mingjian/projections/release"
)

// TestEveryReleaseIsAWebhook: what receivers get is described for each type of the feed as it is for the bus, and by the same payload.
func TestEveryReleaseIsAWebhook(t *testing.T) {
	t.Parallel()
	var doc struct {
		Channels map[string]struct {
			Address  *string
			Messages map[string]any
		}
		Components struct {
			Messages map[string]struct {
				Name, ContentType string
				Headers, Payload  struct {
					Ref string `json:"$ref"`
				}
			}
		}
	}
	if err := json.Unmarshal(bus.Document(), &doc); err != nil {
		t.Fatal(err)
	}
	want := []string{"webhook_test"}
	for name := range doc.Channels["release"].Messages {
		want = append(want, "webhook_"+name)
		m, same := doc.Components.Messages["webhook_"+name], doc.Components.Messages[name]
		if m.Name != same.Name || m.ContentType != same.ContentType || m.Payload.Ref != "#/components/messages/"+name+"/payload" {
			t.Errorf("%s is pushed as %+v", name, m)
		}
	}
	got := slices.Sorted(maps.Keys(doc.Channels["webhook"].Messages))
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), got); diff != "" || doc.Channels["webhook"].Address != nil {
		t.Errorf("the channel of webhooks: %s", diff)
	}
	for _, name := range got {
		if doc.Components.Messages[name].Headers.Ref != "#/components/schemas/WebhookHeaders" {
			t.Errorf("%s has no headers", name)
		}
	}
}

// form is a schema as a server shows it.
func form(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	mux := http.NewServeMux()
	pages, err := bus.Pages()
	if err != nil {
		t.Fatal(err)
	}
	for pattern, h := range pages {
		mux.Handle(pattern, h)
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/schemas/"+name+".json", nil))
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/schema+json" {
		t.Fatalf("%s: %d %v", name, w.Code, w.Header())
	}
	doc, err := jsonschema.UnmarshalJSON(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("urn:mingjian:schema:"+name, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:mingjian:schema:" + name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestFormsStandAlone: each dataschema of a message names a schema that is shown, which takes the data of the message and no other.
func TestFormsStandAlone(t *testing.T) {
	t.Parallel()
	all, err := bus.Schemas()
	if err != nil {
		t.Fatal(err)
	}
	for name := range all {
		form(t, name)
	}
	seen := map[string]bool{}
	for _, m := range samples(t) {
		name := strings.TrimPrefix(m.Schema, "urn:mingjian:schema:")
		if seen[m.Type] {
			continue
		}
		seen[m.Type] = true
		if err := valid(t, form(t, name), m.Data); err != nil {
			t.Errorf("%s: %v", m.Type, err)
		}
		if valid(t, form(t, name), []byte(`{"x":1}`)) == nil {
			t.Errorf("%s takes anything", name)
		}
		if err := valid(t, form(t, "cloudevent.v1"), event(t, m)); err != nil {
			t.Errorf("%s: %v", m.Type, err)
		}
	}
	if len(seen) != len(outbox.Types()) {
		t.Errorf("%d types", len(seen))
	}
}

// TestItemsOfTheDigestsAreDescribed, exactly: a member more or less would be another digest.
func TestItemsOfTheDigestsAreDescribed(t *testing.T) {
	t.Parallel()
	r := item(golden(t, "disclosure", "mingjian.disclosure.published.v1", 0))
	one, err := release.Item(r)
	if err != nil {
		t.Fatal(err)
	}
	row, err := profile.Item{
		Number: 1, Action: profile.Add, Record: "a", Disclosure: "penalty.a", Act: 1,
		Row: profile.Row{Platform: "credit_china", Kind: profile.Penalty, Version: "2020", Table: "all", Columns: []profile.Column{{Key: "CF_WSH", Value: "一号"}}},
	}.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"release_item.v1": one, "profile_row.v1": row} {
		s := form(t, name)
		if err := valid(t, s, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var members map[string]any
		if err := json.Unmarshal(text, &members); err != nil {
			t.Fatal(err)
		}
		for member, value := range members {
			delete(members, member)
			less, err := json.Marshal(members)
			if err != nil || valid(t, s, less) == nil {
				t.Errorf("%s does without %s, %v", name, member, err)
			}
			members[member] = value
		}
		if valid(t, s, bytes.Replace(text, []byte("{"), []byte(`{"x":"",`), 1)) == nil {
			t.Errorf("%s takes another member", name)
		}
	}
}
