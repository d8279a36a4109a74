package sheet_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/mingjian-ledger/mingjian/adapters/sheet"
	"github.com/mingjian-ledger/mingjian/adapters/sheet/sheettest"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/returns"
)

// awkward are texts that spreadsheets are known to spoil.
var awkward = []string{
	"914403001922038216", "000123", "0", "1E5", "2023-05-02", "5月1日", "1/2", "91540321MA6TCRT16N", "00000000000000000X", "(12)", "3.10",
	"=1+1", "+86 10", "-5", "@SUM(A1)", "＝1+1", "\t12", "䶮㛃𫖯〇·有限公司", "两行\n文字", "引号\"和,逗号", " 前空格", "后空格 ", "_x0041_", "<b>&amp;",
	"TRUE", "false", "\u00a012", "2024-05-06\u3000", "5 May 2024", "12:30 PM", "￥12", "'12", "''", "１２",
}

func awkwardTable() returns.Sheet {
	return returns.Sheet{Name: "报送", Above: [][]string{{"食品监督抽检情况", "=2+2"}, {"截至", "事件 000045"}}, Columns: []returns.Column{
		{Key: "code", Title: "代码", Kind: returns.Text}, {Key: "day", Title: "日期", Kind: returns.Day},
		{Key: "n", Title: "批次数", Kind: returns.Count}, {Key: "yuan", Title: "金额（元）", Kind: returns.Money},
	}}
}

func awkwardRow(i int) []returns.Cell {
	return []returns.Cell{
		{Text: awkward[i]}, {Day: calendar.MustParse("2024-02-28").AddDays(i)}, {Count: int64(i) * 9_007_199_254_740},
		{Fen: domain.Fen(9_007_199_254_740_993 + int64(i))},
	}
}

// shown is what a person is to see of a row.
func shown(i int) []string {
	row := awkwardRow(i)
	return []string{row[0].Text, row[1].Day.String(), fmt.Sprint(row[2].Count), row[3].Fen.Yuan()}
}

func written(t *testing.T, format string) []byte {
	t.Helper()
	var out bytes.Buffer
	book, err := sheet.Books{}.New(format, &out)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Discard()
	errs := []error{book.Sheet(awkwardTable())}
	for i := range awkward {
		errs = append(errs, book.Row(awkwardRow(i)))
	}
	errs = append(errs, book.Row([]returns.Cell{{}, {}, {Blank: true}, {Blank: true}}))
	errs = append(errs, book.Sheet(returns.Sheet{Name: "口径", Columns: []returns.Column{{Key: "k", Title: "项", Kind: returns.Text}, {Key: "v", Title: "说明", Kind: returns.Text}}}))
	errs = append(errs, book.Row([]returns.Cell{{Text: "查询"}, {Text: "date >= 2024-01-01"}}), book.Close())
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTheSameTablesGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"xlsx", "csv"} {
		first := written(t, format)
		for range 5 {
			if !bytes.Equal(first, written(t, format)) {
				t.Fatalf("%s differs", format)
			}
		}
	}
}

// TestXLSXCells: every code is text in a cell formatted as text, every date a number under a date's format, nothing a formula.
func TestXLSXCells(t *testing.T) {
	t.Parallel()
	book, err := excelize.OpenReader(bytes.NewReader(written(t, "xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	if got := book.GetSheetList(); !slices.Equal(got, []string{"报送", "口径"}) {
		t.Errorf("sheets %v", got)
	}
	for i := range awkward {
		for c, want := range shown(i) {
			at := fmt.Sprintf("%c%d", 'A'+c, i+4)
			got, err := book.GetCellValue("报送", at)
			if err != nil || got != want {
				t.Errorf("%s is %q, %v, want %q", at, got, err, want)
			}
			kind, err := book.GetCellType("报送", at)
			number := kind == excelize.CellTypeUnset || kind == excelize.CellTypeNumber
			if isNumber := c == 1 || c == 2; err != nil || number != isNumber {
				t.Errorf("%s of type %v, %v", at, kind, err)
			}
			if f, err := book.GetCellFormula("报送", at); err != nil || f != "" {
				t.Errorf("%s is a formula: %q, %v", at, f, err)
			}
			id, err := book.GetCellStyle("报送", at)
			if err != nil {
				t.Fatal(err)
			}
			style, err := book.GetStyle(id)
			if err != nil || c == 0 && style.NumFmt != 49 || c == 1 && (style.CustomNumFmt == nil || *style.CustomNumFmt != "yyyy-mm-dd") {
				t.Errorf("%s has the style %+v, %v", at, style, err)
			}
		}
	}
	if got, _ := book.GetCellValue("报送", "B1"); got != "=2+2" {
		t.Errorf("a line above is %q", got)
	}
}

// records reads a CSV as its doc says: one leading apostrophe or tab is taken off.
func records(t *testing.T, data []byte) (out [][]string) {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\uFEFF"))))
	r.FieldsPerRecord = -1
	for {
		line, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range line {
			if s != "" && strings.ContainsAny(s[:1], "'\t") {
				line[i] = s[1:]
			}
		}
		out = append(out, line)
	}
}

func TestCSVBytes(t *testing.T) {
	t.Parallel()
	data := written(t, "csv")
	if !bytes.HasPrefix(data, []byte("\uFEFF")) || bytes.Contains(bytes.ReplaceAll(data, []byte("\r\n"), nil), []byte("\r")) {
		t.Error("no mark, or a lone CR")
	}
	lines := records(t, data)
	for i := range awkward {
		if !slices.Equal(lines[3+i], shown(i)) {
			t.Errorf("line %q, want %q", lines[3+i], shown(i))
		}
	}
	for _, line := range strings.Split(string(data), "\r\n") {
		for _, field := range strings.Split(line, ",") {
			field = strings.TrimPrefix(strings.TrimPrefix(field, "\uFEFF"), `"`)
			if field != "" && strings.ContainsAny(field[:1], "=+-@") {
				t.Errorf("%q runs as a formula", field)
			}
		}
	}
	if !strings.Contains(string(data), "\t914403001922038216") || !strings.Contains(string(data), "'=1+1") {
		t.Error("a code or a formula is bare")
	}
}

func TestWritingIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := (sheet.Books{}).New("ods", io.Discard); domain.KindOf(err) != domain.Invalid {
		t.Errorf("an unknown format: %v", err)
	}
	for _, format := range []string{"xlsx", "csv"} {
		book, err := sheet.Books{}.New(format, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if err := book.Sheet(awkwardTable()); err != nil {
			t.Fatal(err)
		}
		if book.Row([]returns.Cell{{Text: "x"}}) == nil {
			t.Errorf("%s: a short row is written", format)
		}
		book.Discard()
	}
	book, err := sheet.Books{}.New("xlsx", io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Discard()
	if err := book.Sheet(awkwardTable()); err != nil {
		t.Fatal(err)
	}
	long := awkwardRow(0)
	long[0].Text = strings.Repeat("长", 32_768)
	if err := book.Row(long); domain.KindOf(err) != domain.TooLarge {
		t.Errorf("a text that would be cut off: %v", err)
	}
}

// TestAnOfficeProgramReadsTheWorkbook has LibreOffice open the workbook and write it again: as CSV, as it is shown, and as XLSX,
// where the types of cells can be told.
func TestAnOfficeProgramReadsTheWorkbook(t *testing.T) {
	t.Parallel()
	data := written(t, "xlsx")
	back, err := os.ReadFile(sheettest.Convert(t, data, "xlsx", sheettest.AsShown))
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(back))
	r.FieldsPerRecord = -1
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i := range awkward {
		if !slices.Equal(lines[3+i], shown(i)) {
			t.Errorf("the office program shows %q, want %q", lines[3+i], shown(i))
		}
	}
	book, err := excelize.OpenFile(sheettest.Convert(t, data, "xlsx", "xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	for i := range awkward {
		code, day := fmt.Sprintf("A%d", i+4), fmt.Sprintf("B%d", i+4)
		text, err := book.GetCellValue("报送", code)
		kind, errs := book.GetCellType("报送", code)
		if text != awkward[i] || kind != excelize.CellTypeSharedString && kind != excelize.CellTypeInlineString || errors.Join(err, errs) != nil {
			t.Errorf("%s is %q of type %v, %v, want text %q", code, text, kind, errors.Join(err, errs), awkward[i])
		}
		serial, err := book.GetCellValue("报送", day, excelize.Options{RawCellValue: true})
		want := fmt.Sprint(calendar.MustParse("1899-12-30").DaysUntil(awkwardRow(i)[1].Day))
		if shownAs, _ := book.GetCellValue("报送", day); serial != want || shownAs != shown(i)[1] || err != nil {
			t.Errorf("%s is %q shown as %q, %v, want the date %s", day, serial, shownAs, err, shown(i)[1])
		}
	}
}

// TestAnOfficeProgramReadsTheCSV: with every column left to the program's judgement, codes keep their digits and nothing is a
// formula. Without a window LibreOffice has to be told of UTF-8.
func TestAnOfficeProgramReadsTheCSV(t *testing.T) {
	t.Parallel()
	book, err := excelize.OpenFile(sheettest.Convert(t, written(t, "csv"), "csv", "xlsx", "--infilter=CSV:44,34,76,1"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	name := book.GetSheetList()[0]
	for i, want := range awkward {
		at := fmt.Sprintf("A%d", i+4)
		got, err := book.GetCellValue(name, at)
		if err != nil || strings.Trim(got, "'\t") != strings.Trim(want, "'\t") {
			t.Errorf("%s is %q, %v, want %q", at, got, err, want)
		}
		if f, _ := book.GetCellFormula(name, at); f != "" {
			t.Errorf("%s is the formula %q", at, f)
		}
	}
}
