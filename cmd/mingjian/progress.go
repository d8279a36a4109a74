package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows how far long work is: a bar at a terminal, a line now and then elsewhere.
type progress struct {
	out   io.Writer
	what  string
	bar   *progressbar.ProgressBar
	done  int64
	total int64 // -1 if nobody knows
	clock func() time.Time
	next  time.Time
}

// lineEvery is the pause between two lines where there is no terminal.
const lineEvery = 5 * time.Second

// newProgress begins; total is -1 if nobody knows.
func newProgress(out io.Writer, what string, total int64) *progress {
	p := &progress{out: out, what: what, total: total, clock: time.Now}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(out), progressbar.OptionSetDescription(what),
			progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	p.next = p.clock().Add(lineEvery)
	return p
}

// add says that n more are done.
func (p *progress) add(n int) {
	p.done += int64(n)
	if p.bar != nil {
		_ = p.bar.Add(n) // a display
		return
	}
	if now := p.clock(); now.After(p.next) {
		if p.total > 0 {
			fmt.Fprintf(p.out, "%s: %d %%\n", p.what, 100*p.done/p.total)
		} else {
			fmt.Fprintf(p.out, "%s: %d\n", p.what, p.done)
		}
		p.next = now.Add(lineEvery)
	}
}

// Write counts bytes that are copied elsewhere too.
func (p *progress) Write(b []byte) (int, error) {
	p.add(len(b))
	return len(b), nil
}

// end takes the bar away.
func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish() // a display
	}
}
