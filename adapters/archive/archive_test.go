package archive_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/archive"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

// written is a log of odd bytes, in several streams, and its archive.
func written(t *testing.T, events int) (*estest.Store, []byte) {
	t.Helper()
	store := estest.NewStore(t)
	next := map[es.Stream]es.Revision{}
	for n := range events {
		s := es.Stream{Category: []string{"plan", "draw"}[n%2], ID: fmt.Sprintf("流-%d", n%7)}
		p := es.Proposed{
			ID: es.DeriveID("", "archived", fmt.Sprint(n)), Type: "mingjian.thing.done.v1",
			Data: fmt.Appendf(nil, "{ \"n\" : %d, \"<&>\":\"\\u6d4b试\xff\x00\"}\n", n), Meta: fmt.Appendf(nil, `{"command":"%d"}`, n),
		}
		if _, err := store.Append(t.Context(), s, archive.Expected(next[s]), p); err != nil {
			t.Fatal(err)
		}
		next[s]++
	}
	var out bytes.Buffer
	head, err := store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	if err := archive.Write(t.Context(), &out, store, head, func(es.Record) { seen++ }); err != nil || seen != events {
		t.Fatalf("%d events, %v", seen, err)
	}
	return store, out.Bytes()
}

func all(t *testing.T, packed []byte) (list []es.Record, err error) {
	t.Helper()
	for r, err := range archive.Read(t.Context(), bytes.NewReader(packed)) {
		if err != nil {
			return list, err
		}
		list = append(list, r)
	}
	return list, nil
}

func same(a, b es.Record) bool {
	return a.Hash() == b.Hash() && a.Position == b.Position && bytes.Equal(a.Data, b.Data) && bytes.Equal(a.Meta, b.Meta)
}

func TestWhatIsWrittenComesBack(t *testing.T) {
	t.Parallel()
	for _, events := range []int{0, 1, 2500} {
		store, packed := written(t, events)
		got, err := all(t, packed)
		if err != nil || !slices.EqualFunc(got, store.All(), same) {
			t.Errorf("%d of %d events, %v", len(got), events, err)
		}
	}
}

// TestItEndsAtThePosition leaves out what was appended since.
func TestItEndsAtThePosition(t *testing.T) {
	t.Parallel()
	store, _ := written(t, 20)
	var out bytes.Buffer
	if err := archive.Write(t.Context(), &out, store, es.At(13, 0), func(es.Record) {}); err != nil {
		t.Fatal(err)
	}
	if got, err := all(t, out.Bytes()); err != nil || len(got) != 13 {
		t.Errorf("%d events, %v", len(got), err)
	}
}

// TestASpoiltArchiveIsRefused changes, cuts and lengthens one.
func TestASpoiltArchiveIsRefused(t *testing.T) {
	t.Parallel()
	_, packed := written(t, 30)
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(plain), "\n")
	for name, text := range map[string]string{
		"a datum":         strings.Replace(string(plain), `"data":"ey`, `"data":"fy`, 1),
		"a revision":      strings.Replace(string(plain), `"revision":2`, `"revision":9`, 1),
		"a position":      strings.Replace(string(plain), `"position":"7"`, `"position":"07"`, 1),
		"an unknown name": strings.Replace(string(plain), `"position":"7"`, `"place":"7"`, 1),
		"half a line":     strings.Join(lines[:9], "") + lines[9][:50],
		"no JSON":         string(plain) + "x",
	} {
		if text == string(plain) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if got, err := all(t, pack(t, text)); err == nil || len(got) > 30 {
			t.Errorf("%s: %d events and no error", name, len(got))
		}
	}
	if got, err := all(t, packed[:len(packed)/2]); err == nil {
		t.Errorf("half the file: %d events and no error", len(got))
	}
	if _, err := all(t, []byte("nothing")); err == nil {
		t.Error("what is no gzip is read")
	}
}

func pack(t *testing.T, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// apart is a store with positions of its own kind.
type apart struct{ *estest.Store }

func (a apart) Append(ctx context.Context, s es.Stream, want es.Expected, events ...es.Proposed) (es.Position, error) {
	at, err := a.Store.Append(ctx, s, want, events...)
	commit, _ := at.Pair()
	return es.At(commit*100, commit), err
}

func TestImportKeepsOrderAndTellsPlaces(t *testing.T) {
	t.Parallel()
	from, packed := written(t, 2500)
	to := apart{estest.NewStore(t)}
	var places []es.Position
	err := archive.Import(t.Context(), to, archive.Read(t.Context(), bytes.NewReader(packed)), func(r es.Record, at es.Position) {
		if r.Position != from.All()[len(places)].Position {
			t.Errorf("event %d comes as that at %s", len(places), r.Position)
		}
		places = append(places, at)
	})
	if err != nil || len(places) != 2500 || places[2499] != es.At(250000, 2500) {
		t.Fatalf("%d places, %v", len(places), err)
	}
	if !slices.EqualFunc(from.All(), to.All(), same) {
		t.Error("the logs differ")
	}
	err = archive.Import(t.Context(), to, archive.Read(t.Context(), bytes.NewReader(packed)), nil)
	if !errors.Is(err, archive.ErrNotEmpty) {
		t.Errorf("into a log that is there: %v", err)
	}
}

func TestImportPassesErrorsOn(t *testing.T) {
	t.Parallel()
	_, packed := written(t, 30)
	broken := errors.New("broken")
	var half iter.Seq2[es.Record, error] = func(yield func(es.Record, error) bool) {
		n := 0
		for r, err := range archive.Read(t.Context(), bytes.NewReader(packed)) {
			if n++; n == 10 {
				yield(es.Record{}, broken)
				return
			}
			if !yield(r, err) {
				return
			}
		}
	}
	if err := archive.Import(t.Context(), estest.NewStore(t), half, func(es.Record, es.Position) {}); !errors.Is(err, broken) {
		t.Errorf("of the archive: %v", err)
	}
	to := estest.NewStore(t)
	to.FailNotStored(1)
	if err := archive.Import(t.Context(), to, archive.Read(t.Context(), bytes.NewReader(packed)), func(es.Record, es.Position) {}); !errors.Is(err, estest.ErrInjected) {
		t.Errorf("of the store: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("\x1f\x8b"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, err := range archive.Read(t.Context(), bytes.NewReader(b)) {
			if err != nil {
				return
			}
		}
	})
}
