package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/adapters/webhook"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

var writePromise = flag.Bool("write-promise", false, "add what is new to the list of what integrators were promised; nothing is ever taken from it")

// promiseFile lists what integrators were promised, a line each, see deploy/INTEGRATORS.md.
const promiseFile = "testdata/promise.txt"

// TestThePromiseToIntegratorsIsKept holds the feed and the messages of the bus to it: what was promised once is there, as it was.
// What is new is promised from now on.
func TestThePromiseToIntegratorsIsKept(t *testing.T) {
	t.Parallel()
	is := promised(t)
	text, err := os.ReadFile(promiseFile)
	if err != nil && !*writePromise {
		t.Fatal(err)
	}
	was := strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' })
	gone, added := compared(was, is)
	for _, line := range gone {
		t.Errorf("promised and no more so: %s", line)
	}
	grown := grownForms(was, added)
	for _, line := range grown {
		t.Errorf("its readers refuse, or digest otherwise, what they do not know, so that this needs another version of the form: %s", line)
	}
	if *writePromise && len(gone)+len(grown) == 0 {
		if err := os.WriteFile(promiseFile, []byte(strings.Join(is, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, line := range added {
		t.Errorf("new and not promised yet: %s; go test ./cmd/mingjian -run Promise -write-promise writes it", line)
	}
}

// compared are the lines that went and those that came.
func compared(was, is []string) (gone, added []string) {
	for _, line := range was {
		if !slices.Contains(is, line) {
			gone = append(gone, line)
		}
	}
	for _, line := range is {
		if !slices.Contains(was, line) {
			added = append(added, line)
		}
	}
	return gone, added
}

// promised is what this program has of it.
func promised(t *testing.T) []string {
	t.Helper()
	p := promise{}
	for _, m := range promisedMethods() {
		p.method(m)
	}
	for name, form := range outbox.Types() {
		p.say("type %s form %s", name, form)
	}
	p.say("type %s form %s", webhook.TypeTest, webhook.SchemaTest)
	p.forms(t)
	p.profiles()
	p.files()
	return slices.Sorted(maps.Keys(p))
}

// promise is a set of lines.
type promise map[string]bool

func (p promise) say(format string, args ...any) { p[fmt.Sprintf(format, args...)] = true }

// message takes in a message of gRPC and REST with all that is within it.
func (p promise) message(d protoreflect.MessageDescriptor) {
	if !strings.HasPrefix(string(d.FullName()), "mingjian.") || p["message "+string(d.FullName())] {
		return
	}
	p.say("message %s", d.FullName())
	for i := range d.Fields().Len() {
		f := d.Fields().Get(i)
		kind := f.Kind().String()
		switch {
		case f.Message() != nil:
			kind = string(f.Message().FullName())
			p.message(f.Message())
		case f.Enum() != nil:
			kind = string(f.Enum().FullName())
			for j := range f.Enum().Values().Len() {
				v := f.Enum().Values().Get(j)
				p.say("enum %s %s = %d", f.Enum().FullName(), v.Name(), v.Number())
			}
		}
		p.say("field %s = %d %s %s json %s", f.FullName(), f.Number(), f.Cardinality(), kind, f.JSONName())
	}
}

// forms takes in the channels and the forms of messages as the AsyncAPI document has them.
func (p promise) forms(t *testing.T) {
	t.Helper()
	var doc struct {
		Channels   map[string]struct{ Address string }
		Components struct {
			Schemas map[string]struct {
				Properties map[string]struct{ Type, Const any }
				Required   []string
			}
		}
	}
	if err := json.Unmarshal(bus.Document(), &doc); err != nil {
		t.Fatal(err)
	}
	for name, c := range doc.Channels {
		p.say("channel %s %s", name, c.Address)
	}
	for form, s := range doc.Components.Schemas {
		for name, property := range s.Properties {
			p.say("form %s %s %v", form, name, property.Type)
			if property.Const != nil {
				p.say("form %s %s is %v", form, name, property.Const)
			}
		}
		for _, name := range s.Required { // what readers may count on
			p.say("form %s %s is always there", form, name)
		}
	}
	if len(doc.Channels) < 3 || len(p) < 100 {
		t.Fatalf("%d channels, %d lines: the search finds too little", len(doc.Channels), len(p))
	}
}

// TestABrokenPromiseIsFound changes the list in the ways in which a program could come to differ from it.
func TestABrokenPromiseIsFound(t *testing.T) {
	t.Parallel()
	is := promised(t)
	for _, line := range []string{
		"field mingjian.view.v1.Release.digest = 12 optional string json digest",
		"enum mingjian.view.v1.ReleaseKind RELEASE_KIND_ENDED = 7",
		"method mingjian.v1.FeedService.ListReleases(mingjian.v1.ListReleasesRequest) mingjian.v1.ListReleasesResponse GET /v1/feed/releases",
		"type mingjian.release.withdrawn.v1 form urn:mingjian:schema:release.v1",
		"type mingjian.webhook.test.v1 form urn:mingjian:schema:webhook_test.v1",
		"form WebhookHeaders webhook-signature is always there",
		"form WebhookHeaders content-type is application/cloudevents+json; charset=UTF-8",
		"form ProfileRow release object",
		"method mingjian.v1.DeliveryService.ListDeliveryRows(mingjian.v1.ListDeliveryRowsRequest) mingjian.v1.ListDeliveryRowsResponse GET /v1/delivery-rows/{platform}/{kind}",
		"method mingjian.v1.WebhookService.ReplayEndpoint(mingjian.v1.ReplayEndpointRequest) mingjian.v1.ReplayEndpointResponse POST /v1/webhooks/{endpoint_id}:replay",
		"table credit_china/penalty/2018 all column CF_WSH 行政处罚决定书文号 text M of 128",
		"json mingjian.exchange.batch.v1 chain.before string",
		"json mingjian.exchange.batch.v1 files[].sha256 string",
		"json mingjian.exchange.batch.v1 index item any",
		"receipt column number is also 序号",
		"receipt verdict duplicate is also 重复数据",
		"json mingjian/gap/bundle/v1 series number",
		"json mingjian/gap/bundle/v1 act data string",
		"json mingjian/gap/receipt/v1 again.from number, or left out",
	} {
		at := slices.Index(is, line)
		if at < 0 {
			t.Errorf("not found: %s", line)
			continue
		}
		other := slices.Delete(slices.Clone(is), at, at+1)
		if gone, added := compared(is, other); len(gone) != 1 || len(added) != 0 {
			t.Errorf("without %s: gone %v, added %v", line, gone, added)
		}
		if gone, added := compared(other, is); len(gone) != 0 || len(added) != 1 {
			t.Errorf("with %s: gone %v, added %v", line, gone, added)
		}
	}
}

// TestTheGuideNamesWhatIsThere holds the codes and files that the guide for integrators names to the program.
func TestTheGuideNamesWhatIsThere(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "deploy", "INTEGRATORS.md"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "cmd", "mingjian", promiseFile)); err != nil || !strings.Contains(string(text), "cmd/mingjian/"+promiseFile) {
		t.Errorf("the list of what is promised: %v", err)
	}
	sources, err := filepath.Glob(filepath.Join(root, "adapters", "grpcapi", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, name := range sources {
		source, err := os.ReadFile(name) //nolint:gosec // of this tree
		if err != nil {
			t.Fatal(err)
		}
		code.Write(source)
	}
	codes := regexp.MustCompile("`((?:feed|position)\\.[a-z.]+)`").FindAllStringSubmatch(string(text), -1)
	if len(codes) < 4 {
		t.Errorf("the guide names %d codes", len(codes))
	}
	for _, m := range codes {
		if !strings.Contains(code.String(), `"`+m[1]+`"`) {
			t.Errorf("the guide names %s, which no server answers", m[1])
		}
	}
}
