package verifiertest

import (
	"encoding/json"
	"testing"
)

// Use is what to do with the page.
type Use struct {
	Address string   `json:"address"`         // of the page; if it names a draw, the page verifies it of its own accord
	Draw    string   `json:"draw,omitempty"`  // to give in the form
	Drop    bool     `json:"drop,omitempty"`  // the files, rather than choose them
	Width   int      `json:"width,omitempty"` // of the window
	Files   [][]byte `json:"-"`
}

// Shown is what the page shows then.
type Shown struct {
	Valid     string // true, false or null, as the result is marked; empty if there is none
	Step      string // that differs
	Steps     []string
	Verdict   string
	Notes     string
	Status    string
	Text      string // of the whole page, as it is rendered
	Focused   bool   // the result
	Unlabeled int    // inputs and buttons without a name
	Width     int    // of the window
	Overflow  int    // pixels by which the page is wider than its window
}

// Page opens the page in a window of its own, uses it and waits until it has an answer.
func (s *Session) Page(t testing.TB, use Use) Shown {
	t.Helper()
	how, err := json.Marshal(use)
	if err != nil {
		t.Fatal(err)
	}
	var shown Shown
	s.queue.run(t, "/session/page.js", &shown, append([][]byte{how}, use.Files...))
	return shown
}
