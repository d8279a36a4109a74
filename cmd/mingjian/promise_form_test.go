package main

import (
	"cmp"
	"encoding"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/mingjian-ledger/mingjian/adapters/airgap"
	"github.com/mingjian-ledger/mingjian/adapters/exchange"
	"github.com/mingjian-ledger/mingjian/domain/profile"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// promisedMethods are those of the services for integrators, and of deliveries what is done with rows.
func promisedMethods() (out []protoreflect.MethodDescriptor) {
	for _, service := range []protoreflect.ServiceDescriptor{
		mingjianv1.File_mingjian_v1_feed_proto.Services().ByName("FeedService"),
		mingjianv1.File_mingjian_v1_profile_proto.Services().ByName("ProfileService"),
		mingjianv1.File_mingjian_v1_webhook_proto.Services().ByName("WebhookService"),
		mingjianv1.File_mingjian_v1_delivery_proto.Services().ByName("DeliveryService"),
	} {
		for i := range service.Methods().Len() {
			m := service.Methods().Get(i)
			rows := []protoreflect.Name{"ListDeliveryRows", "SubmitDeliveryRows", "RecordReceipts"}
			if service.Name() != "DeliveryService" || slices.Contains(rows, m.Name()) {
				out = append(out, m)
			}
		}
	}
	return out
}

func (p promise) method(m protoreflect.MethodDescriptor) {
	stream, rule := "", "GET "+httpRule(m).GetGet()
	if m.IsStreamingServer() {
		stream = "stream "
	}
	if post := httpRule(m).GetPost(); post != "" {
		rule = "POST " + post
	}
	p.say("method %s(%s) %s%s %s", m.FullName(), m.Input().FullName(), stream, m.Output().FullName(), rule)
	p.message(m.Input())
	p.message(m.Output())
}

// profiles takes in the columns of every version of a field profile: those of rows, and in their order those of files.
func (p promise) profiles() {
	for _, one := range profile.Embedded().All() {
		for _, t := range exchange.LayoutOf(one, "xlsx").Tables {
			for n, c := range t.Columns {
				f, _ := one.Field(c.Key)
				p.say("table %s %s column %s %s %s %s of %d", one.ID(), t.Name, c.Key, c.Title, f.Type, f.Obligation, f.Max)
				p.say("table %s %s column %d is %s", one.ID(), t.Name, n+1, c.Key)
				if c.Date != "" {
					p.say("table %s %s column %s is written as %s", one.ID(), t.Name, c.Key, c.Date)
				}
			}
		}
	}
}

// files takes in what is written as JSON, into files of batches and over an air gap, and what receipts are read by.
func (p promise) files() {
	for name, v := range maps.All(exchange.Forms()) {
		p.structure("json "+name+" ", reflect.TypeOf(v), false)
	}
	for name, v := range maps.All(airgap.Forms()) {
		p.structure("json "+name+" ", reflect.TypeOf(v), false)
	}
	columns, verdicts := exchange.ReceiptForm()
	for what, all := range map[string][][]string{"column": columns, "verdict": verdicts} {
		for _, words := range all {
			p.say("receipt %s %s", what, words[0])
			for _, word := range words[1:] {
				p.say("receipt %s %s is also %s", what, words[0], word)
			}
		}
	}
}

// strictForms are the forms to which nothing may be added within their version, as their lines begin: what is signed or digested and
// the columns of a template.
func strictForms() (out []string) {
	out = []string{"form ReleaseItem ", "form ProfileRow "}
	for name := range exchange.Forms() {
		out = append(out, "json "+name+" ")
	}
	for name := range airgap.Forms() {
		out = append(out, "json "+name+" ")
	}
	for _, one := range profile.Embedded().All() {
		out = append(out, "table "+one.ID()+" ")
	}
	return out
}

// grownForms are the new lines of strict forms that were there before.
func grownForms(was, added []string) (out []string) {
	for _, form := range strictForms() {
		in := func(line string) bool { return strings.HasPrefix(line, form) }
		if !slices.ContainsFunc(was, in) {
			continue // it is new as a whole
		}
		for _, line := range added {
			if in(line) {
				out = append(out, line)
			}
		}
	}
	return out
}

// structure takes in the members of a struct that is written as JSON, with those within them.
func (p promise) structure(name string, typ reflect.Type, optional bool) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && tag == "" {
			p.structure(name, f.Type, optional)
			continue
		}
		within, suffix := f.Type, ""
		for within.Kind() == reflect.Pointer || within.Kind() == reflect.Slice && jsonKind(within) == "array" {
			if within.Kind() == reflect.Slice {
				suffix += "[]"
			}
			within = within.Elem()
		}
		kind, left := jsonKind(within), optional || strings.HasPrefix(options, "omit")
		if kind == "object" && within.Kind() == reflect.Struct {
			p.structure(name+tag+suffix+".", within, left)
			continue
		}
		if left {
			kind += ", or left out"
		}
		p.say("%s%s%s %s", name, tag, suffix, kind)
	}
}

// jsonKind is what values of a type are in JSON.
func jsonKind(typ reflect.Type) string {
	switch text := reflect.TypeFor[encoding.TextMarshaler](); {
	case typ == reflect.TypeFor[time.Time](), typ.Implements(text), typ.Kind() == reflect.String:
		return "string"
	case typ == reflect.TypeFor[json.RawMessage]():
		return "any"
	case typ.Kind() == reflect.Slice && typ.Elem().Kind() == reflect.Uint8:
		return "string"
	case typ.Kind() == reflect.Slice:
		return "array"
	case typ.Kind() == reflect.Bool:
		return "boolean"
	case typ.ConvertibleTo(reflect.TypeFor[int64]()):
		return "number"
	}
	return "object"
}

// TestAChangedFormIsFound: what a member of a file loses, or becomes, is another line.
func TestAChangedFormIsFound(t *testing.T) {
	t.Parallel()
	type part struct {
		Name string `json:"name"`
	}
	lines := func(v any) []string {
		p := promise{}
		p.structure("", reflect.TypeOf(v), false)
		return slices.Sorted(maps.Keys(p))
	}
	was := lines(struct {
		N     uint64 `json:"n"`
		Parts []part `json:"parts"`
		Raw   []byte `json:"raw"`
	}{})
	if want := []string{"n number", "parts[].name string", "raw string"}; !slices.Equal(was, want) {
		t.Fatal(was)
	}
	for name, v := range map[string]any{
		"lost": struct {
			N   uint64 `json:"n"`
			Raw []byte `json:"raw"`
		}{},
		"another type": struct {
			N     string `json:"n"`
			Parts []part `json:"parts"`
			Raw   []byte `json:"raw"`
		}{},
		"renamed": struct {
			N     uint64 `json:"n"`
			Parts []part `json:"items"`
			Raw   []byte `json:"raw"`
		}{},
		"may be left out": struct {
			N     uint64 `json:"n,omitzero"`
			Parts []part `json:"parts"`
			Raw   []byte `json:"raw"`
		}{},
		"one of several": struct {
			N     uint64 `json:"n"`
			Parts part   `json:"parts"`
			Raw   []byte `json:"raw"`
		}{},
	} {
		if gone, _ := compared(was, lines(v)); len(gone) != 1 {
			t.Errorf("%s: %v", name, cmp.Or(strings.Join(gone, "; "), "not found"))
		}
	}
}

// TestAStrictFormDoesNotGrow although other forms do.
func TestAStrictFormDoesNotGrow(t *testing.T) {
	t.Parallel()
	was := promised(t)
	for line, grows := range map[string]bool{
		"json mingjian.exchange.batch.v1 note string": true, "json mingjian/gap/bundle/v1 note string": true, "form ReleaseItem note string": true,
		"form ProfileRow note string": true, "table credit_china/penalty/2018 all column 99 is NEW": true,
		"json mingjian.exchange.batch.v2 note string": false, "form Release note string": false, "table credit_china/penalty/2031 all column 1 is NEW": false,
	} {
		if got := grownForms(was, []string{line}); (len(got) == 1) != grows {
			t.Errorf("%s: %v", line, got)
		}
	}
}
