package domain_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
)

func TestNormalNo(t *testing.T) {
	const want = "宁市监处罚〔2024〕205号"
	for _, s := range []string{
		want, "宁市监处罚[2024]205号", "宁市监处罚【2024】205号", "宁市监处罚（2024）205号", "宁市监处罚(2024)205号", "宁市监处罚［２０２４］２０５号",
		"宁 市监处罚〔 2024 〕 205 号", "宁市监处罚﹝2024﹞205号\n", "\ufeff宁市监处罚〔2024\u200b〕205\u00a0号\u3000", "宁市监处罚❲2024❳205号", "宁市监处罚〖2024〗205号",
	} {
		if got := domain.NormalNo(s); got != want {
			t.Errorf("NormalNo(%q) = %q", s, got)
		}
	}
	for _, s := range []string{"宁市监处罚〔2024〕206号", "宁市监处〔2024〕205号", "宁市监处罚〔2024〕205-1号", "宁市监处罚2024205号"} {
		if domain.NormalNo(s) == want {
			t.Errorf("%q is another number", s)
		}
	}
	if a, b := domain.NormalNo("JY1-2"), domain.NormalNo("JY12"); a == b {
		t.Error("a dash is part of a number")
	}
}

func TestNormalName(t *testing.T) {
	for a, b := range map[string]string{
		"宁安市惠民（集团）有限公司": "宁安市惠民(集团)有限公司",
		"ＡＢＣ商行":         "abc商行",
		"甲 乙\u200b店":    "甲乙店",
		"甲店[个体]":        "甲店（个体）",
	} {
		if domain.NormalName(a) != domain.NormalName(b) {
			t.Errorf("%q and %q are one name", a, b)
		}
	}
	if domain.NormalName("甲店") == domain.NormalName("甲号店") {
		t.Error("different names are one")
	}
}
