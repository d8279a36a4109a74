package airgap_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/airgap"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/roster"
)

// rounds is how often each fault is injected.
const rounds = 20

// faults are injected between what was sent and what is received; each tells whether the receiver noticed and named it.
func faults() map[string]func(w *world) bool {
	return map[string]func(*world) bool{
		"loss":                               loss,
		"loss of the last":                   lossOfTheLast,
		"repetition":                         repetition,
		"reordering":                         reordering,
		"exchanged names":                    exchangedNames,
		"tampering":                          tampering,
		"truncation":                         truncation,
		"half-written":                       halfWritten,
		"rollback of the sender, restored":   senderRestored,
		"rollback of the sender, in silence": senderSetBack,
		"rollback of the sender, all of it":  senderSetBackWhole,
		"rollback of the receiver":           receiverSetBack,
	}
}

func TestEveryFaultIsNamedAndHealed(t *testing.T) {
	t.Parallel()
	for name, inject := range faults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, uint64(len(name)))
			w.publish("first")
			w.add("subject", "S0", registered())
			w.settle()
			times := rounds
			if strings.HasPrefix(name, "rollback of the sender, in") || strings.HasPrefix(name, "rollback of the sender, all") {
				times /= 2 // two ways of one fault
			}
			for round := range times {
				w.grow(1 + w.rand.IntN(3))
				if !inject(w) {
					t.Fatalf("round %d: it was not noticed", round)
				}
				w.settle()
			}
			w.equal()
		})
	}
}

func registered() roster.SubjectRegistered {
	return roster.SubjectRegistered{ID: "S0", Name: "宁安零号商行", Kind: roster.Enterprise, District: "640104", Status: roster.Active, Authority: planted}
}

func asked(r airgap.Received, reasons ...airgap.Reason) bool {
	return r.Receipt.Again != nil && r.Receipt.Again.From == r.Acts+1 && slices.Contains(reasons, r.Receipt.Again.Reason)
}

func loss(w *world) bool {
	w.send()
	lost := w.bundles()
	w.grow(2)
	w.send()
	for _, path := range lost {
		w.check(os.Remove(path))
	}
	return asked(w.receive(), airgap.Lost)
}

func lossOfTheLast(w *world) bool {
	w.send()
	for _, path := range w.bundles() {
		w.check(os.Remove(path))
	}
	return asked(w.receive(), airgap.Lost)
}

func repetition(w *world) bool {
	w.send()
	path := w.bundles()[0]
	text := w.read(path)
	w.settle()
	w.write(path, text)
	before := len(w.outer.All())
	got := w.receive()
	return got.Repeated == 1 && got.Bundles == 0 && len(w.outer.All()) == before && len(w.bundles()) == 0
}

func reordering(w *world) bool {
	w.send()
	first := w.bundles()[0]
	w.check(os.Rename(first, first+".later"))
	w.grow(2)
	w.send()
	noticed := asked(w.receive(), airgap.Lost) && len(w.bundles()) == 1
	w.check(os.Rename(first+".later", first))
	got := w.receive()
	return noticed && got.Bundles == 2 && got.Receipt.Again == nil
}

// exchangedNames has two bundles under each other's name: what is in them counts.
func exchangedNames(w *world) bool {
	w.send()
	w.grow(1)
	w.send()
	paths := w.bundles()
	a, b := w.read(paths[0]), w.read(paths[1])
	w.write(paths[0], b)
	w.write(paths[1], a)
	return w.receive().Bundles == 2
}

func tampering(w *world) bool {
	w.send()
	path := w.bundles()[0]
	text := w.read(path)
	text[w.rand.IntN(len(text))] ^= byte(1 + w.rand.IntN(255))
	w.write(path, text)
	before := len(w.outer.All())
	got := w.receive()
	return asked(got, airgap.Tampered) && len(got.Bad) == 1 && len(w.outer.All()) == before
}

func truncation(w *world) bool {
	w.send()
	path := w.bundles()[0]
	text := w.read(path)
	w.write(path, text[:w.rand.IntN(len(text))])
	got := w.receive()
	return asked(got, airgap.Truncated) && got.Bundles == 0
}

// halfWritten is a file that is being written or carried: whole in the end without anybody's doing.
func halfWritten(w *world) bool {
	w.send()
	path := w.bundles()[0]
	text := w.read(path)
	half := text[:w.rand.IntN(len(text))]
	w.check(os.Remove(path))
	w.write(filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".partial"), half)
	noticed := asked(w.receive(), airgap.Lost)
	w.write(path, half)
	noticed = noticed && asked(w.receive(), airgap.Truncated)
	w.write(path, text)
	got := w.receive()
	return noticed && got.Bundles == 1 && got.Receipt.Again == nil
}

// restoreOuter takes the outer ledger back so far that it has no more acts than the inner one knows of.
func (w *world) restoreOuter(least uint64) {
	w.Helper()
	records, acts := 0, uint64(0)
	for _, r := range w.outer.All() {
		if airgap.Carries(r.Stream.Category) {
			if acts == least {
				break
			}
			acts++
		}
		records++
	}
	w.onto(back(w, w.outer, records))
}

func actsOf(store *estest.Store, w *world) uint64 {
	// What the sender counts, in a state of its own.
	probe := *w.sender
	probe.Log, probe.State = store, filepath.Join(w.TempDir(), "probe")
	folder, err := airgap.OpenFolder(filepath.Join(w.TempDir(), "gap"))
	w.check(err)
	probe.Folder = folder
	sent, err := probe.Send(w.Context(), 0)
	w.check(err)
	return sent.Acts
}

// setBack takes the inner ledger back by some records, so that acts are lost that were taken outside.
func (w *world) setBack() (kept uint64) {
	w.Helper()
	w.send()
	taken := w.receive().Acts
	records := len(w.inner.All())
	for kept = taken; kept == taken; {
		records -= 1 + w.rand.IntN(4)
		w.inner = back(w, w.inner, records)
		kept = actsOf(w.inner, w)
	}
	w.sender.Log = w.inner
	return kept
}

// senderRestored is mingjian restore: the new epoch tells.
func senderRestored(w *world) bool {
	kept := w.setBack()
	w.epoch()
	w.grow(2)
	w.send()
	before := len(w.outer.All())
	got := w.receive()
	noticed := got.Receipt.Refused == airgap.RolledBack && got.Bundles == 0 && len(w.outer.All()) == before
	w.restoreOuter(kept - uint64(w.rand.IntN(2)))
	return noticed
}

// senderSetBack is a log that was put back without a word; what the sender wrote down is not.
func senderSetBack(w *world) bool {
	kept := w.setBack()
	_, first := w.sender.Send(w.Context(), 0)
	w.grow(3)
	_, second := w.sender.Send(w.Context(), 0)
	w.epoch()
	noticed := w.refused()
	w.restoreOuter(kept)
	return noticed && errors.Is(first, airgap.ErrSetBack) && errors.Is(second, airgap.ErrSetBack)
}

// senderSetBackWhole puts the log back, and with it what the sender wrote down: only the other side can tell.
func senderSetBackWhole(w *world) bool {
	journal := filepath.Join(w.sender.State, "sent.jsonl")
	w.settle()
	was, records := w.read(journal), len(w.inner.All())
	w.grow(2)
	w.settle()
	w.inner = back(w, w.inner, records)
	w.sender.Log = w.inner
	w.write(journal, was)
	w.grow(3)
	w.send()
	before := len(w.outer.All())
	got := w.receive()
	noticed := got.Receipt.Refused == airgap.Diverged && len(got.Bad) == 1 && got.Bad[0].Reason == airgap.Diverged && len(w.outer.All()) == before
	kept := actsOf(back(w, w.inner, records), w)
	w.epoch()
	noticed = noticed && w.refused()
	w.restoreOuter(kept)
	return noticed
}

// refused tells whether the receiver takes nothing of an epoch that was begun too late: in common with the former one it has
// what was recorded since the log was put back.
func (w *world) refused() bool {
	w.Helper()
	before := len(w.outer.All())
	for range 3 {
		w.send()
		if r := w.receive().Receipt.Refused; r == airgap.RolledBack || r == airgap.Diverged {
			return len(w.outer.All()) == before
		}
	}
	return false
}

func receiverSetBack(w *world) bool {
	w.settle()
	had := len(w.outer.All())
	w.onto(back(w, w.outer, had-1-w.rand.IntN(min(had-2, 12))))
	got := w.receive()
	return asked(got, airgap.Lost)
}
