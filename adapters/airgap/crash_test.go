package airgap_test

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/airgap"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

// TestNothingElseLeaves searches each byte of the folder for what was planted.
func TestNothingElseLeaves(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	w.add("subject", "S0", registered())
	w.publish("first")
	w.grow(200)
	w.send()
	found := 0
	for _, path := range append(w.bundles(), filepath.Join(w.dir, "gap", "bundles", "head.gap")) {
		text := w.read(path)
		if i := bytes.Index(text, []byte("\x1f\x8b")); i > 0 {
			z, err := gzip.NewReader(bytes.NewReader(text[i:]))
			w.check(err)
			plain, err := io.ReadAll(z)
			w.check(err)
			text = append(text[:i:i], plain...)
		}
		if bytes.Contains(text, []byte(planted)) {
			t.Errorf("%s holds what is not public", filepath.Base(path))
		}
	}
	w.receive()
	for _, r := range w.outer.All() {
		for _, b := range [][]byte{r.Data, r.Meta} {
			if bytes.Contains(b, []byte(planted)) {
				t.Errorf("%s holds what is not public: %s", r.Stream, b)
			}
		}
		if airgap.Carries(r.Stream.Category) {
			found++
		}
	}
	if found < 200 {
		t.Errorf("only %d acts were looked at", found)
	}
	w.equal()
}

// TestAReceiverThatIsStoppedGoesOn stops it at each append, stored or not.
func TestAReceiverThatIsStoppedGoesOn(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(*estest.Store){
		"not stored": func(s *estest.Store) { s.FailNotStored(1) }, "stored": func(s *estest.Store) { s.FailStored(1) },
	} {
		stopped := 0
		for passed := 0; ; passed++ {
			w := newWorld(t, 5)
			w.publish("first")
			w.grow(6)
			w.send()
			w.grow(3)
			w.send()
			w.outer.Pass(passed)
			fail(w.outer)
			if _, err := w.receiver.Receive(t.Context()); err == nil {
				break // it got past all of its appends
			} else if !errors.Is(err, estest.ErrInjected) {
				t.Fatalf("%s, %d: %v", name, passed, err)
			}
			stopped++
			got := w.receive()
			if sent := w.send(); got.Acts != sent.Acts || got.Receipt.Again != nil {
				t.Errorf("%s, %d: %+v, sent %+v", name, passed, got, sent)
			}
			if passed%4 == 0 {
				w.add("subject", "S0", registered())
				w.settle()
				w.equal()
			}
		}
		if stopped < 12 {
			t.Errorf("%s: stopped %d times alone", name, stopped)
		}
	}
}

// TestASenderThatIsStoppedGoesOn takes what it wrote back to each step: the journal to the ends of its lines and to places within
// them, with the file that was written in between.
func TestASenderThatIsStoppedGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 6)
	w.publish("first")
	w.send()
	journal := filepath.Join(w.sender.State, "sent.jsonl")
	before := w.read(journal)
	w.grow(4)
	w.send()
	after, paths := w.read(journal), w.bundles()
	path := paths[len(paths)-1]
	want := w.read(path)
	sentLine := len(before) + bytes.IndexByte(after[len(before):], '\n') + 1
	for cut := len(before); cut <= len(after); cut++ {
		if cut%7 > 0 && cut < len(after) && after[cut] != '\n' && after[cut-1] != '\n' {
			continue // within a line one byte is as another
		}
		for _, written := range []bool{false, true} {
			if written != (cut == len(after)) && (written && cut < sentLine || !written && cut == len(after)) {
				continue // the file is there before the journal says so, and not before the line of it
			}
			w.write(journal, after[:cut])
			if !written {
				w.check(os.Remove(path))
			}
			w.send()
			if got := w.read(path); !bytes.Equal(got, want) {
				t.Fatalf("cut at %d: another bundle", cut)
			}
			if got := w.read(journal); cut >= sentLine && !bytes.Equal(got, after) {
				t.Fatalf("cut at %d: the journal is\n%s\nwant\n%s", cut, got, after)
			}
		}
	}
	w.add("subject", "S0", registered())
	w.settle()
	w.equal()
}

// TestASenderThatLostItsJournal bundles anew, and the other side knows what it has.
func TestASenderThatLostItsJournal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 15)
	w.publish("first")
	w.add("subject", "S0", registered())
	w.settle()
	w.grow(3)
	w.settle()
	w.check(os.RemoveAll(w.sender.State))
	if sent := w.send(); sent.Bundles != 1 || !strings.HasSuffix(sent.Series, ".2") {
		t.Errorf("%+v", sent)
	}
	if got := w.receive(); got.Repeated != 1 || got.Bundles != 0 || got.Receipt.Refused != "" {
		t.Errorf("%+v", got)
	}
	w.check(os.RemoveAll(w.sender.State))
	w.check(os.RemoveAll(filepath.Join(w.dir, "gap", "bundles"))) // and the folder: it can't know that there was a series
	w.check(os.Mkdir(filepath.Join(w.dir, "gap", "bundles"), 0o750))
	w.grow(2)
	if sent := w.send(); sent.Bundles != 1 || !strings.HasSuffix(sent.Series, ".1") {
		t.Errorf("%+v", sent)
	}
	if got := w.receive(); got.Bundles != 1 || got.Receipt.Refused != "" || len(got.Bad) > 0 {
		t.Errorf("%+v", got)
	}
	w.equal()
}

func TestALongHistoryGoesInBundles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 7)
	for n := range 2*airgap.MaxActs + 5 {
		w.add("authority", fmt.Sprint("A", n), authority.Registered{Name: strings.Repeat("局", 10)})
	}
	if sent := w.send(); sent.Bundles != 3 || sent.Acts != 2*airgap.MaxActs+5 {
		t.Fatalf("%+v", sent)
	}
	if sent := w.send(); sent.Bundles != 0 || sent.Again != 0 {
		t.Errorf("nothing is new: %+v", sent)
	}
	first := w.read(w.bundles()[1])
	w.check(os.Remove(w.bundles()[1]))
	w.receiver.Log = bulk{w.outer}
	if got := w.receive(); got.Bundles != 1 || !asked(got, airgap.Lost) {
		t.Errorf("%+v", got)
	}
	if sent := w.send(); sent.Again != 1 || sent.Reason != airgap.Lost {
		t.Errorf("%+v", sent)
	}
	if !bytes.Equal(w.read(w.bundles()[0]), first) {
		t.Error("what was sent again is another bundle")
	}
	if got := w.receive(); got.Bundles != 2 || got.Receipt.Again != nil || len(w.bundles()) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestAOneWayLink has no receipts: people ask.
func TestAOneWayLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 8)
	w.sender.Peers = nil
	w.publish("first")
	w.add("subject", "S0", registered())
	w.send()
	w.check(os.Remove(w.bundles()[0]))
	w.grow(2)
	w.send()
	if got := w.receive(); !asked(got, airgap.Lost) {
		t.Fatalf("%+v", got)
	}
	if sent := w.send(); sent.Again != 0 || sent.Receipt != nil {
		t.Errorf("it read a receipt: %+v", sent)
	}
	if sent, err := w.sender.Send(t.Context(), 1); err != nil || sent.Again != 1 {
		t.Errorf("%+v, %v", sent, err)
	}
	if sent, err := w.sender.Send(t.Context(), 1000); err != nil || sent.Again != 0 {
		t.Errorf("%+v, %v", sent, err)
	}
	if got := w.receive(); got.Bundles != 2 || got.Receipt.Again != nil {
		t.Errorf("%+v", got)
	}
	w.equal()
}

// TestItAsksAgainWhenItsPatienceEnds and not before: what is carried by hand takes its time.
func TestItAsksAgainWhenItsPatienceEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 9)
	w.receiver.Patience = 3600e9
	w.publish("first")
	w.send()
	lose := func() {
		for _, path := range w.bundles() {
			w.check(os.Remove(path))
		}
	}
	lose()
	w.receive()
	if sent := w.send(); sent.Again != 1 {
		t.Errorf("%+v", sent)
	}
	lose()
	w.receive()
	if sent := w.send(); sent.Again != 0 {
		t.Errorf("it answered twice: %+v", sent)
	}
	w.now = w.now.Add(w.receiver.Patience)
	w.receive()
	if sent := w.send(); sent.Again != 1 {
		t.Errorf("it did not ask again: %+v", sent)
	}
}

func TestALedgerWithActsOfItsOwnIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 10)
	w.publish("first")
	w.send()
	p, err := es.Propose(es.Metadata{Command: es.DeriveID("", "own")}, es.Event(authority.DepartmentOpened{Name: "科"}))
	w.check(err)
	if outer, err := airgap.Outer(t.Context(), w.outer); err != nil || outer {
		t.Errorf("outer: %t, %v", outer, err)
	}
	mixed := estest.NewStore(t)
	_, err = mixed.Append(t.Context(), es.Stream{Category: "authority", ID: "B"}, es.NoStream{}, p...)
	w.check(err)
	outer := w.outer
	w.onto(mixed)
	if _, err := w.receiver.Receive(t.Context()); !errors.Is(err, airgap.ErrMixed) || len(mixed.All()) != 1 {
		t.Errorf("before: %v", err)
	}
	w.onto(outer)
	w.receive()
	if outer, err := airgap.Outer(t.Context(), w.outer); err != nil || !outer {
		t.Errorf("outer: %t, %v", outer, err)
	}
	_, err = w.outer.Append(t.Context(), es.Stream{Category: "authority", ID: "B"}, es.NoStream{}, p...)
	w.check(err)
	if _, err := w.receiver.Receive(t.Context()); !errors.Is(err, airgap.ErrMixed) {
		t.Errorf("after: %v", err)
	}
}

func TestOnlyTheInnerLedgerThatItWasMadeForIsTaken(t *testing.T) {
	t.Parallel()
	w, other := newWorld(t, 11), newWorld(t, 12)
	w.publish("first")
	w.settle()
	other.publish("other")
	other.sender.Key, other.sender.Folder = w.sender.Key, w.sender.Folder // the same key, and the same folder
	other.send()
	if got := w.receive(); got.Bundles != 0 || len(got.Bad) != 2 || got.Bad[0].Reason != airgap.Foreign || got.Bad[1].Reason != airgap.Foreign {
		t.Errorf("%+v", got)
	}
	stranger := newWorld(t, 13)
	stranger.publish("other")
	stranger.sender.Folder = w.sender.Folder
	stranger.send()
	if got := w.receive(); got.Bundles != 0 || !asked(got, airgap.Tampered) {
		t.Errorf("%+v", got)
	}
	stranger.sender.State = w.sender.State
	if _, err := stranger.sender.Send(t.Context(), 0); err == nil {
		t.Error("a journal served two ledgers")
	}
}

// TestAFormerEpochIsNotTakenAnyMore replays what the inner ledger lost, which was signed once.
func TestAFormerEpochIsNotTakenAnyMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 14)
	w.publish("first")
	w.settle()
	kept := len(w.inner.All())
	w.publish("lost")
	w.send()
	path := w.bundles()[0]
	old := w.read(path)
	w.check(os.Remove(path)) // it never arrived
	w.inner = back(t, w.inner, kept)
	w.sender.Log = w.inner
	w.epoch()
	w.settle()
	w.write(path, old)
	before := len(w.outer.All())
	if got := w.receive(); got.Stale != 1 || got.Bundles != 0 || len(w.outer.All()) != before || got.Bad[0].Reason != airgap.RolledBack || len(w.bundles()) != 0 {
		t.Errorf("%+v", got)
	}
	w.add("subject", "S0", registered())
	w.settle()
	w.equal()
}

func TestKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "key.pem")
	public, err := airgap.MakeKey(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := airgap.MakeKey(path); err == nil {
		t.Error("a key was overwritten")
	}
	key, err := airgap.ReadKey(path)
	if err != nil || !key.Public().(ed25519.PublicKey).Equal(public) {
		t.Errorf("another key came back: %v", err)
	}
	text, err := airgap.PublicText(public)
	if err != nil {
		t.Fatal(err)
	}
	peers := filepath.Join(dir, "peers.pem")
	for content, want := range map[string]int{text: 1, text + "\n" + text: 2, "": 0, "no key": 0, strings.ReplaceAll(text, "PUBLIC", "PRIVATE"): 0} {
		if err := os.WriteFile(peers, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if keys, err := airgap.ReadPeers(peers); len(keys) != want || (err == nil) != (want > 0) {
			t.Errorf("%d keys, %v", len(keys), err)
		}
	}
	if _, err := airgap.ReadKey(peers); err == nil {
		t.Error("a public key signs")
	}
	if err := os.Chmod(path, 0o644); err != nil { //nolint:gosec // that is what is refused
		t.Fatal(err)
	}
	if _, err := airgap.ReadKey(path); err == nil || strings.Contains(err.Error(), "PRIVATE") {
		t.Errorf("a key that all may read: %v", err)
	}
	for _, name := range []string{filepath.Join(dir, "none"), dir} {
		if _, err := airgap.ReadKey(name); err == nil {
			t.Errorf("%s is a key", name)
		}
		if _, err := airgap.ReadPeers(name); err == nil {
			t.Errorf("%s holds keys", name)
		}
	}
}
