package projectionstest

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// Live applies the records, which are in position order, to a Memory and holds the projection to what every projection
// promises: however the log is cut into batches, the rows are the same byte for byte; so they are after a rebuild, and after
// the last batch is delivered again; a record is not written into; a type that the projection reads stops it with a
// *projections.ProjectError when its bytes are broken; a type that nobody knows is passed over, whatever its bytes. It returns
// the sink, for the test to look at the rows.
func Live(t testing.TB, p projections.Projection, records []es.Record) *Memory {
	t.Helper()
	if len(records) == 0 {
		t.Fatal("projectionstest: Live needs records")
	}
	kept := make([]es.Record, len(records))
	for i, r := range records {
		r.Data, r.Meta = slices.Clone(r.Data), slices.Clone(r.Meta)
		kept[i] = r
	}
	sink := NewMemory(t)
	live := attached(t, sink, p)
	applyAll(t, p, live, records, func() int { return 1 })
	cuts(t, p, live, records)
	rebuilt(t, p, sink, live, records)
	redelivered(t, p, live, records)
	for i, r := range records {
		if !bytes.Equal(r.Data, kept[i].Data) || !bytes.Equal(r.Meta, kept[i].Meta) {
			t.Errorf("%s: the bytes of %s@%d were written into", p.Name, r.Stream, r.Revision)
		}
	}
	brokenBytes(t, p, records)
	return sink
}

func attached(t testing.TB, sink *Memory, p projections.Projection) projections.Target {
	t.Helper()
	target, err := sink.Attach(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// applyAll folds the records in batches of the sizes that size gives.
func applyAll(t testing.TB, p projections.Projection, target projections.Target, records []es.Record, size func() int) {
	t.Helper()
	from := es.Position{}
	for len(records) > 0 {
		n := min(size(), len(records))
		through := records[n-1].Position
		if err := projections.Apply(t.Context(), p, target, from, es.Batch{Records: records[:n], Through: through}); err != nil {
			t.Fatal(err)
		}
		from, records = through, records[n:]
	}
}

func cuts(t testing.TB, p projections.Projection, live projections.Target, records []es.Record) {
	t.Helper()
	whole := attached(t, NewMemory(t), p)
	applyAll(t, p, whole, records, func() int { return len(records) })
	wantSame(t, whole, live)
	for seed := range uint64(5) {
		rnd := rand.New(rand.NewPCG(seed, uint64(len(records)))) //nolint:gosec // a repeatable test, not a secret
		cut := attached(t, NewMemory(t), p)
		applyAll(t, p, cut, records, func() int { return 1 + rnd.IntN(1+rnd.IntN(len(records))) })
		wantSame(t, cut, live)
	}
}

func rebuilt(t testing.TB, p projections.Projection, sink *Memory, live projections.Target, records []es.Record) {
	t.Helper()
	shadow, err := sink.Shadow(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	goal := records[len(records)-1].Position
	if err := projections.Fill(t.Context(), p, NewLog(100, records...), shadow, goal, nil); err != nil {
		t.Fatal(err)
	}
	wantSame(t, shadow, live)
	if err := sink.Drop(t.Context(), p, shadow); err != nil {
		t.Fatal(err)
	}
}

func redelivered(t testing.TB, p projections.Projection, live projections.Target, records []es.Record) {
	t.Helper()
	first := max(len(records)-10, 0)
	through := records[len(records)-1].Position
	before := es.Position{}
	if first > 0 {
		before = records[first-1].Position
	}
	again := es.Batch{Records: records[first:], Through: through}
	if err := projections.Apply(t.Context(), p, live, through, again); err != nil {
		t.Errorf("%s: a batch delivered again: %v", p.Name, err)
	}
	if err := projections.Apply(t.Context(), p, live, before, again); !errors.Is(err, projections.ErrMoved) {
		t.Errorf("%s: a batch applied again from its start: %v", p.Name, err)
	}
	whole := attached(t, NewMemory(t), p)
	applyAll(t, p, whole, records, func() int { return len(records) })
	wantSame(t, live, whole)
}

// brokenBytes gives the projection each type that it reads with bytes that don't decode.
func brokenBytes(t testing.TB, p projections.Projection, records []es.Record) {
	t.Helper()
	seen := map[string]bool{}
	for _, rec := range records {
		change, err := p.Project(rec)
		if err != nil {
			t.Fatal(err)
		}
		if change.Apply == nil || seen[rec.Type] {
			continue
		}
		seen[rec.Type] = true
		for _, data := range []string{"", `{"`, `["wrong"]`, "\xff"} {
			rec.Data = []byte(data)
			target := attached(t, NewMemory(t), p)
			err := applyOne(t, p, target, rec)
			if stop := (*projections.ProjectError)(nil); !errors.As(err, &stop) || stop.Record.ID != rec.ID {
				t.Errorf("%s: %s with the bytes %q does not stop the projection: %v", p.Name, rec.Type, data, err)
			}
			if at, err := target.Checkpoint(t.Context()); err != nil || at != (es.Position{}) {
				t.Errorf("%s: %s with the bytes %q moved the checkpoint to %s, %v", p.Name, rec.Type, data, at, err)
			}
		}
	}
	if len(seen) == 0 {
		t.Errorf("%s: none of the records changes anything", p.Name)
	}
	stranger := records[0]
	stranger.Type, stranger.Data = "projectionstest.stranger.v1", []byte("\xff")
	if err := applyOne(t, p, attached(t, NewMemory(t), p), stranger); err != nil {
		t.Errorf("%s: a type that nobody knows stops the projection: %v", p.Name, err)
	}
}

func applyOne(t testing.TB, p projections.Projection, target projections.Target, rec es.Record) error {
	t.Helper()
	return projections.Apply(t.Context(), p, target, es.Position{}, es.Batch{Records: []es.Record{rec}, Through: rec.Position})
}
