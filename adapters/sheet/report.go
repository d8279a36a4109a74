package sheet

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
)

// Outcome is what became of a row.
type Outcome string

// The outcomes.
const (
	Accepted  Outcome = "accepted"
	Duplicate Outcome = "duplicate" // the same row went in before
	Refused   Outcome = "refused"
)

// Report writes what an import did as JSON lines while it runs, so that it needs no memory for a million problems and is
// of use after a crash: first the file ("type":"file"), then one line for each problem ("type":"problem"), at last the
// summary ("type":"summary"). A report without the last line belongs to an import that did not end.
type Report struct {
	enc     *json.Encoder
	summary Summary
}

// Summary is the outcome of one import run.
type Summary struct {
	File      FileInfo       `json:"file"`
	Kind      Kind           `json:"kind"`
	Counts    Counts         `json:"rows"`
	Accepted  int            `json:"accepted"`
	Duplicate int            `json:"duplicate"`
	Refused   int            `json:"refused"`
	Warned    int            `json:"warned"` // accepted or duplicate rows with a warning
	Rules     map[string]int `json:"rules"`  // problems by rule
	LastLine  int            `json:"last_line"`
	Complete  bool           `json:"complete"` // the file was read to its end

	first []Problem
}

// firstProblems is how many problems the text summary shows.
const firstProblems = 20

// NewReport begins a report on r's file; w may be nil if only the summary is wanted.
func NewReport(w io.Writer, r *Reader) (*Report, error) {
	p := &Report{summary: Summary{File: r.File(), Kind: r.m.Kind, Rules: map[string]int{}}}
	if w == nil {
		w = io.Discard
	}
	p.enc = json.NewEncoder(w)
	p.enc.SetEscapeHTML(false)
	return p, p.write(struct {
		Type string   `json:"type"`
		Kind Kind     `json:"kind"`
		File FileInfo `json:"file"`
	}{"file", r.m.Kind, p.summary.File})
}

// Row takes down one row that Next gave and what became of it. Problems found later, by whoever took the row, are added
// to the row's own; a row with a refusing problem counts as refused whatever is said.
func (p *Report) Row(row Row, outcome Outcome, later ...Problem) error {
	problems := append(slices.Clone(row.Problems), later...)
	refused := outcome == Refused
	for _, problem := range problems {
		refused = refused || problem.Severity == Refuse
		p.summary.Rules[problem.Rule]++
		if len(p.summary.first) < firstProblems {
			p.summary.first = append(p.summary.first, problem)
		}
		if err := p.write(struct {
			Type string `json:"type"`
			Problem
		}{"problem", problem}); err != nil {
			return err
		}
	}
	p.summary.LastLine = row.LastLine
	switch {
	case refused:
		p.summary.Refused++
		return nil
	case outcome == Duplicate:
		p.summary.Duplicate++
	default:
		p.summary.Accepted++
	}
	if len(problems) > 0 {
		p.summary.Warned++
	}
	return nil
}

// Close writes the summary; complete tells that Next came to io.EOF.
func (p *Report) Close(counts Counts, complete bool) (Summary, error) {
	p.summary.Counts, p.summary.Complete = counts, complete
	return p.summary, p.write(struct {
		Type string `json:"type"`
		Summary
	}{"summary", p.summary})
}

func (p *Report) write(line any) error {
	if err := p.enc.Encode(line); err != nil {
		return fmt.Errorf("sheet: report: %w", err)
	}
	return nil
}

// Lang is the language of the text summary.
type Lang string

// The languages.
const (
	Chinese Lang = "zh"
	English Lang = "en"
)

// WriteText writes the summary for people.
func (s Summary) WriteText(w io.Writer, lang Lang) error {
	head := "文件 %s（%s，%s，SHA-256 %s）\n读取 %d 行：接受 %d，重复 %d，拒绝 %d；另跳过 %d，空行 %d，续传略过 %d\n"
	rule, row, more, open, absent := "  %s：%d\n", "  第 %d 行%s：%s\n", "  ……另有 %d 个问题，见报告文件\n", "导入未完成，已处理到第 %d 行\n",
		"文件中没有的可选列：%s\n"
	if lang == English {
		head = "file %s (%s, %s, SHA-256 %s)\n%d rows read: %d accepted, %d duplicate, %d refused; %d skipped, %d blank, %d passed over\n"
		rule, row, more, open, absent = "  %s: %d\n", "  line %d%s: %s\n", "  ... and %d more problems, see the report\n",
			"the import did not end; it reached line %d\n", "optional columns that the file does not have: %s\n"
	}
	out := &textWriter{w: w}
	out.printf(head, s.File.Name, s.File.Format, s.File.Encoding, s.File.SHA256, s.Counts.Read, s.Accepted, s.Duplicate, s.Refused,
		s.Counts.Skipped, s.Counts.Blank, s.Counts.Passed)
	for _, name := range s.File.Absent {
		out.printf(absent, name)
	}
	total := 0
	for _, name := range slices.Sorted(maps.Keys(s.Rules)) {
		out.printf(rule, name, s.Rules[name])
		total += s.Rules[name]
	}
	for _, p := range s.first {
		why := p.ZH
		if lang == English {
			why = p.EN
		}
		where := ""
		if p.Column != "" {
			where = " " + p.Column
		}
		if p.Value != "" {
			where += fmt.Sprintf(" %q", clip(p.Value, 40))
		}
		out.printf(row, p.Line, where, why)
	}
	if total > len(s.first) {
		out.printf(more, total-len(s.first))
	}
	if !s.Complete {
		out.printf(open, s.LastLine)
	}
	return out.err
}

// textWriter keeps the first error.
type textWriter struct {
	w   io.Writer
	err error
}

func (t *textWriter) printf(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format, args...)
	}
}
