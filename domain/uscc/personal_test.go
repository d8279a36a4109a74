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
		"当事人张三（身份证号：11010519491231002x），住址略":   true,
		"证号１１０１０５１９４９１２３１００２Ｘ号":                true,
		"身份证110105 19491231 002X":              true,
		"1101-0519-4912-3100-2x":               true,
		"person=110105-19491231-002X":          true,
		"110105\u00a019491231\u3000\u200b002X": true,
		"１１０１０５·１９４９１２３１（００２X）":                true,
		"110105、19491231、002X":                 false, // three numbers
		"110105    19491231002X":               false,
		"110105194912310021":                   false, // wrong check character
		"311010519491231002X":                  false, // one digit more
		"统一社会信用代码91320105780688132K":           false,
		"914403001922038216":                   false, // a code of digits alone
		"宁市监处罚〔2026〕11140001号，罚款2000元，没收2.77元": false,
	} {
		if got := uscc.HoldsResidentID(text); got != want {
			t.Errorf("HoldsResidentID(%q) = %v", text, got)
		}
	}
}

func TestWithoutResidentIDs(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "",
		"no such path: /v1/records/7": "no such path: /v1/records/7",
		"epoch 11010519491231002X is": "epoch *** is",
		"证号１１０１０５-１９４９１２３１-００２Ｘ、11010519491231002x号": "证号***、***号",
		"\xff11010519491231002X\xff": "\xff***\xff",
		"914403001922038216是代码":      "914403001922038216是代码",
	} {
		if got := uscc.WithoutResidentIDs(text); got != want {
			t.Errorf("WithoutResidentIDs(%q) = %q", text, got)
		}
	}
}
