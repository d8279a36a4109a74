package uscc_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

func TestRegistrationNumbers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		number string
		rule   uscc.Rule
		sound  bool
	}{
		{"440301103448669", "", true},
		{"330100400013364", "", true},
		{"440301103448668", uscc.RuleRegistration, false},
		{"440301103446869", uscc.RuleRegistration, false},
		{"4403011034486", uscc.RuleOldNumber, true},
		{"44030110344866", uscc.RuleLength, false},
		{"44030110344866X", uscc.RuleDigits, false},
		{"", uscc.RuleLength, false},
	}
	for _, test := range tests {
		findings := uscc.CheckRegistration(test.number)
		if uscc.Sound(findings) != test.sound {
			t.Errorf("%q: findings %v, sound should be %v", test.number, findings, test.sound)
		}
		if test.rule == "" && len(findings) > 0 || test.rule != "" && (len(findings) != 1 || findings[0].Rule != test.rule) {
			t.Errorf("%q: findings %v, want %q", test.number, findings, test.rule)
		}
	}
}

func TestResidentNumbers(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"11010519491231002X": true,
		"440524188001010014": true,
		"360426199101010071": true,
		"110105194912310021": false, // check character
		"110105194902300021": false, // no such day
		"910105194912310026": false, // no such province
		"1101051949123100":   false,
		"11010519491231002x": false, // fold first
		"91320105780688132K": false,
		"914403001922038216": false,
	}
	for number, want := range tests {
		if got := uscc.IsResidentID(number); got != want {
			t.Errorf("IsResidentID(%q) = %v", number, got)
		}
	}
}
