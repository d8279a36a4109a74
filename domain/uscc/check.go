package uscc

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Placeholder is what upstream systems write where a sole trader (个体工商户) has no code: seventeen zeros and X. It fails
// its own check character, and joining on it makes one enterprise of thousands, so it is never a code.
const Placeholder = "00000000000000000X"

// The alphabet of GB 32100: digits and capitals without I, O, S, V, Z. The place of a character is its value.
const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// The weights of the first 17 places, 3 to the power of the place modulo 31.
var weights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// The weights of the organisation code's first eight places, GB 11714.
var organisationWeights = [8]int{3, 7, 9, 10, 5, 8, 4, 2}

// Level says how much a finding weighs.
type Level string

// An error breaks GB 32100; a warning is worth a look, but the code stands.
const (
	Error   Level = "error"
	Warning Level = "warning"
)

// Rule names the rule that a finding is about. The texts are stable: they go into events and import reports.
type Rule string

// The rules, in the order in which they are tried.
const (
	RuleLength       Rule = "length"        // 18 characters
	RulePlaceholder  Rule = "placeholder"   // Placeholder is not a code
	RuleAlphabet     Rule = "alphabet"      // digits and capitals without I, O, S, V, Z
	RuleRegion       Rule = "region"        // places 3 to 8 are digits
	RuleCheck        Rule = "check"         // place 18 follows from the others
	RuleOrganisation Rule = "organisation"  // place 17 follows from places 9 to 16 (GB 11714)
	RuleResidentID   Rule = "resident_id"   // the text is a person's identity number, not a code
	RuleDigits       Rule = "digits"        // a registration number has digits only
	RuleRegistration Rule = "registration"  // the last digit of a registration number follows from the others
	RuleOldNumber    Rule = "old_numbering" // a 13-digit registration number carries no check digit
)

// Finding is one rule that a text does not satisfy.
type Finding struct {
	Rule     Rule   `json:"rule"`
	Level    Level  `json:"level"`
	Position int    `json:"position,omitempty"` // place of the character, from 1; 0 is the whole text
	Got      string `json:"got,omitempty"`      // what stands there; never a whole identity number
	Want     string `json:"want,omitempty"`     // what the rule expects
}

// String words the finding for a log or a report.
func (f Finding) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s", f.Level, f.Rule)
	if f.Position > 0 {
		fmt.Fprintf(&out, " at place %d", f.Position)
	}
	if f.Got != "" {
		fmt.Fprintf(&out, ": got %s", f.Got)
	}
	if f.Want != "" {
		fmt.Fprintf(&out, ", want %s", f.Want)
	}
	return out.String()
}

// IsPlaceholder tells whether the normalised text stands for "no code".
func IsPlaceholder(normalised string) bool { return normalised == Placeholder }

// Check tries a normalised text against GB 32100 and gives every rule it breaks, none if it is a sound code. Lower case and
// full-width characters break the alphabet: fold them with Normalise first.
func Check(normalised string) []Finding {
	if n := utf8.RuneCountInString(normalised); n != 18 {
		return []Finding{{Rule: RuleLength, Level: Error, Got: fmt.Sprintf("%d characters", n), Want: "18 characters"}}
	}
	if IsPlaceholder(normalised) {
		return []Finding{{Rule: RulePlaceholder, Level: Error, Got: Placeholder, Want: "a code, or none"}}
	}
	findings := checkShape(normalised)
	if len(findings) == 0 {
		findings = checkDigits(normalised)
	}
	if Sound(findings) || !IsResidentID(normalised) {
		return findings
	}
	return []Finding{{Rule: RuleResidentID, Level: Error, Want: "a code of an organisation"}}
}

// Sound tells whether the findings hold no error, so that the text is a code of GB 32100.
func Sound(findings []Finding) bool {
	for _, f := range findings {
		if f.Level == Error {
			return false
		}
	}
	return true
}

// checkShape looks at each character for itself.
func checkShape(code string) []Finding {
	var findings []Finding
	position := 0
	for _, r := range code {
		position++
		switch {
		case !strings.ContainsRune(alphabet, r):
			findings = append(findings, Finding{Rule: RuleAlphabet, Level: Error, Position: position,
				Got: string(r), Want: "a digit or a capital other than I, O, S, V, Z"})
		case position >= 3 && position <= 8 && (r < '0' || r > '9'):
			findings = append(findings, Finding{Rule: RuleRegion, Level: Error, Position: position,
				Got: string(r), Want: "a digit"})
		}
	}
	return findings
}

// checkDigits recomputes both check characters of a code of the right shape.
func checkDigits(code string) []Finding {
	var findings []Finding
	if want := checkCharacter(code); code[17] != want {
		findings = append(findings, Finding{Rule: RuleCheck, Level: Error, Position: 18,
			Got: string(code[17]), Want: string(want)})
	}
	if want := organisationCheck(code[8:16]); code[16] != want {
		findings = append(findings, Finding{Rule: RuleOrganisation, Level: Warning, Position: 17,
			Got: string(code[16]), Want: string(want)})
	}
	return findings
}

// checkCharacter computes place 18 from the first 17 places.
func checkCharacter(code string) byte {
	sum := 0
	for i, weight := range weights {
		sum += weight * strings.IndexByte(alphabet, code[i])
	}
	return alphabet[(31-sum%31)%31]
}

// organisationCheck computes the ninth place of an organisation code; letters count from A = 10.
func organisationCheck(code string) byte {
	sum := 0
	for i, weight := range organisationWeights {
		value := int(code[i] - '0')
		if code[i] >= 'A' {
			value = int(code[i]-'A') + 10
		}
		sum += weight * value
	}
	return "0123456789X0"[11-sum%11]
}
