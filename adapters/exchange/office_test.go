package exchange_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/exchange"
	"github.com/mingjian-ledger/mingjian/adapters/sheet"
	"github.com/mingjian-ledger/mingjian/adapters/sheet/sheettest"
	"github.com/mingjian-ledger/mingjian/domain/profile"
)

const manyRows = 10_000

// oneIn of the generated rows hold a character that no file carries.
const oneIn = 50

// pieces of which generated texts consist: characters that encodings and spreadsheets are known to spoil, and plain ones.
var pieces = strings.Split("䶮 㛃 𫖯 〇 · 𬭎 龘 ⺁ （ ） 【2024】 〔2024〕 有限公司 市监处罚 阿卜杜拉·买买提 = + - @ ＝ ＋ － ＠ ' \" , ; \n 0 1 2 007 1E5 1/2 2024-05-06 5月1日 TRUE #N/A "+
	"=1+1 =HYPERLINK(\"x\") <b> & _x0041_ É ☃ 😀 \u3000 \u00a0 3.10 (12) 50% ￥12 12:30 1,000 .5", " ")

// text generates a text, not blank at its ends now and then.
func text(r *rand.Rand) string {
	var out strings.Builder
	for range 1 + r.IntN(6) {
		out.WriteString(pieces[r.IntN(len(pieces))])
	}
	if r.IntN(20) == 0 {
		return " " + out.String() + " "
	}
	return out.String()
}

func digits(r *rand.Rand, n int) string {
	var out strings.Builder
	for range n {
		out.WriteByte('0' + byte(r.IntN(10)))
	}
	return out.String()
}

// generated makes rows, and tells which of them can't be carried.
func generated(seed uint64) (rows []exchange.Row, bad []uint64) {
	r := rand.New(rand.NewPCG(seed, 0))
	for n := uint64(1); n <= manyRows; n++ {
		columns := map[string]string{"MC": text(r), "DM": digits(r, []int{18, 18, 15, 9, 6}[r.IntN(5)]), "BZ": text(r), "JE": fmt.Sprintf("%d.%06d", r.IntN(3000), r.IntN(1e6))}
		if r.IntN(4) == 0 {
			columns["DM"] = "00" + columns["DM"]
		}
		if r.IntN(10) > 0 {
			columns["RQ"] = fmt.Sprintf("%04d-%02d-%02d", 1990+r.IntN(110), 1+r.IntN(12), 1+r.IntN(28))
		}
		if r.IntN(oneIn) == 0 {
			columns["BZ"] += string([]rune{0xE000, 0xF8FF, 0xE5E5, 0xF0000, 0xFFFD}[r.IntN(5)])
			bad = append(bad, n)
		}
		rows = append(rows, record(n, profile.Add, fmt.Sprintf("r-%d", n), columns))
	}
	return rows, bad
}

// TestAnOfficeProgramGivesTheSameRows has LibreOffice open the tables of many rows and write them as workbooks, and makes the canonical
// rows of what those say.
func TestAnOfficeProgramGivesTheSameRows(t *testing.T) {
	t.Parallel()
	rows, bad := generated(20240506)
	for format, more := range map[string][]string{
		"xlsx": nil, "csv": {"--infilter=CSV:44,34,76,1"}, "csv-gb18030": {"--infilter=CSV:44,34,85,1"},
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			own := newWorld(rows...)
			s := newSender(t, format, own)
			s.Most = manyRows
			sent := s.must(t)
			if len(sent) != 1 || sent[0].Held != len(bad) || len(bad) < manyRows/oneIn/2 {
				t.Fatalf("sent %+v, %d bad rows", sent, len(bad))
			}
			for _, n := range bad {
				if line := fmt.Sprintf("%d held BZ sheet.cell.character", n); own.told[n-1] != line {
					t.Fatalf("row %d: %q", n, own.told[n-1])
				}
			}
			ext, _, _ := strings.Cut(format, "-")
			data, err := os.ReadFile(filepath.Join(s.out, sent[0].Batch+".add.legal."+ext))
			if err != nil {
				t.Fatal(err)
			}
			converted := sheettest.Convert(t, data, ext, "xlsx", more...)
			same(t, converted, format != "xlsx", slices.DeleteFunc(slices.Clone(rows), func(r exchange.Row) bool { _, is := slices.BinarySearch(bad, r.Number); return is }))
		})
	}
}

// same compares the rows of a workbook with the canonical ones.
func same(t *testing.T, path string, guarded bool, want []exchange.Row) {
	t.Helper()
	columns, at, wrong := layout("").Tables[0].Columns, -1, 0
	for cells, err := range (sheet.Books{Dir: t.TempDir()}).Read(context.Background(), "", path) { //nolint:usetesting // read to its end
		if err != nil {
			t.Fatal(err)
		}
		if at++; at == 0 {
			continue
		}
		if at > len(want) {
			t.Fatal("there are more rows")
		}
		values := map[string]string{}
		for i, c := range columns {
			if i >= len(cells) {
				break
			}
			value := cells[i]
			if guarded && value != "" && strings.ContainsAny(value[:1], "'\t") {
				value = value[1:]
			}
			if day, ok := c.Date.Read(value); ok {
				value = day
			}
			values[c.Key] = value
		}
		n := want[at-1].Number
		if got := record(n, profile.Add, fmt.Sprintf("r-%d", n), values); string(got.Item) != string(want[at-1].Item) {
			t.Errorf("row %d is\n%s, want\n%s", n, got.Item, want[at-1].Item)
			if wrong++; wrong == 5 {
				t.FailNow()
			}
		}
	}
	if at != len(want) {
		t.Errorf("%d rows of %d", at, len(want))
	}
}
