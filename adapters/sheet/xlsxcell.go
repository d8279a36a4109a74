package sheet

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/xuri/excelize/v2"
)

// cellKind is the t attribute of a cell (ECMA-376 part 1, 18.18.11), as far as it matters here.
type cellKind int

const (
	kindText cellKind = iota
	kindNumber
	kindError
	kindMissing // refers to a shared text that the workbook does not hold
)

// cellNote is what the row iterator of the workbook library does not tell about a cell.
type cellNote struct {
	col    int // 0-based
	kind   cellKind
	number string // a number as it is stored
}

// cellScanner reads the worksheet part a second time, in step with the row iterator, for two things that the iterator
// drops: whether a cell is a number or a text, and the fact that the part is broken, which it takes for the end.
type cellScanner struct {
	part    io.ReadCloser
	size    int64
	read    byteCount
	xml     *xml.Decoder
	strings int // shared texts in the workbook
	row     int // row of the notes
	notes   []cellNote
	done    bool
}

// byteCount counts what is written to it.
type byteCount struct{ n atomic.Int64 }

func (c *byteCount) Write(p []byte) (int, error) {
	c.n.Add(int64(len(p)))
	return len(p), nil
}

// advance moves to the next row element; done at the end of the sheet.
func (s *cellScanner) advance() error {
	s.notes = s.notes[:0]
	for {
		token, err := s.xml.Token()
		if errors.Is(err, io.EOF) {
			s.done = true
			return nil
		}
		if err != nil {
			return fmt.Errorf("worksheet: %w", err)
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "row" {
			continue
		}
		s.row++
		if n, err := strconv.Atoi(attribute(start, "r")); err == nil && n > 0 {
			s.row = n
		}
		return s.cells()
	}
}

// cells notes the cells of one row element.
func (s *cellScanner) cells() error {
	col := -1
	for {
		token, err := s.xml.Token()
		if err != nil {
			return fmt.Errorf("worksheet row %d: %w", s.row, err)
		}
		switch el := token.(type) {
		case xml.EndElement:
			if el.Name.Local == "row" {
				return nil
			}
		case xml.StartElement:
			if el.Name.Local != "c" {
				continue
			}
			col++
			if ref := attribute(el, "r"); ref != "" {
				c, _, err := excelize.CellNameToCoordinates(ref)
				if err != nil {
					return fmt.Errorf("worksheet row %d: %w", s.row, err)
				}
				col = c - 1
			}
			if err := s.cell(col, el); err != nil {
				return fmt.Errorf("worksheet row %d: %w", s.row, err)
			}
		}
	}
}

// cell notes one cell if there is something to tell about it.
func (s *cellScanner) cell(col int, start xml.StartElement) error {
	var c struct {
		V string `xml:"v"`
	}
	if err := s.xml.DecodeElement(&c, &start); err != nil {
		return err
	}
	v := strings.TrimSpace(c.V)
	switch t := attribute(start, "t"); {
	case v == "":
	case t == "e":
		s.notes = append(s.notes, cellNote{col: col, kind: kindError})
	case t == "" || t == "n":
		s.notes = append(s.notes, cellNote{col: col, kind: kindNumber, number: v})
	case t == "s":
		if n, err := strconv.Atoi(v); err != nil || n < 0 || n >= s.strings {
			s.notes = append(s.notes, cellNote{col: col, kind: kindMissing})
		}
	}
	return nil
}

func attribute(el xml.StartElement, name string) string {
	for _, a := range el.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}
