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
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/profile"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
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

// office is the profile of penalties as a made-up platform wants it: with fewer columns, for an office program takes its time.
func office(t *testing.T) profile.Profile {
	t.Helper()
	const text = `{"profiles": [{"like": "credit_china/penalty/2018", "platform": "lake_city", "version": "2018", "from": "2018-07-25", "drop": ["CF_XDR_LB", "CF_XDR_ZZJG",
		"CF_XDR_SWDJ", "CF_XDR_SYDW", "CF_XDR_SHZZ", "CF_FRDB", "CF_FR_ZJLX", "CF_FR_ZJHM", "CF_XDR_ZJLX", "CF_XDR_ZJHM", "CF_WSH", "CF_WFXW", "CF_SY", "CF_YJ", "CF_CFLB",
		"CF_NR_WFFF", "CF_NR_ZKDX", "CF_GSJZQ", "CF_CFJG", "CF_CFJGDM", "CF_SJLY", "CF_SJLYDM"]}]}`
	all, err := profile.Embedded().With([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p, _ := all.Get("lake_city", profile.Penalty, "2018")
	return p
}

// numeric is a 统一社会信用代码 of eighteen digits.
func numeric(r *rand.Rand) string {
	for {
		if code := "91" + digits(r, 16); uscc.Sound(uscc.Check(code)) {
			return code
		}
	}
}

// facts generates a record.
func facts(r *rand.Rand) profile.Facts {
	decided := calendar.MustParse("1990-01-01").AddDays(r.IntN(13000))
	f := profile.Facts{
		Kind: profile.Penalty, Content: "罚款" + text(r), Remark: text(r), DecidedOn: decided, EffectiveUntil: decided.AddDays(r.IntN(2000)),
		Kinds: []profile.Coded{{Code: "fine"}}, Fine: domain.Fen(1 + r.IntN(1e9)),
		Party: profile.Party{Kind: "legal", Name: strings.ReplaceAll(text(r), "\n", "") + "店", USCC: numeric(r)},
	}
	if r.IntN(3) == 0 {
		f.Party = profile.Party{Kind: "individual_business", Name: f.Party.Name, NoCode: true, Registration: "00" + digits(r, 13)}
	}
	if r.IntN(5) == 0 {
		f.EffectiveUntil = calendar.MustParse("2099-12-31")
	}
	return f
}

// generated makes rows of records, and tells which of them can't be carried. One in twenty has remarks as no profile leaves them: with
// line feeds, and blank at the ends.
func generated(t *testing.T, p profile.Profile, seed uint64) (rows []exchange.Row, bad []uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 0))
	for n := uint64(1); n <= manyRows; n++ {
		f, today := facts(r), calendar.MustParse("2026-05-06")
		row, problems := p.Row(f, today)
		if profile.Bars(problems) {
			t.Fatalf("%+v: %+v", f, problems)
		}
		columns := map[string]string{}
		for _, c := range row.Columns {
			columns[c.Key] = c.Value
		}
		if r.IntN(20) == 0 {
			columns["BZ"] = text(r)
		}
		if r.IntN(oneIn) == 0 {
			lost := string([]rune{0xE000, 0xF8FF, 0xE5E5, 0xF0000, 0xFFFD}[r.IntN(5)])
			f.Remark += lost
			if _, problems := p.Row(f, today); !profile.Bars(problems) {
				t.Fatalf("a record with %q has a row", lost)
			}
			columns["BZ"] += lost
			bad = append(bad, n)
		}
		rows = append(rows, recordIn("all", n, profile.Add, fmt.Sprintf("r-%d", n), columns))
	}
	return rows, bad
}

// TestAnOfficeProgramGivesTheSameRows has LibreOffice open the tables of many rows and write them as workbooks, and makes the canonical
// rows of what those say.
func TestAnOfficeProgramGivesTheSameRows(t *testing.T) {
	t.Parallel()
	p := office(t)
	rows, bad := generated(t, p, 20240506)
	for _, part := range []string{"䶮", "㛃", "𫖯", "〇", "·", "\"00000000000000000X\"", "\"00", "\"=", "2099-12-31"} {
		if !slices.ContainsFunc(rows, func(r exchange.Row) bool { return strings.Contains(string(r.Item), part) }) {
			t.Fatalf("no row has %s", part)
		}
	}
	for format, more := range map[string][]string{
		"xlsx": nil, "csv": {"--infilter=CSV:44,34,76,1"}, "csv-gb18030": {"--infilter=CSV:44,34,85,1"},
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			own := newWorld(rows...)
			s := newSender(t, format, own)
			s.Most = manyRows
			s.Layouts = func(string) (exchange.Layout, error) { return exchange.LayoutOf(p, format), nil }
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
			data, err := os.ReadFile(filepath.Join(s.out, sent[0].Batch+".add.all."+ext))
			if err != nil {
				t.Fatal(err)
			}
			converted := sheettest.Convert(t, data, ext, "xlsx", more...)
			same(t, exchange.LayoutOf(p, format), converted, slices.DeleteFunc(slices.Clone(rows), func(r exchange.Row) bool { _, is := slices.BinarySearch(bad, r.Number); return is }))
		})
	}
}

// same compares the rows of a workbook with the canonical ones.
func same(t *testing.T, l exchange.Layout, path string, want []exchange.Row) {
	t.Helper()
	columns, guarded, at, wrong := l.Tables[0].Columns, l.Format != "xlsx", -1, 0
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
		if got := recordIn("all", n, profile.Add, fmt.Sprintf("r-%d", n), values); string(got.Item) != string(want[at-1].Item) {
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
