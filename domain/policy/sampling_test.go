package policy_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
)

// sampled records a campaign and n results, of which the first failed, and gives their ids.
func (w *world) sampled(n int) (ids []string) {
	w.Helper()
	day := calendar.MustParse
	w.add(sampling.Category, "c1", sampling.Opened{Sampling: "c1", Authority: bureau, AuthorityName: "西藏局", Kind: sampling.Food, Year: 2026, Title: "抽检", By: "zhao"})
	for i := range n {
		s := sampling.Sample{
			Product: "韭菜", Stage: sampling.Circulation, BatchesDrawn: 1, Laboratory: sampling.Tester{Name: "甲院"}, SampledFrom: sampling.Party{Name: "乙店"},
			SampledOn: day("2026-01-12"), ReportNo: fmt.Sprint("SP", i), ReportedOn: day("2026-01-30"),
		}
		if i == 0 {
			s.BatchesFailing, s.Failures = 1, []sampling.Failure{{Item: "镉", Measured: "1", Limit: "0", Standard: "GB 2762"}}
		}
		id := sampling.ResultID("c1", s)
		w.add(sampling.ResultCategory, id, sampling.ResultRecorded{
			Result: id, Sampling: "c1", Kind: sampling.Food, Authority: bureau, AuthorityName: "西藏局", Sample: s, By: "wang",
		})
		ids = append(ids, id)
	}
	return ids
}

// publish draws the list of all results up and records that it was published.
func (w *world) publishSampled(version int, ids []string) sampling.List {
	w.Helper()
	var out bytes.Buffer
	l := sampling.NewListing(&out)
	ids = slices.Sorted(slices.Values(ids))
	for _, id := range ids {
		if err := l.Add(stateOf(w, sampling.Results, id)); err != nil {
			w.Fatal(err)
		}
	}
	if _, _, err := w.blobs.Put(w.Context(), &out); err != nil {
		w.Fatal(err)
	}
	list, totals, _ := l.Sum()
	w.add(sampling.Category, "c1", sampling.ResultsPublished{
		Version: version, DocumentNo: fmt.Sprint(version, "号"), PublishedOn: calendar.MustParse("2026-03-01"), List: list, Totals: totals, By: "sun",
	})
	return list
}

func TestPublishedResultsAreShown(t *testing.T) {
	w := newWorld(t)
	ids := w.sampled(40)
	w.publishSampled(1, ids)
	w.react()
	for _, id := range ids {
		r := stateOf(w, sampling.Results, id)
		if _, digest, err := r.Document().Encode(); err != nil || r.Version != 1 || r.Digest != digest || r.Stale {
			t.Errorf("%s: %+v, %v", id, r, err)
		}
	}
	n := len(w.store.All())
	w.done = 0
	w.react()
	if len(w.store.All()) != n || len(w.refused) > 0 {
		t.Errorf("reacting again led to %d more events, %v refused", len(w.store.All())-n, w.refused)
	}
	w.add(sampling.ResultCategory, ids[0], sampling.ResultAnnulled{Reason: "程序违法", By: "li"})
	w.publishSampled(2, ids)
	w.react()
	if got := len(w.store.All()) - n; got != 3 { // the annulment, the publication, and what it changed
		t.Errorf("a version with one change led to %d events", got)
	}
	if r := stateOf(w, sampling.Results, ids[0]); r.Version != 2 || r.Stale {
		t.Errorf("%+v", r)
	}
	last := w.store.All()[len(w.store.All())-1]
	if m, err := last.Metadata(); err != nil || m.Actor != "policy" || m.Authority != string(bureau) {
		t.Errorf("%+v, %v", m, err)
	}
}

// TestALostResponseShowsOnce lets the store lie in the midst of a publication.
func TestALostResponseShowsOnce(t *testing.T) {
	w := newWorld(t)
	ids := w.sampled(20)
	w.publishSampled(1, ids)
	w.store.Pass(3)
	w.store.FailStored(2)
	w.store.FailNotStored(2)
	w.react()
	for _, id := range ids {
		if r, ok := w.last(es.Stream{Category: sampling.ResultCategory, ID: id}); !ok || r != 1 || stateOf(w, sampling.Results, id).Version != 1 {
			t.Errorf("%s is at %d", id, r)
		}
	}
}

// TestABrokenListShowsNothing: not a line of a list counts before its last byte has been found right.
func TestABrokenListShowsNothing(t *testing.T) {
	w := newWorld(t)
	ids := w.sampled(3)
	list := w.publishSampled(1, ids)
	w.blobs.Corrupt(list.Digest, []byte("x"))
	if err := w.reactions().Handle(t.Context(), w.store.All()[len(w.store.All())-1]); err == nil || !strings.Contains(err.Error(), list.Digest) {
		t.Error(err)
	}
	for _, id := range ids {
		if r := stateOf(w, sampling.Results, id); r.Version != 0 {
			t.Errorf("%+v", r)
		}
	}
	if err := w.reactions().Handle(t.Context(), w.store.All()[1]); err != nil {
		t.Errorf("a campaign that opens leads to %v", err)
	}
}
