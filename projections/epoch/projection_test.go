package epoch_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/ledger"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/epoch"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

type note struct{}

func (note) EventType() string { return "mingjian.note.v1" }

// restored is a log of events with epochs that begin behind the given numbers of them; negative ones are renumbered.
func restored(t *testing.T, events int, behind ...int) (*estest.Store, ledger.Epochs) {
	t.Helper()
	store := estest.NewStore(t)
	for n := range events {
		p, err := es.Propose(es.Metadata{Command: es.DeriveID("", fmt.Sprint(n))}, note{})
		if err == nil {
			_, err = store.Append(t.Context(), es.Stream{Category: "note", ID: fmt.Sprint(n)}, es.NoStream{}, p...)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range behind {
			if at != n+1 && -at != n+1 {
				continue
			}
			have := uint64(len(store.All()))
			cmd := ledger.BeginEpoch{
				ID: es.DeriveID("", "epoch", fmt.Sprint(at)), Events: have, Position: fmt.Sprint(have), Hash: strings.Repeat("ab", 32),
				Renumbered: at < 0, Reason: "恢复", By: "ops",
			}
			m := es.Metadata{Command: es.DeriveID("", "begin", fmt.Sprint(at)), RecordedAt: time.Unix(1, 0)}
			if _, err := es.Transact(t.Context(), store, ledger.Decider, ledger.Stream, ledger.Command(cmd), m); err != nil {
				t.Fatal(err)
			}
		}
	}
	all, err := ledger.Read(t.Context(), store, store)
	if err != nil {
		t.Fatal(err)
	}
	return store, all
}

// taken are the views of the records, cut into batches of one and taken twice: the first event alone names the ledger.
func taken(t *testing.T, records []es.Record) *projectionstest.Memory {
	t.Helper()
	views, p := projectionstest.NewMemory(t), epoch.Projection()
	target, err := views.Attach(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	at := es.Position{}
	for i := range records {
		through := records[i].Position
		if err := projections.Apply(t.Context(), p, target, at, es.Batch{Records: records[max(i-1, 0) : i+1], Through: through}); err != nil {
			t.Fatal(err)
		}
		at = through
	}
	return views
}

// TestWhatTheLedgerRecordsOfItselfIsNeverPassedOver: an event of the ledger's own that can't be read may begin an epoch. Of all
// others the bytes don't matter.
func TestWhatTheLedgerRecordsOfItselfIsNeverPassedOver(t *testing.T) {
	t.Parallel()
	store, _ := restored(t, 3, 2)
	for _, rec := range store.All() {
		rec.Data = []byte("\xff")
		if _, err := epoch.Projection().Project(rec); (err != nil) != (rec.Stream.Category == ledger.Category) {
			t.Errorf("%s: %v", rec.Type, err)
		}
	}
}

func TestViewsRememberEpochs(t *testing.T) {
	t.Parallel()
	store, all := restored(t, 6, 2, 4)
	views := taken(t, store.All())
	got, err := epoch.Remembered(t.Context(), views)
	if err != nil || len(got) != 2 || !got[all[1].Name()] || !got[all[2].Name()] {
		t.Errorf("%v, %v", got, err)
	}
}

// TestViewsKnowTheirLedger also from one that began with an event of the same id, at another time.
func TestViewsKnowTheirLedger(t *testing.T) {
	t.Parallel()
	store, all := restored(t, 6, 2)
	views := taken(t, store.All())
	got, err := epoch.Ledger(t.Context(), views)
	if err != nil || got != all.Ledger() {
		t.Fatalf("%q, %v, want %q", got, err, all.Ledger())
	}
	twin := store.All()[0]
	twin.Meta = []byte(`{"recorded_at":"2026-11-28T00:00:00Z"}`)
	other := ledger.Epochs{ledger.First(twin)}
	if other[0].Name() != all[0].Name() {
		t.Fatalf("%s is no twin of %s", other[0].Name(), all[0].Name())
	}
	for name, c := range map[string]struct {
		log     ledger.Epochs
		views   string
		another bool
	}{
		"its own":                   {all, got, false},
		"its own, before the epoch": {all[:1], got, false},
		"a twin":                    {other, got, true},
		"an empty log":              {nil, got, true},
		"views of nobody":           {all, "", false},
		"nothing at all":            {nil, "", false},
	} {
		stray := epoch.Another(c.log, c.views)
		if (stray != nil) != c.another || stray != nil && (stray.Views != got || stray.Log != c.log.Ledger()) {
			t.Errorf("%s: %v", name, stray)
		}
	}
}

// TestStray has a log of ten events with an epoch that begins with the fifth.
func TestStray(t *testing.T) {
	t.Parallel()
	_, all := restored(t, 9, 4)
	_, other := restored(t, 9, -4)
	knows := map[string]bool{all[1].Name(): true, other[1].Name(): true}
	for name, c := range map[string]struct {
		at, head int
		all      ledger.Epochs
		knows    map[string]bool
		common   string // empty for one that is right
	}{
		"at the beginning":                       {0, 10, all, nil, ""},
		"at the last common event":               {4, 10, all, nil, ""},
		"at the number of the epoch's beginning": {5, 10, all, nil, "4"},
		"far behind it":                          {10, 10, all, nil, "4"},
		"behind it, having heard of it":          {10, 10, all, knows, ""},
		"ahead, having heard of it":              {11, 10, all, knows, "10"},
		"ahead of a log that tells of nothing":   {11, 10, all[:1], nil, "10"},
		"in an empty log":                        {1, 0, nil, nil, "0"},
		"other numbers, nothing taken":           {0, 10, other, nil, ""},
		"other numbers":                          {1, 10, other, nil, "0"},
		"other numbers, having heard of it":      {10, 10, other, knows, ""},
	} {
		stray := epoch.Stray("v", es.At(uint64(c.at), 0), es.At(uint64(c.head), 0), c.all, c.knows)
		if (stray == nil) != (c.common == "") || stray != nil && (stray.Common.String() != c.common || stray.Projection != "v") {
			t.Errorf("%s: %v", name, stray)
		}
	}
}
