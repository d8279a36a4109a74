package profile_test

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/profile"
)

// The bytes that both sides chain, as they are for good.
func TestCanonicalItem(t *testing.T) {
	p := at(t, "credit_china", profile.Licence)
	f := licenceFacts()
	f.Party, f.Content = person(), `热食类"食品"`+"\n制售<&>"
	row := rowOf(t, p, f)
	item := profile.Item{Number: 12, Action: profile.Add, Record: "l1.0", Disclosure: "licence.l1.0", Act: 3, Row: row}
	got, err := item.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"action":"add","columns":{"XK_JDRQ":"2026-04-01","XK_LYDW":"子虚市信用中心","XK_LYDWDM":"11540900MB9X00023F",` +
		`"XK_NR":"热食类\"食品\" 制售<&>","XK_WSH":"子市监许〔2026〕7号","XK_XDR_LB":"自然人","XK_XDR_MC":"张三","XK_XKBH":"JY25409020000018",` +
		`"XK_XKJG":"子虚市市场监督管理局","XK_XKJGDM":"11540900MB9X00015L","XK_XKLB":"普通","XK_XKWS":"食品经营许可决定书","XK_XKZS":"食品经营许可证",` +
		`"XK_YXQZ":"2026-04-01","XK_YXQZI":"2031-03-31","XK_ZT":"1"},"kind":"licence","number":12,"platform":"credit_china","record":"l1.0",` +
		`"release":{"act":3,"disclosure":"licence.l1.0"},"table":"all","version":"2018"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// a row that came back from where it was filled gives the same
	item.Row.Columns, _ = p.Identified(row, profile.Identity{Kind: profile.Coded{Code: "resident_id"}, Number: residentID})
	if filled, err := item.Canonical(); err != nil || string(filled) != want {
		t.Errorf("filled: %s %v", filled, err)
	}
	item.Number = math.MaxUint64
	if _, err := item.Canonical(); err == nil {
		t.Error("a number that readers of JSON don't hold is written")
	}
}

func anyDay(t *rapid.T, name string) calendar.Date {
	return day("0001-01-01").AddDays(rapid.IntRange(0, 3_652_058).Draw(t, name))
}

// Whatever the channel, what was written reads as it was, and nothing else reads as a day.
func TestDaysThereAndBack(t *testing.T) {
	forms := []profile.DateForm{profile.Slashes, profile.Dashes, profile.Midnight}
	rapid.Check(t, func(t *rapid.T) {
		canonical := anyDay(t, "day").String()
		for _, form := range forms {
			written := form.Write(canonical)
			if back, ok := form.Read(written); !ok || back != canonical {
				t.Fatalf("%s: %s came back as %s", form, written, back)
			}
			for _, other := range forms {
				if _, ok := other.Read(written); ok && other != form {
					t.Fatalf("%s reads %s of %s", other, written, form)
				}
			}
		}
	})
	for _, bad := range []string{"", "2026/2/3", "2026-02-30", "2026/02/03 ", "2026-02-03 12:00:00", "0000-01-01", "２０２６-02-03", "+2026-1-01"} {
		for _, form := range forms {
			if got, ok := form.Read(bad); ok {
				t.Errorf("%s reads %q as %s", form, bad, got)
			}
		}
	}
	if got := profile.Slashes.Write("n/a"); got != "n/a" {
		t.Errorf("what is no day became %s", got)
	}
}

// Every whole 分 stands in 万元 with six decimals, and comes back from there.
func TestMoneyIsExact(t *testing.T) {
	p := at(t, "credit_china", profile.Penalty)
	rapid.Check(t, func(t *rapid.T) {
		fen := rapid.OneOf(rapid.Int64Range(1, math.MaxInt64), rapid.Int64Range(1, 100_000_000)).Draw(t, "fen")
		f := penaltyFacts()
		f.Fine, f.Content = domain.Fen(fen), "罚款"
		row, problems := p.Row(f, today)
		if len(problems) > 0 {
			t.Fatal(told(problems))
		}
		written := row.Value("CF_NR_FK")
		whole, part, _ := strings.Cut(written, ".")
		back, err := strconv.ParseInt(whole+part, 10, 64)
		if err != nil || back != fen || len(part) != 6 || len(whole) > 1 && whole[0] == '0' {
			t.Fatalf("%d 分 became %s 万元", fen, written)
		}
	})
}

func anyText(t *rapid.T, name string) string {
	return rapid.StringOfN(rapid.RuneFrom([]rune(" \n\t,.;=+-@\"'<>&〔〕（）·〇䶮㛃𫖯𬭎一二三四五罚款元万0123456789０ABCXabc\uFEFF\u200B\uE000\uFFFD\u2028\x00\U000E0100")), 0, 40, -1).Draw(t, name)
}

// anyFacts are facts of all sorts, most of them with something wrong.
func anyFacts(t *rapid.T) profile.Facts {
	f := rapid.SampledFrom([]profile.Facts{penaltyFacts(), licenceFacts()}).Draw(t, "facts")
	f.Party = rapid.SampledFrom([]profile.Party{firm(), trader(), person(), {}}).Draw(t, "party")
	texts := []*string{&f.Party.Name, &f.Party.USCC, &f.Party.Registration, &f.DocumentNo, &f.Content, &f.Story, &f.Remark, &f.Certificate, &f.LicenceNo, &f.Title}
	for range rapid.IntRange(0, 4).Draw(t, "changes") {
		*rapid.SampledFrom(texts).Draw(t, "text") = anyText(t, "value")
	}
	f.Fine = domain.Fen(rapid.Int64().Draw(t, "fine"))
	f.DecidedOn = anyDay(t, "decided")
	f.Withdrawn = rapid.Bool().Draw(t, "withdrawn")
	return f
}

// A row is one answer for all time: the same facts give the same bytes, whichever way the columns come back.
func TestRowsAreStable(t *testing.T) {
	all := profile.Embedded().All()
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(all).Draw(t, "profile")
		f := anyFacts(t)
		row, problems := p.Row(f, today)
		again, same := p.Row(f, today)
		if told(problems) != told(same) || !slices.Equal(row.Columns, again.Columns) || (row.Columns == nil) != profile.Bars(problems) {
			t.Fatalf("two answers: %s and %s", told(problems), told(same))
		}
		if row.Columns == nil {
			return
		}
		item := profile.Item{Number: 1, Action: profile.Add, Record: "r", Disclosure: "d", Row: row}
		first, err := item.Canonical()
		if err != nil || !utf8.Valid(first) {
			t.Fatal(err)
		}
		for _, channel := range []profile.Channel{profile.File, profile.Interface} {
			back, bad, ok := p.Read(p.Written(row, channel), channel)
			if !ok {
				t.Fatalf("%s does not come back by %s", bad, channel)
			}
			slices.Reverse(back)
			item.Row.Columns = back
			if second, err := item.Canonical(); err != nil || string(second) != string(first) {
				t.Fatalf("by %s\n%s\n%s", channel, first, second)
			}
		}
		for _, c := range row.Columns {
			if field, _ := p.Field(c.Key); field.Max > 0 && utf8.RuneCountInString(c.Value) > field.Max || field.Personal() && c.Value != "" ||
				strings.ContainsAny(c.Value, "\n\t\x00\uFEFF\u200B\uE000\uFFFD\u2028\U000E0100") {
				t.Fatalf("%s=%q in a row", c.Key, c.Value)
			}
		}
	})
}

func TestReadRefusesWhatWasNeverWritten(t *testing.T) {
	p := at(t, "credit_china", profile.Penalty)
	for _, c := range []profile.Column{{"CF_JDRQ", "2026-03-16"}, {"CF_JDRQ", "45732"}, {"XK_JDRQ", "2026/03/16"}} {
		if _, bad, ok := p.Read([]profile.Column{c}, profile.File); ok || bad != c.Key {
			t.Errorf("%v is read", c)
		}
	}
	if got, _, ok := p.Read([]profile.Column{{"CF_GSJZQ", ""}}, profile.File); !ok || got[0].Value != "" {
		t.Error("an empty day is not read")
	}
}
