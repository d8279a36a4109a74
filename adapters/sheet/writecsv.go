package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"

	"github.com/mingjian-ledger/mingjian/domain/returns"
)

// csvBook writes the tables one after another, an empty line between two, in UTF-8 with the mark by which spreadsheets know it
// or in GB 18030, and lines that end in CR LF (RFC 4180).
//
// A text that a spreadsheet would take for a formula begins with an apostrophe; one that it would take for a number or a date
// with a tab, so that a code keeps its digits. Whoever reads the file by a program takes off one such character: a text that
// begins with one of its own gets another.
type csvBook struct {
	out    io.Writer
	mark   string
	check  func(string) error
	lines  *csv.Writer
	sheet  returns.Sheet
	sheets int
}

func newCSVBook(w io.Writer) *csvBook {
	lines := csv.NewWriter(w)
	lines.UseCRLF = true
	return &csvBook{out: w, mark: "\uFEFF", check: func(string) error { return nil }, lines: lines}
}

// newGB18030Book refuses what the encoding does not bring back, before it is written.
func newGB18030Book(w io.Writer) *csvBook {
	encoded := transform.NewWriter(w, simplifiedchinese.GB18030.NewEncoder())
	b := newCSVBook(encoded)
	b.mark = ""
	b.check = func(s string) error { return carries(CSVGB18030, s) }
	return b
}

// Sheet begins another table.
func (b *csvBook) Sheet(s returns.Sheet) error {
	b.sheet = s
	before := b.mark
	if b.sheets++; b.sheets > 1 {
		before = "\r\n"
	}
	b.lines.Flush()
	if _, err := io.WriteString(b.out, before); err != nil {
		return fmt.Errorf("sheet: begin %s: %w", s.Name, err)
	}
	for _, line := range s.Above {
		if err := b.texts(line); err != nil {
			return err
		}
	}
	titles := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		titles[i] = c.Title
	}
	return b.texts(titles)
}

func (b *csvBook) texts(line []string) error {
	guarded := make([]string, len(line))
	for i, s := range line {
		guarded[i] = guard(s)
	}
	return b.write(guarded)
}

// Row writes one row.
func (b *csvBook) Row(cells []returns.Cell) error {
	if err := checkRow(b.sheet, cells); err != nil {
		return err
	}
	out := make([]string, len(cells))
	for i, c := range cells {
		kind := b.sheet.Columns[i].Kind
		switch {
		case empty(kind, c):
		case kind == returns.Text:
			out[i] = guard(c.Text)
		default:
			out[i] = plain(kind, c)
		}
	}
	return b.write(out)
}

func (b *csvBook) write(line []string) error {
	for _, s := range line {
		if err := b.check(s); err != nil {
			return err
		}
	}
	if err := b.lines.Write(line); err != nil {
		return fmt.Errorf("sheet: line of %s: %w", b.sheet.Name, err)
	}
	return nil
}

// Close writes what is still held back.
func (b *csvBook) Close() error {
	b.lines.Flush()
	if err := b.lines.Error(); err != nil {
		return fmt.Errorf("sheet: end of %s: %w", b.sheet.Name, err)
	}
	return nil
}

// Discard has nothing to free.
func (b *csvBook) Discard() {}

// calendarWords are what may stand beside digits in a date or a time.
var calendarWords = regexp.MustCompile(`(?i)jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?|` +
	`(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?|[ap]m|上午|下午|(星期|周)[一二三四五六日]`)

// converts tells what a spreadsheet makes a number, a date, a time or a truth value of, with whatever spaces around it.
func converts(s string) bool {
	s = strings.TrimFunc(s, unicode.IsSpace)
	if strings.EqualFold(s, "true") || strings.EqualFold(s, "false") {
		return true
	}
	apart := func(r rune) bool {
		return !unicode.IsDigit(r) && !unicode.IsSpace(r) && !strings.ContainsRune(".,:;/()%+-−eETZ'¥￥$€£年月日时分秒", r)
	}
	beside := func(r rune) bool {
		return apart(r) && r > unicode.MaxASCII && !strings.ContainsRune("上下午星期周一二三四五六", r)
	}
	if !strings.ContainsFunc(s, unicode.IsDigit) || strings.ContainsFunc(s, beside) { // most texts end here
		return false
	}
	return !strings.ContainsFunc(calendarWords.ReplaceAllString(s, ""), apart)
}

// formula are the characters that begin a formula, in the width of Chinese input too, or lead up to one; and the guard itself.
const formula = "=+-@＝＋－＠'\t\r\n"

func guard(s string) string {
	switch {
	case s == "":
		return s
	case strings.ContainsRune(formula, []rune(s)[0]):
		return "'" + s
	case converts(s):
		return "\t" + s
	}
	return s
}

// unguard is the inverse of guard.
func unguard(s string) string {
	if s != "" && (s[0] == '\'' || s[0] == '\t') {
		return s[1:]
	}
	return s
}
