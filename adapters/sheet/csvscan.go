package sheet

import (
	"bytes"
	"io"
)

// csvRecord is one record as bytes; the cells are valid until the next record is asked for.
type csvRecord struct {
	line, last int // physical lines of its beginning and end, 1-based
	cells      [][]byte
	rule       string // RuleQuote or RuleTooLong if the record could not be read; cells are then empty
}

// csvScanner splits a CSV file (RFC 4180) into records, on bytes, before any decoding. It holds one record in memory. A
// quotation mark inside an unquoted cell is an ordinary character. A record with a broken quotation is given back with a
// rule, and reading goes on behind the line where it broke; a quotation that never ends, or a record over the limit, costs
// only the line it began on.
type csvScanner struct {
	src   io.Reader
	delim byte
	eol   byte // '\n', or '\r' for a file without any line feed
	limit int  // longest record in bytes

	buf        []byte
	start, end int // unread part of buf
	eof        bool
	line       int // lines consumed
	cells      [][]byte
	unescaped  []byte
}

const scanChunk = 64 << 10

func newCSVScanner(src io.Reader, delim, eol byte, limit int) *csvScanner {
	return &csvScanner{src: src, delim: delim, eol: eol, limit: limit, buf: make([]byte, scanChunk)}
}

// next gives the next record, or io.EOF. With skip, cells are not split out.
func (s *csvScanner) next(skip bool) (csvRecord, error) {
	m := &quoteMachine{delim: s.delim, eol: s.eol, firstEOL: -1}
	for at := s.start; ; {
		found := m.run(s.buf[at:s.end], at-s.start)
		switch {
		case found >= 0 && found <= s.limit:
			return s.take(m, found, skip), nil
		case max(found, s.end-s.start) > s.limit:
			return s.overlong(m.firstLine(found))
		case s.eof && s.end == s.start:
			return csvRecord{}, io.EOF
		case s.eof && m.state == atQuoted:
			return s.runaway(m), nil
		case s.eof:
			return s.take(m, s.end-s.start, skip), nil
		}
		at = s.end - s.start
		if err := s.fill(); err != nil {
			return csvRecord{}, err
		}
		at += s.start
	}
}

// fill reads more behind the unread part, moving it to the front or growing the buffer as needed.
func (s *csvScanner) fill() error {
	if s.start > 0 {
		copy(s.buf, s.buf[s.start:s.end])
		s.end -= s.start
		s.start = 0
	}
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	n, err := s.src.Read(s.buf[s.end:])
	s.end += n
	if err == io.EOF {
		s.eof = true
		return nil
	}
	return err
}

// take consumes the record that ends before offset n from the start of the unread part.
func (s *csvScanner) take(m *quoteMachine, n int, skip bool) csvRecord {
	rec := csvRecord{line: s.line + 1, last: s.line + 1 + m.breaks}
	raw := s.buf[s.start : s.start+n]
	s.start = min(s.start+n+1, s.end)
	s.line = rec.last
	if s.eol == '\n' {
		raw = bytes.TrimRight(raw, "\r") // twice where a file was converted twice
	}
	switch {
	case m.state == atBroken:
		rec.rule = RuleQuote
	case !skip:
		s.split(raw)
		rec.cells = s.cells
	}
	return rec
}

// runaway gives up on a quotation that does not end and consumes the first physical line only.
func (s *csvScanner) runaway(m *quoteMachine) csvRecord {
	n := m.firstEOL
	if n < 0 {
		n = s.end - s.start
	}
	s.line++
	s.start = min(s.start+n+1, s.end)
	return csvRecord{line: s.line, last: s.line, rule: RuleQuote}
}

// overlong refuses a record longer than the limit and consumes its first physical line: up to offset eol, or, if that is
// negative, up to the next line end, without keeping what lies between.
func (s *csvScanner) overlong(eol int) (csvRecord, error) {
	s.line++
	rec := csvRecord{line: s.line, last: s.line, rule: RuleTooLong}
	if eol >= 0 {
		s.start += eol + 1
		return rec, nil
	}
	for s.start = s.end; ; s.start = s.end {
		if err := s.fill(); err != nil {
			return csvRecord{}, err
		}
		if i := bytes.IndexByte(s.buf[s.start:s.end], s.eol); i >= 0 {
			s.start += i + 1
			return rec, nil
		}
		if s.eof {
			s.start = s.end
			return rec, nil
		}
	}
}

// split cuts a whole record into cells and takes the quotation marks off.
func (s *csvScanner) split(raw []byte) {
	s.cells, s.unescaped = s.cells[:0], s.unescaped[:0]
	for {
		if len(raw) > 0 && raw[0] == '"' {
			cell, rest := s.unquote(raw[1:])
			s.cells = append(s.cells, cell)
			if len(rest) == 0 {
				return
			}
			raw = rest[1:]
			continue
		}
		i := bytes.IndexByte(raw, s.delim)
		if i < 0 {
			s.cells = append(s.cells, raw)
			return
		}
		s.cells = append(s.cells, raw[:i])
		raw = raw[i+1:]
	}
}

// unquote reads a quoted cell whose opening mark is gone already; rest begins with the delimiter or is empty.
func (s *csvScanner) unquote(raw []byte) (cell, rest []byte) {
	i := bytes.IndexByte(raw, '"')
	if i < 0 { // cannot happen for a record that the machine accepted
		return raw, nil
	}
	if i+1 == len(raw) || raw[i+1] != '"' {
		return raw[:i], raw[i+1:]
	}
	from := len(s.unescaped)
	for {
		s.unescaped = append(s.unescaped, raw[:i]...)
		raw = raw[i+1:]
		if len(raw) == 0 || raw[0] != '"' {
			return s.unescaped[from:len(s.unescaped):len(s.unescaped)], raw
		}
		s.unescaped = append(s.unescaped, '"')
		raw = raw[1:]
		if i = bytes.IndexByte(raw, '"'); i < 0 {
			return append(s.unescaped, raw...)[from:], nil
		}
	}
}

// quoteMachine finds the end of a record; it keeps its place while the buffer is refilled.
type quoteMachine struct {
	delim, eol byte
	state      quoteState
	breaks     int // line ends inside the record
	firstEOL   int // offset of the first of them, -1 without
}

type quoteState int

const (
	atCell   quoteState = iota // at the beginning of a cell
	atBare                     // in an unquoted cell
	atQuoted                   // in a quoted cell
	atQuote                    // behind a quotation mark in a quoted cell: its end, or the first of two
	atReturn                   // behind a carriage return behind a closing mark
	atBroken                   // behind a fault; waiting for the end of the line
)

// firstLine is the offset at which the first physical line ends, found being the end of the record or -1.
func (m *quoteMachine) firstLine(found int) int {
	if m.firstEOL >= 0 {
		return m.firstEOL
	}
	return found
}

// run reads on from offset base and returns the offset of the line end that closes the record, or -1.
func (m *quoteMachine) run(p []byte, base int) int {
	for i := 0; i < len(p); i++ {
		b := p[i]
		if b == m.eol {
			if m.state != atQuoted {
				return base + i
			}
			if m.breaks++; m.firstEOL < 0 {
				m.firstEOL = base + i
			}
			continue
		}
		m.state = m.after(b)
	}
	return -1
}

func (m *quoteMachine) after(b byte) quoteState {
	switch m.state {
	case atCell, atBare:
		switch {
		case b == m.delim:
			return atCell
		case b == '"' && m.state == atCell:
			return atQuoted
		}
		return atBare
	case atQuoted:
		if b == '"' {
			return atQuote
		}
		return atQuoted
	case atQuote:
		switch b {
		case '"':
			return atQuoted
		case m.delim:
			return atCell
		case '\r':
			return atReturn
		}
	case atReturn:
		if b == '\r' {
			return atReturn
		}
	}
	return atBroken
}
