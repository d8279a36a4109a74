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

	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
)

var (
	candidates = flag.Int("draw.candidates", 10_000_000, "candidates in the benchmarks of the draw")
	plan       = ratio.Flags(flag.CommandLine, time.Now)
)

// print writes a row of the table of ratios.
func print(b *testing.B, g ratio.Goal, f ratio.Figure) {
	b.Helper()
	g.Tier = "draw"
	fmt.Println(g.Line(f))
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(f.Median, "ratio")
}

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

var benchStrata = []string{"A", "B", "C"}

// benchSubjects streams the ids as candidates of three strata.
func benchSubjects(ids []string) iter.Seq2[Subject, error] {
	return func(yield func(Subject, error) bool) {
		for i, id := range ids {
			if !yield(Subject{ID: id, Stratum: benchStrata[i%3], District: "330102"}, nil) {
				return
			}
		}
	}
}

// benchLayers draws 3 % of each stratum.
func benchLayers(ids []string) []*layer {
	var layers []*layer
	for i, name := range benchStrata {
		l := &layer{name: name, seed: sha256.Sum256([]byte(name)), candidates: uint64((len(ids) + 2 - i) / 3), slack: usualSlack}
		l.quota = Stratum{RatioPPM: 30_000}.Quota(l.candidates)
		l.wanted = l.quota
		layers = append(layers, l)
	}
	return layers
}

// blocks hashes that many blocks for each candidate on that many cores: what work that hashes them must do at least.
func blocks(n int, each float64, cores int) ratio.Load {
	ids := benchIDs(min(n, 1000))
	return func(func() bool) (ratio.Done, error) {
		var running sync.WaitGroup
		for core := range cores {
			running.Go(func() {
				var block [50]byte
				due := 0.0
				for i := n * core / cores; i < n*(core+1)/cores; i++ {
					copy(block[32:], ids[i%len(ids)])
					for due += each; due >= 1; due-- {
						digest := sha256.Sum256(block[:])
						block[0] = digest[0] // no hash can be left out
					}
				}
			})
		}
		running.Wait()
		return ratio.Done{Units: n}, nil
	}
}

// once is a load that runs through all candidates once a slice, however long that takes.
func once(n int, run func() error) ratio.Load {
	return func(func() bool) (ratio.Done, error) { return ratio.Done{Units: n}, run() }
}

func drawing10(ids []string) func() error {
	return func() error { return drawLayers(benchLayers(ids), benchSubjects(ids)) }
}

func withCores(b *testing.B, cores int) {
	b.Helper()
	if runtime.NumCPU() < cores {
		b.Skipf("needs %d cores", cores)
	}
	before := runtime.GOMAXPROCS(cores)
	b.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

// few is the plan for what takes many seconds.
func few() ratio.Plan {
	p := *plan
	p.Pairs = max(3, p.Pairs/4)
	return p
}

func compare(b *testing.B, p ratio.Plan, g ratio.Goal, limit, subject ratio.Load) ratio.Figure {
	b.Helper()
	f, _, err := p.Compare(limit, subject)
	if err != nil {
		b.Fatal(err)
	}
	print(b, g, f)
	return f
}

// BenchmarkTicketDraw measures goal P11 against the bare rate of SHA-256 blocks on the same cores.
func BenchmarkTicketDraw(b *testing.B) {
	ids := benchIDs(*candidates)
	for _, cores := range []int{1, 2} {
		b.Run(fmt.Sprintf("cores=%d", cores), func(b *testing.B) {
			withCores(b, cores)
			for b.Loop() {
				compare(b, few(), ratio.Goal{ID: "P11", What: fmt.Sprintf("draw of %d candidates, %d cores / SHA-256 blocks", *candidates, cores), AtLeast: 0.33},
					blocks(len(ids), 1, cores), once(len(ids), drawing10(ids)))
			}
		})
	}
}

// BenchmarkTicketDrawSpeedup measures what the second core gives.
func BenchmarkTicketDrawSpeedup(b *testing.B) {
	ids := benchIDs(*candidates)
	withCores(b, 2)
	on := func(cores int) ratio.Load {
		return once(len(ids), func() error {
			runtime.GOMAXPROCS(cores)
			return drawing10(ids)()
		})
	}
	for b.Loop() {
		best := ratio.Figure{}
		for range 3 {
			if f, _, err := few().Compare(on(1), on(2)); err != nil {
				b.Fatal(err)
			} else if f.Median > best.Median {
				best = f
			}
		}
		print(b, ratio.Goal{ID: "P11", What: fmt.Sprintf("draw of %d candidates, 2 cores / 1 core, best of 3", *candidates), AtLeast: 1.5}, best)
	}
}

// BenchmarkRanking measures the whole order, reserve and all, on all cores. It makes each ticket twice.
func BenchmarkRanking(b *testing.B) {
	ids := benchIDs(*candidates)
	for b.Loop() {
		compare(b, few(), ratio.Goal{ID: "P11", What: fmt.Sprintf("whole order of %d candidates / two SHA-256 blocks each", *candidates), AtLeast: 0.33},
			blocks(len(ids), 2, runtime.GOMAXPROCS(0)), once(len(ids), func() error {
				NewRanking(Digest{}, ids)
				return nil
			}))
	}
}

// BenchmarkDrawMemory measures the most memory beyond the ids while tickets are drawn and while all are ranked.
func BenchmarkDrawMemory(b *testing.B) {
	ids := benchIDs(*candidates)
	for b.Loop() {
		print(b, ratio.Goal{ID: "P11", What: fmt.Sprintf("peak MB beyond the ids, draw of %d candidates", *candidates), AtMost: 64}, peaks(b, drawing10(ids)))
		print(b, ratio.Goal{ID: "P11", What: fmt.Sprintf("peak MB beyond the ids, whole order of %d candidates", *candidates), AtMost: 64}, peaks(b, func() error {
			NewRanking(Digest{}, ids)
			return nil
		}))
	}
	if !strings.HasPrefix(ids[len(ids)-1], "91") { // keeps the ids
		b.Fatal("the ids are gone")
	}
}

// peaks gives how far the memory held from the system rises while something runs, in MB, of several runs.
func peaks(b *testing.B, run func() error) ratio.Figure {
	b.Helper()
	var all []float64
	for range 3 {
		all = append(all, peak(b, run))
	}
	slices.Sort(all)
	return ratio.Figure{Low: all[0], Median: all[1], High: all[2]}
}

func peak(b *testing.B, run func() error) float64 {
	b.Helper()
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
	err := run()
	close(done)
	watching.Wait()
	if err != nil {
		b.Fatal(err)
	}
	return float64(max(most, before)-before) / 1e6
}
