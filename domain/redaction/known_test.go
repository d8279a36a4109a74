package redaction_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain/redaction"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// TestHardKnowsEveryResidentID: what uscc calls a resident identity number is one for the hard rules, whatever stands beside it.
func TestHardKnowsEveryResidentID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.SampledFrom([]string{
			"11010519491231002X", "110105194912310021", "１１０１０５１９４９１２３１００２Ｘ", "440524188001010014", "11010519491231002x",
			"A", "z", "号", "X", "x", "1", "-", " ", "\u3000", "(", "（", "6222", "统一社会信用代码", "91", "MA", "ｘ", "\n",
		})
		text := strings.Join(rapid.SliceOfN(piece, 0, 6).Draw(t, "pieces"), "")
		if uscc.HoldsResidentID(text) && !redaction.Hard(text) {
			t.Fatalf("%q", text)
		}
	})
}
