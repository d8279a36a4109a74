package main

import (
	"fmt"
	"io"
	"strings"
)

// story tells what happens, in short lines of plain words.
type story struct {
	out io.Writer
	n   int // of the chapter
}

func (s *story) chapter(title string) {
	s.n++
	fmt.Fprintf(s.out, "\n%d. %s\n", s.n, title)
}

// line tells what somebody did.
func (s *story) line(who, format string, args ...any) {
	fmt.Fprintf(s.out, "   %-10s %s\n", who, fmt.Sprintf(format, args...))
}

// more goes on under the line before.
func (s *story) more(format string, args ...any) {
	fmt.Fprintf(s.out, "   %-10s   %s\n", "", fmt.Sprintf(format, args...))
}

// url says where to look.
func (s *story) url(what, address string) {
	fmt.Fprintf(s.out, "   %-28s %s\n", what, address)
}

// short cuts a long text, e.g. a digest.
func short(text string) string {
	if r := []rune(text); len(r) > 16 {
		return strings.TrimSpace(string(r[:16])) + "…"
	}
	return text
}
