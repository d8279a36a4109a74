package sheet

import (
	"fmt"
	"io"
	"unicode/utf16"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/returns"
)

// Limits of a worksheet. The library cuts longer texts off; here they are refused.
const (
	maxCell = 32_767 // UTF-16 units
	maxRows = 1_048_576
)

// Formats that Books writes.
const (
	XLSX       = "xlsx"
	CSV        = "csv"         // UTF-8 with the mark by which spreadsheets know it
	CSVGB18030 = "csv-gb18030" // for what takes no UTF-8
)

// Books makes files of tables.
type Books struct {
	Dir string // for temporary files, which hold what is written; the system's if empty
}

// New begins a file of a format.
func (b Books) New(format string, w io.Writer) (returns.Book, error) {
	switch format {
	case XLSX:
		return newXLSXBook(w, b.Dir)
	case CSV:
		return newCSVBook(w), nil
	case CSVGB18030:
		return newGB18030Book(w), nil
	}
	return nil, domain.Refuse(domain.Invalid, "sheet.format.unknown", "format", "未知的文件格式："+format, "unknown format of a file: "+format)
}

// plain is what stands in a cell that is no number and no date.
func plain(kind returns.CellKind, c returns.Cell) string {
	switch kind {
	case returns.Text:
		return c.Text
	case returns.Money:
		return c.Fen.Yuan()
	case returns.Day:
		return c.Day.String()
	case returns.Count:
		return fmt.Sprint(c.Count)
	}
	return ""
}

// empty tells a cell in which nothing stands.
func empty(kind returns.CellKind, c returns.Cell) bool {
	return c.Blank || kind == returns.Text && c.Text == "" || kind == returns.Day && c.Day.IsZero()
}

func checkRow(s returns.Sheet, cells []returns.Cell) error {
	if len(cells) != len(s.Columns) {
		return fmt.Errorf("sheet: a row of %d cells for %d columns of %s", len(cells), len(s.Columns), s.Name)
	}
	return nil
}

func checkCell(s string) error {
	if n := len(utf16.Encode([]rune(s))); n > maxCell {
		return domain.Refuse(domain.TooLarge, "sheet.cell.length", "format", "单元格内容过长，请导出 CSV", "a text is too long for a cell of a worksheet: ask for CSV")
	}
	return nil
}
