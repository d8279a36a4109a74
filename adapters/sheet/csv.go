package sheet

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// csvSource reads a text table, gzipped or not, in a second pass over a file that was surveyed in a first one.
type csvSource struct {
	file   *rawFile
	zipped bool
	digest string // SHA-256 found in the first pass
	enc    Encoding
	eol    byte
	limit  int
	delim  byte
	unzip  *gzip.Reader
	scan   *csvScanner
	dec    *decoder
}

// surveyCSV makes the first pass: signature, digest, encoding, line ends.
func surveyCSV(file *rawFile, zipped bool, opts Options) (*csvSource, error) {
	s := &csvSource{file: file, zipped: zipped, limit: opts.MaxRecord, enc: opts.Encoding, eol: '\n'}
	content, err := s.content()
	if err != nil {
		return nil, err
	}
	found, err := surveyAll(content)
	if err != nil {
		return nil, fileError(FileBroken, "文件损坏，无法完整读出", "the file is damaged and cannot be read to its end", err)
	}
	if s.digest, err = file.digest(); err != nil {
		return nil, err
	}
	if err := refuseSignature(found.start, found.nul); err != nil {
		return nil, err
	}
	bom := bytes.HasPrefix(found.start, byteOrderMark)
	switch {
	case bom && s.enc != GB18030:
		s.enc = UTF8BOM
	case s.enc == UTF8BOM:
		s.enc = UTF8
	case s.enc == "":
		if s.enc, err = found.encoding(); err != nil {
			return nil, err
		}
	}
	if found.cr && !found.lf {
		s.eol = '\r'
	}
	return s, nil
}

// content opens the text from its beginning.
func (s *csvSource) content() (io.Reader, error) {
	if err := s.file.rewind(); err != nil {
		return nil, err
	}
	if !s.zipped {
		return s.file, nil
	}
	z, err := gzip.NewReader(bufio.NewReaderSize(s.file, 256<<10))
	if err != nil {
		return nil, fileError(FileBroken, "gzip 文件损坏", "the gzip file is damaged", err)
	}
	s.unzip = z
	return z, nil
}

// start begins the second pass with the given delimiter.
func (s *csvSource) start(delim byte) error {
	in, err := s.content()
	if err != nil {
		return err
	}
	if s.enc == UTF8BOM {
		if _, err := io.CopyN(io.Discard, in, int64(len(byteOrderMark))); err != nil {
			return fmt.Errorf("sheet: read: %w", err)
		}
	}
	s.delim, s.dec = delim, newDecoder(s.enc)
	s.scan = newCSVScanner(in, delim, s.eol, s.limit)
	return nil
}

func (s *csvSource) next(skip bool) (record, error) {
	rec, err := s.scan.next(skip)
	if errors.Is(err, io.EOF) {
		return record{}, s.end()
	}
	if err != nil {
		return record{}, fileError(FileBroken, "文件损坏，无法继续读取", "the file is damaged and cannot be read on", err)
	}
	out := record{line: rec.line, last: rec.last, rule: rec.rule}
	if rec.line == 1 && len(rec.cells) > 0 && len(rec.cells) <= 2 && isSepLine(rec.cells[0]) {
		return s.next(skip)
	}
	out.cells = make([]cell, len(rec.cells))
	for i, raw := range rec.cells {
		text, err := s.dec.text(raw)
		if err != nil {
			out.cells[i] = cell{rule: RuleBytes}
			continue
		}
		out.cells[i] = cell{text: text}
	}
	return out, nil
}

// isSepLine recognises the line by which Excel is told the delimiter; with that delimiter it splits after the sign.
func isSepLine(first []byte) bool {
	return len(first) <= 5 && bytes.HasPrefix(bytes.ToLower(first), []byte("sep="))
}

// end makes sure that the second pass saw the bytes that the first one saw.
func (s *csvSource) end() error {
	digest, err := s.file.digest()
	if err != nil {
		return err
	}
	if digest != s.digest {
		return fileError(FileChanged, "文件在读取过程中被改动", "the file was changed while it was being read", nil)
	}
	return io.EOF
}

func (s *csvSource) progress() (done, total int64) { return s.file.read.Load(), s.file.size }

func (s *csvSource) close() error {
	if s.unzip != nil {
		return s.unzip.Close()
	}
	return nil
}

// delimiters that a file may have, the likeliest first.
func delimiters() []byte { return []byte{',', '\t', ';'} }
