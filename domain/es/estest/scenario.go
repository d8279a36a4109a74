package estest

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Scenario tests one decision: Scenario[S, C, E]{Decider}.Given(history...).When(command).Then(t, events...).
type Scenario[S, C any, E es.Event] struct{ Decider es.Decider[S, C, E] }

// Of is Scenario with its types inferred.
func Of[S, C any, E es.Event](d es.Decider[S, C, E]) Scenario[S, C, E] {
	return Scenario[S, C, E]{d}
}

// Story is a scenario with a history.
type Story[S, C any, E es.Event] struct {
	decider es.Decider[S, C, E]
	state   S
}

// Given folds a history.
func (s Scenario[S, C, E]) Given(history ...E) Story[S, C, E] {
	st := Story[S, C, E]{s.Decider, s.Decider.Initial}
	for _, e := range history {
		st.state = s.Decider.Evolve(st.state, e)
	}
	return st
}

// When decides without a history.
func (s Scenario[S, C, E]) When(cmd C) Outcome[S, C, E] { return s.Given().When(cmd) }

// When decides.
func (s Story[S, C, E]) When(cmd C) Outcome[S, C, E] {
	events, err := s.decider.Decide(s.state, cmd)
	return Outcome[S, C, E]{s.decider, events, err}
}

// Outcome is what a decision led to.
type Outcome[S, C any, E es.Event] struct {
	decider es.Decider[S, C, E]
	events  []E
	err     error
}

// Then demands exactly these events, and that each survives being stored and decoded.
func (o Outcome[S, C, E]) Then(t testing.TB, want ...E) {
	t.Helper()
	if o.err != nil {
		t.Fatalf("decided an error, want %d events: %v", len(want), o.err)
	}
	if diff := cmp.Diff(want, o.events, exact, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("decided other events (-want +got):\n%s", diff)
	}
	for _, e := range o.events {
		data, err := json.Marshal(e)
		if err != nil {
			t.Fatalf("%s can't be stored: %v", e.EventType(), err)
		}
		back, err := o.decider.Decode(e.EventType(), data)
		if err != nil {
			t.Fatalf("%s can't be decoded after storing: %v", e.EventType(), err)
		}
		if diff := cmp.Diff(e, back, exact, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s is another after storing (-decided +decoded):\n%s", e.EventType(), diff)
		}
	}
}

// ThenNothing demands that the intent already held.
func (o Outcome[S, C, E]) ThenNothing(t testing.TB) {
	t.Helper()
	o.Then(t)
}

// ThenError demands an error that passes the check, and no event.
func (o Outcome[S, C, E]) ThenError(t testing.TB, check func(error) bool) {
	t.Helper()
	switch {
	case o.err == nil:
		t.Fatalf("decided %d events, want an error", len(o.events))
	case len(o.events) > 0:
		t.Fatalf("decided %d events beside the error %v", len(o.events), o.err)
	case !check(o.err):
		t.Fatalf("decided another error: %v", o.err)
	}
}

// exact lets cmp look into value types with unexported fields; their Equal methods still come first.
var exact = cmp.Exporter(func(reflect.Type) bool { return true })
