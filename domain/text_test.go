package domain_test

import (
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
)

func TestTextAndProse(t *testing.T) {
	for name, c := range map[string]struct{ value, text, prose string }{
		"empty":            {"", "", ""},
		"name":             {"蓬安县河舒镇朋辉商贸（个体工商户）", "", ""},
		"rare characters":  {"䶮㛃𫖯〇·\u2028\uE000", "", ""},
		"line feed":        {"一\n二", "x.text.control", ""},
		"carriage return":  {"一\r\n二", "x.text.control", "x.text.control"},
		"tab":              {"一\t二", "x.text.control", "x.text.control"},
		"NUL":              {"a\x00", "x.text.control", "x.text.control"},
		"C1":               {"a\u0085", "x.text.control", "x.text.control"},
		"delete":           {"a\u007f", "x.text.control", "x.text.control"},
		"right to left":    {"a\u202eb", "x.text.control", "x.text.control"},
		"isolate":          {"a\u2066b", "x.text.control", "x.text.control"},
		"broken UTF-8":     {"\xb0\xa1", "x.text.encoding", "x.text.encoding"},
		"twenty":           {strings.Repeat("字", 20), "", ""},
		"one over twenty ": {strings.Repeat("字", 21), "x.text.length", "x.text.length"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := code(domain.Text("x", "f", c.value, 20)); got != c.text {
				t.Errorf("Text = %q, want %q", got, c.text)
			}
			if got := code(domain.Prose("x", "f", c.value, 20)); got != c.prose {
				t.Errorf("Prose = %q, want %q", got, c.prose)
			}
		})
	}
}

func code(f *domain.Fault) string {
	if f == nil {
		return ""
	}
	return f.Code
}
