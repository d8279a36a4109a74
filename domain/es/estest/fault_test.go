package estest_test

import (
	"errors"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

func note(n string) es.Proposed {
	return es.Proposed{ID: es.DeriveID("test", n), Type: "mingjian.test.noted.v1", Data: []byte(`{}`), Meta: []byte(`{}`)}
}

func TestStoreFailsTheTestOfACallerWhoBreaksTheContract(t *testing.T) {
	s := es.Stream{Category: "tally", ID: "1"}
	for name, call := range map[string]func(*estest.Store) (es.Position, error){
		"no event":       func(st *estest.Store) (es.Position, error) { return st.Append(t.Context(), s, es.NoStream{}) },
		"no expectation": func(st *estest.Store) (es.Position, error) { return st.Append(t.Context(), s, nil, note("a")) },
		"no id": func(st *estest.Store) (es.Position, error) {
			return st.Append(t.Context(), s, es.NoStream{}, es.Proposed{Type: "x"})
		},
		"too large": func(st *estest.Store) (es.Position, error) {
			e := note("a")
			e.Data = make([]byte, es.MaxEvent+1)
			return st.Append(t.Context(), s, es.NoStream{}, e)
		},
	} {
		t.Run(name, func(t *testing.T) {
			fails(t, "contract broken by the caller", func(tb testing.TB) {
				if _, err := call(estest.NewStore(tb)); err == nil {
					t.Error("no error")
				}
			})
		})
	}
}

func TestStoreLiesAsTold(t *testing.T) {
	s := es.Stream{Category: "tally", ID: "1"}
	st := estest.NewStore(t)
	st.FailNotStored(1)
	st.FailStored(1)
	st.Pass(1)
	st.Conflict(2)
	try := func(want es.Expected, n string) error {
		_, err := st.Append(t.Context(), s, want, note(n))
		return err
	}
	if err := try(es.NoStream{}, "a"); !errors.Is(err, estest.ErrInjected) || len(st.All()) != 0 {
		t.Fatalf("failed, not stored: %v with %d records", err, len(st.All()))
	}
	if err := try(es.NoStream{}, "a"); !errors.Is(err, estest.ErrInjected) || len(st.All()) != 1 {
		t.Fatalf("failed, but stored: %v with %d records", err, len(st.All()))
	}
	if err := try(es.Exactly(0), "b"); err != nil {
		t.Fatalf("passed: %v", err)
	}
	for range 2 {
		if _, ok := errors.AsType[*es.ConflictError](try(es.Exactly(1), "c")); !ok || len(st.All()) != 2 {
			t.Fatal("no conflict, or stored")
		}
	}
	if err := try(es.Exactly(1), "c"); err != nil {
		t.Fatalf("after the faults: %v", err)
	}
	st.FailRead(1)
	for range 2 {
		for _, err := range st.Read(t.Context(), s, 0) {
			if err != nil && !errors.Is(err, estest.ErrInjected) {
				t.Fatal(err)
			}
		}
	}
}
