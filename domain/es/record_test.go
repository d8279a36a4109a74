package es_test

import (
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

func TestDeriveIDIsAVersion5UUID(t *testing.T) {
	id := es.DeriveID("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "0")
	u, err := uuid.Parse(string(id))
	if err != nil || u.Version() != 5 || u.Variant() != uuid.RFC4122 || u.String() != string(id) {
		t.Fatalf("%s: version %d, variant %s, %v", id, u.Version(), u.Variant(), err)
	}
	if id != "202666d7-6308-50d3-ab98-da6561e9aa75" {
		t.Fatalf("%s: ids in every store change with the derivation", id)
	}
}

func TestDeriveIDTellsListsApart(t *testing.T) {
	seen := map[es.ID][]string{}
	for _, parts := range [][]string{
		nil, {""}, {"", ""}, {"ab", "c"}, {"a", "bc"}, {"abc"}, {"a/1:b"}, {"a", "b"}, {"1:a"}, {"/1:a"},
	} {
		for _, parent := range []es.ID{"p", "p/1:a"} {
			id := es.DeriveID(parent, parts...)
			if other, twice := seen[id]; twice {
				t.Fatalf("%q under %s and %q have one id", parts, parent, other)
			}
			seen[id] = append([]string{string(parent)}, parts...)
			if again := es.DeriveID(parent, parts...); again != id {
				t.Fatalf("%q: %s, then %s", parts, id, again)
			}
		}
	}
}

func TestIDBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b [16]byte
		copy(b[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes"))
		id := es.IDOf(b)
		if got, ok := id.Bytes(); !ok || got != b || string(id) != uuid.UUID(b).String() {
			t.Fatalf("%x became %s and %x, %t", b, id, got, ok)
		}
	})
	good := "6d021caf-9b59-5df9-ab16-5aa8b9f7f2dd"
	for _, bad := range []string{
		"", "-", strings.ToUpper(good), strings.ReplaceAll(good, "-", ""), good + "0", good[:35], "{" + good + "}",
		strings.Replace(good, "d", "g", 1), strings.Replace(good, "-9b", "9-b", 1), "urn:uuid:" + good, good + "-" + good,
	} {
		if _, ok := es.ID(bad).Bytes(); ok {
			t.Errorf("%q passes for a UUID", bad)
		}
	}
}

func TestPosition(t *testing.T) {
	ordered := []es.Position{{}, es.At(0, 1), es.At(1, 0), es.At(1, 7), es.At(10, 0), es.At(1<<63, 1<<63)}
	for i, p := range ordered {
		for j, q := range ordered {
			if want := min(1, max(-1, i-j)); p.Compare(q) != want {
				t.Errorf("%s compared to %s is %d, want %d", p, q, p.Compare(q), want)
			}
		}
		if got, err := es.ParsePosition(p.String()); err != nil || got != p {
			t.Errorf("%s parses to %s, %v", p, got, err)
		}
	}
	for _, bad := range []string{"", "x", "-1", "1.0", "01", "1.", "1.2.3", " 1", "1.x", "99999999999999999999"} {
		if p, err := es.ParsePosition(bad); err == nil {
			t.Errorf("%q parses to %s", bad, p)
		}
	}
}

func sample() es.Record {
	return es.Record{
		Proposed: es.Proposed{
			ID: "6d021caf-9b59-5df9-ab16-5aa8b9f7f2dd", Type: "mingjian.test.noted.v1",
			Data: []byte(`{"note":"明鉴"}`), Meta: []byte(`{"actor":"a"}`),
		},
		Stream: es.Stream{Category: "test", ID: "1"}, Revision: 3, Position: es.At(9, 0),
	}
}

// The hash is published and recomputed by others: its form is for ever.
func TestHashIsForEver(t *testing.T) {
	h := sample().Hash()
	if got := hex.EncodeToString(h[:]); got != "452d53b3bd1ecaca1ac32eccb52cc514943c7153d6dc639362fecfdbc9504cb8" {
		t.Fatalf("the hash is %s", got)
	}
}

func TestHashCoversAllButThePosition(t *testing.T) {
	first := sample().Hash()
	for name, change := range map[string]func(*es.Record){
		"id":       func(r *es.Record) { r.ID = "6d021caf-9b59-5df9-ab16-5aa8b9f7f2de" },
		"type":     func(r *es.Record) { r.Type = "mingjian.test.noted.v2" },
		"data":     func(r *es.Record) { r.Data = []byte(`{"note":"明鉴" }`) },
		"meta":     func(r *es.Record) { r.Meta = nil },
		"category": func(r *es.Record) { r.Stream.Category = "tes" },
		"stream":   func(r *es.Record) { r.Stream.ID = "t1" },
		"both":     func(r *es.Record) { r.Stream = es.Stream{Category: "tes", ID: "t1"} },
		"revision": func(r *es.Record) { r.Revision = 4 },
		"border":   func(r *es.Record) { r.Data, r.Meta = r.Data[1:], append(r.Meta, r.Data[0]) },
	} {
		r := sample()
		if change(&r); r.Hash() == first {
			t.Errorf("%s is not covered", name)
		}
	}
	r := sample()
	r.Position = es.At(1, 1)
	if r.Hash() != first {
		t.Error("the position is covered, so that stores would differ")
	}
}

func TestMetadataFormIsForEver(t *testing.T) {
	m := es.Metadata{
		Command: "6d021caf-9b59-5df9-ab16-5aa8b9f7f2dd", CommandDigest: "00ff", Correlation: "c", Causation: "d", Actor: "a",
		Role: "clerk", Authority: "110000", RecordedAt: time.Date(2026, 3, 4, 5, 6, 7, 8000, time.UTC), Schema: 1,
	}
	const want = `{"command":"6d021caf-9b59-5df9-ab16-5aa8b9f7f2dd","command_digest":"00ff","correlation":"c","causation":"d",` +
		`"actor":"a","role":"clerk","authority":"110000","recorded_at":"2026-03-04T05:06:07.000008Z","schema":1}`
	data, err := json.Marshal(m)
	if err != nil || string(data) != want {
		t.Fatalf("%s, %v", data, err)
	}
	if got, err := (es.Record{Proposed: es.Proposed{Meta: data}}).Metadata(); err != nil || !reflect.DeepEqual(got, m) {
		t.Fatalf("%+v, %v", got, err)
	}
	m.Redaction = json.RawMessage(`{"served":{}}`)
	const taken = `"schema":1,"redaction":{"served":{}}}`
	if data, err := json.Marshal(m); err != nil || string(data) != strings.TrimSuffix(want, `"schema":1}`)+taken {
		t.Fatalf("%s, %v", data, err)
	} else if got, err := (es.Record{Proposed: es.Proposed{Meta: data}}).Metadata(); err != nil || !reflect.DeepEqual(got, m) {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := (es.Record{Proposed: es.Proposed{Meta: []byte("{")}}).Metadata(); err == nil {
		t.Fatal("broken metadata decode")
	}
}
