package sheet

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// firms is a fictional roster; the codes pass GB 32100.
const firms = "企业名称,统一社会信用代码,成立日期,类型,经营范围\n" +
	"江城明鉴商贸有限公司,91110000600037341L,2019-01-31,企业,批发；零售\n" +
	"滨湖区䶮记茶馆（个体工商户）,91310115591693856A,2020年3月5日,个体,\"茶水，点心\n（不含酒）\"\n" +
	"江城第二食品厂, ９１３１０１１０６６６００７２１７Ｔ\u200b,2021/12/01,企业,N/A\n"

const firmMapping = `
kind: subjects
columns:
  code: {column: [信用代码, 统一社会信用代码], required: true}
  name: {column: 企业名称, required: true}
  registered_on: {column: 成立日期, required: true, date: ["2006-01-02", "2006/01/02", "2006年1月2日", excel]}
  kind: {column: 类型, map: {企业: enterprise, 个体: individual_business}}
  scope: {column: 经营范围}
  status: {const: active}
  industry: {column: 行业}
defaults: {district: "540100"}
`

func tempFile(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func packed(t testing.TB, content string) string {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// workbook writes rows of cells to the first sheet; nil makes an empty row.
func workbook(t testing.TB, rows [][]any, opts ...excelize.Options) string {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "book.xlsx")
	if err := f.SaveAs(path, opts...); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, path string, opts Options) *Reader {
	t.Helper()
	r, err := Open(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func all(t testing.TB, r *Reader) []Row {
	t.Helper()
	var rows []Row
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
}

// problems writes problems as "line column rule".
func problems(rows []Row) string {
	var out []string
	for _, row := range rows {
		for _, p := range row.Problems {
			out = append(out, strings.Join(strings.Fields(fmt.Sprintf("%d %s %s", p.Line, p.Column, p.Rule)), " "))
		}
	}
	return strings.Join(out, ", ")
}
