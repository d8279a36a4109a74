package main

import (
	"bytes"
	"testing"
	"time"
)

func TestProgressWritesALineNowAndThen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		total int64
		want  string
	}{
		"with a total":    {200, "copying: 40 %\ncopying: 80 %\n"},
		"without a total": {-1, "copying: 80\ncopying: 160\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			now := time.Unix(0, 0)
			p := newProgress(&out, "copying", c.total)
			p.clock = func() time.Time { return now }
			p.next = now.Add(lineEvery)
			for range 10 {
				now = now.Add(lineEvery*3/10 + time.Millisecond)
				p.add(20)
			}
			p.end()
			if out.String() != c.want {
				t.Errorf("got %q, want %q", out.String(), c.want)
			}
		})
	}
}
