package sheet

import (
	"regexp"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

var (
	longNumber = regexp.MustCompile(`[0-9Xx]{18,}`)
	mobile     = regexp.MustCompile(`(?:^|[^0-9A-Za-z.])(?:\+?86[- ]?)?(1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4})(?:$|[^0-9A-Za-z])`)
)

// personalData finds a resident identity number (GB 11643) in s, in wording also a mainland mobile number, and gives it
// masked.
func personalData(s string, wording bool) (masked string, found bool) {
	if !hasDigits(s, 11) {
		return "", false
	}
	s = Fold(s)
	if uscc.HoldsResidentID(s) {
		for _, run := range longNumber.FindAllString(s, -1) {
			if uscc.HoldsResidentID(run) {
				return run[:2] + strings.Repeat("*", len(run)-4) + run[len(run)-2:], true
			}
		}
		return "***", true
	}
	if !wording {
		return "", false
	}
	for _, at := range mobile.FindAllStringSubmatchIndex(s, -1) {
		if behind := s[at[3]:]; startsAmount(behind) {
			continue
		}
		n := strings.NewReplacer("-", "", " ", "").Replace(s[at[2]:at[3]])
		return n[:3] + "******" + n[9:], true
	}
	return "", false
}

// startsAmount tells that the eleven digits before it were money.
func startsAmount(behind string) bool {
	behind = strings.TrimLeft(behind, " ")
	if len(behind) > 1 && behind[0] == '.' && allDigits(behind[1:2]) {
		return true
	}
	return strings.HasPrefix(behind, "元") || strings.HasPrefix(behind, "万")
}

// hasDigits tells whether s has at least n digits of either width.
func hasDigits(s string, n int) bool {
	if len(s) < n {
		return false
	}
	for _, r := range s {
		if isDigit(narrow(r)) {
			if n--; n == 0 {
				return true
			}
		}
	}
	return false
}
