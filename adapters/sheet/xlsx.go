package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// xlsxSource streams one worksheet of a workbook. Large parts are unpacked to temporary files by the library, so that
// memory holds one row.
type xlsxSource struct {
	file   *rawFile
	digest string
	book   *excelize.File
	rows   *excelize.Rows
	scan   *cellScanner
	sheet  string
	from   int // day zero of serial dates: 1900 or 1904
	row    int
}

func openXLSX(file *rawFile, opts Options) (*xlsxSource, error) {
	s := &xlsxSource{file: file, from: 1900}
	var err error
	if s.digest, err = file.digest(); err != nil {
		return nil, err
	}
	parts, err := zip.NewReader(file.f, file.size)
	if err != nil {
		return nil, fileError(FileBroken, "文件损坏，不是完整的 XLSX", "the file is damaged: not a complete XLSX", err)
	}
	for _, p := range parts.File {
		if p.Flags&1 != 0 {
			return nil, fileError(FileEncrypted, "压缩包已加密，无法读取", "the archive is encrypted", nil)
		}
	}
	if err := s.open(parts, opts); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *xlsxSource) open(parts *zip.Reader, opts Options) error {
	broken := func(err error) error {
		return fileError(FileBroken, "文件不是有效的 XLSX 工作簿", "the file is not a valid XLSX workbook", err)
	}
	var err error
	s.book, err = excelize.OpenFile(s.file.f.Name(), excelize.Options{RawCellValue: true, TmpDir: opts.TempDir})
	if err != nil {
		return broken(err)
	}
	sheets := s.book.GetSheetList()
	if len(sheets) == 0 {
		return broken(errors.New("no sheet"))
	}
	if s.sheet = opts.Mapping.Sheet; s.sheet == "" {
		s.sheet = sheets[0]
	}
	if i, err := s.book.GetSheetIndex(s.sheet); err != nil || i < 0 {
		names := strings.Join(sheets, "、")
		return fileError(FileSheet, fmt.Sprintf("没有名为“%s”的工作表，现有：%s", s.sheet, names),
			fmt.Sprintf("there is no sheet %q; there are: %s", s.sheet, names), nil)
	}
	if props, err := s.book.GetWorkbookProps(); err == nil && props.Date1904 != nil && *props.Date1904 {
		s.from = 1904
	}
	if s.scan, err = newCellScanner(parts, s.sheet); err != nil {
		return broken(err)
	}
	if s.rows, err = s.book.Rows(s.sheet); err != nil {
		return broken(err)
	}
	return nil
}

func (s *xlsxSource) next(skip bool) (record, error) {
	if !s.rows.Next() {
		return record{}, s.end()
	}
	s.row++
	out := record{line: s.row, last: s.row}
	for !s.scan.done && s.scan.row < s.row {
		if err := s.scan.advance(); err != nil {
			return record{}, s.damaged(err)
		}
	}
	texts, err := s.rows.Columns()
	if err != nil {
		return record{}, s.damaged(err)
	}
	if skip {
		return out, nil
	}
	out.cells = make([]cell, len(texts))
	for i, text := range texts {
		out.cells[i].text = text
	}
	if s.scan.row != s.row {
		return out, nil
	}
	for _, note := range s.scan.notes {
		for len(out.cells) <= note.col {
			out.cells = append(out.cells, cell{})
		}
		note.apply(&out.cells[note.col])
	}
	return out, nil
}

func (n cellNote) apply(c *cell) {
	switch n.kind {
	case kindError:
		c.rule = RuleFormula
	case kindMissing:
		c.rule = RuleShared
	case kindNumber:
		text, damaged, ok := numberText(n.number)
		switch {
		case damaged:
			*c = cell{text: n.number, rule: RuleDamaged}
		case ok:
			c.text = text
		}
	}
}

// end makes sure that the sheet ended where its part ends, and not at a fault in it.
func (s *xlsxSource) end() error {
	for !s.scan.done {
		if err := s.scan.advance(); err != nil {
			return s.damaged(err)
		}
		if !s.scan.done && s.scan.row > s.row {
			return s.damaged(fmt.Errorf("row %d was not given", s.scan.row))
		}
	}
	if err := s.rows.Error(); err != nil {
		return s.damaged(err)
	}
	return io.EOF
}

func (s *xlsxSource) progress() (done, total int64) { return s.scan.read.n.Load(), s.scan.size }

func (s *xlsxSource) damaged(err error) error {
	return fileError(FileBroken, fmt.Sprintf("工作表在第 %d 行之后损坏", s.row),
		fmt.Sprintf("the worksheet is damaged behind row %d", s.row), err)
}

func (s *xlsxSource) close() error {
	var errs []error
	if s.rows != nil {
		errs = append(errs, s.rows.Close())
	}
	if s.scan != nil {
		errs = append(errs, s.scan.part.Close())
	}
	if s.book != nil {
		errs = append(errs, s.book.Close())
	}
	return errors.Join(errs...)
}

// newCellScanner opens the part of the named sheet and counts the shared texts.
func newCellScanner(parts *zip.Reader, sheet string) (*cellScanner, error) {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
			Free string `xml:"http://purl.oclc.org/ooxml/officeDocument/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := errors.Join(decodePart(parts, "xl/workbook.xml", &book), decodePart(parts, "xl/_rels/workbook.xml.rels", &rels)); err != nil {
		return nil, err
	}
	target := ""
	for _, sh := range book.Sheets {
		for _, rel := range rels.List {
			if strings.EqualFold(sh.Name, sheet) && (rel.ID == sh.ID || rel.ID == sh.Free) {
				target = rel.Target
			}
		}
	}
	if strings.HasPrefix(target, "/") {
		target = strings.TrimPrefix(target, "/")
	} else {
		target = path.Join("xl", target)
	}
	count, err := countSharedTexts(parts)
	if err != nil {
		return nil, err
	}
	part, err := openPart(parts, target)
	if err != nil {
		return nil, err
	}
	s := &cellScanner{part: part, strings: count, size: partSize(parts, target)}
	s.xml = xml.NewDecoder(io.TeeReader(part, &s.read))
	return s, nil
}

func partSize(parts *zip.Reader, name string) int64 {
	for _, p := range parts.File {
		if strings.EqualFold(strings.ReplaceAll(p.Name, `\`, "/"), name) {
			return p.FileInfo().Size()
		}
	}
	return 0
}

func openPart(parts *zip.Reader, name string) (io.ReadCloser, error) {
	for _, p := range parts.File {
		if strings.EqualFold(strings.ReplaceAll(p.Name, `\`, "/"), name) {
			return p.Open()
		}
	}
	return nil, fmt.Errorf("part %q is missing", name)
}

func decodePart(parts *zip.Reader, name string, into any) error {
	part, err := openPart(parts, name)
	if err != nil {
		return err
	}
	defer part.Close()
	if err := xml.NewDecoder(io.LimitReader(part, 16<<20)).Decode(into); err != nil {
		return fmt.Errorf("part %q: %w", name, err)
	}
	return nil
}

func countSharedTexts(parts *zip.Reader) (int, error) {
	part, err := openPart(parts, "xl/sharedStrings.xml")
	if err != nil {
		return 0, nil
	}
	defer part.Close()
	dec := xml.NewDecoder(part)
	for n := 0; ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return 0, fmt.Errorf("shared texts: %w", err)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "si" {
			n++
		}
	}
}
