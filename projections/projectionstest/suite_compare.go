package projectionstest

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

var compareCases = map[string]func(*bench){
	"DifferencesAreFoundAndKeepTheLiveOnes": func(b *bench) {
		p := sample()
		records := history(21, 300)
		b.grouped(NewLog(7, records...), p, func(ctx context.Context, g *projections.Group) {
			b.must(g.Wait(ctx, p.Name, at(300)))
			whole := b.dump(b.attach(p))
			added, changed, removed := item("planted"), *b.firstRow(whole, items), *b.firstRow(whole, totals)
			changed.Doc = append([]byte("otherwise "), changed.Doc...)
			rows := rowsOf(changed.Position, items, added, changed)
			rows.Delete(totals, removed.Key)
			b.must(b.attach(p).Commit(ctx, at(300), at(300), rows))

			different := (*projections.DifferentError)(nil)
			if err := g.Rebuild(ctx, p.Name); !errors.As(err, &different) {
				b.Fatalf("a rebuild over planted rows answers %v", err)
			}
			c := different.Comparison
			if len(c.Tables) != 2 || c.Tables[0].Table != items || c.Tables[1].Table != totals || c.Rows() != 3 {
				b.Fatalf("found %+v", c)
			}
			if t := c.Tables[0]; t.Extra != 1 || t.Changed != 1 || t.Missing != 0 || len(t.Sample) != 2 {
				b.Errorf("of the items %+v", t)
			}
			if t := c.Tables[1]; t.Extra != 0 || t.Changed != 0 || t.Missing != 1 || t.Sample[0].Key.Key != removed.Key || t.Sample[0].A != nil {
				b.Errorf("of the totals %+v", t)
			}
			if b.get(items, "planted") == nil || b.get(totals, removed.Key) != nil {
				b.Error("the live tables were changed")
			}
			b.must(g.RebuildReviewed(ctx, p.Name, projections.Review{Accept: func(_ context.Context, found projections.Comparison) error {
				if found.Digest != c.Digest {
					b.Errorf("the same difference has the digest %s and then %s", c.Digest, found.Digest)
				}
				return nil
			}}))
			b.wantSame(b.attach(p), clean(b, p, 100, records))
			b.must(g.Rebuild(ctx, p.Name))
		})
	},
	"ARebuildOfWhatIsRightFindsNothingUnderLoad": func(b *bench) {
		p := sample()
		records := history(22, 400)
		log := NewLog(5, records[:100]...)
		b.grouped(log, p, func(ctx context.Context, g *projections.Group) {
			b.must(g.Wait(ctx, p.Name, at(100)))
			var all sync.WaitGroup
			all.Go(func() {
				for n := 100; n < 400; n++ {
					log.Add(records[n])
					if err := g.Wait(ctx, p.Name, at(n+1)); err != nil {
						b.Error(err)
					}
				}
			})
			heard := func(d projections.Difference) error {
				b.Errorf("%s of %s: live %s, new %s", d.Key.Key, d.Key.Table, show(d.A), show(d.B))
				return nil
			}
			for range 4 {
				b.must(g.RebuildReviewed(ctx, p.Name, projections.Review{Row: heard}))
			}
			all.Wait()
			b.wantSame(b.attach(p), clean(b, p, 100, records))
		})
	},
}

// grouped runs a group over the log while the work goes on.
func (b *bench) grouped(log es.Source, p projections.Projection, work func(context.Context, *projections.Group)) {
	b.Helper()
	g, err := projections.NewGroup(log, b.Views, slog.New(slog.DiscardHandler), []projections.Projection{p}, nil)
	b.must(err)
	ctx, cancel := context.WithCancel(b.ctx())
	done := make(chan error, 1)
	go func() { done <- g.Run(ctx) }()
	defer func() {
		cancel()
		b.must(<-done)
	}()
	work(ctx, g)
}

// firstRow is the first row of a table in a dump.
func (b *bench) firstRow(dump []projections.Entry, table string) *projections.Row {
	b.Helper()
	for _, e := range dump {
		if e.Table == table {
			return &e.Row
		}
	}
	b.Fatalf("%s has no row", table)
	return nil
}
