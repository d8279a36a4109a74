package estest

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

var update = flag.Bool("update", false, "add missing golden files; existing ones never change")

// Coding is what Golden needs of an aggregate's codec table.
type Coding[E es.Event] interface {
	Decode(typ string, data []byte) (E, error)
	Types() []string
}

// Golden holds stored events to their files in dir (usually testdata/events): one file <type>.json per example, and
// <type>~2.json and so on for further examples of a type.
//
// It fails when an example encodes to other bytes than its file, when a file decodes to another event than its example,
// when a type of the table has no file, when a field of an event type is blank in all examples, and when a file's type is
// unknown to the table. An old type (one that is upcast) has no example: its file stays from when it was written, and
// <type>.now.json holds what it is upcast to. With -update missing files are added; one that exists is never changed.
func Golden[E es.Event](t testing.TB, dir string, table Coding[E], examples ...E) {
	t.Helper()
	byType := map[string][]E{}
	for _, e := range examples {
		typ := e.EventType()
		byType[typ] = append(byType[typ], e)
		name := typ
		if n := len(byType[typ]); n > 1 {
			name += "~" + strconv.Itoa(n)
		}
		if err := example(filepath.Join(dir, name+".json"), table, e); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for typ, of := range byType {
		for _, path := range blank(of) {
			t.Errorf("%s: no example sets %s, so no golden guards its tag", typ, path)
		}
	}
	for _, typ := range table.Types() {
		if byType[typ] != nil {
			continue
		}
		if err := old(dir, typ, table, byType); err != nil {
			t.Errorf("%s: %v", typ, err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if err := stranger(f, table.Types(), byType); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func example[E es.Event](file string, table Coding[E], e E) error {
	data, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	if err := pin(file, data); err != nil {
		return fmt.Errorf("write a new version instead: %w", err)
	}
	back, err := table.Decode(e.EventType(), data)
	if err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	if diff := cmp.Diff(e, back, exact, cmpopts.EquateEmpty()); diff != "" {
		return fmt.Errorf("the golden decodes to another event (-example +decoded):\n%s", diff)
	}
	return nil
}

// old checks a type that nothing writes any more.
func old[E es.Event](dir, typ string, table Coding[E], byType map[string][]E) error {
	data, err := os.ReadFile(filepath.Join(dir, typ+".json"))
	if err != nil {
		return fmt.Errorf("neither an example nor a golden from when it was written: %w", err)
	}
	e, err := table.Decode(typ, bytes.TrimSuffix(data, []byte("\n")))
	if err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	if byType[e.EventType()] == nil {
		return fmt.Errorf("upcast to %s, which has no example", e.EventType())
	}
	now, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	if err := pin(filepath.Join(dir, typ+".now.json"), now); err != nil {
		return fmt.Errorf("upcast to something else than before: %w", err)
	}
	return nil
}

// pin holds data to a golden, which it adds when -update is given and it is missing.
func pin(file string, data []byte) error {
	golden, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) && *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return os.WriteFile(file, append(bytes.Clone(data), '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("golden (add it with -update): %w", err)
	}
	if golden = bytes.TrimSuffix(golden, []byte("\n")); !bytes.Equal(golden, data) {
		return fmt.Errorf("the stored form changed\nstored  %s\nencoded %s", golden, data)
	}
	return nil
}

// stranger tells why a file belongs to no type and no example.
func stranger[E es.Event](file string, types []string, byType map[string][]E) error {
	name, isJSON := strings.CutSuffix(filepath.Base(file), ".json")
	typ, isNow := strings.CutSuffix(name, ".now")
	typ, nth, many := strings.Cut(typ, "~")
	n, err := strconv.Atoi(nth)
	switch {
	case !isJSON || !slices.Contains(types, typ):
		return errors.New("a golden without a known decoding")
	case isNow && byType[typ] != nil:
		return errors.New("the type is still written")
	case many && (err != nil || n < 2 || n > len(byType[typ])):
		return errors.New("a golden without its example")
	}
	return nil
}
