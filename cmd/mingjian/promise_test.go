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
	"github.com/mingjian-ledger/mingjian/projections/outbox"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
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
	if *writePromise && len(gone) == 0 {
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
	feed := mingjianv1.File_mingjian_v1_feed_proto.Services().ByName("FeedService")
	for i := range feed.Methods().Len() {
		m := feed.Methods().Get(i)
		stream := ""
		if m.IsStreamingServer() {
			stream = "stream "
		}
		p.say("method %s(%s) %s%s GET %s", m.FullName(), m.Input().FullName(), stream, m.Output().FullName(), httpRule(m).GetGet())
		p.message(m.Input())
		p.message(m.Output())
	}
	for name, form := range outbox.Types() {
		p.say("type %s form %s", name, form)
	}
	p.forms(t)
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
				Properties map[string]struct{ Type any }
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
