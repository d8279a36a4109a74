package projections_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

// patched is a group over a log of ten records whose live table has a row that no event accounts for.
func patched(t *testing.T) (*hooked, *projectionstest.Log, *projections.Group) {
	t.Helper()
	views := &hooked{Memory: projectionstest.NewMemory(t)}
	patchByHand(t, views)
	log := projectionstest.NewLog(3, good(1, 10)...)
	return views, log, group(t, views, log, nil, tally("a"))
}

func TestADifferenceKeepsTheLiveTables(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views, log, g := patched(t)
		stop := start(t, g.Run)
		if err := g.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		var digests []string
		for range 2 {
			different := (*projections.DifferentError)(nil)
			if err := g.Rebuild(t.Context(), "a"); !errors.As(err, &different) {
				t.Fatalf("a rebuild with a difference answers %v", err)
			}
			c := different.Comparison
			if c.Projection != "a" || c.Through != c.Live || c.Rows() != 1 || len(c.Tables) != 1 || c.Tables[0].Extra != 1 || c.Tables[0].Missing+c.Tables[0].Changed != 0 {
				t.Errorf("found %+v", c)
			}
			if d := c.Tables[0].Sample[0]; d.Key.Key != "patched" || d.A == nil || d.A.Columns[0] != "1" || d.B != nil {
				t.Errorf("the sample is %+v", d)
			}
			if !strings.Contains(different.Error(), c.Digest) {
				t.Errorf("%v does not tell the digest", different)
			}
			digests = append(digests, c.Digest)
			log.Add(good(len(digests)*2+9, len(digests)*2+10)...)
			if err := g.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if digests[0] != digests[1] || len(digests[0]) != 64 {
			t.Errorf("one difference has the digests %v", digests)
		}
		if row, err := views.Get(t.Context(), "tally_a", "patched"); row == nil || err != nil || views.dropped != 2 {
			t.Errorf("after the refusals the row is %v, %v; %d shadows dropped", row, err, views.dropped)
		}
		if got := counted(t, views, "tally_a"); got != "14" {
			t.Errorf("the live tables count %s of 14", got)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestAReviewHearsOfEachRowAndDecides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views, log, g := patched(t)
		stop := start(t, g.Run)
		if err := g.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		refusal := errors.New("not this one")
		var heard []string
		review := projections.Review{
			Row: func(d projections.Difference) error {
				heard = append(heard, d.Key.Table+"/"+d.Key.Key)
				return nil
			},
			Accept: func(context.Context, projections.Comparison) error { return refusal },
		}
		if err := g.RebuildReviewed(t.Context(), "a", review); !errors.Is(err, refusal) || fmt.Sprint(heard) != "[tally_a/patched]" {
			t.Errorf("refused: %v, heard %v", err, heard)
		}
		// Whoever decides may take his time and write: nothing stands still meanwhile, and what came is in the new tables.
		review.Accept = func(ctx context.Context, c projections.Comparison) error {
			log.Add(good(11, 15)...)
			return g.Wait(ctx, "a", pos(15))
		}
		if err := g.RebuildReviewed(t.Context(), "a", review); err != nil {
			t.Fatal(err)
		}
		if row, err := views.Get(t.Context(), "tally_a", "patched"); row != nil || err != nil || counted(t, views, "tally_a") != "15" {
			t.Errorf("after the switch: %v, %v, %s of 15", row, err, counted(t, views, "tally_a"))
		}
		review.Accept = func(context.Context, projections.Comparison) error {
			t.Error("asked about nothing")
			return nil
		}
		if err := g.RebuildReviewed(t.Context(), "a", review); err != nil || len(heard) != 2 {
			t.Errorf("a rebuild of what is right: %v, heard %v", err, heard)
		}
		review.Row = func(projections.Difference) error { return refusal }
		patchAt(t, views, pos(15))
		if err := g.RebuildReviewed(t.Context(), "a", review); !errors.Is(err, refusal) {
			t.Errorf("a listener's error: %v", err)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// patchAt puts the row into tables that stand there.
func patchAt(t *testing.T, sink projections.Sink, at es.Position) {
	t.Helper()
	live, err := sink.Attach(t.Context(), tally("a"))
	if err != nil {
		t.Fatal(err)
	}
	rows := projections.NewRows(nil)
	rows.Put("tally_a", projections.Row{Key: "patched", Columns: []string{"1"}})
	if err := live.Commit(t.Context(), at, at, rows); err != nil {
		t.Fatal(err)
	}
}

func TestSamplesAreBoundedAndCountsAreNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views := projectionstest.NewMemory(t)
		g := group(t, views, projectionstest.NewLog(3, good(1, 3)...), nil, tally("a"))
		stop := start(t, g.Run)
		if err := g.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		live, err := views.Attach(t.Context(), tally("a"))
		if err != nil {
			t.Fatal(err)
		}
		rows := projections.NewRows(nil)
		large := make([]byte, projections.SampleBytes/4)
		for n := range 40 {
			row := projections.Row{Key: fmt.Sprintf("p%02d", n), Columns: []string{"1"}}
			if n < 5 {
				row.Doc = large
			}
			rows.Put("tally_a", row)
		}
		if err := live.Commit(t.Context(), pos(3), pos(3), rows); err != nil {
			t.Fatal(err)
		}
		different := (*projections.DifferentError)(nil)
		if err := g.Rebuild(t.Context(), "a"); !errors.As(err, &different) {
			t.Fatal(err)
		}
		sample := different.Comparison.Tables[0].Sample
		tooMuch := slices.ContainsFunc(sample, func(d projections.Difference) bool { return d.Key.Key == "p04" })
		if different.Comparison.Rows() != 40 || len(sample) != projections.SampleRows || tooMuch {
			t.Errorf("%d rows, %d of them in the sample", different.Comparison.Rows(), len(sample))
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// TestDigestsTellDifferencesApart changes each part of a row by itself.
func TestDigestsTellDifferencesApart(t *testing.T) {
	seen := map[string]string{}
	for name, change := range map[string]func(*projections.Rows){
		"a row too many":    func(r *projections.Rows) { r.Put("tally_a", projections.Row{Key: "x", Columns: []string{"1"}}) },
		"of another key":    func(r *projections.Rows) { r.Put("tally_a", projections.Row{Key: "y", Columns: []string{"1"}}) },
		"of another column": func(r *projections.Rows) { r.Put("tally_a", projections.Row{Key: "x", Columns: []string{"2"}}) },
		"of another document": func(r *projections.Rows) {
			r.Put("tally_a", projections.Row{Key: "x", Columns: []string{"1"}, Doc: []byte("d")})
		},
		"of another position": func(r *projections.Rows) {
			r.Begin(pos(2), nil)
			r.Put("tally_a", projections.Row{Key: "x", Columns: []string{"1"}})
		},
		"two": func(r *projections.Rows) {
			r.Put("tally_a", projections.Row{Key: "x", Columns: []string{"1"}})
			r.Put("tally_a", projections.Row{Key: "y", Columns: []string{"1"}})
		},
		"a row too few": func(r *projections.Rows) { r.Delete("tally_a", "one") },
	} {
		synctest.Test(t, func(t *testing.T) {
			views := projectionstest.NewMemory(t)
			g := group(t, views, projectionstest.NewLog(3, good(1, 3)...), nil, tally("a"))
			stop := start(t, g.Run)
			if err := g.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
			live, err := views.Attach(t.Context(), tally("a"))
			if err != nil {
				t.Fatal(err)
			}
			rows := projections.NewRows(nil)
			change(rows)
			if err := live.Commit(t.Context(), pos(3), pos(3), rows); err != nil {
				t.Fatal(err)
			}
			different := (*projections.DifferentError)(nil)
			if err := g.Rebuild(t.Context(), "a"); !errors.As(err, &different) {
				t.Fatalf("%s: %v", name, err)
			}
			if other, twice := seen[different.Comparison.Digest]; twice {
				t.Errorf("%s and %s have one digest", name, other)
			}
			seen[different.Comparison.Digest] = name
			if err := stop(); err != nil {
				t.Error(err)
			}
		})
	}
}
