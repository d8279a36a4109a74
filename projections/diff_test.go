package projections_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/projections"
)

// dumped is a target that dumps rows "table/key=doc", and breaks off with an error at "!".
type dumped struct {
	projections.Target
	rows []string
}

func (d dumped) Dump(context.Context) iter.Seq2[projections.Entry, error] {
	return func(yield func(projections.Entry, error) bool) {
		for _, r := range d.rows {
			if r == "!" {
				yield(projections.Entry{}, errOddMember)
				return
			}
			name, doc, _ := strings.Cut(r, "=")
			table, key, _ := strings.Cut(name, "/")
			if !yield(projections.Entry{Table: table, Row: projections.Row{Key: key, Doc: []byte(doc)}}, nil) {
				return
			}
		}
	}
}

func TestDiffTellsEveryDifference(t *testing.T) {
	a := dumped{rows: []string{"t/a=1", "t/b=1", "t/d=1", "u/a=1"}}
	b := dumped{rows: []string{"s/z=1", "t/a=1", "t/b=2", "t/c=1", "u/a=1", "u/b=1"}}
	var got []string
	for d, err := range projections.Diff(t.Context(), a, b) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s/%s %v %v", d.Key.Table, d.Key.Key, d.A != nil, d.B != nil))
	}
	want := "s/z false true, t/b true true, t/c false true, t/d true false, u/b false true"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	for _, err := range projections.Diff(t.Context(), a, b) {
		if err != nil {
			t.Error(err)
		}
		break // whoever has seen enough may stop
	}
}

func TestDiffPassesErrorsOn(t *testing.T) {
	whole, broken := dumped{rows: []string{"t/a=1", "t/b=1"}}, dumped{rows: []string{"t/a=1", "!"}}
	for _, pair := range [][2]dumped{{whole, broken}, {broken, whole}} {
		var last error
		for _, err := range projections.Diff(t.Context(), pair[0], pair[1]) {
			last = err
		}
		if !errors.Is(last, errOddMember) {
			t.Errorf("Diff ended with %v", last)
		}
	}
}
