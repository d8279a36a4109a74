package sheet

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain"
)

func TestParseAmount(t *testing.T) {
	t.Parallel()
	tests := map[string]int64{
		"5000元": 500000, "5000.00元": 500000, "１，０００": -1, "５０００元": 500000, "1.5万元": 1500000, "0.000275万元": 275, "5.0万元": 5000000,
		"10,500元": 1050000, "￥3000元": 300000, "￥1,000.00元": 100000, "¥ 12.3": 1230, "2149.83 元": 214983, "500元整": 50000,
		"伍仟元整": 500000, "五千元": 500000, "壹万贰仟叁佰元": 1230000, "伍万圆": 5000000, "壹佰零肆万伍仟贰佰玖拾贰元零壹分": 104529201,
		"叁拾肆万捌仟肆佰叁拾元陆角柒分": 34843067, "叁佰柒拾叁元伍角": 37350, "玖拾玖元玖角": 9990, "十五元": 1500, "拾伍元正": 1500, "十万元": 10000000,
		"两千元": 200000, "二〇元": -1, "壹拾万柒仟元零伍角叁分": 10700053, "壹拾万零柒仟元伍角叁分": 10700053, "壹仟陆佰捌拾元零叁角贰分": 168032,
		"叁角肆分": 34, "伍分": 5, "零元": 0, "五仟元": 500000, "壹亿零伍仟元": 10000500000, "一亿五万元": 10005000000, "壹仟零肆拾叁元": 104300,
		"壹萬貳仟圓整": 1200000, "3千元": 300000, "5元5角": 550, "贰元伍分": 205,
		// What two people could read differently, and what is no amount.
		"一千五元": -1, "一万五元": -1, "壹佰伍元": -1, "壹仟零伍佰元": -1, "一百十五元": -1, "壹仟零元": -1, "零伍元": -1, "两十元": -1, "千元": -1, "数千元": -1,
		"一百一百元": -1, "五千万万元": -1, "1万5千元": -1, "20 000元": -1, "1,00元": -1, "05元": -1, "1.2000元": -1, "1.234元": -1, "元": -1, "": -1,
		"三": -1, "5000": -1, "五元五": -1, "-5元": -1, "1.5元5角": -1, "零零元": -1, "一二三元": -1, "5000元以下": -1, "99999999999999999999元": -1,
	}
	for in, want := range tests {
		got, ok := ParseAmount(in)
		if ok != (want >= 0) || (ok && got != want) {
			t.Errorf("%q: %d, %t; want %d", in, got, ok, want)
		}
	}
}

func TestCapitalAmount(t *testing.T) {
	t.Parallel()
	for fen, want := range map[int64]string{
		0: "零元整", 1: "壹分", 10: "壹角整", 34: "叁角肆分", 205: "贰元零伍分", 100000: "壹仟元整", 10050000: "壹拾万零伍佰元整", 168032: "壹仟陆佰捌拾元叁角贰分",
		104529201: "壹佰零肆万伍仟贰佰玖拾贰元零壹分", 10000500000: "壹亿零伍仟元整", -1: "", 1e14: "",
	} {
		if got := CapitalAmount(fen); got != want {
			t.Errorf("%d: %q, want %q", fen, got, want)
		}
	}
}

// everyday writes whole yuan in ordinary numerals, with the zeros of formal writing or without those that may be missing.
func everyday(fen int64) string {
	return strings.NewReplacer("壹", "一", "贰", "二", "叁", "三", "肆", "四", "伍", "五", "陆", "六", "柒", "七", "捌", "八", "玖", "九",
		"拾", "十", "佰", "百", "仟", "千", "零", "〇", "整", "").Replace(CapitalAmount(fen))
}

func TestAmountRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		fen := rapid.OneOf(rapid.Int64Range(0, 1e14-1), rapid.Int64Range(0, 100000), rapid.Map(rapid.Int64Range(0, 1e7-1), func(n int64) int64 {
			return n * 1e7
		})).Draw(t, "fen")
		digits := domain.Fen(fen).Yuan() + "元"
		for _, text := range []string{CapitalAmount(fen), everyday(fen), digits, domain.Fen(fen).WanYuan() + "万元"} {
			if got, ok := ParseAmount(text); !ok || got != fen {
				t.Fatalf("%q: %d, %t; want %d", text, got, ok, fen)
			}
		}
		text := "对当事人罚款" + digits + "（大写：" + CapitalAmount(fen) + "），上缴国库"
		found := FindAmounts(text)
		if fen >= 100 && (len(found) != 2 || found[0].Fen != fen || found[1].Fen != fen) {
			t.Fatalf("%q: %+v", text, found)
		}
	})
}

func TestFindAmounts(t *testing.T) {
	t.Parallel()
	text := "第十三条处５０００元以下；罚款1.5万元（壹万伍仟元整），没收￥3,000.00 。另1万5千元，数千元，2024元旦，共计壹项"
	var got []string
	for _, a := range FindAmounts(text) {
		if text[a.Start:a.End] != a.Text {
			t.Errorf("%q is not at %d", a.Text, a.Start)
		}
		got = append(got, fmt.Sprintf("%s=%d,%t", a.Text, a.Fen, a.Sound))
	}
	want := []string{"５０００元=500000,true", "1.5万元=1500000,true", "壹万伍仟元整=1500000,true", "￥3,000.00=300000,true", "1万5千元=0,false", "千元=0,false"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	if a := FindAmounts(text)[0]; a.Before != "第十三条处" || !strings.HasPrefix(a.After, "以下") {
		t.Fatalf("context %q, %q", a.Before, a.After)
	}
}

// FuzzChineseNumeral wants every accepted numeral to mean what its plain reading in capitals means.
func FuzzChineseNumeral(f *testing.F) {
	for _, s := range []string{"壹万贰仟叁佰元整", "一千五元", "十五元", "壹亿零伍仟元零叁分", "伍角", "¥3,000", "1.5万元"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		fen, ok := ParseAmount(s)
		if !ok {
			return
		}
		if fen < 0 {
			t.Fatalf("%q is %d", s, fen)
		}
		if fen < 1e14 {
			if again, ok := ParseAmount(CapitalAmount(fen)); !ok || again != fen {
				t.Fatalf("%q is %d, written %q it is %d, %t", s, fen, CapitalAmount(fen), again, ok)
			}
		}
		for _, a := range FindAmounts("罚款" + s + "。") {
			if a.Sound && a.Fen < 0 {
				t.Fatalf("%+v", a)
			}
		}
	})
}
