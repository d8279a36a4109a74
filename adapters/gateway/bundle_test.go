package gateway_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// lines stores a list of n lines, enough for several pieces of a bundle.
func (w *world) lines(n int) string {
	w.Helper()
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "{\"id\":\"9132010578068%05d\",\"stratum\":\"甲类<&>\"}\n", i)
	}
	digest, _, err := w.blobs.Put(w.Context(), &b)
	if err != nil {
		w.Fatal(err)
	}
	return digest
}

func (w *world) draw(id, selection string) {
	w.Helper()
	list := w.lines(20_000)
	w.append(draw.Decider.Category, id,
		draw.Frozen{
			Draw: id, Task: "t", Plan: "p", Authority: bureau, Number: 1, WindowEnd: calendar.MustParse("2026-12-31"),
			Subjects: draw.Pool{Digest: list, Count: 20_000}, Inspectors: draw.Pool{Digest: w.lines(3)}, Conflicts: draw.Pool{Digest: w.lines(0)},
		},
		draw.TermsFixed{Beacon: &sortition.BeaconTerms{Name: "drand-quicknet"}, FixedAt: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)},
		draw.BeaconRecorded{Value: sortition.Bytes{1, 2}})
	if selection != "" {
		w.append(draw.Decider.Category, id, draw.Drawn{Selection: draw.List{Digest: selection}})
	}
}

func TestBundleIsTheDocumentItself(t *testing.T) {
	w := open(t)
	w.draw("t-1", w.lines(500))
	w.settle()
	a := w.get("/v1/public/draws/t-1/bundle")
	state, err := es.Load(t.Context(), w.store, draw.Decider, "t-1")
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := draw.WriteBundle(t.Context(), &want, w.blobs, state.State); err != nil {
		t.Fatal(err)
	}
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "application/json" || a.body != want.String() || !json.Valid([]byte(a.body)) {
		t.Errorf("%d, %s, %d bytes of %d", a.status, a.header.Get("Content-Type"), len(a.body), want.Len())
	}
	if want.Len() < 1<<20 {
		t.Errorf("a bundle of %d bytes fits into few pieces", want.Len())
	}
}

func TestBundleBeforeTheDraw(t *testing.T) {
	w := open(t)
	w.draw("t-1", "")
	w.settle()
	a := w.get("/v1/public/draws/t-1/bundle")
	if p := a.problem(t); a.status != http.StatusUnprocessableEntity || p.Code != "draw.bundle.undrawn" {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestBundleThatBreaksOffIsNoDocument loses the last list: what was sent by then must not pass for the whole.
func TestBundleThatBreaksOffIsNoDocument(t *testing.T) {
	w := open(t)
	w.draw("t-1", strings.Repeat("0", 64))
	w.settle()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/v1/public/draws/t-1/bundle", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if b, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("%d bytes came as if they were all", len(b))
	}
}

func TestDrawsOverREST(t *testing.T) {
	w := open(t)
	w.draw("t-1", w.lines(5))
	w.settle()
	for path, want := range map[string]string{
		"/v1/public/draws":              `"t-1"`,
		"/v1/public/draws?task_id=t":    `"drawn"`,
		"/v1/public/draws/t-1":          `"drand-quicknet"`,
		"/v1/public/draws/t-1/subjects": `"subjects":[]`,
		"/v1/public/statistics":         `"draws_by_state"`,
	} {
		if a := w.get(path); a.status != http.StatusOK || !strings.Contains(strings.ReplaceAll(a.body, " ", ""), want) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}
