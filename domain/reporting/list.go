package reporting

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/canonical"
	"github.com/mingjian-ledger/mingjian/domain/chain"
)

// Schema names the form of a list.
const Schema = "mingjian.reporting.v1"

// Head is the first line of a list: what it is of.
type Head struct {
	Schema      string        `json:"schema"`
	Platform    string        `json:"platform"`
	Authority   string        `json:"authority"`   // asked for
	Authorities []string      `json:"authorities"` // whose decisions are in it: the one asked for and whose tasks it holds
	Month       string        `json:"month"`       // yyyy-mm, of the decisions
	AsOf        calendar.Date `json:"as_of"`       // the day on which they are judged
	Position    string        `json:"position"`    // of the log: the last event that changed any of them
	// Rows is how many rows the platform's sequences had by kind: the list tells of each of them that is about its decisions.
	Rows map[string]uint64 `json:"rows"`
}

// Line is one decision. Number counts from 1.
type Line struct {
	Number uint64 `json:"number"`
	Decision
	Class Class  `json:"class"`
	Why   string `json:"why,omitempty"`
	// Pair is the number of the platform's row whose receipt answers for the decision; 0 without one.
	Pair uint64 `json:"pair,omitempty"`
}

// Tail is the last line: the counts by kind, and the running digest over all lines before it.
type Tail struct {
	Lines   uint64             `json:"lines"`
	Figures map[string]Figures `json:"figures"`
	Chain   chain.Chain        `json:"chain"`
}

// Writer writes a list line by line, in canonical JSON (RFC 8785).
type Writer struct {
	to    io.Writer
	day   calendar.Date
	chain chain.Chain
	tail  Tail
}

// NewWriter begins a list.
func NewWriter(to io.Writer, h Head) (*Writer, error) {
	h.Schema = Schema
	w := &Writer{to: to, day: h.AsOf, tail: Tail{Figures: map[string]Figures{}}}
	return w, w.write(h, true)
}

// Add judges a decision and writes its line.
func (w *Writer) Add(d Decision) (Line, error) {
	w.tail.Lines++
	line := lineOf(w.tail.Lines, d, w.day)
	f := w.tail.Figures[d.Kind]
	f.Add(d.On(w.day))
	w.tail.Figures[d.Kind] = f
	return line, w.write(line, true)
}

func lineOf(number uint64, d Decision, day calendar.Date) Line {
	j := d.On(day)
	line := Line{Number: number, Decision: d, Class: j.Class, Why: j.Why}
	if j.Row >= 0 && j.Class != Waiting {
		line.Pair = d.Rows[j.Row].Number
	}
	return line
}

// Close writes the end and returns it.
func (w *Writer) Close() (Tail, error) {
	w.tail.Chain = w.chain
	return w.tail, w.write(w.tail, false)
}

func (w *Writer) write(line any, chained bool) error {
	plain, err := json.Marshal(line)
	if err == nil {
		plain, err = canonical.JSON(plain)
	}
	if err != nil {
		return fmt.Errorf("reporting: encode: %w", err)
	}
	if chained {
		w.chain = w.chain.Next(plain)
	}
	if _, err := w.to.Write(append(plain, '\n')); err != nil {
		return fmt.Errorf("reporting: write: %w", err)
	}
	return nil
}

// List is a list that was read.
type List struct {
	Head  Head
	Lines []Line
	Tail  Tail
}

// maxList bounds what is read at once: a month of a large province.
const maxList = 1 << 30

// Read reads a list whole. Its form has to be the one that Writer writes, byte for byte, its lines numbered and chained as the end
// says; whether they are true is for Verify.
func Read(from io.Reader) (List, error) {
	var l List
	data, err := io.ReadAll(io.LimitReader(from, maxList+1))
	if err != nil {
		return l, fmt.Errorf("reporting: read: %w", err)
	}
	if len(data) > maxList {
		return l, fmt.Errorf("reporting: a list has at most %d bytes", maxList)
	}
	lines := bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
	if len(lines) < 2 || !bytes.HasSuffix(data, []byte("\n")) {
		return l, fmt.Errorf("reporting: a list has a first and a last line, and this one was cut")
	}
	running := chain.Chain{}
	for i, plain := range lines {
		switch {
		case i == 0:
			err = strictly(plain, &l.Head)
		case i == len(lines)-1:
			err = strictly(plain, &l.Tail)
		default:
			var line Line
			if err = strictly(plain, &line); err == nil && line.Number != uint64(i) { //nolint:gosec // within
				err = fmt.Errorf("number %d", line.Number)
			}
			l.Lines = append(l.Lines, line)
		}
		if err != nil {
			return l, fmt.Errorf("reporting: line %d: %w", i+1, err)
		}
		if i < len(lines)-1 {
			running = running.Next(plain)
		}
	}
	switch {
	case l.Head.Schema != Schema:
		return l, fmt.Errorf("reporting: the schema is %q, not %q", l.Head.Schema, Schema)
	case l.Tail.Lines != uint64(len(l.Lines)):
		return l, fmt.Errorf("reporting: %d lines, and the end says %d", len(l.Lines), l.Tail.Lines)
	case l.Tail.Chain != running:
		return l, fmt.Errorf("reporting: the running digest is %s, and the end says %s", running, l.Tail.Chain)
	}
	return l, nil
}

// strictly reads canonical JSON with known names alone.
func strictly(plain []byte, into any) error {
	again, err := canonical.JSON(plain)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, plain) {
		return fmt.Errorf("it is not canonical JSON (RFC 8785)")
	}
	dec := json.NewDecoder(bytes.NewReader(plain))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}
