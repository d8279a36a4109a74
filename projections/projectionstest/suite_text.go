package projectionstest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/mingjian-ledger/mingjian/projections"
)

// noise is a text of MaxText bytes that nothing makes shorter, behind a beginning.
func noise(rnd *rand.Rand, beginning string) string {
	out := []byte(beginning)
	for len(out) < projections.MaxText-3 {
		out = append(out, string(rune(0x4e00+rnd.IntN(0x5000)))...)
	}
	return string(append(out, strings.Repeat("x", projections.MaxText-len(out))...))
}

var textCases = map[string]func(*bench){
	"FindsTheLongest": func(b *bench) {
		rnd := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // a repeatable test, not a secret
		live := b.attach(sample())
		kind, beginning := noise(rnd, "甲"), noise(rnd, "乙")[:900]
		var list []projections.Row
		for i := range 24 {
			rank := noise(rnd, "")
			if i%2 == 0 {
				rank = noise(rnd, beginning) // told apart by their ends alone
			}
			list = append(list, item(noise(rnd, fmt.Sprintf("k%02d", i*7%24)), kind, rank, "1"))
			list = append(list, item(fmt.Sprintf("short %02d", i), kind, []string{"a", "末", beginning}[i%3], "1"))
		}
		b.put(live, items, list...)
		for _, q := range []projections.Query{
			{},
			{OrderBy: "rank"},
			{OrderBy: "rank", From: beginning + "一", To: beginning + "龙"},
			{Where: map[string]string{"kind": kind}},
			{Where: map[string]string{"kind": kind}, OrderBy: "rank"},
			{Where: map[string]string{"kind": kind, "count": "1"}, OrderBy: "rank"},
			{Where: map[string]string{"kind": kind[:600]}},
		} {
			q.Table = items
			for _, q.Desc = range []bool{false, true} {
				for _, q.Limit = range []int{1, 5, 50} {
					b.wantKeys(q, expect(list, q)...)
				}
			}
		}
		short := list[0]
		short.Columns = []string{"甲", "1", "1"}
		b.put(live, items, short)
		b.wantKeys(projections.Query{Table: items, Where: map[string]string{"kind": "甲"}, OrderBy: "rank", Limit: 9}, short.Key)
	},
	"BoundsAreAnyBytes": func(b *bench) {
		live := b.attach(sample())
		var list []projections.Row
		for i, s := range []string{"a", "a\x01", "a中", "a中b", "a丮", "a\ud7ff", "a\ue000", "a\U00010000", "a\U0010ffff", "b", "中"} {
			list = append(list, item(fmt.Sprintf("k%02d", i), "甲", s, "1"))
		}
		b.put(live, items, list...)
		for _, s := range []string{
			"a\x00", "a\x00z", "\x00", "a\xff", "a\xe4", "a\xe4\xb8", "a\xe4\xb8\xad\xff", "a\xed\x9f\xc0", "a\xed\xa0\x80", "a\xed\xff", "a\xee", "a\xef\xbf",
			"a\xf0", "a\xf4\x8f\xbf", "a\xf4\x8f\xbf\xbf\xff", "a\xf4\x90", "a\x80", "\xff", "b\xc3",
		} {
			for _, q := range []projections.Query{{OrderBy: "rank", From: s}, {OrderBy: "rank", To: s}} {
				q.Table, q.Limit = items, 20
				b.wantKeys(q, expect(list, q)...)
			}
		}
	},
	"NobodyHasIllFormedOnes": func(b *bench) {
		live := b.attach(sample())
		b.put(live, items, item("a", "甲"))
		for _, s := range []string{"\xff", "a\x00", "\x00", "\xed\xa0\x80", "甲\xe7"} {
			if row := b.get(items, s); row != nil {
				b.Errorf("Get of %q gives %s", s, show(row))
			}
			k := projections.Key{Table: items, Key: s}
			if loaded, err := live.Load(b.ctx(), []projections.Key{k}); err != nil || loaded[k] != nil {
				b.Errorf("Load of %q gives %s, %v", s, show(loaded[k]), err)
			}
			b.wantKeys(projections.Query{Table: items, Where: map[string]string{"kind": s}, Limit: 5})
		}
		b.wantKeys(projections.Query{Table: items, Search: "a\x00", Limit: 5})
	},
}
