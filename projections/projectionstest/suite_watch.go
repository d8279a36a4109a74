package projectionstest

import (
	"slices"
	"strings"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// notes keeps what a watcher was told.
type notes struct {
	mu   sync.Mutex
	keys []projections.Key
}

func (n *notes) take(keys []projections.Key) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.keys = append(n.keys, keys...)
}

func (n *notes) since() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var out []string
	for _, k := range n.keys {
		out = append(out, k.Table+"/"+k.Key)
	}
	n.keys = nil
	slices.Sort(out)
	return slices.Compact(out)
}

var watchCases = map[string]func(*bench){
	"TellsOfEachChange": func(b *bench) {
		p := sample()
		live := b.attach(p)
		n := &notes{}
		stop := b.Views.Watch(n.take)
		want := func(keys ...string) {
			b.Helper()
			if got := n.since(); strings.Join(got, " ") != strings.Join(keys, " ") {
				b.Errorf("told of %q, not %q", got, keys)
			}
		}
		b.put(live, items, item("a"), item("b"))
		want(items+"/a", items+"/b")
		rows := projections.NewRows(nil)
		rows.Begin(at(2), nil)
		rows.Delete(items, "a")
		rows.Put(totals, projections.Row{Key: "t", Columns: []string{"1"}})
		b.must(live.Commit(b.ctx(), at(1), at(2), rows))
		want(items+"/a", totals+"/t")
		b.is(live.Commit(b.ctx(), at(1), at(2), rows), projections.ErrMoved)
		want()
		shadow := b.shadow(p)
		b.put(shadow, items, item("c"))
		n.since() // a shadow's rows are nobody's concern; telling of them is harmless
		b.must(b.Views.Switch(b.ctx(), p, at(2), shadow))
		want(items+"/", totals+"/")
		stop()
		b.put(shadow, items, item("d"))
		want()
	},
	"WhenReadersSeeIt": func(b *bench) {
		live := b.attach(sample())
		seen := make(chan *projections.Row, 1)
		stop := b.Views.Watch(func(keys []projections.Key) {
			row, err := b.Views.Get(b.ctx(), keys[0].Table, keys[0].Key)
			if err != nil {
				b.Error(err)
			}
			seen <- row
		})
		defer stop()
		b.put(live, items, item("a", "甲"))
		if row := <-seen; row == nil || row.Columns[0] != "甲" {
			b.Errorf("when told, a reader saw %s", show(row))
		}
	},
	"KeepsRenderedRowsFresh": func(b *bench) {
		live := b.attach(sample())
		b.must(live.Commit(b.ctx(), es.Position{}, at(1), rowsOf(at(1), items, item("a", "1"))))
		fresh, stop := projections.NewFresh(b.Views, b.Views, items, 10, func(r *projections.Row) (string, error) {
			return r.Columns[0], nil
		})
		defer stop()
		var readers sync.WaitGroup
		done := make(chan struct{})
		for range 4 {
			readers.Go(func() {
				for last := ""; ; {
					v, _, err := fresh.Get(b.ctx(), "a")
					if err != nil || len(v) < len(last) {
						b.Errorf("after %q came %q, %v", last, v, err)
						return
					}
					last = v
					select {
					case <-done:
						return
					default:
					}
				}
			})
		}
		for n := 2; n <= 60; n++ {
			want := strings.Repeat("1", n)
			b.put(live, items, item("a", want))
			if got, ok, err := fresh.Get(b.ctx(), "a"); got != want || !ok || err != nil {
				b.Errorf("after commit %d: %q, %v, %v", n, got, ok, err)
			}
		}
		close(done)
		readers.Wait()
	},
}
