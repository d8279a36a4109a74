package sheet

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/xuri/excelize/v2"
)

const manyRows = 50_000

// manyFirms writes a roster of about 5 MB, packed small.
func manyFirms(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "many.csv.gz")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	w := bufio.NewWriter(z)
	_, _ = w.WriteString("企业名称,统一社会信用代码,成立日期,类型,经营范围\n")
	for i := range manyRows {
		_, _ = fmt.Fprintf(w, "明鉴%d号商贸有限公司,%018d,2019-01-31,企业,\"批发、零售\n日用百货\"\n", i, i)
	}
	if err := errors.Join(w.Flush(), z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func manyCells(t testing.TB) string {
	t.Helper()
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range manyRows / 2 {
		row := []any{fmt.Sprintf("明鉴%d号商贸有限公司", i), fmt.Sprintf("%018d", i), 43496, "企业", "批发、零售，日用百货"}
		if i == 0 {
			row = []any{"企业名称", "统一社会信用代码", "成立日期", "类型", "经营范围"}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), row); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "many.xlsx")
	if err := errors.Join(w.Flush(), f.SaveAs(path), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Memory must not grow with the rows read: what lives at the end lives near the beginning too. Not parallel, since the
// heap is everybody's.
func TestMemoryStaysFlat(t *testing.T) {
	for name, write := range map[string]func(testing.TB) string{"csv": manyFirms, "xlsx": manyCells} {
		r := open(t, write(t), Options{Mapping: mustMapping(t, firmMapping)})
		var early uint64
		rows := 0
		for {
			_, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if rows++; rows == 2000 {
				early = liveHeap()
			}
		}
		late := liveHeap()
		if rows < manyRows/2-1 || r.Counts().Refused != 0 {
			t.Errorf("%s: %d rows, %+v", name, rows, r.Counts())
		}
		if late > early+4<<20 {
			t.Errorf("%s: %d bytes after 2,000 rows, %d after %d", name, early, late, rows)
		}
		t.Logf("%s: %d KiB after 2,000 rows, %d KiB after %d", name, early>>10, late>>10, rows)
	}
}

func BenchmarkRead(b *testing.B) {
	for name, write := range map[string]func(testing.TB) string{"csv": manyFirms, "xlsx": manyCells} {
		path, m := write(b), mustMapping(b, firmMapping)
		b.Run(name, func(b *testing.B) {
			rows := 0
			for b.Loop() {
				r := open(b, path, Options{Mapping: m})
				for {
					row, err := r.Next()
					if errors.Is(err, io.EOF) {
						break
					}
					if err != nil || row.Digest() == [32]byte{} {
						b.Fatal(err)
					}
					rows++
				}
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
