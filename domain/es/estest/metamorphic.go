package estest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Metamorphic runs drawn operation logs over a store and over the fake, and compares every answer and the histories that
// come of it. A failure prints the seed and the smallest log that rapid finds; positions are compared by their order.
func Metamorphic(t *testing.T, open Factory, f Features) {
	subject := open(t)
	rapid.Check(t, func(rt *rapid.T) {
		model := NewStore(nil)
		if f.PerStream {
			model.KnowIDsPerStream()
		}
		m := &machine{
			ctx: t.Context(), features: f, subject: subject, model: model,
			ns: fmt.Sprintf("m%x", rand.Uint64()), twins: map[es.Position]es.Position{},
		}
		start, err := subject.Log.Head(m.ctx)
		if err != nil {
			rt.Fatalf("head: %v", err)
		}
		m.start = start
		actions := map[string]func(*rapid.T){
			"append": m.append, "again": m.again, "read": m.read, "follow": m.follow, "": func(*rapid.T) {},
		}
		if !f.Volatile {
			actions["reopen"] = m.reopen
		}
		rt.Repeat(actions)
		m.follow(rt)
	})
}

type machine struct {
	ctx      context.Context
	features Features
	subject  *Subject
	model    *Store
	ns       string
	n        int
	past     []attempt
	start    es.Position
	twins    map[es.Position]es.Position // from the model's positions to the subject's
}

type attempt struct {
	stream es.Stream
	want   es.Expected
	events []es.Proposed
}

func (m *machine) stream(t *rapid.T) es.Stream {
	return es.Stream{Category: m.ns, ID: rapid.SampledFrom([]string{"a", "b", "c-1"}).Draw(t, "stream")}
}

func (m *machine) want(t *rapid.T, s es.Stream) es.Expected {
	length := len(m.model.streams[s])
	if off := rapid.SampledFrom([]int{0, 0, 0, 0, -1, 1, 5}).Draw(t, "off"); length+off > 0 {
		return es.Exactly(length + off - 1)
	}
	return es.NoStream{}
}

// append tries fresh events, mostly with the expectation that holds.
func (m *machine) append(t *rapid.T) {
	s := m.stream(t)
	a := attempt{stream: s, want: m.want(t, s)}
	for range rapid.IntRange(1, 4).Draw(t, "events") {
		m.n++
		a.events = append(a.events, event(m.ns, m.n, rapid.IntRange(0, 900).Draw(t, "size")))
	}
	m.past = append(m.past, a)
	m.try(t, a)
}

// again repeats an earlier attempt, as it was or with a change.
func (m *machine) again(t *rapid.T) {
	if len(m.past) == 0 {
		t.Skip("nothing to repeat")
	}
	a := rapid.SampledFrom(m.past).Draw(t, "attempt")
	a.events = slices.Clone(a.events)
	i := rapid.IntRange(0, len(a.events)-1).Draw(t, "event")
	switch rapid.SampledFrom([]string{"same", "same", "data", "type", "meta", "stream", "want", "drop", "turn", "join"}).Draw(t, "change") {
	case "data":
		a.events[i].Data = append([]byte("x"), a.events[i].Data...)
	case "type":
		a.events[i].Type += "x"
	case "meta":
		a.events[i].Meta = nil
	case "stream":
		a.stream = m.stream(t)
	case "want":
		a.want = m.want(t, a.stream)
	case "drop":
		if a.events = slices.Delete(a.events, i, i+1); len(a.events) == 0 {
			t.Skip("nothing left")
		}
	case "turn":
		slices.Reverse(a.events)
	case "join":
		a.events = append(a.events, rapid.SampledFrom(m.past).Draw(t, "joined").events...)
	}
	m.try(t, a)
}

func (m *machine) try(t *rapid.T, a attempt) {
	want, wantErr := m.model.Append(m.ctx, a.stream, a.want, a.events...)
	got, gotErr := m.subject.Log.Append(m.ctx, a.stream, a.want, a.events...)
	if class(wantErr) != class(gotErr) {
		t.Fatalf("append of %d to %s expecting %T(%v): got %v, the fake says %v",
			len(a.events), a.stream, a.want, a.want, gotErr, wantErr)
	}
	if wantErr != nil {
		return
	}
	if twin, known := m.twins[want]; known && twin != got {
		t.Fatalf("the retry answered %s, at first it was %s", got, twin)
	}
	m.twins[want] = got
}

func class(err error) string {
	_, conflict := errors.AsType[*es.ConflictError](err)
	_, reused := errors.AsType[*es.ReusedError](err)
	switch {
	case err == nil:
		return "stored"
	case conflict:
		return "conflict"
	case reused:
		return "reused"
	default:
		return "failed"
	}
}

func (m *machine) read(t *rapid.T) {
	s, from := m.stream(t), es.Revision(rapid.IntRange(0, 12).Draw(t, "from"))
	want, err := collect(m.ctx, m.model, s, from)
	if err != nil {
		t.Fatalf("read the fake: %v", err)
	}
	got, err := collect(m.ctx, m.subject.Log, s, from)
	if err != nil {
		t.Fatalf("read %s from %d: %v", s, from, err)
	}
	same(t, want, got)
}

// follow reads the model and the subject from one place in the log to its end.
func (m *machine) follow(t *rapid.T) {
	from := rapid.SampledFrom(append([]es.Position{{}}, m.known()...)).Draw(t, "after")
	after := m.start
	if from != (es.Position{}) {
		after = m.twins[from]
	}
	same(t, m.drain(t, m.model, from), m.drain(t, m.subject.Log, after))
}

// known are the model's positions with a known twin, ascending.
func (m *machine) known() (out []es.Position) {
	for p := range m.twins {
		out = append(out, p)
	}
	slices.SortFunc(out, es.Position.Compare)
	return out
}

func (m *machine) drain(t *rapid.T, log es.Source, after es.Position) (out []es.Record) {
	for batch, err := range log.Follow(m.ctx, after) {
		if err != nil {
			t.Fatalf("follow after %s: %v", after, err)
		}
		for _, r := range batch.Records {
			if r.Stream.Category == m.ns {
				out = append(out, r)
			}
		}
		if batch.CaughtUp {
			break
		}
	}
	return out
}

func (m *machine) reopen(*rapid.T) { m.subject.Log = m.subject.Reopen() }

// same compares records without their positions, which each log numbers as it likes.
func same(t *rapid.T, want, got []es.Record) {
	for _, records := range [][]es.Record{want, got} {
		if !slices.IsSortedFunc(records, func(a, b es.Record) int { return a.Position.Compare(b.Position) }) {
			t.Fatalf("positions don't ascend: %v", records)
		}
		for i := range records {
			records[i].Position = es.Position{}
		}
	}
	if d := diff(want, got); d != "" {
		t.Fatalf("histories differ (-fake +store):\n%s", d)
	}
}
