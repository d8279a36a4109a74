package estest_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

var examples = []event{
	opened{Limit: 10, Labels: []string{"first", "第二"}}, counted{By: 3, Note: "n"}, counted{By: 4},
}

// written makes a folder of goldens as -update would, with the old type's file from when it was written.
func written(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "events")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "mingjian.tally.counted.v1.json", "7\n")
	updating(t, true)
	passes(t, func(t testing.TB) { estest.Golden(t, dir, table, examples...) })
	updating(t, false)
	return dir
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func updating(t *testing.T, on bool) {
	t.Helper()
	value := map[bool]string{true: "true", false: "false"}[on]
	if err := flag.Set("update", value); err != nil {
		t.Fatal(err)
	}
}

func TestGoldenAddsAndHolds(t *testing.T) {
	dir := written(t)
	for name, want := range map[string]string{
		"mingjian.tally.opened.v1.json":      `{"limit":10,"labels":["first","第二"]}`,
		"mingjian.tally.counted.v2.json":     `{"by":3,"note":"n"}`,
		"mingjian.tally.counted.v2~2.json":   `{"by":4}`,
		"mingjian.tally.counted.v1.now.json": `{"by":7}`,
	} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want+"\n" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	passes(t, func(t testing.TB) { estest.Golden(t, dir, table, examples...) })
}

func TestGoldenFails(t *testing.T) {
	golden := func(dir string, of ...event) func(testing.TB) {
		return func(t testing.TB) { estest.Golden(t, dir, table, of...) }
	}
	t.Run("for a changed form, also with -update", func(t *testing.T) {
		dir := written(t)
		put(t, dir, "mingjian.tally.counted.v2.json", `{"sum":3,"note":"n"}`)
		fails(t, "the stored form changed", golden(dir, examples...))
		updating(t, true)
		fails(t, "the stored form changed", golden(dir, examples...))
		updating(t, false)
	})
	t.Run("for a missing file", func(t *testing.T) {
		fails(t, "add it with -update", golden(t.TempDir(), examples...))
	})
	t.Run("for a type without an example", func(t *testing.T) {
		fails(t, "neither an example nor a golden", golden(t.TempDir(), examples[1:]...))
	})
	t.Run("for a field that no example sets", func(t *testing.T) {
		fails(t, "no example sets .Note", golden(written(t), examples[0], examples[2]))
	})
	t.Run("for an unknown type", func(t *testing.T) {
		dir := written(t)
		put(t, dir, "mingjian.tally.gone.v1.json", "{}")
		fails(t, "without a known decoding", golden(dir, examples...))
	})
	t.Run("for a file without its example", func(t *testing.T) {
		fails(t, "without its example", golden(written(t), examples[:2]...))
	})
	t.Run("for an old type that is upcast differently", func(t *testing.T) {
		dir := written(t)
		put(t, dir, "mingjian.tally.counted.v1.now.json", `{"by":8}`)
		fails(t, "upcast to something else", golden(dir, examples...))
	})
	t.Run("for an old type that doesn't decode", func(t *testing.T) {
		dir := written(t)
		put(t, dir, "mingjian.tally.counted.v1.json", `,`)
		fails(t, "decode", golden(dir, examples...))
	})
	t.Run("for an event that decodes to another", func(t *testing.T) {
		lossy := append([]event{counted{By: 5, inner: 1}}, examples[0])
		updating(t, true)
		defer updating(t, false)
		fails(t, "decodes to another event", golden(t.TempDir(), lossy...))
	})
}

func TestFold(t *testing.T) {
	if err := flag.Set("rapid.nofailfile", "true"); err != nil {
		t.Fatal(err)
	}
	passes(t, func(t testing.TB) { estest.Fold(t, tally, examples...) })
	fails(t, "no example", func(t testing.TB) { estest.Fold(t, tally) })

	panics := tally
	panics.Evolve = func(s state, e event) state {
		if _, ok := e.(opened); ok && s.sum > 0 {
			panic("opened late")
		}
		return tally.Evolve(s, e)
	}
	fails(t, "opened late", func(t testing.TB) { estest.Fold(t, panics, examples...) })

	n := 0
	grows := tally
	grows.Evolve = func(s state, e event) state { n++; return state{sum: n} }
	fails(t, "another state", func(t testing.TB) { estest.Fold(t, grows, examples...) })

	shared := es.Decider[map[string]int, count, event]{
		Initial: map[string]int{},
		Evolve:  func(s map[string]int, e event) map[string]int { s[e.EventType()]++; return s },
	}
	fails(t, "changed Initial", func(t testing.TB) { estest.Fold(t, shared, examples...) })

	writes := tally
	writes.Evolve = func(s state, e event) state {
		if o, ok := e.(opened); ok {
			o.Labels[0] = "changed"
		}
		return s
	}
	fails(t, "changed the events", func(t testing.TB) { estest.Fold[state, count, event](t, writes, opened{Labels: []string{"a"}}) })
}
