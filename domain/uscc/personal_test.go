package uscc_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

func TestHoldsResidentID(t *testing.T) {
	for text, want := range map[string]bool{
		"":                   false,
		"张三":                 false,
		"11010519491231002X": true,
		"当事人张三（身份证号：11010519491231002x），住址略": true,
		"证号１１０１０５１９４９１２３１００２Ｘ号":              true,
		"110105194912310021":         false, // wrong check character
		"311010519491231002X":        false, // one digit more
		"统一社会信用代码91320105780688132K": false,
		"914403001922038216":         false, // a code of digits alone
		"宁市监处罚〔2026〕11140001号，罚款2000元，没收2.77元": false,
	} {
		if got := uscc.HoldsResidentID(text); got != want {
			t.Errorf("HoldsResidentID(%q) = %v", text, got)
		}
	}
}
