package gateway_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/enterprise"
)

// TestReadyBytesEndWithARebuild has a rebuild that makes another text of the same events: the record stands where it stood.
func TestReadyBytesEndWithARebuild(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.enrol(huimin, "惠民")
	w.settle()
	for range 2 { // from the second on they are ready
		if a := w.get(record); a.status != http.StatusOK || !strings.Contains(a.body, "惠民") {
			t.Fatalf("before: %d %s", a.status, a.body)
		}
	}

	p := enterprise.Projection()
	before := p.Project
	p.Project = func(rec es.Record) (projections.Change, error) {
		rec.Data = bytes.ReplaceAll(rec.Data, []byte("惠民"), []byte("慧民"))
		return before(rec)
	}
	shadow, err := w.views.Shadow(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	at, err := w.views.Checkpoint(t.Context(), p.Name)
	if err != nil {
		t.Fatal(err)
	}
	for batch, err := range w.store.Follow(t.Context(), es.Position{}) {
		if err == nil {
			err = projections.Apply(t.Context(), p, shadow, es.Position{}, batch)
		}
		if err != nil {
			t.Fatal(err)
		}
		break // all of it: the log is short
	}
	if err := w.views.Switch(t.Context(), p, at, shadow); err != nil {
		t.Fatal(err)
	}
	if a := w.get(record); a.status != http.StatusOK || !strings.Contains(a.body, "慧民") {
		t.Errorf("after: %d %s", a.status, a.body)
	}
}
