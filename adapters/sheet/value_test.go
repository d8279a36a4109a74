package sheet

import (
	"testing"
	"time"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" a ": "a", "\ufeff名\u200b称\u00ad": "名称", "a\r\nb\rc\td": "a\nb\nc d", "\u3000宽\u3000": "宽", "（甲）": "（甲）", "a\x00b\x1b": "ab",
		"\u202eevil": "evil",
	} {
		if got := Clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := Fold("９１Ａ－（￥）　"); got != "91A-(¥) " {
		t.Errorf("folded to %q", got)
	}
}

func TestParseMoney(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in, unit string
		want     int64 // -1: not an amount
	}{
		{"0.2", "wanyuan", 200000}, {"0.000001", "wanyuan", 1}, {"0.0000010", "wanyuan", 1}, {"0.0000001", "wanyuan", -1},
		{"1,234.50", "yuan", 123450}, {"￥1,234.5元", "yuan", 123450}, {"１２", "yuan", 1200}, {"12", "fen", 12}, {"12.0", "fen", 12},
		{"1.5万元", "wanyuan", 1500000}, {"1.5万元", "yuan", -1}, {"5元", "wanyuan", -1}, {"5分", "fen", 5}, {"", "yuan", -1}, {".5", "yuan", -1},
		{"5.", "yuan", -1}, {"-5", "yuan", -1}, {"12,34", "yuan", -1}, {",123", "yuan", -1}, {"1e3", "yuan", -1}, {"0.005", "yuan", -1},
		{"9999999999999999", "yuan", 999999999999999900}, {"99999999999999999", "yuan", -1}, {"5 000", "yuan", -1},
	}
	for _, test := range tests {
		got, why := parseMoney(test.in, test.unit)
		if (why == Text{}) != (test.want >= 0) || (test.want >= 0 && got != test.want) {
			t.Errorf("%q in %s: %d, %v; want %d", test.in, test.unit, got, why, test.want)
		}
	}
}

func TestNumberText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"5": "5", "43466": "43466", "3E4": "30000", "1095.5999999999999": "1095.6", "0.29999999999999999": "0.3", "-2.5": "-2.5", "440301103448669": "440301103448669",
		"0.1": "0.1", "1.0000000000000001E-3": "0.001", "999999999999999": "999999999999999", "99.999999999999999": "100", "5.50": "5.5", "0": "0",
		"9.1440300192203802E+17": "damaged", "914403001922038216": "damaged", "1E15": "damaged", "1000000000000000": "damaged", "-1E+20": "damaged",
		"abc": "no", "": "no", "1e9999": "no", "1/2": "no", "0x1F": "no", "1_000": "no",
	} {
		text, damaged, ok := numberText(in)
		switch {
		case damaged:
			text = "damaged"
		case !ok:
			text = "no"
		}
		if text != want {
			t.Errorf("%q: %q, want %q", in, text, want)
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	both := Strings{"02/01/2006", "01/02/2006"}
	tests := []struct {
		layouts        Strings
		from           int
		in, want, rule string
	}{
		{nil, 1900, "2019-01-31", "2019-01-31", ""}, {nil, 1900, "2019/01/31", "2019-01-31", ""}, {nil, 1900, "2019年1月31日", "2019-01-31", ""},
		{nil, 1900, "2019年01月31日", "2019-01-31", ""}, {nil, 1900, "2019-02-29", "", RuleDate}, {nil, 1900, "43466", "", RuleDate},
		{nil, 1900, "0001-01-01", "", RuleDate}, {nil, 1900, "2099-12-31", "2099-12-31", ""}, {Strings{"excel"}, 1900, "43466", "2019-01-01", ""},
		{Strings{"excel"}, 1904, "42004", "2019-01-01", ""}, {Strings{"excel"}, 1900, "43466.75", "2019-01-01", ""}, {Strings{"excel"}, 1900, "1", "1900-01-01", ""},
		{Strings{"excel"}, 1900, "59", "1900-02-28", ""}, {Strings{"excel"}, 1900, "60", "", RuleDate}, {Strings{"excel"}, 1900, "61", "1900-03-01", ""},
		{Strings{"excel"}, 1900, "0", "", RuleDate}, {Strings{"excel"}, 1900, "20190101", "", RuleDate}, {Strings{"excel"}, 1900, "-5", "", RuleDate},
		{both, 1900, "05/04/2019", "", RuleDateTwo}, {both, 1900, "25/04/2019", "2019-04-25", ""}, {both, 1900, "05/05/2019", "2019-05-05", ""},
	}
	for _, test := range tests {
		g := reading{rule: Rule{Date: test.layouts}, from: test.from}
		v, rule, _ := g.value(typeDate, test.in)
		if got, _ := v.Date(); got != test.want || rule != test.rule {
			t.Errorf("%v %q: %q, %q; want %q, %q", test.layouts, test.in, got, rule, test.want, test.rule)
		}
	}
	if day, ok := excelDay("2958465", 1900); !ok || day != time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC) {
		t.Errorf("last day of a spreadsheet: %v", day)
	}
}

func TestPersonalData(t *testing.T) {
	t.Parallel()
	found := []string{"11010519491231002X", "身份证11010519491231002x。", "１１０１０５１９４９１２３１００２Ｘ", "电话13812345678", "+86 138-1234-5678", "联系人 138 1234 5678，", "8613812345678"}
	for _, s := range found {
		masked, ok := personalData(s, true)
		if !ok || len(masked) == 0 || masked == s {
			t.Errorf("%q was not found: %q", s, masked)
		}
	}
	for _, s := range []string{"110105194912310021", "914403001922038216", "a13812345678", "138123456789", "13812345678.50元", "13812345678元", "12812345678", "编号2138123456780", ""} {
		if masked, ok := personalData(s, true); ok {
			t.Errorf("%q was taken for personal data: %q", s, masked)
		}
	}
	if _, ok := personalData("13812345678", false); ok {
		t.Error("a code was taken for a mobile number")
	}
}
