package sheet

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestWorkbookEqualsText(t *testing.T) {
	t.Parallel()
	want := all(t, open(t, tempFile(t, "a.csv", firms), Options{Mapping: mustMapping(t, firmMapping)}))
	path := workbook(t, [][]any{
		{"江城市检查对象名录"}, nil, {"企业名称", "统一社会信用代码", "成立日期", "类型", "经营范围"},
		{"江城明鉴商贸有限公司", "91110000600037341L", 43496, "企业", "批发；零售"},
		{"滨湖区䶮记茶馆（个体工商户）", "91310115591693856A", "2020年3月5日", "个体", "茶水，点心\n（不含酒）"},
		{nil, nil, nil, nil, nil}, nil,
		{"江城第二食品厂", "91310110666007217T", "2021/12/01", "企业", nil, nil, "a note beside the table"},
	})
	r := open(t, path, Options{Mapping: mustMapping(t, firmMapping)})
	rows := all(t, r)
	if problems(rows) != "" || len(rows) != 3 || r.File().Sheet != "Sheet1" || r.File().Format != FormatXLSX || r.File().Header != 3 {
		t.Fatalf("%d rows, %s, %+v", len(rows), problems(rows), r.File())
	}
	for i, line := range []int{4, 5, 8} {
		if rows[i].Digest() != want[i].Digest() || rows[i].Line != line {
			t.Errorf("row %d on line %d: %+v; want %+v", i, rows[i].Line, rows[i].Values, want[i].Values)
		}
	}
	if got := all(t, open(t, path, Options{Mapping: mustMapping(t, firmMapping), SkipTo: 4})); len(got) != 2 || got[0].Digest() != want[1].Digest() {
		t.Errorf("behind row 4: %d rows", len(got))
	}
	if done, total := r.Progress(); done != total || total == 0 {
		t.Errorf("progress %d of %d", done, total)
	}
}

func TestCellsThatASpreadsheetDamaged(t *testing.T) {
	t.Parallel()
	m := mustMapping(t, `
kind: penalties
columns:
  decision_no: {column: 文号, required: true}
  party_name: {column: 当事人}
  party_code: {column: 代码}
  authority: {const: 江城市市场监督管理局}
  decided_on: {column: 日期, required: true, date: [excel, 2006-01-02]}
  fine_fen: {column: 金额, money: yuan}
`)
	path := workbook(t, [][]any{
		{"文号", "当事人", "代码", "日期", "金额"},
		{"1号", "甲", "914403001922038216", 45000, 1095.6},
		{"2号", "乙", 914403001922038216.0, 45000, 5000},
		{"3号", "丙", uint64(914403001922038216), 45000, 0.1 + 0.2},
		{"4号", "丁", 440301103448669, "2023-03-15", "1,234.50"},
		{5, "戊", "440301103448669", 45000.5, 1095.5999999999999},
	})
	rows := all(t, open(t, path, Options{Mapping: m}))
	if got := problems(rows); got != "3 代码 damaged-number, 4 代码 damaged-number" {
		t.Error(got)
	}
	if p := rows[1].Problems[0]; p.EN != "value was damaged by the spreadsheet: store codes as text" || p.Value == "" {
		t.Errorf("%+v", p)
	}
	if rows[0].Text("party_code") != "914403001922038216" || rows[3].Text("party_code") != "440301103448669" || rows[4].Text("decision_no") != "5" {
		t.Errorf("codes %q, %q, %q", rows[0].Text("party_code"), rows[3].Text("party_code"), rows[4].Text("decision_no"))
	}
	for i, want := range []int64{109560, 500000, 30, 123450, 109560} {
		if fen, _ := rows[i].Values["fine_fen"].Fen(); fen != want {
			t.Errorf("row %d: fine %d, want %d", i, fen, want)
		}
	}
	for i := range rows {
		if rows[i].Text("decided_on") != "2023-03-15" {
			t.Errorf("row %d: date %q", i, rows[i].Text("decided_on"))
		}
	}
}

// rewritten copies a workbook, replacing text in one part.
func rewritten(t *testing.T, path, part, from, to string) string {
	t.Helper()
	in, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(filepath.Join(t.TempDir(), "changed.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(out)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		text := string(content)
		if f.Name == part {
			if !strings.Contains(text, from) {
				t.Fatalf("%s does not hold %q: %s", part, from, text)
			}
			text = strings.Replace(text, from, to, 1)
		}
		entry, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(entry, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Name()
}

const sheetPart = "xl/worksheets/sheet1.xml"

func TestBrokenWorkbooks(t *testing.T) {
	t.Parallel()
	good := workbook(t, [][]any{
		{"企业名称", "统一社会信用代码", "成立日期", "类型", "经营范围"},
		{"甲", "91110000600037341L", "2019-01-31", "企业", "批发"},
		{"乙", "91310115591693856A", 42004, "企业", 7},
	})
	m := mustMapping(t, firmMapping)
	rows := all(t, open(t, rewritten(t, good, sheetPart, `<c r="E3"><v>7</v>`, `<c r="E3" t="e"><v>#REF!</v>`), Options{Mapping: m}))
	if got := problems(rows); got != "3 经营范围 formula-error" {
		t.Errorf("formula error: %s", got)
	}
	rows = all(t, open(t, rewritten(t, good, sheetPart, `<c r="E3"><v>7</v>`, `<c r="E3" t="s"><v>99</v>`), Options{Mapping: m}))
	if got := problems(rows); got != "3 经营范围 missing-string" {
		t.Errorf("missing text: %s", got)
	}
	rows = all(t, open(t, rewritten(t, good, "xl/workbook.xml", `<workbookPr`, `<workbookPr date1904="1"`), Options{Mapping: m}))
	if len(rows) != 2 || rows[1].Text("registered_on") != "2019-01-01" {
		t.Errorf("days from 1904: %+v", rows)
	}
	r := open(t, rewritten(t, good, sheetPart, `<row r="3">`, `<row r="3"><oops`), Options{Mapping: m})
	var err error
	for err == nil {
		_, err = r.Next()
	}
	if file := (*FileError)(nil); !errors.As(err, &file) || file.Rule != FileBroken {
		t.Errorf("broken part: %v", err)
	}
}

func TestWorkbooksThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	head := [][]any{{"企业名称", "统一社会信用代码", "成立日期", "类型", "经营范围"}}
	good := workbook(t, head)
	elsewhere := mustMapping(t, firmMapping+"sheet: 名录\n")
	tests := map[string]struct {
		path    string
		mapping *Mapping
		rule    string
	}{
		"encrypted":      {workbook(t, head, excelize.Options{Password: "p"}), mustMapping(t, firmMapping), FileEncrypted},
		"no such sheet":  {good, elsewhere, FileSheet},
		"missing column": {workbook(t, [][]any{{"企业名称", "成立日期"}}), mustMapping(t, firmMapping), FileColumns},
		"empty sheet":    {workbook(t, nil), mustMapping(t, firmMapping), FileEmpty},
		"part missing":   {rewritten(t, good, "xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "worksheets/sheet9.xml"), mustMapping(t, firmMapping), FileBroken},
	}
	for name, test := range tests {
		_, err := Open(test.path, Options{Mapping: test.mapping})
		if file := (*FileError)(nil); !errors.As(err, &file) || file.Rule != test.rule {
			t.Errorf("%s: %v; want %s", name, err, test.rule)
		}
	}
	if got := all(t, open(t, good, Options{Mapping: mustMapping(t, firmMapping)})); len(got) != 0 {
		t.Errorf("%d rows below the headings", len(got))
	}
}
