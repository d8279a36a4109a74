package projectionstest

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

var rebuildCases = map[string]func(*bench){
	"ShadowIsUnseenUntilTheSwitch": func(b *bench) {
		p := sample()
		live := b.attach(p)
		b.put(live, items, item("old", "x"))
		shadow := b.shadow(p)
		if got := b.checkpoint(shadow); got != (es.Position{}) || len(b.dump(shadow)) != 0 {
			b.Errorf("a new shadow stands at %s with %d rows", got, len(b.dump(shadow)))
		}
		b.put(shadow, items, item("new", "x"))
		b.put(shadow, items, item("newer", "x"))
		b.wantKeys(projections.Query{Table: items, Limit: 5}, "old")
		if got := b.checkpoint(live); got != at(1) {
			b.Errorf("filling the shadow moved the live checkpoint to %s", got)
		}
		b.must(b.Views.Switch(b.ctx(), p, at(1), shadow))
		b.wantKeys(projections.Query{Table: items, Limit: 5}, "new", "newer")
		if got, err := b.Views.Checkpoint(b.ctx(), p.Name); err != nil || got != at(2) {
			b.Errorf("the reader's checkpoint is %s, %v", got, err)
		}
		if got := b.checkpoint(b.attach(p)); got != at(2) {
			b.Errorf("attaching after the switch gives tables at %s", got)
		}
		b.put(shadow, items, item("newest", "x"))
		b.wantKeys(projections.Query{Table: items, Limit: 5}, "new", "newer", "newest")
	},
	"EqualsLive": func(b *bench) {
		p := sample()
		records := history(9, 300)
		live := b.attach(p)
		b.apply(p, live, 3, records...)
		shadow := b.shadow(p)
		b.must(projections.Fill(b.ctx(), p, NewLog(64, records...), shadow, at(300), nil))
		b.wantSame(shadow, live)
	},
	"FillStopsAtItsGoal": func(b *bench) {
		p := sample()
		records := history(10, 100)
		live := b.attach(p)
		b.must(projections.Fill(b.ctx(), p, NewLog(64, records...), live, at(33), nil))
		b.wantSame(live, clean(b, p, 100, records[:33]))
		b.must(projections.Fill(b.ctx(), p, NewLog(64, records...), live, at(999), nil))
		b.wantSame(live, clean(b, p, 100, records))
	},
	"NewShadowDropsTheUnfinished": func(b *bench) {
		p := sample()
		b.attach(p)
		first := b.shadow(p)
		b.put(first, items, item("a"))
		second := b.shadow(p)
		if d := b.dump(second); len(d) != 0 {
			b.Errorf("the second shadow starts with %v", d)
		}
		b.is(first.Commit(b.ctx(), at(1), at(2), projections.NewRows(nil)), projections.ErrMoved)
		b.is(b.Views.Switch(b.ctx(), p, es.Position{}, first), projections.ErrMoved)
	},
	"SwitchFromElsewhereIsMoved": func(b *bench) {
		p := sample()
		live := b.attach(p)
		b.put(live, items, item("old"))
		shadow := b.shadow(p)
		b.put(shadow, items, item("new"))
		b.is(b.Views.Switch(b.ctx(), p, es.Position{}, shadow), projections.ErrMoved)
		b.wantKeys(projections.Query{Table: items, Limit: 5}, "old")
		b.put(live, items, item("older"))
		b.put(shadow, items, item("newer"))
		b.must(b.Views.Switch(b.ctx(), p, at(2), shadow))
		b.wantKeys(projections.Query{Table: items, Limit: 5}, "new", "newer")
	},
	"FormerTargetIsMoved": func(b *bench) {
		p := sample()
		former := b.attach(p)
		shadow := b.shadow(p)
		b.must(b.Views.Switch(b.ctx(), p, es.Position{}, shadow))
		b.is(former.Commit(b.ctx(), es.Position{}, at(1), rowsOf(at(1), items, item("a"))), projections.ErrMoved)
		b.is(b.Views.Switch(b.ctx(), p, es.Position{}, former), projections.ErrMoved)
		b.wantKeys(projections.Query{Table: items, Limit: 5})
		if got := b.checkpoint(shadow); got != (es.Position{}) {
			b.Errorf("the former target moved the checkpoint to %s", got)
		}
	},
	"DropLeavesTheLiveOnes": func(b *bench) {
		p := sample()
		live := b.attach(p)
		b.put(live, items, item("a"))
		shadow := b.shadow(p)
		b.must(b.Views.Drop(b.ctx(), p, shadow))
		b.is(shadow.Commit(b.ctx(), es.Position{}, at(1), projections.NewRows(nil)), projections.ErrMoved)
		b.must(b.Views.Drop(b.ctx(), p, shadow))
		b.must(b.Views.Drop(b.ctx(), p, live))
		b.wantKeys(projections.Query{Table: items, Limit: 5}, "a")
		if _, err := b.Views.Shadow(b.ctx(), projections.Projection{Name: "nobody.v1"}); err == nil {
			b.Error("a projection that is not attached has a shadow")
		}
	},
	"ReadersSeeEitherSet": func(b *bench) {
		p := sample()
		fill := func(target projections.Target, n int) {
			var list []projections.Row
			for i := range 60 {
				list = append(list, item(fmt.Sprintf("k%03d", i), fmt.Sprint("era ", n)))
			}
			b.must(target.Commit(b.ctx(), es.Position{}, at(1), rowsOf(at(1), items, list...)))
		}
		fill(b.attach(p), 0)
		b.whileReading(func() {
			for n := range 8 {
				shadow := b.shadow(p)
				fill(shadow, n+1)
				b.must(b.Views.Switch(b.ctx(), p, at(1), shadow))
				if got := b.get(items, "k030").Columns[0]; got != fmt.Sprint("era ", n+1) {
					b.Errorf("after switch %d a reader sees %s", n+1, got)
				}
			}
		}, 60)
	},
	"WhileTheLogGrows": func(b *bench) {
		p := sample()
		records := history(13, 240)
		log := NewLog(7, records[:60]...)
		g, err := projections.NewGroup(log, b.Views, slog.New(slog.DiscardHandler), []projections.Projection{p}, nil)
		b.must(err)
		ctx, cancel := context.WithCancel(b.ctx())
		done := make(chan error, 1)
		go func() { done <- g.Run(ctx) }()
		defer func() {
			cancel()
			b.must(<-done)
		}()
		b.must(g.Wait(ctx, p.Name, at(60)))
		var all sync.WaitGroup
		all.Go(func() {
			for n := 60; n < 240; n++ {
				log.Add(records[n])
				if err := g.Wait(ctx, p.Name, at(n+1)); err != nil {
					b.Error(err)
				}
			}
		})
		for range 3 {
			b.must(g.Rebuild(ctx, p.Name))
		}
		all.Wait()
		b.must(g.Wait(ctx, p.Name, at(240)))
		b.wantSame(b.attach(p), clean(b, p, 100, records))
	},
}
