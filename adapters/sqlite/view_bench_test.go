package sqlite

import (
	"fmt"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// firms makes rows of the size of a public record.
func firms(from, n int) []projections.Row {
	doc := make([]byte, 800)
	out := make([]projections.Row, n)
	for i := range out {
		k := (from + i) * 7919 % 1_000_003
		out[i] = projections.Row{
			Key: fmt.Sprintf("91640100MA%08d", k), Columns: []string{fmt.Sprintf("6401%02d", k%20), "企业", fmt.Sprintf("2026-01-%02d", k%28)},
			Search: fmt.Sprintf("宁夏银川第%d号商贸有限公司\n91640100ma%08d", k, k), Doc: doc,
		}
	}
	return out
}

func commitFirms(b *testing.B, target projections.Target, at, rows int, search bool) {
	b.Helper()
	work := projections.NewRows(nil)
	work.Begin(es.At(uint64(at+1), 0), nil)
	for _, r := range firms(at*rows, rows) {
		if !search {
			r.Search = ""
		}
		work.Put("firm", r)
	}
	if err := target.Commit(b.Context(), es.At(uint64(at), 0), es.At(uint64(at+1), 0), work); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkViewCommit(b *testing.B) {
	for _, rows := range []int{0, 1, 16, 256} {
		for _, search := range []bool{false, true} {
			b.Run(fmt.Sprintf("rows=%d/search=%v", rows, search), func(b *testing.B) {
				_, target := attachFirm(b)
				at := 0
				for b.Loop() {
					commitFirms(b, target, at, rows, search)
					at++
				}
				if rows > 0 {
					b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(rows*at), "µs/row")
				}
			})
		}
	}
}

func BenchmarkViewRead(b *testing.B) {
	v, target := attachFirm(b)
	for at := range 100 {
		commitFirms(b, target, at, 200, true)
	}
	some := firms(0, 20_000)
	b.Run("Get", func(b *testing.B) {
		for n := 0; b.Loop(); n++ {
			if row, err := v.Get(b.Context(), "firm", some[n%len(some)].Key); err != nil || row == nil {
				b.Fatal(row, err)
			}
		}
	})
	for name, q := range map[string]projections.Query{
		"List":   {Table: "firm", Where: map[string]string{"district": "640105"}, OrderBy: "since", Limit: 50},
		"Search": {Table: "firm", Search: "有限公司", Limit: 50},
		"Rare":   {Table: "firm", Search: "第7919号", Limit: 50},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if page, err := v.List(b.Context(), q); err != nil || len(page.Rows) == 0 {
					b.Fatal(page, err)
				}
			}
		})
	}
	b.Run("Load256", func(b *testing.B) {
		for n := 0; b.Loop(); n++ {
			var keys []projections.Key
			for i := range 256 {
				keys = append(keys, projections.Key{Table: "firm", Key: some[(n*31+i*53)%len(some)].Key})
			}
			if _, err := target.Load(b.Context(), keys); err != nil {
				b.Fatal(err)
			}
		}
	})
}
