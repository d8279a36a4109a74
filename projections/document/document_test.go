package document_test

import (
	"bytes"
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
)

func message(n int) *structpb.Struct {
	s := &structpb.Struct{Fields: map[string]*structpb.Value{}}
	for i := range n {
		s.Fields[fmt.Sprintf("字段%d", i)] = structpb.NewStringValue(fmt.Sprint(i))
	}
	return s
}

func working(keys ...projections.Key) *projections.Rows {
	loaded := map[projections.Key]*projections.Row{}
	for _, k := range keys {
		loaded[k] = nil
	}
	rows := projections.NewRows(loaded)
	rows.Begin(es.At(7, 0), keys)
	return rows
}

func TestPutThenGet(t *testing.T) {
	rows := working(projections.Key{Table: "t", Key: "a"})
	row := projections.Row{Key: "a", Columns: []string{"x"}, Doc: []byte("old")}
	if err := document.Put(rows, "t", row, message(3)); err != nil {
		t.Fatal(err)
	}
	got := message(9)
	if found, err := document.Get(rows, "t", "a", got); !found || err != nil {
		t.Fatalf("Get = %v, %v", found, err)
	}
	if !proto.Equal(got, message(3)) {
		t.Errorf("got %v", got)
	}
	if string(row.Doc) != "old" {
		t.Error("Put wrote into the caller's row")
	}
}

func TestGetOfAbsentRowEmptiesTheMessage(t *testing.T) {
	got := message(2)
	found, err := document.Get(working(projections.Key{Table: "t", Key: "a"}), "t", "a", got)
	if found || err != nil || len(got.GetFields()) != 0 {
		t.Errorf("Get = %v, %v with %v", found, err, got)
	}
}

func TestGetRefusesWhatWasNotAskedFor(t *testing.T) {
	if _, err := document.Get(working(), "t", "a", message(0)); err == nil {
		t.Error("a row that was not asked for was given")
	}
}

func TestGetRefusesBrokenBytes(t *testing.T) {
	rows := working(projections.Key{Table: "t", Key: "a"})
	rows.Put("t", projections.Row{Key: "a", Doc: []byte{0xff}})
	if _, err := document.Get(rows, "t", "a", message(0)); err == nil {
		t.Error("broken bytes were decoded")
	}
}

func TestSameMessageSameBytes(t *testing.T) {
	var first []byte
	for i := range 50 {
		rows := working(projections.Key{Table: "t", Key: "a"})
		if err := document.Put(rows, "t", projections.Row{Key: "a"}, message(20)); err != nil {
			t.Fatal(err)
		}
		row, err := rows.Get("t", "a")
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = row.Doc
		} else if !bytes.Equal(first, row.Doc) {
			t.Fatal("the same message gave other bytes")
		}
	}
}
