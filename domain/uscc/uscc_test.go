package uscc_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/uscc"
	"pgregory.net/rapid"
)

func TestPublishedCodes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		code string
		rule uscc.Rule // of the first error; none if the code is sound
		want string
	}{
		{code: "91110000600037341L"},
		{code: "91310115591693856A"},
		{code: "91310110666007217T"},
		{code: "91350100M000100Y43"},
		{code: "91320105780688132K"},
		{code: "91230500MA1B3N1N2M"},
		{code: "11230500001755309F"},
		{code: "914403001922038216"},
		{code: "A1110000600037341L", rule: uscc.RuleCheck},
		{code: "12345", rule: uscc.RuleLength, want: "18 characters"},
		{code: "", rule: uscc.RuleLength, want: "18 characters"},
		{code: "91350211M00013FA1N", rule: uscc.RuleCheck}, // the next four were really issued
		{code: "91350100M0001TGQXM", rule: uscc.RuleCheck, want: "1"},
		{code: "91350211M0000XUF46", rule: uscc.RuleCheck, want: "R"},
		{code: "91350203M0001FUE2P", rule: uscc.RuleCheck, want: "J"},
		{code: "00000000000000000X", rule: uscc.RulePlaceholder},
		{code: "9137068716530044xP", rule: uscc.RuleAlphabet},
		{code: "91A10000600037341L", rule: uscc.RuleRegion, want: "a digit"},
		{code: "9111000060003734OL", rule: uscc.RuleAlphabet},
		{code: "11010519491231002X", rule: uscc.RuleResidentID},
		{code: "９1110000600037341L", rule: uscc.RuleAlphabet},
	}
	for _, test := range tests {
		findings := uscc.Check(test.code)
		if test.rule == "" {
			if len(findings) > 0 {
				t.Errorf("Check(%q) = %v, want nothing", test.code, findings)
			}
			continue
		}
		if len(findings) == 0 || findings[0].Rule != test.rule || findings[0].Level != uscc.Error {
			t.Errorf("Check(%q) = %v, want an error of rule %s first", test.code, findings, test.rule)
			continue
		}
		if test.want != "" && findings[0].Want != test.want {
			t.Errorf("Check(%q) wants %q, expected %q", test.code, findings[0].Want, test.want)
		}
		if _, err := uscc.Parse(test.code); err == nil {
			t.Errorf("Parse(%q) took it", test.code)
		}
	}
}

func TestCodeParts(t *testing.T) {
	t.Parallel()
	code, err := uscc.Parse("92320105780688132C")
	if err == nil {
		t.Fatalf("a wrong check character was taken: %v", code)
	}
	code, err = uscc.Parse("91320105780688132K")
	if err != nil {
		t.Fatal(err)
	}
	if got := code.Category(); got != uscc.Enterprise {
		t.Errorf("category %q", got)
	}
	if got := code.Region(); got != "320105" {
		t.Errorf("region %q", got)
	}
	if got := code.Organisation(); got != "780688132" {
		t.Errorf("organisation %q", got)
	}
	if zero := (uscc.Code{}); zero.Category() != "" || zero.Region() != "" || zero.Organisation() != "" || !zero.IsZero() {
		t.Error("the zero code has parts")
	}
}

func TestCodeAsText(t *testing.T) {
	t.Parallel()
	type row struct {
		Code uscc.Code `json:"code,omitzero"`
	}
	const text = `{"code":"91320105780688132K"}`
	var got row
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if back, err := json.Marshal(got); err != nil || string(back) != text {
		t.Errorf("wrote %s, %v", back, err)
	}
	if back, err := json.Marshal(row{}); err != nil || string(back) != "{}" {
		t.Errorf("wrote %s, %v for no code", back, err)
	}
	if _, err := (uscc.Code{}).MarshalText(); err == nil {
		t.Error("the zero code was written")
	}
	err := json.Unmarshal([]byte(`{"code":"11010519491231002X"}`), &got)
	var invalid *uscc.InvalidError
	if !errors.As(err, &invalid) {
		t.Fatalf("error %v", err)
	}
	if strings.Contains(err.Error(), "11010519491231002X") {
		t.Errorf("the error quotes a person's number: %v", err)
	}
}

func TestOrganisationCodeIsAWarning(t *testing.T) {
	t.Parallel()
	code, err := uscc.Parse("914512817717388902")
	if err != nil {
		t.Fatalf("a wrong inner code must not stop the outer one: %v", err)
	}
	findings := code.Warnings()
	if len(findings) != 1 || findings[0].Rule != uscc.RuleOrganisation || findings[0].Level != uscc.Warning {
		t.Errorf("findings %v", findings)
	}
}

func TestNormalise(t *testing.T) {
	t.Parallel()
	const want = "91320105780688132K"
	for _, raw := range []string{
		want,
		" 91320105780688132k ",
		"９１３２０１０５７８０６８８１３２Ｋ",
		"９１３２０１０５７８０６８８１３２ｋ",
		"\uFEFF91320105780688132K",
		"913201\u200B057806\u200C88132K\u200F",
		"91320105\u2060780688132K",
		"91 320105\u00A0780688132 K",
		"91-320105-780688132-K",
		"91－320105–780688132—K",
		"91320105\u3000780688132K\r\n",
	} {
		if got := uscc.Normalise(raw); got != want {
			t.Errorf("Normalise(%q) = %q", raw, got)
		}
	}
	if got := uscc.Normalise("O0Il"); got != "O0IL" {
		t.Errorf("look-alikes were replaced: %q", got)
	}
}

func TestRealValidCodes(t *testing.T) {
	t.Parallel()
	lines := sharedFile(t, "enterprises/uscc-valid.txt")
	count := 0
	for lines.Scan() {
		count++
		if findings := uscc.Check(lines.Text()); len(findings) > 0 {
			t.Errorf("%s: %v", lines.Text(), findings)
		}
	}
	if count != 5000 {
		t.Errorf("read %d codes, expected 5000", count)
	}
}

func TestRealNonconformingCodes(t *testing.T) {
	t.Parallel()
	rules := map[string]uscc.Rule{"alphabet": uscc.RuleAlphabet, "check": uscc.RuleCheck,
		"length": uscc.RuleLength, "uscc_ok_org_check_bad": uscc.RuleOrganisation}
	lines := sharedFile(t, "enterprises/uscc-nonconforming.csv")
	lines.Scan() // the header
	count := 0
	for lines.Scan() {
		count++
		code, rest, _ := strings.Cut(lines.Text(), ",")
		reason, _, _ := strings.Cut(rest, ",")
		rule, known := rules[reason]
		if !known {
			t.Fatalf("the file gives a new reason %q", reason)
		}
		findings := uscc.Check(code)
		if !slices.ContainsFunc(findings, func(f uscc.Finding) bool { return f.Rule == rule }) {
			t.Errorf("%s: findings %v, the register says %s", code, findings, reason)
		}
		if sound := uscc.Sound(findings); sound != (rule == uscc.RuleOrganisation) {
			t.Errorf("%s: sound is %v, the register says %s", code, sound, reason)
		}
	}
	if count != 200 {
		t.Errorf("read %d codes, expected 200", count)
	}
}

// Any change of one character, and any exchange of two different neighbours, must be noticed: 31 is prime and the weights
// differ.
func TestOneSlipIsNoticed(t *testing.T) {
	t.Parallel()
	const letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	rapid.Check(t, func(t *rapid.T) {
		good := rapid.SampledFrom([]string{"91110000600037341L", "91320105780688132K", "11230500001755309F"}).Draw(t, "code")
		bad := []byte(good)
		if rapid.Bool().Draw(t, "swap") {
			at := rapid.IntRange(0, 16).Draw(t, "at")
			bad[at], bad[at+1] = bad[at+1], bad[at]
		} else {
			at := rapid.IntRange(0, 17).Draw(t, "at")
			bad[at] = letters[rapid.IntRange(0, len(letters)-1).Draw(t, "letter")]
		}
		if string(bad) != good && uscc.Sound(uscc.Check(string(bad))) {
			t.Fatalf("%s passes for %s", bad, good)
		}
	})
}
