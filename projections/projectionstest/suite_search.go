package projectionstest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/projections"
)

// searchable commits one item for each text, in this order; the keys run the other way.
func searchable(b *bench, texts ...string) projections.Target {
	b.Helper()
	live := b.attach(sample())
	var list []projections.Row
	for i, s := range texts {
		row := item(fmt.Sprintf("k%04d", len(texts)-i))
		row.Search = s
		list = append(list, row)
	}
	b.put(live, items, list...)
	return live
}

// wantFound compares a search with a plain look through the texts.
func (b *bench) wantFound(texts []string, term string, limit int) {
	b.Helper()
	var want []string
	for i, s := range texts {
		if strings.Contains(s, term) {
			want = append(want, fmt.Sprintf("k%04d", len(texts)-i))
		}
	}
	if got := b.all(projections.Query{Table: items, Search: term, Limit: limit}); !slices.Equal(got, want) {
		b.Errorf("search %q\n got %v\nwant %v", term, got, want)
	}
}

var names = []string{
	"西藏藏药集团股份有限公司 91540000710910210h", "宁夏回族自治区银川市兴庆区百姓大药房", "藏西公司", "abc科技(北京)有限公司",
	"ab c科技", "𫖯仰餐饮店", "仰𫖯", "a-b_c%d'e\"f*g", "药", "", "有限公司有限公司", "限公", "🀄🀄麻将馆", "one two  three", "“引号”、顿号；", "aaa",
}

var searchCases = map[string]func(*bench){
	"FindsSubstrings": func(b *bench) {
		searchable(b, names...)
		for _, term := range []string{
			"西藏", "藏药", "公司", "有限公司", "限公司有", "药房", "宁夏回族自治区银川市兴庆区百姓大药房", "9154", "10h", "71091021", // Chinese, codes
			"bc科", "(北", "c科技(", "b c", "𫖯仰", "仰𫖯", "𫖯仰餐", "🀄🀄", "🀄麻", "-b", "b_c", "c%", "%d", "'e", "e\"", "f*", "*g", // mixed, punctuation
			"  ", "o  t", "”、", "、顿", "aa", "aaa", "aaaa", "不存在", "OR", "NOT", "\"\"", "*\"", "公司 9", "ab", "AB", "药公",
		} {
			for _, limit := range []int{1, 2, 100} {
				b.wantFound(names, term, limit)
			}
		}
	},
	"FindsWhatAPlainLookFinds": func(b *bench) {
		seed := rand.Uint64()
		rnd := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test, not a secret
		letters := []rune("中国药品a1 -𫖯")
		word := func(n int) string {
			out := make([]rune, n)
			for i := range out {
				out[i] = letters[rnd.IntN(len(letters))]
			}
			return string(out)
		}
		texts := make([]string, 300)
		for i := range texts {
			texts[i] = word(rnd.IntN(24))
		}
		searchable(b, texts...)
		for range 100 {
			b.wantFound(texts, word(2+rnd.IntN(4)), 1+rnd.IntN(50))
		}
		if b.Failed() {
			b.Logf("seed %d", seed)
		}
	},
	"FollowsChanges": func(b *bench) {
		live := searchable(b, "甲公司", "乙公司", "丙公司")
		b.wantKeys(projections.Query{Table: items, Search: "公司", Limit: 9}, "k0003", "k0002", "k0001")
		renamed := item("k0003")
		renamed.Search = "甲商店"
		b.put(live, items, renamed)
		b.wantKeys(projections.Query{Table: items, Search: "公司", Limit: 9}, "k0002", "k0001")
		b.wantKeys(projections.Query{Table: items, Search: "商店", Limit: 9}, "k0003")
		renamed.Search = "甲公司"
		b.put(live, items, renamed)
		b.wantKeys(projections.Query{Table: items, Search: "公司", Limit: 9}, "k0003", "k0002", "k0001")
		rows := projections.NewRows(nil)
		rows.Begin(at(4), nil)
		rows.Delete(items, "k0003")
		rows.Delete(items, "k0002")
		rows.Put(items, renamed)
		b.must(live.Commit(b.ctx(), at(3), at(4), rows))
		b.wantKeys(projections.Query{Table: items, Search: "公司", Limit: 9}, "k0001", "k0003")
		renamed.Search = ""
		b.put(live, items, renamed)
		b.wantKeys(projections.Query{Table: items, Search: "公司", Limit: 9}, "k0001")
	},
	"RefusesTheUnanswerable": func(b *bench) {
		searchable(b, names...)
		long := strings.Repeat("长", projections.MaxSearchTerm)
		b.wantKeys(projections.Query{Table: items, Search: long, Limit: 1})
		for _, q := range []projections.Query{
			{Search: "药"}, {Search: "𫖯"}, {Search: long + "长"}, {Search: "\xff\xfe"}, {Search: "药房", OrderBy: "rank"}, {Search: "药房", Desc: true},
			{Search: "药房", Where: map[string]string{"kind": "甲"}}, {Search: "药房", From: "a"}, {Search: "药房", To: "a"},
			{Table: totals, Search: "药房"},
		} {
			if q.Limit = 1; q.Table == "" {
				q.Table = items
			}
			var refused *projections.QueryError
			if _, err := b.Views.List(b.ctx(), q); !errors.As(err, &refused) || refused.Field != "search" {
				b.Errorf("%+v: %v", q, err)
			}
		}
	},
	"CursorOutlivesASwitch": func(b *bench) {
		p := sample()
		records := history(12, 200)
		live := b.attach(p)
		b.apply(p, live, 11, records...)
		q := projections.Query{Table: items, Search: "公司", Limit: 3}
		whole, first := b.all(q), b.list(q)
		shadow := b.shadow(p)
		b.apply(p, shadow, 200, records...)
		b.must(b.Views.Switch(b.ctx(), p, at(200), shadow))
		q.After = first.Next
		b.wantKeys(q, whole[3:]...)
	},
}
