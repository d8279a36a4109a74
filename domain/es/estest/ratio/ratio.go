package ratio

import (
	"flag"
	"fmt"
	"slices"
	"time"
)

// maxSpread is the ratio of the quartiles beyond which a run doesn't count.
const maxSpread = 1.4

// Plan says how to measure.
type Plan struct {
	Pairs int           // pairs of slices
	Slice time.Duration // length of a slice
	Now   func() time.Time
}

// Flags registers -pairs and -slice with the defaults of the project, 24 pairs of 250 ms.
func Flags(set *flag.FlagSet, now func() time.Time) *Plan {
	p := &Plan{Now: now}
	set.IntVar(&p.Pairs, "pairs", 24, "pairs of slices per ratio")
	set.DurationVar(&p.Slice, "slice", 250*time.Millisecond, "length of a slice")
	return p
}

// Load is one side of a comparison. It works until more answers false (which any goroutine may ask) and returns what it did.
type Load func(more func() bool) (Done, error)

// Done is the work of one slice.
type Done struct {
	Units int             // events, records, loads: the same on both sides
	Took  []time.Duration // of each call, if latencies are compared
}

// Figure is a ratio with its quartiles.
type Figure struct {
	Median, Low, High float64
	Limit, Subject    float64 // medians of both sides: units a second, or seconds
}

// Steady tells whether the run counts.
func (f Figure) Steady() bool { return f.Low > 0 && f.High/f.Low <= maxSpread }

// Compare alternates the two loads, each of which has had one slice to warm up, and returns the ratios subject/limit of
// their rates and, if both give latencies, of their 99th percentiles.
func (p Plan) Compare(limit, subject Load) (rate, p99 Figure, err error) {
	var rates, tails [2][]float64
	for i := -1; i < p.Pairs; i++ {
		for side, load := range []Load{limit, subject} {
			r, tail, err := p.slice(load)
			if err != nil {
				return rate, p99, err
			}
			if i >= 0 {
				rates[side], tails[side] = append(rates[side], r), append(tails[side], tail)
			}
		}
	}
	return figure(rates), figure(tails), nil
}

func (p Plan) slice(load Load) (rate, p99 float64, err error) {
	start := p.Now()
	end := start.Add(p.Slice)
	done, err := load(func() bool { return p.Now().Before(end) })
	if err != nil {
		return 0, 0, err
	}
	if n := len(done.Took); n > 0 {
		slices.Sort(done.Took)
		p99 = done.Took[min(n-1, n*99/100)].Seconds()
	}
	return float64(done.Units) / p.Now().Sub(start).Seconds(), p99, nil
}

// figure makes a ratio of two sides.
func figure(sides [2][]float64) Figure {
	ratios := make([]float64, 0, len(sides[0]))
	for i, limit := range sides[0] {
		if limit > 0 {
			ratios = append(ratios, sides[1][i]/limit)
		}
	}
	return Figure{
		Median: quantile(ratios, 0.5), Low: quantile(ratios, 0.25), High: quantile(ratios, 0.75),
		Limit: quantile(sides[0], 0.5), Subject: quantile(sides[1], 0.5),
	}
}

// quantile interpolates between the nearest two values; zero without any.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (at-float64(low))*(sorted[high]-sorted[low])
}

// Goal is what a figure ought to be.
type Goal struct {
	Tier     string // the store, or what else is measured
	ID, What string
	AtLeast  float64 // or
	AtMost   float64
}

// Line is a figure's row in the table of ratios, which make bench sorts by tier.
func (g Goal) Line(f Figure) string {
	sign, goal, met := "≥", g.AtLeast, f.Median >= g.AtLeast
	if g.AtMost > 0 {
		sign, goal, met = "≤", g.AtMost, f.Median <= g.AtMost
	}
	verdict := map[bool]string{true: "ok", false: "short"}[met]
	if !f.Steady() {
		verdict += fmt.Sprintf(", unsteady: quartiles differ by more than %.1f×, measure again", maxSpread)
	}
	return fmt.Sprintf("%-12s  %-5s %-78s %6.2f [%.2f–%.2f]  goal %s %.2f  %s", g.Tier, g.ID, g.What, f.Median, f.Low, f.High, sign, goal, verdict)
}
