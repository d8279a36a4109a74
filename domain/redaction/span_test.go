package redaction_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain/redaction"
)

// scraps are what random texts are made of: what the rules look for, and what stands about it.
func scraps() []string {
	return []string{
		zhang, wide(zhang), zhang[:6], zhang[6:14], zhang[14:], "13912345678", "139", "1234", "5678", "0571", "88881234", "6222021234567890128",
		"账号", "电话", "身份证", "护照", "E12345678", "信用代码", "元", "+86", " ", "-", "\n", "，", "。", "；", "(", ")", "X", "a", "@", "x.cn", "某", "*", "\u200b",
		"法定代表人", "：", "张三", "李四光", "称", "的", "住址", "宁安市", "东湖区", "文苑路88号", "3幢2单元501室", "翠苑小区", "患有", "肝炎", "浙A", "12B45", "一三八〇〇一三八〇〇〇",
		"微信", "zs_198503", "年", "公司", "女士", "\xff",
	}
}

func anyText(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(scraps()), 0, 14).Draw(t, "scraps"), "")
}

// holdsTrue are the guarantees for one text: the same spans each time, in order and apart; both texts back from the pieces;
// nothing hard left.
func holdsTrue(t interface{ Fatalf(string, ...any) }, served string) {
	c := redaction.Context{Parties: []redaction.Party{{Name: "宁安市张三水果店;张三", Kind: redaction.Trader}}, On: "2026-03-16"}
	spans := redaction.Propose(served, c)
	if !slices.Equal(spans, redaction.Propose(served, c)) || !redaction.Fits(len([]rune(served)), spans) {
		t.Fatalf("%q: %+v", served, spans)
	}
	was, is := "", ""
	for _, p := range redaction.Diff(served, spans) {
		was, is = was+p.Served, is+p.Published
		if p.Rule == "" && p.Served != p.Published {
			t.Fatalf("%q: kept %q as %q", served, p.Served, p.Published)
		}
	}
	if was != served || is != redaction.Apply(served, spans) {
		t.Fatalf("%q: %q and %q", served, was, is)
	}
	if !redaction.Covered(spans, spans) {
		t.Fatalf("%q: its own spans do not cover it: %+v", served, spans)
	}
	for _, s := range redaction.Propose(is, c) {
		if r, _ := redaction.RuleOf(s.Rule); r.Hard {
			t.Fatalf("%q: still %+v in %q", served, s, is)
		}
	}
}

func TestGuarantees(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { holdsTrue(t, anyText(t)) })
}

// Whatever stands around it, an identity number, a mobile and a card do not stay.
func TestNothingPlantedStays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		around := rapid.SampledFrom([]string{"，", "。", "的", "；", "\n", "“", "（", "公司", "电话：", "法定代表人："})
		for _, planted := range []string{zhang, wide(zhang), "13912345678", "6222021234567890128"} {
			before := anyText(t) + around.Draw(t, "before")
			served := before + planted + around.Draw(t, "behind") + anyText(t)
			from := len([]rune(before))
			there := []redaction.Span{{From: from, To: from + len([]rune(planted)), Rule: redaction.Resident, Confidence: 0, Replacement: ""}}
			if spans := redaction.Propose(served, redaction.Context{}); !redaction.Covered(there, spans) {
				t.Fatalf("%q keeps %s: %+v", served, planted, spans)
			}
		}
	})
}

func TestSpansThatDoNotFit(t *testing.T) {
	t.Parallel()
	for name, spans := range map[string][]redaction.Span{
		"beyond the end": {{From: 0, To: 3, Replacement: "*"}},
		"empty":          {{From: 1, To: 1, Replacement: "*"}},
		"backwards":      {{From: 2, To: 1, Replacement: "*"}},
		"before":         {{From: -1, To: 1, Replacement: "*"}},
		"overlapping":    {{From: 0, To: 2, Replacement: "*"}, {From: 1, To: 2, Replacement: "*"}},
	} {
		if redaction.Fits(2, spans) || redaction.Apply("张三", spans) != "张三" {
			t.Errorf("%s is taken", name)
		}
	}
	if got := redaction.Apply("张三李四", []redaction.Span{{From: 0, To: 2, Replacement: "甲"}, {From: 2, To: 4, Replacement: ""}}); got != "甲" {
		t.Error(got)
	}
}

func FuzzPropose(f *testing.F) {
	for _, s := range scraps() {
		f.Add(s)
	}
	f.Add("账号" + zhang + "电话 +86 139 1234 5678 " + wide("6222 0212 3456 7890 128"))
	f.Fuzz(func(t *testing.T, served string) {
		if len(served) < 4<<10 {
			holdsTrue(t, served)
		}
	})
}
