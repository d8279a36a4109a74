package sheet

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/xuri/excelize/v2"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/returns"
)

// xlsxBook writes a workbook. Codes are text in cells formatted as text, so that editing one doesn't make a number of it; dates
// are whole serial numbers under a format of a date; no number passes through a float.
type xlsxBook struct {
	out    io.Writer
	dir    string // for temporary files
	book   *excelize.File
	stream *excelize.StreamWriter
	sheet  returns.Sheet
	sheets int
	row    int
	styles map[returns.CellKind]int
}

// epoch is day zero of serial dates, as they count from March 1900 on.
var epoch = calendar.MustParse("1899-12-30")

func newXLSXBook(w io.Writer, dir string) (*xlsxBook, error) {
	b := &xlsxBook{out: w, dir: dir, book: excelize.NewFile(excelize.Options{TmpDir: dir}), styles: map[returns.CellKind]int{}}
	day := "yyyy-mm-dd"
	for _, k := range []struct {
		kind  returns.CellKind
		style excelize.Style
	}{
		{returns.Text, excelize.Style{NumFmt: 49}}, {returns.Money, excelize.Style{NumFmt: 49}}, {returns.Count, excelize.Style{NumFmt: 1}},
		{returns.Day, excelize.Style{CustomNumFmt: &day}},
	} {
		id, err := b.book.NewStyle(&k.style)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("sheet: style of %s: %w", k.kind, err), b.book.Close())
		}
		b.styles[k.kind] = id
	}
	return b, nil
}

// Sheet ends the table before and begins another.
func (b *xlsxBook) Sheet(s returns.Sheet) error {
	if err := b.flush(); err != nil {
		return err
	}
	b.sheet, b.row = s, 0
	if err := b.begin(s); err != nil {
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

func (b *xlsxBook) begin(s returns.Sheet) (err error) {
	if b.sheets++; b.sheets == 1 {
		err = b.book.SetSheetName("Sheet1", s.Name)
	} else {
		_, err = b.book.NewSheet(s.Name)
	}
	if err != nil {
		return err
	}
	if b.stream, err = b.book.NewStreamWriter(s.Name); err != nil {
		return err
	}
	for i, c := range s.Columns {
		if err := errors.Join(b.stream.SetColStyle(i+1, i+1, b.styles[c.Kind]), b.stream.SetColWidth(i+1, i+1, 20)); err != nil {
			return err
		}
	}
	return nil
}

// texts writes a line of texts.
func (b *xlsxBook) texts(line []string) error {
	values := make([]any, len(line))
	for i, s := range line {
		if err := checkCell(s); err != nil {
			return err
		}
		values[i] = excelize.Cell{StyleID: b.styles[returns.Text], Value: s}
	}
	return b.write(values)
}

// Row writes one row.
func (b *xlsxBook) Row(cells []returns.Cell) error {
	if err := checkRow(b.sheet, cells); err != nil {
		return err
	}
	values := make([]any, len(cells))
	for i, c := range cells {
		kind := b.sheet.Columns[i].Kind
		value, err := valueOf(kind, c)
		if err != nil {
			return err
		}
		if value != nil {
			values[i] = excelize.Cell{StyleID: b.styles[kind], Value: value}
		}
	}
	return b.write(values)
}

func valueOf(kind returns.CellKind, c returns.Cell) (any, error) {
	switch {
	case empty(kind, c):
		return nil, nil
	case kind == returns.Count:
		return c.Count, nil
	case kind == returns.Day:
		return epoch.DaysUntil(c.Day), nil
	}
	s := plain(kind, c)
	return s, checkCell(s)
}

func (b *xlsxBook) write(values []any) error {
	if b.row++; b.row > maxRows {
		return domain.Refuse(domain.TooLarge, "sheet.rows", "format", "行数超过工作表上限，请导出 CSV", "there are more rows than a worksheet holds: ask for CSV")
	}
	if err := b.stream.SetRow(fmt.Sprintf("A%d", b.row), values); err != nil {
		return fmt.Errorf("sheet: row %d of %s: %w", b.row, b.sheet.Name, err)
	}
	return nil
}

func (b *xlsxBook) flush() error {
	if b.stream == nil {
		return nil
	}
	if err := b.stream.Flush(); err != nil {
		return fmt.Errorf("sheet: end %s: %w", b.sheet.Name, err)
	}
	return nil
}

// Close writes the workbook. The library puts its parts into the archive in the order of a map; they are copied, as they are
// packed, in the order of their names.
func (b *xlsxBook) Close() (err error) {
	defer b.Discard()
	if err := b.flush(); err != nil {
		return err
	}
	spool, err := os.CreateTemp(b.dir, "mingjian-*.xlsx")
	if err != nil {
		return fmt.Errorf("sheet: spool: %w", err)
	}
	defer func() { err = errors.Join(err, spool.Close(), os.Remove(spool.Name())) }()
	size, err := b.book.WriteTo(spool)
	if err != nil {
		return fmt.Errorf("sheet: write workbook: %w", err)
	}
	return inOrder(b.out, spool, size)
}

func inOrder(out io.Writer, packed io.ReaderAt, size int64) error {
	in, err := zip.NewReader(packed, size)
	if err != nil {
		return fmt.Errorf("sheet: read workbook back: %w", err)
	}
	parts := slices.SortedFunc(slices.Values(in.File), func(a, b *zip.File) int { return cmp.Compare(a.Name, b.Name) })
	w := zip.NewWriter(out)
	for _, p := range parts {
		if err := w.Copy(p); err != nil {
			return fmt.Errorf("sheet: part %s: %w", p.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("sheet: end of the workbook: %w", err)
	}
	return nil
}

// Discard frees what the library keeps in temporary files.
func (b *xlsxBook) Discard() {
	if b.book != nil {
		_ = b.book.Close()
		b.book = nil
	}
}
