package grpcapi_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/mingjian-ledger/mingjian/domain"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// writes are all methods that answer with a receipt.
func writes() []string {
	var out []string
	eachMethod(func(m protoreflect.MethodDescriptor) {
		if m.Output().Fields().ByName("receipt") != nil {
			out = append(out, fullName(m))
		}
	})
	return out
}

func TestEveryWriteHasACase(t *testing.T) {
	t.Parallel()
	cases := writeCases()
	for _, method := range writes() {
		if _, ok := cases[method]; !ok {
			t.Errorf("%s has no case", method)
		}
		delete(cases, method)
	}
	for method := range cases {
		t.Errorf("there is no method %s that writes", method)
	}
}

// TestWrites holds every method that writes to three promises: no field of a request is dropped on its way into the events, a
// key stands for one request, and what is another authority's stays as it is.
func TestWrites(t *testing.T) {
	t.Parallel()
	for method, c := range writeCases() {
		t.Run(strings.TrimPrefix(method, "/mingjian.v1."), func(t *testing.T) {
			t.Parallel()
			fresh := c.changes(t)
			c.key(t, fresh)
			c.abroad(t)
		})
	}
}

func (c writeCase) world(t *testing.T) (w *matrixWorld, by caller, req proto.Message) {
	t.Helper()
	w = newMatrixWorld(t)
	c.given(w)
	by = c.by
	if drawn, ok := w.ids[string(by.inspector)]; ok {
		by.inspector = domain.InspectorID(drawn)
	}
	return w, by, c.req(w)
}

// sealedPart refers to a text in the vault, by random names; a document's digest depends on nothing of it.
var sealedPart = regexp.MustCompile(`"served":\{[^}]*\}`)

// outcome is what came of a request: a fault, or the events and the refusals of rows.
type outcome struct {
	fault   string
	events  []string // stream, type and data; not their metadata, in which the digest of the request stands
	streams []string // their ids
	rows    []string // codes of refusals
}

func (o outcome) equal(p outcome) bool {
	return o.fault == p.fault && slices.Equal(o.events, p.events) && slices.Equal(o.rows, p.rows)
}

func (w *matrixWorld) outcome(by caller, key string, req proto.Message) (o outcome, resp proto.Message) {
	w.Helper()
	before := len(w.store.All())
	resp, err := w.send(by, key, req)
	if err != nil {
		if o.fault = faultOf(err); o.fault == "" || o.fault == "internal" {
			w.Errorf("%v: %v", methodOf(req).Name(), err)
		}
	}
	for _, r := range w.store.All()[before:] {
		data := sealedPart.ReplaceAll(r.Data, nil)
		o.events, o.streams = append(o.events, fmt.Sprintf("%s %s %s", r.Stream, r.Type, data)), append(o.streams, r.Stream.ID)
	}
	slices.Sort(o.events) // rows of a batch go at the same time
	if got, ok := resp.(interface {
		GetResults() []*mingjianv1.RowResult
	}); ok {
		for i, r := range got.GetResults() {
			for _, refusal := range r.GetRefusals() {
				o.rows = append(o.rows, fmt.Sprintf("%d %s", i, refusal.GetCode()))
			}
		}
	}
	return o, resp
}

// names demands that the answer names what was written: a record by its stream, a part of one by an id in the event.
func (o outcome) names(t *testing.T, resp proto.Message) {
	t.Helper()
	batch, ok := resp.(interface {
		GetResults() []*mingjianv1.RowResult
	})
	if id := receipt(resp).GetId(); !ok && (id == "" || !strings.Contains(strings.Join(o.events, "\n"), id)) {
		t.Errorf("the receipt names %q, the events are %v", id, o.events)
	}
	if !ok {
		return
	}
	for _, r := range batch.GetResults() {
		if !slices.ContainsFunc(o.streams, func(stream string) bool { return strings.HasPrefix(r.GetId(), stream) }) {
			t.Errorf("a row is told to be %q, the streams are %v", r.GetId(), o.streams)
		}
	}
}

// changes demands that each change of a request changes the events, or is refused for what it means: a refusal of its form
// alone tells nothing of what is done with the field. It returns the outcomes.
func (c writeCase) changes(t *testing.T) map[string]outcome {
	t.Helper()
	w, by, req := c.world(t)
	base, resp := w.outcome(by, "", req)
	if base.fault != "" || len(base.rows) > 0 || len(base.events) == 0 {
		t.Fatalf("the request is not accepted: %+v", base)
	}
	base.names(t, resp)
	out := map[string]outcome{}
	for _, e := range edits(t, req, c.alter) {
		w, by, req := c.world(t)
		got, _ := w.outcome(by, "", e.edited(req))
		name := e.path + " " + e.what
		out[name] = got
		why, apart := c.apart[e.path]
		switch {
		case strings.HasPrefix(got.fault, "request.") || slices.ContainsFunc(append(got.rows, got.fault), aboutForm):
			t.Errorf("%s: the changed value does not have the right form: %+v", name, got)
		case apart && !got.equal(base):
			t.Errorf("%s: shows after all, though %s", name, why)
		case !apart && got.equal(base):
			t.Errorf("%s: leaves no trace", name)
		}
	}
	return out
}

func aboutForm(code string) bool {
	return strings.HasSuffix(code, "date.form") || strings.HasSuffix(code, "subject_id.form")
}

// key demands that a request sent again under its key gets its first answer and leaves nothing new, and that another one under
// the same key is refused, whatever else might be said of it if it was accepted under a key of its own.
func (c writeCase) key(t *testing.T, fresh map[string]outcome) {
	t.Helper()
	w, by, req := c.world(t)
	_, resp := w.outcome(by, "k", req)
	first := proto.Clone(resp)
	receipt(first).Duplicate = true
	again, resp := w.outcome(by, "k", req)
	if again.fault != "" || len(again.events) > 0 || !proto.Equal(first, resp) {
		t.Errorf("sent again: %+v\nanswered %v\nat first %v", again, resp, first)
	}
	reused := 0
	for _, e := range edits(t, req, c.alter) {
		got, _ := w.outcome(by, "k", e.edited(req))
		before := fresh[e.path+" "+e.what]
		accepted := before.fault == "" && len(before.rows) == 0
		switch {
		case e.path == "after": // a position to wait for is no part of what is asked: the retry gets its first answer
			if got.fault != "" {
				t.Errorf("a later position under the same key: %+v", got)
			}
		case got.fault == "command.reused":
			reused++
		case accepted || got.fault == "" && len(got.rows) == 0:
			t.Errorf("another %s under the same key: %+v", e.path, got)
		}
		if len(got.events) > 0 {
			t.Errorf("another %s under the same key left %v", e.path, got.events)
		}
	}
	if reused == 0 {
		t.Error("no other request was found out")
	}
	_, err := w.send(by, "k", edits(t, req, c.alter)[0].edited(req))
	if got := status.Code(err); faultOf(err) == "command.reused" && got != codes.AlreadyExists {
		t.Errorf("a reused key is %v", got)
	}
}

func receipt(resp proto.Message) *mingjianv1.Receipt {
	return resp.(interface{ GetReceipt() *mingjianv1.Receipt }).GetReceipt()
}

// abroad sends the request as somebody of the same role in the other authority.
func (c writeCase) abroad(t *testing.T) {
	t.Helper()
	if c.open != "" {
		return
	}
	w, by, req := c.world(t)
	if c.creates {
		w.do(by, req)
	}
	by.authority, by.account = otherBureau, "stranger"
	before := len(w.store.All())
	resp, err := w.send(by, "", req)
	switch {
	case !c.rows && (status.Code(err) != codes.PermissionDenied || faultOf(err) != c.foreign):
		t.Errorf("another authority's %s: %v %s, want %s", by.role, status.Code(err), faultOf(err), c.foreign)
	case c.rows && err != nil:
		t.Errorf("another authority's %s: %v", by.role, err)
	case c.rows:
		for _, r := range resp.(interface {
			GetResults() []*mingjianv1.RowResult
		}).GetResults() {
			if len(r.GetRefusals()) == 0 || r.GetRefusals()[0].GetCode() != c.foreign {
				t.Errorf("another authority's row: %v, want %s", r, c.foreign)
			}
		}
	}
	if left := w.store.All()[before:]; len(left) > 0 {
		t.Errorf("another authority's %s left %v", by.role, left)
	}
}

// eachMethod visits the methods of all services of the API.
func eachMethod(visit func(protoreflect.MethodDescriptor)) {
	for _, name := range apiServices() {
		methods := name.Methods()
		for i := range methods.Len() {
			visit(methods.Get(i))
		}
	}
}
