package ratio_test

import (
	"errors"
	"flag"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
)

// clock is a time that passes only while a load works.
type clock struct{ now time.Time }

func (c *clock) plan(pairs int) ratio.Plan {
	return ratio.Plan{Pairs: pairs, Slice: time.Second, Now: func() time.Time { return c.now }}
}

// load does a unit in each of the given times, slice by slice; the first is the warm-up.
func (c *clock) load(unit ...time.Duration) ratio.Load {
	slice := -1
	return func(more func() bool) (d ratio.Done, _ error) {
		slice++
		for more() {
			took := unit[slice%len(unit)]
			c.now = c.now.Add(took)
			d.Units++
			d.Took = append(d.Took, took)
		}
		return d, nil
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 0.02 }

func TestCompare(t *testing.T) {
	c := &clock{}
	rate, p99, err := c.plan(4).Compare(c.load(10*time.Millisecond), c.load(time.Hour, 20*time.Millisecond, 20*time.Millisecond,
		40*time.Millisecond, 20*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if !near(rate.Median, 0.5) || !near(rate.Low, 0.4375) || !near(rate.High, 0.5) || !near(rate.Limit, 100) || !near(rate.Subject, 50) {
		t.Errorf("rate %+v", rate)
	}
	if !near(p99.Median, 2) || !near(p99.High, 2.5) || !near(p99.Limit, 0.01) {
		t.Errorf("p99 %+v", p99)
	}
	if !rate.Steady() {
		t.Error("quartiles 0.44 and 0.50 count as steady")
	}
}

func TestCompareEndsWithALoadsError(t *testing.T) {
	c, fault := &clock{}, errors.New("disk full")
	if _, _, err := c.plan(2).Compare(c.load(time.Millisecond), func(func() bool) (ratio.Done, error) {
		return ratio.Done{}, fault
	}); !errors.Is(err, fault) {
		t.Fatalf("answered %v", err)
	}
}

func TestLine(t *testing.T) {
	least := ratio.Goal{ID: "P1", What: "append", AtLeast: 0.75}
	most := ratio.Goal{ID: "P2", What: "p99", AtMost: 12}
	for name, c := range map[string]struct {
		line string
		want []string
		not  string
	}{
		"met":            {least.Line(ratio.Figure{Median: 0.8, Low: 0.7, High: 0.9}), []string{"P1", "0.80 [0.70–0.90]", "≥ 0.75", "ok"}, "unsteady"},
		"short":          {least.Line(ratio.Figure{Median: 0.7, Low: 0.7, High: 0.7}), []string{"short"}, "unsteady"},
		"most, met":      {most.Line(ratio.Figure{Median: 11, Low: 10, High: 12}), []string{"≤ 12.00", "ok"}, "short"},
		"most, short":    {most.Line(ratio.Figure{Median: 13, Low: 12, High: 14}), []string{"short"}, "ok"},
		"unsteady":       {least.Line(ratio.Figure{Median: 0.8, Low: 0.6, High: 0.9}), []string{"ok, unsteady"}, "short"},
		"without a pair": {least.Line(ratio.Figure{}), []string{"short, unsteady"}, "ok"},
	} {
		for _, want := range c.want {
			if !strings.Contains(c.line, want) {
				t.Errorf("%s: %q lacks %q", name, c.line, want)
			}
		}
		if strings.Contains(c.line, c.not) {
			t.Errorf("%s: %q has %q", name, c.line, c.not)
		}
	}
}

func TestFlags(t *testing.T) {
	set := flag.NewFlagSet("bench", flag.ContinueOnError)
	p := ratio.Flags(set, time.Now)
	if p.Pairs != 24 || p.Slice != 250*time.Millisecond {
		t.Fatalf("defaults %+v", p)
	}
	if err := set.Parse([]string{"-pairs", "3", "-slice", "1s"}); err != nil || p.Pairs != 3 || p.Slice != time.Second {
		t.Fatalf("%+v, %v", p, err)
	}
}
