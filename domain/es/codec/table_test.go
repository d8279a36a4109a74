package codec_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
)

type event interface {
	es.Event
	shape()
}

type drawn struct {
	Sides int    `json:"sides"`
	Name  string `json:"name"`
}

type erased struct{}

func (drawn) EventType() string  { return "mingjian.shape.drawn.v3" }
func (erased) EventType() string { return "mingjian.shape.erased.v1" }
func (drawn) shape()             {}
func (erased) shape()            {}

var errStep = errors.New("step")

// table has two old versions of drawn: v1 was a bare number, v2 had no name.
func table() codec.Table[event] {
	return codec.New(
		codec.Type[drawn, event](),
		codec.Type[erased, event](),
		codec.Upcast[event]("mingjian.shape.drawn.v1", "mingjian.shape.drawn.v2", func(b []byte) ([]byte, error) {
			if string(b) == "?" {
				return nil, errStep
			}
			return fmt.Appendf(nil, `{"sides":%s}`, b), nil
		}),
		codec.Upcast[event]("mingjian.shape.drawn.v2", "mingjian.shape.drawn.v3", func(b []byte) ([]byte, error) {
			fields, ok := bytes.CutSuffix(b, []byte("}"))
			if !ok {
				return nil, errStep
			}
			return fmt.Appendf(nil, `%s,"name":"unnamed"}`, fields), nil
		}),
		codec.Upcast[event]("mingjian.shape.lost.v1", "mingjian.shape.gone.v2", func(b []byte) ([]byte, error) { return b, nil }),
	)
}

func TestDecode(t *testing.T) {
	for name, c := range map[string]struct {
		typ, data string
		want      event
	}{
		"today's":        {"mingjian.shape.drawn.v3", `{"sides":3,"name":"t"}`, drawn{3, "t"}},
		"unknown fields": {"mingjian.shape.drawn.v3", `{"sides":3,"colour":"red"}`, drawn{3, ""}},
		"one step":       {"mingjian.shape.drawn.v2", `{"sides":4}`, drawn{4, "unnamed"}},
		"two steps":      {"mingjian.shape.drawn.v1", `5`, drawn{5, "unnamed"}},
		"no field":       {"mingjian.shape.erased.v1", `{}`, erased{}},
	} {
		if got, err := table().Decode(c.typ, []byte(c.data)); err != nil || got != c.want {
			t.Errorf("%s: %#v, %v", name, got, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for name, c := range map[string]struct{ typ, data, says string }{
		"an unknown type":             {"mingjian.shape.drawn.v4", `{}`, `"mingjian.shape.drawn.v4"`},
		"a type upcast to nothing":    {"mingjian.shape.lost.v1", `{}`, `"mingjian.shape.lost.v1"`},
		"bytes that are not JSON":     {"mingjian.shape.drawn.v3", `{`, "mingjian.shape.drawn.v3"},
		"a field of another type":     {"mingjian.shape.drawn.v3", `{"sides":"x"}`, "sides"},
		"what the first step refuses": {"mingjian.shape.drawn.v1", `?`, "mingjian.shape.drawn.v1"},
		"what a step made of it":      {"mingjian.shape.drawn.v1", `x`, "mingjian.shape.drawn.v1"},
	} {
		if e, err := table().Decode(c.typ, []byte(c.data)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %#v, %v", name, e, err)
		}
	}
	if _, err := table().Decode("mingjian.shape.drawn.v1", []byte("?")); !errors.Is(err, errStep) {
		t.Errorf("the step's error is lost: %v", err)
	}
}

func TestKnowsAndTypes(t *testing.T) {
	types := table().Types()
	if !slices.IsSorted(types) || len(types) != 5 {
		t.Fatalf("types %v", types)
	}
	for _, typ := range types {
		if !table().Knows(typ) {
			t.Errorf("doesn't know %s", typ)
		}
	}
	if table().Knows("mingjian.shape.drawn.v4") || table().Knows("") {
		t.Error("knows what is not in it")
	}
}

func TestToday(t *testing.T) {
	for typ, want := range map[string]string{
		"mingjian.shape.drawn.v1":  "mingjian.shape.drawn.v3",
		"mingjian.shape.drawn.v2":  "mingjian.shape.drawn.v3",
		"mingjian.shape.drawn.v3":  "mingjian.shape.drawn.v3",
		"mingjian.shape.erased.v1": "mingjian.shape.erased.v1",
		"mingjian.shape.drawn.v4":  "",
		"mingjian.shape.lost.v1":   "",
		"":                         "",
	} {
		if got := table().Today(typ); got != want {
			t.Errorf("%q is called %q today, want %q", typ, got, want)
		}
		if e, err := table().Decode(typ, []byte("0")); err == nil && e.EventType() != want {
			t.Errorf("%q decodes to %s, want %s", typ, e.EventType(), want)
		}
	}
}

func TestNewPanicsOnATypeGivenTwice(t *testing.T) {
	defer func() {
		if said, _ := recover().(string); !strings.Contains(said, "mingjian.shape.erased.v1") {
			t.Fatalf("said %q", said)
		}
	}()
	codec.New(codec.Type[erased, event](), codec.Type[erased, event]())
}

func FuzzDecode(f *testing.F) {
	for _, typ := range append(table().Types(), "") {
		f.Add(typ, []byte(`{"sides":1}`))
		f.Add(typ, []byte(""))
	}
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		if e, err := table().Decode(typ, data); (e == nil) == (err == nil) {
			t.Fatalf("%#v and %v", e, err)
		}
	})
}
