package sortition

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"iter"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"
)

var (
	candidates = flag.Int("draw.candidates", 10_000_000, "candidates in the benchmarks of the draw")
	pairs      = flag.Int("draw.pairs", 8, "pairs of a limit and a draw, in turn")
)

// benchIDs makes ids of 18 characters in one piece of memory.
func benchIDs(n int) []string {
	text := make([]byte, 0, 18*n)
	for i := range n {
		text = fmt.Appendf(text, "91%016d", i)
	}
	whole := unsafe.String(unsafe.SliceData(text), len(text))
	ids := make([]string, n)
	for i := range ids {
		ids[i] = whole[18*i : 18*i+18]
	}
	return ids
}

// benchPool streams the ids as three strata, of which 3 % are drawn.
func benchPool(ids []string) ([]*layer, iter.Seq2[Subject, error]) {
	names := []string{"A", "B", "C"}
	var layers []*layer
	for i, name := range names {
		l := &layer{name: name, seed: sha256.Sum256([]byte(name)), candidates: uint64((len(ids) + 2 - i) / 3), slack: usualSlack}
		l.quota = Stratum{RatioPPM: 30_000}.Quota(l.candidates)
		l.wanted = l.quota
		layers = append(layers, l)
	}
	return layers, func(yield func(Subject, error) bool) {
		for i, id := range ids {
			if !yield(Subject{ID: id, Stratum: names[i%3], District: "330102"}, nil) {
				return
			}
		}
	}
}

// blockRate hashes one block for each id on that many cores: what any draw of these tickets must do at least.
func blockRate(ids []string, cores int) time.Duration {
	begin := time.Now()
	var running sync.WaitGroup
	for core := range cores {
		running.Go(func() {
			var block [50]byte
			for _, id := range ids[len(ids)*core/cores : len(ids)*(core+1)/cores] {
				copy(block[32:], id)
				digest := sha256.Sum256(block[:])
				block[0] = digest[0] // no hash can be left out
			}
		})
	}
	running.Wait()
	return time.Since(begin)
}

func drawTime(b *testing.B, ids []string) time.Duration {
	b.Helper()
	layers, pool := benchPool(ids)
	begin := time.Now()
	if err := drawLayers(layers, pool); err != nil {
		b.Fatal(err)
	}
	return time.Since(begin)
}

// inTurn runs two things in turn and gives the ratios of their times, sorted.
func inTurn(limit, subject func() time.Duration) []float64 {
	ratios := make([]float64, *pairs)
	for i := range ratios {
		ratios[i] = limit().Seconds() / subject().Seconds()
	}
	slices.Sort(ratios)
	return ratios
}

func reportQuartiles(b *testing.B, unit string, ratios []float64) {
	b.Helper()
	n := len(ratios)
	low, high := ratios[n/4], ratios[(3*n)/4]
	if high > 1.4*low {
		b.Logf("%s: too noisy, quartiles %.3f and %.3f; run it again", unit, low, high)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ratios[n/2], unit)
	b.ReportMetric(low, unit+"-q1")
	b.ReportMetric(high, unit+"-q3")
}

func withCores(b *testing.B, cores int) {
	b.Helper()
	if runtime.NumCPU() < cores {
		b.Skipf("needs %d cores", cores)
	}
	before := runtime.GOMAXPROCS(cores)
	b.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

// BenchmarkTicketDraw measures goal P11 against the bare rate of SHA-256 blocks on the same cores.
func BenchmarkTicketDraw(b *testing.B) {
	ids := benchIDs(*candidates)
	for _, cores := range []int{1, 2} {
		b.Run(fmt.Sprintf("cores=%d", cores), func(b *testing.B) {
			withCores(b, cores)
			for b.Loop() {
				reportQuartiles(b, "of-blocks", inTurn(func() time.Duration { return blockRate(ids, cores) },
					func() time.Duration { return drawTime(b, ids) }))
			}
		})
	}
}

// BenchmarkTicketDrawSpeedup measures what the second core gives.
func BenchmarkTicketDrawSpeedup(b *testing.B) {
	ids := benchIDs(*candidates)
	withCores(b, 2)
	for b.Loop() {
		ratios := inTurn(func() time.Duration {
			runtime.GOMAXPROCS(1)
			return drawTime(b, ids)
		}, func() time.Duration {
			runtime.GOMAXPROCS(2)
			return drawTime(b, ids)
		})
		reportQuartiles(b, "speedup", ratios)
		b.ReportMetric(ratios[len(ratios)-1], "speedup-best")
	}
}

// BenchmarkRanking measures the whole order, reserve and all, on all cores.
func BenchmarkRanking(b *testing.B) {
	ids := benchIDs(*candidates)
	cores := runtime.GOMAXPROCS(0)
	for b.Loop() {
		reportQuartiles(b, "of-blocks", inTurn(func() time.Duration { return blockRate(ids, cores) }, func() time.Duration {
			begin := time.Now()
			NewRanking(Digest{}, ids)
			return time.Since(begin)
		}))
	}
}

// BenchmarkDrawMemory reports the most memory beyond the ids, in MB, while tickets are drawn and while all are ranked.
func BenchmarkDrawMemory(b *testing.B) {
	ids := benchIDs(*candidates)
	for b.Loop() {
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(peak(func() { drawTime(b, ids) }), "draw-MB")
		b.ReportMetric(peak(func() { NewRanking(Digest{}, ids) }), "ranking-MB")
	}
	if !strings.HasPrefix(ids[len(ids)-1], "91") { // keeps the ids
		b.Fatal("the ids are gone")
	}
}

// peak gives how far the memory held from the system rose while something ran, in MB.
func peak(run func()) float64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}, {Name: "/memory/classes/heap/free:bytes"}}
	held := func() uint64 {
		metrics.Read(samples)
		return samples[0].Value.Uint64() - samples[1].Value.Uint64() - samples[2].Value.Uint64()
	}
	runtime.GC()
	before, most := held(), uint64(0)
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				most = max(most, held())
			}
		}
	})
	run()
	close(done)
	watching.Wait()
	return float64(max(most, before)-before) / 1e6
}
