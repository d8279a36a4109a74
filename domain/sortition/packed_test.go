package sortition_test

import (
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// manyCandidates is the text of a bundle with that many candidates in line.
type manyCandidates struct {
	left  int
	text  []byte
	begun bool
}

func (m *manyCandidates) Read(to []byte) (int, error) {
	for len(m.text) == 0 {
		switch {
		case !m.begun:
			m.begun = true
			m.text = []byte(`{"subjects":[`)
		case m.left > 0:
			m.left--
			m.text = fmt.Appendf(m.text, `{"id":"91%016d","stratum":"%c","district":"3301%02d"}`, m.left, 'A'+m.left%4, m.left%13)
			if m.left > 0 {
				m.text = append(m.text, ',')
			}
		case m.left == 0:
			m.left--
			m.text = append(m.text, `]}`...)
		default:
			return 0, io.EOF
		}
	}
	n := copy(to, m.text)
	m.text = m.text[:copy(m.text, m.text[n:])]
	return n, nil
}

// A candidate in line costs its id and a few bytes, not its text: a million fit where the document would not. Not parallel, as
// it looks at the memory of the process.
func TestCandidatesInLineArePacked(t *testing.T) {
	const n = 300_000
	const most = 80 // bytes each: the id has 18, its place 24, and a list that grows leaves some room
	live := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := live()
	p, err := sortition.ReadBundle(&manyCandidates{left: n})
	if err != nil {
		t.Fatal(err)
	}
	after := live()
	if each := float64(int64(after)-int64(before)) / n; each > most {
		t.Errorf("a candidate takes %.0f bytes, more than %d", each, most)
	}
	report, err := p.Verify(sortition.Options{})
	if err == nil || report.Subjects != 0 {
		t.Errorf("a bundle of nothing else verifies: %+v", report)
	}
	if p.Bundle().Subjects != nil {
		t.Error("the candidates are there twice")
	}
}
