package projectionstest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/projections"
)

// ranked commits n items of three kinds; ranks repeat, so that the key decides.
func ranked(b *bench, n int) (projections.Target, []projections.Row) {
	b.Helper()
	live := b.attach(sample())
	var list []projections.Row
	for i := range n {
		rank := projections.Num(uint64(i * 7 % 5)) //nolint:gosec // small
		list = append(list, item(fmt.Sprintf("k%03d", i), []string{"甲", "乙", ""}[i%3], rank, fmt.Sprint(i%2)))
	}
	b.put(live, items, list...)
	return live, list
}

// expect filters and sorts the rows as the query says, without a database.
func expect(list []projections.Row, q projections.Query) []string {
	columns := map[string]int{"kind": 0, "rank": 1, "count": 2}
	order := func(r projections.Row) string {
		if q.OrderBy == "" {
			return r.Key
		}
		return r.Columns[columns[q.OrderBy]]
	}
	var rows []projections.Row
	for _, r := range list {
		keep := (q.From == "" || order(r) >= q.From) && (q.To == "" || order(r) <= q.To)
		for c, v := range q.Where {
			keep = keep && r.Columns[columns[c]] == v
		}
		if keep {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b projections.Row) int {
		c := strings.Compare(order(a)+"\x00"+a.Key, order(b)+"\x00"+b.Key)
		if q.Desc {
			return -c
		}
		return c
	})
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = r.Key
	}
	return keys
}

var listCases = map[string]func(*bench){
	"EveryShapeOfQuery": func(b *bench) {
		_, list := ranked(b, 60)
		for _, q := range []projections.Query{
			{},
			{From: "k010", To: "k020"},
			{Where: map[string]string{"kind": "甲"}},
			{Where: map[string]string{"kind": ""}},
			{Where: map[string]string{"kind": "甲"}, From: "k010"},
			{OrderBy: "rank"},
			{OrderBy: "rank", From: projections.Num(2)},
			{OrderBy: "rank", To: projections.Num(2)},
			{Where: map[string]string{"kind": "乙"}, OrderBy: "rank"},
			{Where: map[string]string{"kind": "乙"}, OrderBy: "rank", From: projections.Num(1), To: projections.Num(3)},
			{Where: map[string]string{"count": "1", "kind": "甲"}, OrderBy: "rank"},
			{Where: map[string]string{"kind": "无"}},
			{Where: map[string]string{"kind": "乙"}, OrderBy: "rank", From: projections.Num(3), To: projections.Num(1)},
		} {
			q.Table = items
			for _, q.Desc = range []bool{false, true} {
				for _, q.Limit = range []int{1, 7, 20, 60, 61} {
					b.wantKeys(q, expect(list, q)...)
				}
			}
		}
	},
	"GivesWholeRows": func(b *bench) {
		_, list := ranked(b, 3)
		for i, got := range b.list(projections.Query{Table: items, OrderBy: "rank", Limit: 3}).Rows {
			want := list[[]int{0, 1, 2}[slices.IndexFunc(list, func(r projections.Row) bool { return r.Key == got.Key })]]
			want.Position = at(1)
			if !got.Equal(want) {
				b.Errorf("row %d is %s, not %s", i, show(&got), show(&want))
			}
		}
	},
	"OrdersByBytes": func(b *bench) {
		live := b.attach(sample())
		var list []projections.Row
		for i, key := range []string{"a", "B", "ä", "中", "𫖯", "𠀀", "", "~", "1", "10", "2", "é"} {
			list = append(list, item("key "+key, "甲", key, fmt.Sprint(i)))
		}
		b.put(live, items, list...)
		for _, q := range []projections.Query{{}, {OrderBy: "rank"}, {OrderBy: "rank", From: "B", To: "中"}} {
			q.Table, q.Limit = items, 4
			b.wantKeys(q, expect(list, q)...)
		}
	},
	"EmptyTable": func(b *bench) {
		b.attach(sample())
		for _, q := range []projections.Query{{}, {OrderBy: "rank"}, {Where: map[string]string{"kind": "甲"}}, {Search: "公司"}} {
			q.Table, q.Limit = items, 10
			if page := b.list(q); len(page.Rows) != 0 || page.Next != "" {
				b.Errorf("%+v gives %+v", q, page)
			}
		}
		if row := b.get(items, "k"); row != nil {
			b.Errorf("Get gives %s", show(row))
		}
	},
	"RefusesWhatNoIndexAnswers": func(b *bench) {
		ranked(b, 3)
		for field, list := range map[string][]projections.Query{
			"where": {
				{OrderBy: "count", Limit: 1}, {OrderBy: "kind; DROP", Limit: 1}, {Where: map[string]string{"rank": "", "kind": ""}, OrderBy: "rank", Limit: 1},
				{Where: map[string]string{"count": "1"}, Limit: 1}, {Where: map[string]string{"nothing": "1"}, Limit: 1},
				{Where: map[string]string{"kind": "甲"}, OrderBy: "count", Limit: 1}, {Where: map[string]string{"kind": "甲", "count": "1"}, Limit: 1},
			},
			"limit": {{Limit: 0}, {Limit: -1}, {Limit: projections.MaxLimit + 1}},
		} {
			for _, q := range list {
				q.Table = items
				var refused *projections.QueryError
				if _, err := b.Views.List(b.ctx(), q); !errors.As(err, &refused) || refused.Field != field {
					b.Errorf("%+v: %v, not refused for its %s", q, err, field)
				}
			}
		}
		b.list(projections.Query{Table: items, Limit: projections.MaxLimit})
	},
}

var cursorCases = map[string]func(*bench){
	"StableWhileOthersWrite": func(b *bench) {
		for _, q := range []projections.Query{
			{}, {OrderBy: "rank"}, {OrderBy: "rank", Desc: true}, {Where: map[string]string{"kind": "甲"}, OrderBy: "rank"}, {Search: "公司"},
		} {
			q.Table, q.Limit = items, 4
			b.pageWhileWriting(q)
			b.startOver(sample())
		}
	},
	"RefusesWhatIsNotItsOwn": func(b *bench) {
		ranked(b, 9)
		q := projections.Query{Table: items, OrderBy: "rank", Limit: 2}
		next := b.list(q).Next
		if next == "" {
			b.Fatal("no cursor")
		}
		others := []projections.Query{
			{Table: items, Limit: 2, After: next}, {Table: items, OrderBy: "rank", Desc: true, Limit: 2, After: next},
			{Table: items, OrderBy: "rank", From: "0", Limit: 2, After: next}, {Table: items, Search: "公司", Limit: 2, After: next},
			{Table: items, Where: map[string]string{"kind": "甲"}, OrderBy: "rank", Limit: 2, After: next},
		}
		bad := []string{"x", "=", "AAAA", "中文", next + "A", next[1:], next[:len(next)/2], strings.Repeat("A", 5000), strings.ToUpper(next)}
		for _, c := range bad {
			q.After = c
			others = append(others, q)
		}
		for _, o := range others {
			if page, err := b.Views.List(b.ctx(), o); !errors.Is(err, projections.ErrCursor) {
				b.Errorf("%+v: %d rows, %v", o, len(page.Rows), err)
			}
		}
		q.After, q.Limit = next, 1
		if page := b.list(q); len(page.Rows) != 1 {
			b.Error("a cursor with another limit was not taken")
		}
	},
}

// pageWhileWriting pages through a query while rows come, change and go; those left alone must come once, in order.
func (b *bench) pageWhileWriting(q projections.Query) {
	b.Helper()
	live := b.attach(sample())
	var list []projections.Row
	for i := range 40 {
		row := item(fmt.Sprintf("k%02d", i), "甲", projections.Num(uint64(i*3%4)), "0") //nolint:gosec // small
		row.Search = "一家公司"
		list = append(list, row)
	}
	b.put(live, items, list...)
	whole := b.all(projections.Query{
		Table: q.Table, Where: q.Where, OrderBy: q.OrderBy, Desc: q.Desc, Search: q.Search, Limit: projections.MaxLimit,
	})
	var got []string
	gone := map[string]bool{}
	for n := 0; ; n++ {
		page := b.list(q)
		for _, r := range page.Rows {
			got = append(got, r.Key)
		}
		if q.After = page.Next; q.After == "" {
			break
		}
		// The row that the cursor stands on goes, one before and one after are written anew in their place, others come.
		last := got[len(got)-1]
		on := list[slices.IndexFunc(list, func(r projections.Row) bool { return r.Key == last || strings.HasPrefix(last, r.Key+" ") })]
		gone[on.Key] = true
		fresh := on
		fresh.Key = fmt.Sprintf("%s new %d", on.Key, n)
		before := list[slices.IndexFunc(list, func(r projections.Row) bool { return r.Key == whole[0] })]
		before.Doc = []byte("changed")
		rows := rowsOf(at(n+2), items, fresh)
		rows.Delete(items, on.Key)
		if !gone[before.Key] {
			rows.Put(items, before)
		}
		b.must(live.Commit(b.ctx(), at(n+1), at(n+2), rows))
	}
	got = slices.DeleteFunc(got, func(k string) bool { return strings.Contains(k, "new") })
	if !slices.Equal(got, whole) {
		b.Errorf("%+v while others write\n got %v\nwant %v", q, got, whole)
	}
}
