package airgap

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/projections/enterprise"
)

var writeGoing = flag.Bool("write-going", false, "write testdata/going.txt anew: somebody decided what of each new field leaves the inner network")

// events are all of the aggregates whose categories hold acts.
func events() []es.Event {
	return []es.Event{
		disclosure.Published{}, disclosure.Corrected{}, disclosure.Adopted{}, disclosure.Unmasked{}, disclosure.Withdrawn{}, disclosure.Masked{}, disclosure.Ended{},
		roster.SubjectRegistered{}, roster.SubjectRedescribed{}, roster.SubjectRenamed{}, roster.SubjectMoved{}, roster.SubjectStatusRecorded{},
		roster.SubjectSucceeded{}, roster.SubjectSuccessionRevoked{},
		authority.Registered{}, authority.Renamed{}, authority.DepartmentOpened{}, authority.DepartmentClosed{}, authority.Succeeded{}, authority.ReviewArranged{},
		authority.ReportingArranged{},
	}
}

// TestWhatGoesOutIsWrittenDownFieldByField fails when an event gets a field: whether that leaves the inner network is decided by
// people, in going, and shows in testdata/going.txt.
func TestWhatGoesOutIsWrittenDownFieldByField(t *testing.T) {
	t.Parallel()
	rows, text := going(), strings.Builder{}
	for _, e := range events() {
		r, there := rows[e.EventType()]
		if !there {
			t.Errorf("%s: nothing is written of it", e.EventType())
		}
		delete(rows, e.EventType())
		named := map[string]bool{}
		for _, f := range fields(reflect.TypeOf(e), "") {
			top, _, _ := strings.Cut(f, ".")
			how := "stays"
			switch {
			case slices.Contains(r.keep, top):
				how = "goes"
			case top == r.ward:
				how = "is " + Ward
			case top == r.findings:
				how = "goes without what was expected"
			}
			named[top] = true
			fmt.Fprintf(&text, "%s %s %s\n", e.EventType(), f, how)
		}
		for _, name := range slices.Concat(r.keep, []string{r.ward, r.findings}) {
			if name != "" && !named[name] {
				t.Errorf("%s has no field %s", e.EventType(), name)
			}
		}
	}
	if len(rows) > 0 {
		t.Errorf("of what is written down these are not known: %v", rows)
	}
	path := filepath.Join("testdata", "going.txt")
	if *writeGoing {
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || string(want) != text.String() {
		t.Errorf("%s is not what going says of the events as they are (%v):\n%s", path, err, text.String())
	}
}

// fields are the paths of the JSON fields of a type, at most three deep.
func fields(t reflect.Type, prefix string) (out []string) {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || strings.Count(prefix, ".") > 2 || t.PkgPath() == "time" || reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return nil
	}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			out = append(out, fields(f.Type, prefix)...)
		case name != "" && name != "-":
			out = append(append(out, prefix+name), fields(f.Type, prefix+name+".")...)
		}
	}
	return out
}

// goldens are stored events of each type.
func goldens(t *testing.T) map[string][][]byte {
	t.Helper()
	all := map[string][][]byte{}
	for _, folder := range []string{"disclosure/testdata/events", "roster/testdata/events/subject", "authority/testdata/events"} {
		paths, err := filepath.Glob(filepath.Join("..", "..", "domain", folder, "*.json"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %v", folder, err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			typ, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(path), ".json"), "~")
			all[typ] = append(all[typ], bytes.TrimSpace(text))
		}
	}
	return all
}

func categoryOf(typ string) string {
	return map[string]string{"disclosure": "disclosure", "roster": "subject", "authority": "authority"}[strings.Split(typ, ".")[1]]
}

// TestWhatViewsReadGoesOutAndNothingElse puts a secret into each field of each stored event: it comes out of those alone that go;
// and all that the record of an enterprise is made of goes.
func TestWhatViewsReadGoesOutAndNothingElse(t *testing.T) {
	t.Parallel()
	g, rows, seen := newGate(), going(), 0
	for typ, texts := range goldens(t) {
		for _, text := range texts {
			r := es.Record{
				Proposed: es.Proposed{ID: es.DeriveID("", typ), Type: typ, Data: text, Meta: []byte(`{"actor":"li","recorded_at":"2026-03-20T08:00:00Z"}`)},
				Stream:   es.Stream{Category: categoryOf(typ), ID: "x"}, Position: es.At(1, 0),
			}
			a, is, err := g.act(r, 1)
			if err != nil {
				t.Fatal(err)
			}
			if change, err := enterprise.Projection().Project(r); err != nil || (r.Stream.Category != "authority") && is != (change.Apply != nil) {
				t.Errorf("%s goes out: %t, the record of an enterprise reads it: %t, %v", typ, is, change.Apply != nil, err)
			}
			if !is {
				continue
			}
			seen++
			if err := g.admits(a); err != nil {
				t.Errorf("%s is not let in: %v", typ, err)
			}
			var whole map[string]json.RawMessage
			if err := json.Unmarshal(text, &whole); err != nil {
				t.Fatal(err)
			}
			for name := range whole {
				leak := bytes.Replace(text, whole[name], []byte(`"SECRET"`), 1)
				r.Data = leak
				a, _, err := g.act(r, 1)
				if goes := bytes.Contains(a.Data, []byte("SECRET")); err == nil && goes != slices.Contains(rows[typ].keep, name) {
					t.Errorf("%s %s: goes out: %t", typ, name, goes)
				}
			}
		}
	}
	if seen < len(rows) {
		t.Errorf("only %d events went out", seen)
	}
}

func TestTheSenderStopsAtWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, category := range []string{"disclosure", "subject", "authority"} {
		r := es.Record{Proposed: es.Proposed{Type: "mingjian." + category + ".invented.v1", Data: []byte("{}"), Meta: []byte("{}")}, Stream: es.Stream{Category: category, ID: "x"}}
		if _, is, err := newGate().act(r, 1); err == nil || is {
			t.Errorf("%s: %t, %v", category, is, err)
		}
	}
}

// made is a bundle as a sender makes one.
func made(t testing.TB, n int, change func(*Header, *[]byte)) ([]byte, ed25519.PrivateKey, Header) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	a := begin(place{})
	for i := range n {
		item, err := act{
			Category: "authority", Data: []byte(`{"name":"某科"}`), ID: es.DeriveID("", fmt.Sprint(i)), Number: uint64(i + 1), Stream: "A",
			Meta: []byte(`{"actor":"gap","recorded_at":"2026-03-20T08:00:00Z"}`), Type: authority.DepartmentOpened{}.EventType(),
		}.item()
		if err != nil {
			t.Fatal(err)
		}
		a.add(item, es.Record{})
	}
	payload := a.lines.Bytes()
	h := Header{
		Source: Source{Ledger: "l", Epoch: "1-a", Series: 1}, Bundle: 1, First: 1, Last: uint64(n), After: a.end.chain, Size: len(payload), Digest: digestOf(payload),
	}
	if change != nil {
		change(&h, &payload)
	}
	text, _, err := pack(h, payload, key)
	if err != nil {
		t.Fatal(err)
	}
	return text, key, h
}

func read1(text []byte, key ed25519.PrivateKey) ([]act, error) {
	b, err := unpack("x", text, []ed25519.PublicKey{key.Public().(ed25519.PublicKey)})
	if err != nil {
		return nil, err
	}
	return b.acts(newGate())
}

func TestABundleComesBackAndIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	text, key, h := made(t, 5, nil)
	again, _, _ := made(t, 5, nil)
	if !bytes.Equal(text, again) {
		t.Error("it was made twice and is not the same")
	}
	list, err := read1(text, key)
	if err != nil || len(list) != 5 || list[4].Number != 5 {
		t.Fatalf("%v, %v", list, err)
	}
	sum, err := h.upTo(list, 5)
	if err != nil || sum != h.After || sum == (chain.Chain{}) {
		t.Errorf("chain %s, %v", sum, err)
	}
}

// TestEvenASignedBundleIsHeldToItsHeader is for a sender that errs, or a key that was stolen: no bundle expands beyond its header.
func TestEvenASignedBundleIsHeldToItsHeader(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Header, *[]byte){
		"a bomb":            func(_ *Header, p *[]byte) { *p = bytes.Repeat([]byte(" "), 16<<20) },
		"too large":         func(h *Header, _ *[]byte) { h.Size = MaxPayload + 1 },
		"too many":          func(h *Header, _ *[]byte) { h.Last = MaxActs + 1 },
		"backwards":         func(h *Header, _ *[]byte) { h.Last = 0 },
		"of nobody":         func(h *Header, _ *[]byte) { h.Ledger = "" },
		"another chain":     func(h *Header, _ *[]byte) { h.After = chain.Chain{1} },
		"an act too few":    func(h *Header, _ *[]byte) { h.Last++ },
		"an act too many":   func(h *Header, _ *[]byte) { h.Last-- },
		"other numbers":     func(h *Header, _ *[]byte) { h.First, h.Last = 2, 6 },
		"another act":       func(h *Header, p *[]byte) { repay(h, p, `"stream":"A"`, `"stream":""`) },
		"another account":   func(h *Header, p *[]byte) { repay(h, p, encoded(`"actor":"gap"`), encoded(`"actor":"bob"`)) },
		"another category":  func(h *Header, p *[]byte) { repay(h, p, `"category":"authority"`, `"category":"penalty"`) },
		"not in one form":   func(h *Header, p *[]byte) { repay(h, p, `"category":`, `"category": `) },
		"an unknown member": func(h *Header, p *[]byte) { repay(h, p, `"category":`, `"at":1,"category":`) },
	} {
		text, key, _ := made(t, 5, change)
		if list, err := read1(text, key); err == nil || list != nil {
			t.Errorf("%s: %d acts", name, len(list))
		} else if bad := (*BadError)(nil); !errors.As(err, &bad) || bad.Reason != Unreadable {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// encoded is a part of metadata as it stands in a line.
func encoded(text string) string {
	b, err := json.Marshal([]byte("{" + text))
	if err != nil {
		return err.Error()
	}
	return strings.TrimRight(strings.Trim(string(b), `"`), "=")[:16]
}

// repay changes the acts, and the header with them.
func repay(h *Header, p *[]byte, from, to string) {
	*p = bytes.Replace(*p, []byte(from), []byte(to), 1)
	h.Size, h.Digest, h.After = len(*p), digestOf(*p), chain.Chain{}
	for line := range bytes.Lines(*p) {
		h.After = h.After.Next(bytes.TrimSuffix(line, []byte("\n")))
	}
}

func FuzzUnpack(f *testing.F) {
	text, key, _ := made(f, 3, nil)
	var other bytes.Buffer
	z := gzip.NewWriter(&other)
	if err := z.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(text, []byte{}, true)
	f.Add([]byte(kindBundle+"\n"), other.Bytes(), false)
	f.Add([]byte(`{"category":"authority"}`+"\n"), other.Bytes(), true)
	f.Fuzz(func(t *testing.T, text, payload []byte, sign bool) {
		if !sign {
			_, _ = read1(text, key)
			_, _ = opened[Receipt](kindReceipt, text, nil)
			return
		}
		h := Header{Source: Source{Ledger: "l", Epoch: "1-a", Series: 1}, Bundle: 1, First: 1, Last: 1, Size: len(text), Digest: digestOf(text)}
		file, _, err := sealed(kindBundle, h, payload, key)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = read1(file, key)
		if file, _, err = pack(h, text, key); err != nil {
			t.Fatal(err)
		}
		if list, err := read1(file, key); err == nil && len(list) != 1 {
			t.Errorf("%d acts", len(list))
		}
	})
}
