package document_test

import (
	"context"
	"errors"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
)

// shelf is a Reader over rows, or one that fails.
type shelf struct {
	projections.Reader
	rows []projections.Row
	err  error
}

func (s shelf) Get(_ context.Context, _, key string) (*projections.Row, error) {
	for _, row := range s.rows {
		if row.Key == key {
			return &row, s.err
		}
	}
	return nil, s.err
}

func (s shelf) List(context.Context, projections.Query) (projections.Page, error) {
	return projections.Page{Rows: s.rows, Next: "more"}, s.err
}

func blank() *structpb.Struct { return &structpb.Struct{} }

func stored(t *testing.T, key string, n int) projections.Row {
	t.Helper()
	doc, err := proto.Marshal(message(n))
	if err != nil {
		t.Fatal(err)
	}
	return projections.Row{Key: key, Doc: doc}
}

func TestFind(t *testing.T) {
	s := shelf{rows: []projections.Row{stored(t, "a", 3), {Key: "broken", Doc: []byte{0xff}}}}
	if got, err := document.Find(t.Context(), s, "t", "a", blank()); err != nil || !proto.Equal(got, message(3)) {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := document.Find(t.Context(), s, "t", "b", blank()); err != nil || got != nil {
		t.Errorf("an absent row: %v, %v", got, err)
	}
	if _, err := document.Find(t.Context(), s, "t", "broken", blank()); err == nil {
		t.Error("broken bytes were decoded")
	}
	lost := errors.New("lost")
	if got, err := document.Find(t.Context(), shelf{err: lost}, "t", "a", blank()); !errors.Is(err, lost) || got != nil {
		t.Errorf("a reader that fails: %v, %v", got, err)
	}
}

func TestList(t *testing.T) {
	s := shelf{rows: []projections.Row{stored(t, "a", 3), stored(t, "b", 4)}}
	list, next, err := document.List(t.Context(), s, projections.Query{Table: "t"}, blank)
	if err != nil || next != "more" || len(list) != 2 || !proto.Equal(list[1], message(4)) {
		t.Errorf("%v, %q, %v", list, next, err)
	}
	s.rows[1].Doc = []byte{0xff}
	if _, _, err := document.List(t.Context(), s, projections.Query{Table: "t"}, blank); err == nil {
		t.Error("broken bytes were decoded")
	}
	lost := errors.New("lost")
	if _, _, err := document.List(t.Context(), shelf{err: lost}, projections.Query{Table: "t"}, blank); !errors.Is(err, lost) {
		t.Errorf("a reader that fails: %v", err)
	}
}
