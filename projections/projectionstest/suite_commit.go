package projectionstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

func item(key string, columns ...string) projections.Row {
	for len(columns) < 3 {
		columns = append(columns, "")
	}
	return projections.Row{Key: key, Columns: columns, Doc: []byte("doc of " + key)}
}

var commitCases = map[string]func(*bench){
	"KeepsEveryByte": func(b *bench) {
		live := b.attach(sample())
		odd := []projections.Row{
			{Key: "空 '\"%_\\ 𫖯", Columns: []string{"", "' OR 1=1 --", "末"}, Search: "宁夏 🀄\tx", Doc: []byte{0, 1, 0xff, '\n'}},
			{Key: "empty", Columns: []string{"", "", ""}},
			{Key: strings.Repeat("长", 300), Columns: []string{strings.Repeat("a", projections.MaxText), "b", "c"}, Doc: bytes.Repeat([]byte{7}, 200_000)},
		}
		through := b.put(live, items, odd...)
		for _, want := range odd {
			want.Position = through
			k := projections.Key{Table: items, Key: want.Key}
			loaded, err := live.Load(b.ctx(), []projections.Key{k})
			b.must(err)
			for from, got := range map[string]*projections.Row{"Load": loaded[k], "Get": b.get(items, want.Key)} {
				if got == nil || !got.Equal(want) {
					b.Errorf("%s gives %s, not %s", from, show(got), show(&want))
				}
			}
		}
		page := b.list(projections.Query{Table: items, Limit: 10})
		entries := b.dump(live)
		if len(page.Rows) != len(odd) || len(entries) != len(odd) {
			b.Fatalf("List gives %d rows, Dump %d", len(page.Rows), len(entries))
		}
		for i, e := range entries {
			if !e.Row.Equal(page.Rows[i]) {
				b.Errorf("Dump gives %s, List %s", show(&e.Row), show(&page.Rows[i]))
			}
		}
	},
	"LoadAnswersEveryKey": func(b *bench) {
		live := b.attach(sample())
		var list []projections.Row
		var keys []projections.Key
		for i := range 2500 {
			keys = append(keys, projections.Key{Table: items, Key: fmt.Sprintf("k%04d", i)})
			if i%2 == 0 {
				list = append(list, item(keys[i].Key, "x", fmt.Sprint(i)))
			}
		}
		keys = append(keys, projections.Key{Table: totals, Key: "k0000"}, keys[0])
		b.put(live, items, list...)
		loaded, err := live.Load(b.ctx(), keys)
		b.must(err)
		for i, k := range keys[:2500] {
			row, asked := loaded[k]
			switch {
			case !asked, (row != nil) != (i%2 == 0):
				b.Fatalf("%v: asked %v, row %s", k, asked, show(row))
			case row != nil && row.Columns[1] != fmt.Sprint(i):
				b.Fatalf("%v is %s", k, show(row))
			}
		}
		if row, asked := loaded[projections.Key{Table: totals, Key: "k0000"}]; !asked || row != nil {
			b.Errorf("a row of the other table: %v %s", asked, show(row))
		}
		if none, err := live.Load(b.ctx(), nil); err != nil || len(none) != 0 {
			b.Errorf("no keys gave %v, %v", none, err)
		}
		if _, err := live.Load(b.ctx(), []projections.Key{{Table: "nowhere", Key: "k"}}); err == nil {
			b.Error("a row of an unknown table was loaded")
		}
	},
	"DeletesAndPutsAgain": func(b *bench) {
		live := b.attach(sample())
		b.put(live, items, item("a"), item("b"))
		rows := projections.NewRows(nil)
		rows.Begin(at(2), nil)
		rows.Delete(items, "a")
		rows.Delete(items, "never there")
		rows.Delete(items, "b")
		rows.Put(items, item("b", "again"))
		rows.Put(items, item("c"))
		rows.Delete(items, "c")
		b.must(live.Commit(b.ctx(), at(1), at(2), rows))
		b.wantKeys(projections.Query{Table: items, Limit: 10}, "b")
		if row := b.get(items, "b"); row.Columns[0] != "again" || row.Position != at(2) {
			b.Errorf("b is %s", show(row))
		}
		if row := b.get(items, "a"); row != nil {
			b.Errorf("a is %s", show(row))
		}
	},
	"OneThatBreaksLeavesNothing": func(b *bench) {
		p := sample()
		live := b.attach(p)
		b.put(live, items, item("a", "old"), item("z", "old"))
		mend := b.Break(items, "m")
		rows := rowsOf(at(2), items, item("a", "new"), item("m", "new"), item("z", "new"))
		rows.Delete(items, "z")
		if err := live.Commit(b.ctx(), at(1), at(2), rows); err == nil || errors.Is(err, projections.ErrMoved) {
			b.Fatalf("a broken commit answered %v", err)
		}
		if got := b.checkpoint(live); got != at(1) {
			b.Errorf("the checkpoint moved to %s", got)
		}
		b.wantKeys(projections.Query{Table: items, Where: map[string]string{"kind": "old"}, Limit: 5}, "a", "z")
		mend()
		b.must(live.Commit(b.ctx(), at(1), at(2), rows))
		b.wantKeys(projections.Query{Table: items, Where: map[string]string{"kind": "new"}, Limit: 5}, "a", "m")
	},
	"FromElsewhereIsMoved": func(b *bench) {
		live := b.attach(sample())
		b.put(live, items, item("a", "old"))
		for _, from := range []es.Position{{}, at(2), es.At(1, 1)} {
			b.is(live.Commit(b.ctx(), from, at(9), rowsOf(at(9), items, item("a", "new"))), projections.ErrMoved)
		}
		if row := b.get(items, "a"); row.Columns[0] != "old" || b.checkpoint(live) != at(1) {
			b.Errorf("a refused commit left %s at %s", show(row), b.checkpoint(live))
		}
	},
	"OneOfManyRacersWins": func(b *bench) {
		live := b.attach(sample())
		won := make([]bool, 8)
		var all sync.WaitGroup
		for i := range won {
			all.Go(func() {
				err := live.Commit(b.ctx(), es.Position{}, at(i+1), rowsOf(at(i+1), items, item(fmt.Sprint("of ", i))))
				won[i] = err == nil
				if err != nil && !errors.Is(err, projections.ErrMoved) {
					b.Errorf("racer %d: %v", i, err)
				}
			})
		}
		all.Wait()
		winners := 0
		for i, w := range won {
			if w {
				winners++
				b.wantKeys(projections.Query{Table: items, Limit: 10}, fmt.Sprint("of ", i))
			}
		}
		if winners != 1 {
			b.Errorf("%d racers won", winners)
		}
	},
	"EndedContext": func(b *bench) {
		live := b.attach(sample())
		ctx, cancel := context.WithCancel(b.ctx())
		cancel()
		if err := live.Commit(ctx, es.Position{}, at(1), rowsOf(at(1), items, item("a"))); err == nil {
			b.Error("a commit under an ended context answered nil")
		}
		if _, err := b.Views.Get(ctx, items, "a"); err == nil {
			b.Error("a Get under an ended context answered nil")
		}
		b.must(live.Commit(b.ctx(), es.Position{}, at(1), rowsOf(at(1), items, item("a"))))
	},
	"DumpIsOneState": func(b *bench) {
		live := b.attach(sample())
		b.put(live, items, item("a", "old"), item("b", "old"), item("c", "old"))
		var got []string
		for e, err := range live.Dump(b.ctx()) {
			b.must(err)
			if e.Row.Key == "a" {
				b.put(live, items, item("b", "new"), item("c", "new"), item("d", "new"))
			}
			got = append(got, e.Row.Key+" "+e.Row.Columns[0])
		}
		if fmt.Sprint(got) != "[a old b old c old]" {
			b.Errorf("a dump across a commit gave %v", got)
		}
		for _, err := range live.Dump(b.ctx()) {
			b.must(err)
			break // a caller that stops early leaves nothing behind
		}
		b.wantKeys(projections.Query{Table: items, Limit: 9}, "a", "b", "c", "d")
	},
	"AnswersAreOneState": func(b *bench) {
		live := b.attach(sample())
		era := func(n int) *projections.Rows {
			var list []projections.Row
			for i := range 60 {
				list = append(list, item(fmt.Sprintf("k%03d", i), fmt.Sprint("era ", n)))
			}
			return rowsOf(at(n), items, list...)
		}
		b.must(live.Commit(b.ctx(), es.Position{}, at(1), era(1)))
		b.whileReading(func() {
			for n := 1; n < 12; n++ {
				b.must(live.Commit(b.ctx(), at(n), at(n+1), era(n+1)))
			}
		}, 60)
	},
}

// whileReading lists all items again and again during the change; each answer must be of one era and whole.
func (b *bench) whileReading(change func(), count int) {
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for reads := 0; ; reads++ {
				select {
				case <-stop:
					if reads > 0 {
						return
					}
				default:
				}
				page, err := b.Views.List(b.ctx(), projections.Query{Table: items, Limit: projections.MaxLimit})
				if err != nil {
					b.Errorf("List: %v", err)
					return
				}
				if len(page.Rows) != count {
					b.Errorf("List gives %d rows of %d", len(page.Rows), count)
					return
				}
				for _, r := range page.Rows {
					if r.Columns[0] != page.Rows[0].Columns[0] {
						b.Errorf("one answer holds %q and %q", r.Columns[0], page.Rows[0].Columns[0])
						return
					}
				}
				if row, err := b.Views.Get(b.ctx(), items, page.Rows[0].Key); err != nil || row == nil {
					b.Errorf("Get: %s, %v", show(row), err)
					return
				}
			}
		})
	}
	change()
	close(stop)
	readers.Wait()
}
