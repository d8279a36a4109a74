package uscc

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// CheckRegistration tries a normalised registration number (工商注册号): 15 digits, six of region, eight in sequence and a
// check digit by GB/T 17710, MOD 11,10. Thirteen-digit numbers of the time before have no check digit and are a warning.
func CheckRegistration(normalised string) []Finding {
	for i, r := range []rune(normalised) {
		if r < '0' || r > '9' {
			return []Finding{{Rule: RuleDigits, Level: Error, Position: i + 1, Got: string(r), Want: "a digit"}}
		}
	}
	switch n := utf8.RuneCountInString(normalised); n {
	case 13:
		return []Finding{{Rule: RuleOldNumber, Level: Warning, Got: "13 digits", Want: "15 digits"}}
	case 15:
	default:
		return []Finding{{Rule: RuleLength, Level: Error, Got: fmt.Sprintf("%d characters", n), Want: "15 digits"}}
	}
	if want := hybridCheck(normalised[:14]); normalised[14] != want {
		return []Finding{{Rule: RuleRegistration, Level: Error, Position: 15,
			Got: string(normalised[14]), Want: string(want)}}
	}
	return nil
}

// hybridCheck computes the check digit of GB/T 17710 (ISO 7064 MOD 11,10) for a row of digits.
func hybridCheck(digits string) byte {
	product := 10
	for i := range len(digits) {
		sum := (product + int(digits[i]-'0')) % 10
		if sum == 0 {
			sum = 10
		}
		product = sum * 2 % 11
	}
	return byte('0' + (11-product)%10)
}

// The provinces of GB/T 2260 that resident numbers begin with; 83 is the residence permit for Taiwan residents.
const provinces = " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 "

// IsResidentID tells whether the normalised text is an 18-place resident identity number (GB 11643): a province, a date of
// birth that exists, and the check character by ISO 7064 MOD 11-2. It serves to keep such numbers out of places where they
// have no business, so it does not ask whether the district ever existed.
func IsResidentID(normalised string) bool {
	if len(normalised) != 18 || !strings.Contains(provinces, " "+normalised[:2]+" ") {
		return false
	}
	sum, weight := 0, 1
	for i := 16; i >= 0; i-- {
		weight = weight * 2 % 11
		digit := int(normalised[i]) - '0'
		if digit < 0 || digit > 9 {
			return false
		}
		sum += weight * digit
	}
	return normalised[17] == "10X98765432"[sum%11] && isBirthday(normalised[6:14])
}

// isBirthday accepts a calendar day of the years 1800 to 2199.
func isBirthday(digits string) bool {
	if _, err := time.Parse("20060102", digits); err != nil {
		return false
	}
	year, err := strconv.Atoi(digits[:4])
	return err == nil && year >= 1800 && year < 2200
}
