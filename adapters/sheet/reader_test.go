package sheet

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOneTableInManyForms(t *testing.T) {
	t.Parallel()
	tabs := strings.NewReplacer(",", "\t").Replace(firms)
	semicolons := strings.NewReplacer(",", ";").Replace(firms)
	tests := map[string]struct {
		name, content string
		encoding      Encoding
		format        string
		delimiter     string
		line          int // of the second row
	}{
		"utf-8":             {"a.csv", firms, UTF8, FormatCSV, ",", 3},
		"byte order mark":   {"a.csv", "\ufeff" + firms, UTF8BOM, FormatCSV, ",", 3},
		"gb18030":           {"a.csv", gb18030(t, strings.ReplaceAll(firms, "\u200b", "")), GB18030, FormatCSV, ",", 3},
		"windows lines":     {"a.txt", strings.ReplaceAll(firms, "\n", "\r\n"), UTF8, FormatCSV, ",", 3},
		"old mac lines":     {"a.txt", strings.ReplaceAll(firms, "\n", "\r"), UTF8, FormatCSV, ",", 3},
		"tabs":              {"a.tsv", tabs, UTF8, FormatCSV, "\t", 3},
		"semicolons":        {"a.csv", semicolons, UTF8, FormatCSV, ";", 3},
		"told to excel":     {"a.csv", "sep=;\n" + semicolons, UTF8, FormatCSV, ";", 4},
		"gzip":              {"a.csv.gz", packed(t, firms), UTF8, FormatCSVGzip, ",", 3},
		"gzip of gb18030":   {"wrong-name.xlsx", packed(t, gb18030(t, strings.ReplaceAll(firms, "\u200b", ""))), GB18030, FormatCSVGzip, ",", 3},
		"titles and blanks": {"a.csv", "江城市检查对象名录,,,,\n,,,,\n\n" + firms + ",,,,\n\n", UTF8, FormatCSV, ",", 6},
	}
	want := all(t, open(t, tempFile(t, "a.csv", firms), Options{Mapping: mustMapping(t, firmMapping)}))
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := open(t, tempFile(t, test.name, test.content), Options{Mapping: mustMapping(t, firmMapping)})
			info := r.File()
			if info.Encoding != test.encoding || info.Format != test.format || info.Delimiter != test.delimiter || len(info.SHA256) != 64 {
				t.Errorf("file %+v", info)
			}
			rows := all(t, r)
			if len(rows) != 3 || problems(rows) != "" || r.Counts().Read != 3 {
				t.Fatalf("%d rows, problems %s, counts %+v", len(rows), problems(rows), r.Counts())
			}
			if rows[1].Line != test.line || rows[1].LastLine != test.line+1 {
				t.Errorf("second row is on %d-%d", rows[1].Line, rows[1].LastLine)
			}
			for i, row := range rows {
				if row.Digest() != want[i].Digest() || row.NaturalKey() != want[i].NaturalKey() {
					t.Errorf("row %d: %+v, want %+v", i, row.Values, want[i].Values)
				}
			}
		})
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	r := open(t, tempFile(t, "a.csv", firms), Options{Mapping: mustMapping(t, firmMapping)})
	rows := all(t, r)
	got := map[string]string{}
	for field, v := range rows[2].Values {
		got[field] = v.Text()
	}
	want := map[string]string{"code": "91310110666007217T", "name": "江城第二食品厂", "registered_on": "2021-12-01", "kind": "enterprise",
		"status": "active", "district": "540100"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if raw := rows[2].Values["code"].Raw(); raw != " ９１３１０１１０６６６００７２１７Ｔ\u200b" {
		t.Errorf("raw text %q", raw)
	}
	if rows[1].Text("name") != "滨湖区䶮记茶馆（个体工商户）" || rows[1].Text("scope") != "茶水，点心 （不含酒）" {
		t.Errorf("wording %q, %q", rows[1].Text("name"), rows[1].Text("scope"))
	}
	if rows[1].RawMap()["经营范围"] != "茶水，点心\n（不含酒）" {
		t.Errorf("raw %q", rows[1].RawMap())
	}
	if diff := cmp.Diff([]string{"行业 (industry)"}, r.File().Absent); diff != "" {
		t.Error(diff)
	}
	if done, total := r.Progress(); done != total || total != int64(len(firms)) {
		t.Errorf("progress %d of %d", done, total)
	}
}

func TestBadRowsDoNotEndTheFile(t *testing.T) {
	t.Parallel()
	lines := []string{
		"名称,代码,日期,金额",
		"甲,A1,2019-01-01,1",       // 2
		"乙,A2,2019-13-01,1",       // 3: date
		"丙,,2019-01-01,1",         // 4: required
		"丁,A4,2019-01-01,很多",      // 5: money
		"戊,A5,2019-01-01",         // 6: cells
		"己,A6,2019-01-01,1,x",     // 7: cells
		"庚,A7,2019-01-01,1,,",     // 8: trailing empty cells are harmless
		"辛\xff,A8,2019-01-01,1",   // 9: bytes
		"壬\ufffd,A9,2019-01-01,1", // 10: lost character
		"癸\ue000,A0,2019-01-01,1", // 11: private use
		`"子"x,B1,2019-01-01,1`,    // 12: quote
		"丑,B2,1月1日,-1",            // 13: date and money
	}
	for i := range 300 { // so that one broken line in many is a broken line and not another encoding
		lines = append(lines, "明鉴,C"+strings.Repeat("0", i%3)+",2019-01-01,1")
	}
	m := mustMapping(t, `
kind: penalties
columns:
  decision_no: {column: 代码, required: true}
  party_name: {column: 名称}
  authority: {const: 江城市市场监督管理局}
  decided_on: {column: 日期, required: true}
  fine_fen: {column: 金额, money: wanyuan}
`)
	r := open(t, tempFile(t, "a.csv", strings.Join(lines, "\n")), Options{Mapping: m})
	rows := all(t, r)
	want := "3 日期 date, 4 代码 required, 5 金额 money, 6 cell-count, 7 cell-count, 9 名称 undecodable, 10 名称 lost-character, " +
		"11 名称 lost-character, 12 csv-quote, 13 日期 date, 13 金额 money"
	if got := problems(rows); got != want {
		t.Errorf("problems\n%s, want\n%s", got, want)
	}
	if c := r.Counts(); c.Read != 312 || c.Refused != 10 {
		t.Errorf("counts %+v", c)
	}
	if p := rows[1].Problems[0]; p.Value != "2019-13-01" || p.Field != "decided_on" || !strings.Contains(p.Error(), `line 3, column "日期", value "2019-13-01": date`) {
		t.Errorf("problem %v", p)
	}
	if fen, ok := rows[0].Values["fine_fen"].Fen(); !ok || fen != 1000000 {
		t.Errorf("fine %d", fen)
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("behind the end: %v", err)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	whole := packed(t, strings.Repeat(firms, 20))
	tests := map[string]struct{ content, rule string }{
		"empty":            {"", FileEmpty},
		"blank":            {"\n,,\n\n", FileEmpty},
		"missing column":   {"企业名称,代码\n甲,1\n", FileColumns},
		"two alike":        {"企业名称,统一社会信用代码,统一社会信用 代码,成立日期\n", FileTwice},
		"utf-16":           {"\xff\xfea\x00,\x00", FileUTF16},
		"zero bytes":       {"a,b\x00c\n", FileBinary},
		"web page":         {"  <HTML><table>", FileWebPage},
		"unclear encoding": {firms + strings.Repeat(gb18030(t, "名称,行\n")+"名称,行\n", 20), FileEncoding},
		"cut gzip":         {whole[:len(whole)-8], FileBroken},
		"cut gzip head":    {whole[:5], FileBroken},
		"old excel":        {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("x", 3<<20), FileOldExcel},
		"not a workbook":   {"PK\x03\x04 something else", FileBroken},
	}
	for name, test := range tests {
		_, err := Open(tempFile(t, "a.csv", test.content), Options{Mapping: mustMapping(t, firmMapping)})
		file := (*FileError)(nil)
		if !errors.As(err, &file) || file.Rule != test.rule || file.ZH == "" || file.EN == "" {
			t.Errorf("%s: %v; want %s", name, err, test.rule)
		}
	}
	_, err := Open(tempFile(t, "a.csv", "企业名称,代码\n甲,1\n"), Options{Mapping: mustMapping(t, firmMapping)})
	file := (*FileError)(nil)
	if !errors.As(err, &file) || !strings.Contains(file.ZH, "信用代码 / 统一社会信用代码 (code)") || cmp.Diff(file.Columns, []string{"企业名称", "代码"}) != "" {
		t.Errorf("missing column: %v, columns %v", err, file.Columns)
	}
	if _, err := Open(t.TempDir(), Options{Mapping: mustMapping(t, firmMapping)}); err == nil {
		t.Error("a folder was opened")
	}
	if _, err := Open(tempFile(t, "a.csv", firms), Options{Mapping: &Mapping{Kind: Subjects}}); err == nil {
		t.Error("an unchecked mapping was taken")
	}
}

func TestAForcedEncoding(t *testing.T) {
	t.Parallel()
	mixed := firms + strings.Repeat(gb18030(t, "江城,91110000600037341L,2019-01-01,企业,零售\n"), 5)
	rows := all(t, open(t, tempFile(t, "a.csv", mixed), Options{Mapping: mustMapping(t, firmMapping), Encoding: UTF8}))
	if got := problems(rows); got != "6 企业名称 undecodable, 7 企业名称 undecodable, 8 企业名称 undecodable, 9 企业名称 undecodable, 10 企业名称 undecodable" {
		t.Error(got)
	}
}

func TestAFileThatChanges(t *testing.T) {
	t.Parallel()
	path := tempFile(t, "a.csv", firms)
	r := open(t, path, Options{Mapping: mustMapping(t, firmMapping)})
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("江城,91110000600037341L,2019-01-01,企业,零售\n"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for {
		_, err = r.Next()
		if err != nil {
			break
		}
	}
	if file := (*FileError)(nil); !errors.As(err, &file) || file.Rule != FileChanged {
		t.Fatalf("%v", err)
	}
}

func TestGoingOnBehindALine(t *testing.T) {
	t.Parallel()
	whole := all(t, open(t, tempFile(t, "a.csv", firms), Options{Mapping: mustMapping(t, firmMapping)}))
	for to, want := range map[int]int{0: 3, 1: 3, 2: 2, 3: 1, 4: 1, 5: 0, 99: 0} {
		r := open(t, tempFile(t, "a.csv", firms), Options{Mapping: mustMapping(t, firmMapping), SkipTo: to})
		rows := all(t, r)
		if len(rows) != want || r.Counts().Passed != 3-want {
			t.Errorf("behind line %d: %d rows, counts %+v", to, len(rows), r.Counts())
		}
		for i, row := range rows {
			if row.Digest() != whole[3-want+i].Digest() || row.Line != whole[3-want+i].Line {
				t.Errorf("behind line %d: another row on line %d", to, row.Line)
			}
		}
	}
}
