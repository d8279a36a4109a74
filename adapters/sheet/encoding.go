package sheet

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Encoding names how the bytes of a text file are to be read.
type Encoding string

// The encodings that are read. In Options, the empty Encoding means: find out from the whole file.
const (
	UTF8    Encoding = "utf-8"
	UTF8BOM Encoding = "utf-8-bom"
	GB18030 Encoding = "gb18030" // GB 18030-2022; GBK and GB 2312 files are read as its subsets
)

var byteOrderMark = []byte{0xEF, 0xBB, 0xBF}

// survey is the first pass over a text file: every byte is looked at once and none is kept. In both encodings a comma, a
// quotation mark and a line feed are never part of a longer character, so lines and cells are found before decoding.
type survey struct {
	bytes     int64
	start     []byte // the first bytes, for signatures
	nul       bool
	lf, cr    bool
	foreign   int64 // lines with a byte over 0x7F
	badUTF8   int64 // lines that are not UTF-8
	badGB     int64 // lines that are not GB 18030
	line      lineState
	utf8Carry []byte
	gb        gbState
}

type lineState struct{ foreign, badUTF8, badGB bool }

const surveyStart = 512

// Write takes the next bytes of the file; it never fails.
func (s *survey) Write(p []byte) (int, error) {
	if need := surveyStart - len(s.start); need > 0 {
		s.start = append(s.start, p[:min(need, len(p))]...)
	}
	s.bytes += int64(len(p))
	s.nul = s.nul || bytes.IndexByte(p, 0) >= 0
	s.cr = s.cr || bytes.IndexByte(p, '\r') >= 0
	for rest := p; len(rest) > 0; {
		n := bytes.IndexByte(rest, '\n')
		if n < 0 {
			s.part(rest)
			break
		}
		s.part(rest[:n])
		s.endLine()
		s.lf = true
		rest = rest[n+1:]
	}
	return len(p), nil
}

// part looks at a piece of one line.
func (s *survey) part(p []byte) {
	if len(s.utf8Carry) == 0 && s.gb == gbNone && isASCII(p) {
		return
	}
	s.line.foreign = true
	for _, b := range p {
		if s.gb = s.gb.next(b); s.gb == gbBad {
			s.line.badGB, s.gb = true, gbNone
		}
	}
	if s.line.badUTF8 {
		return
	}
	if len(s.utf8Carry) > 0 {
		p = append(s.utf8Carry, p...)
		s.utf8Carry = nil
	}
	for len(p) > 0 {
		r, size := utf8.DecodeRune(p)
		if r == utf8.RuneError && size == 1 {
			if !utf8.FullRune(p) {
				s.utf8Carry = bytes.Clone(p)
				return
			}
			s.line.badUTF8 = true
			return
		}
		p = p[size:]
	}
}

func (s *survey) endLine() {
	l := s.line
	l.badUTF8 = l.badUTF8 || len(s.utf8Carry) > 0
	l.badGB = l.badGB || s.gb != gbNone
	if l.foreign {
		s.foreign++
	}
	if l.badUTF8 {
		s.badUTF8++
	}
	if l.badGB {
		s.badGB++
	}
	s.line, s.utf8Carry, s.gb = lineState{}, nil, gbNone
}

// encoding decides for a text without byte order mark. Chinese lines in GB 18030 are practically never UTF-8 by accident,
// while one in two lines of UTF-8 passes as GB 18030; so UTF-8 is asked first, and GB 18030 must find most lines not to be
// UTF-8. One broken line in twenty is a broken row, more is another encoding. Anything less clear is left to whoever knows
// the file.
func (s *survey) encoding() (Encoding, error) {
	s.endLine()
	switch {
	case s.badUTF8*20 <= s.foreign:
		return UTF8, nil
	case s.badGB*20 <= s.foreign && s.badUTF8*4 >= s.foreign*3:
		return GB18030, nil
	}
	return "", fileError(FileEncoding, "无法确定文件编码（既不是完整的 UTF-8，也不是完整的 GB18030），请在导入时指明编码",
		"the encoding is neither clearly UTF-8 nor clearly GB18030; state it when importing", nil)
}

// gbState is the place within a character of GB 18030: one byte, two bytes, or four.
type gbState int

const (
	gbNone gbState = iota
	gbSecond
	gbThird
	gbFourth
	gbBad
)

func (g gbState) next(b byte) gbState {
	lead := b >= 0x81 && b <= 0xFE
	digit := b >= '0' && b <= '9'
	switch {
	case g == gbNone && b < 0x80:
		return gbNone
	case g == gbNone && lead:
		return gbSecond
	case g == gbSecond && digit:
		return gbThird
	case g == gbSecond && b >= 0x40 && b <= 0xFE && b != 0x7F:
		return gbNone
	case g == gbThird && lead:
		return gbFourth
	case g == gbFourth && digit:
		return gbNone
	}
	return gbBad
}

func isASCII(p []byte) bool {
	for _, b := range p {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// refuseSignature turns away what only looks like a table from outside.
func refuseSignature(start []byte, nul bool) error {
	trimmed := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(start, byteOrderMark), " \t\r\n"))
	switch {
	case bytes.HasPrefix(start, []byte{0xFF, 0xFE}), bytes.HasPrefix(start, []byte{0xFE, 0xFF}):
		return fileError(FileUTF16, "文件是 UTF-16 编码，请另存为“CSV UTF-8”", `the file is UTF-16; save it as "CSV UTF-8"`, nil)
	case bytes.HasPrefix(trimmed, []byte("<html")), bytes.HasPrefix(trimmed, []byte("<!doctype")),
		bytes.HasPrefix(trimmed, []byte("<table")), bytes.HasPrefix(trimmed, []byte("<?xml")):
		return fileError(FileWebPage, "文件是网页或 XML，不是表格，请用表格软件打开后另存为 XLSX 或 CSV",
			"the file is a web page or XML, not a table; open it in a spreadsheet and save it as XLSX or CSV", nil)
	case nul:
		return fileError(FileBinary, "文件不是文本表格（含有空字节）", "the file is not a text table (it holds zero bytes)", nil)
	}
	return nil
}

// decoder turns the bytes of one cell into text, or reports that they mean nothing.
type decoder struct {
	gb  *encoding.Decoder
	enc *encoding.Encoder
}

var errUndecodable = errors.New("bytes mean nothing in the file's encoding")

func newDecoder(e Encoding) *decoder {
	if e != GB18030 {
		return &decoder{}
	}
	return &decoder{gb: simplifiedchinese.GB18030.NewDecoder(), enc: simplifiedchinese.GB18030.NewEncoder()}
}

// text decodes, and for GB 18030 encodes again and compares: the decoder maps some private-use codes to characters that do
// not come back (golang/go#81126), and those must not pass as text.
func (d *decoder) text(raw []byte) (string, error) {
	if isASCII(raw) {
		return string(raw), nil
	}
	if d.gb == nil {
		if !utf8.Valid(raw) {
			return "", errUndecodable
		}
		return string(raw), nil
	}
	out, err := d.gb.Bytes(raw)
	if err != nil {
		return "", errUndecodable
	}
	back, err := d.enc.Bytes(out)
	if err != nil || !bytes.Equal(back, raw) {
		return "", errUndecodable
	}
	return string(out), nil
}

// surveyAll reads r to its end.
func surveyAll(r io.Reader) (*survey, error) {
	s := &survey{}
	if _, err := io.CopyBuffer(s, struct{ io.Reader }{r}, make([]byte, 256<<10)); err != nil {
		return nil, err
	}
	return s, nil
}
