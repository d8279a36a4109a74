package policy_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/policy"
)

// TestReactingTwiceIsReactingOnce handles each record again and again, with a store that says "failed" and stored all the
// same, or says so and did not.
func TestReactingTwiceIsReactingOnce(t *testing.T) {
	t.Parallel()
	play := func(w *world, before func()) []es.Record {
		s := w.drawn()
		before()
		w.react()
		before()
		id := drawID + ":" + w.selected(s)[1].Subject
		w.conclude(id, inspection.ProblemPending)
		before()
		w.react()
		out := w.selected(s)[0].Subject
		next, err := draw.Next(w.Context(), w.blobs, s, out, draw.MovedOut)
		if err != nil {
			w.Fatal(err)
		}
		w.add("draw", drawID, draw.Replaced{Number: 1, SubjectOut: out, Reason: draw.MovedOut, ReplacedBy: next.ReplacedBy})
		before()
		w.react()
		return w.store.All()
	}
	calm := newWorld(t)
	want := play(calm, func() {})
	faults := map[string]func(*world) func(){
		"stored":     func(w *world) func() { return func() { w.store.FailStored(1) } },
		"not stored": func(w *world) func() { return func() { w.store.FailNotStored(1) } },
		"conflict":   func(w *world) func() { return func() { w.store.Conflict(1) } },
		"unread":     func(w *world) func() { return func() { w.store.FailRead(5) } },
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			told := fault(w)
			n := 0
			got := play(w, func() {
				if n++; n != 2 { // the second time the test itself writes next
					told()
				}
			})
			for range 2 {
				for _, rec := range w.store.All() {
					if err := w.reactions().Handle(t.Context(), rec); err != nil {
						t.Fatal(err)
					}
				}
			}
			if now := len(w.store.All()); now != len(got) || len(got) != len(want) {
				t.Errorf("%d records, after handling all again %d, want %d", len(got), now, len(want))
			}
			if diff := cmp.Diff(idsOf(want), idsOf(got)); diff != "" {
				t.Errorf("other events (-calm +troubled):\n%s", diff)
			}
		})
	}
}

// idsOf leaves the order out: the inspections of a draw are assigned side by side.
func idsOf(records []es.Record) []string {
	out := make([]string, len(records))
	for i, r := range records {
		out[i] = r.Stream.String() + " " + r.Type + " " + string(r.ID)
	}
	slices.Sort(out)
	return out
}

func TestWhatLedToACommandIsRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("penalty", "p", decided("p"))
	w.react()
	all := w.store.All()
	at := slices.IndexFunc(all, func(r es.Record) bool { return r.Stream.Category == "penalty" })
	cause, effects := all[at], all[at+1:]
	from, err := cause.Metadata()
	if err != nil {
		t.Fatal(err)
	}
	if len(effects) < 2 { // the submission and the clocks
		t.Fatalf("%d effects", len(effects))
	}
	for _, effect := range effects {
		got, err := effect.Metadata()
		if err != nil {
			t.Fatal(err)
		}
		if got.Causation != cause.ID || got.Correlation != from.Correlation || got.Actor != policy.Account || got.Authority != string(bureau) || got.CommandDigest == "" {
			t.Errorf("%s: metadata %+v", effect.Type, got)
		}
	}
}

func TestARefusalForGoodIsToldAndPassedOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := decided("p")
	d.Content = "罚款，当事人身份证号11010519491231002X"
	w.add("penalty", "p", d)
	w.react()
	if len(w.refused) != 1 || domain.KindOf(w.refused[0]) != domain.Invalid {
		t.Errorf("refused: %v", w.refused)
	}
}

func TestASpoiltSelectionIsAnErrorAndNotPassedOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.drawn()
	w.blobs.Corrupt(s.Drawn.Selection.Digest, []byte("{}\n"))
	var last error
	for _, rec := range w.store.All() {
		last = errors.Join(last, w.reactions().Handle(t.Context(), rec))
	}
	if last == nil || len(w.refused) > 0 {
		t.Errorf("error %v, refused %v", last, w.refused)
	}
}

func TestBrokenBytesAreAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.drawn()
	w.react()
	id := drawID + ":" + w.selected(s)[0].Subject
	w.conclude(id, inspection.NoProblem)
	for _, rec := range w.store.All() {
		if rec.Type != (inspection.Concluded{}).EventType() && rec.Type != (draw.Drawn{}).EventType() {
			continue
		}
		rec.Data = []byte(`["wrong"]`)
		if err := w.reactions().Handle(t.Context(), rec); err == nil {
			t.Errorf("%s with broken bytes was passed over", rec.Type)
		}
	}
}
