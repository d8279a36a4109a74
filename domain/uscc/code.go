package uscc

import (
	"errors"
	"strings"
)

// Code is a unified social credit code that satisfies GB 32100. The zero Code is none; it has no text form, so a field that
// may be absent is marked omitzero.
type Code struct{ text string }

// InvalidError says which rules a text breaks. It does not quote the text, which may be a person's number.
type InvalidError struct{ Findings []Finding }

func (e *InvalidError) Error() string {
	parts := make([]string, len(e.Findings))
	for i, f := range e.Findings {
		parts[i] = f.String()
	}
	return "social credit code: " + strings.Join(parts, "; ")
}

// Parse takes exactly the 18 characters of a code; to fold width, case and blanks first, give it Normalise(raw). The error
// is an *InvalidError. A code whose inner organisation code does not check is still a code.
func Parse(raw string) (Code, error) {
	if findings := Check(raw); !Sound(findings) {
		return Code{}, &InvalidError{Findings: findings}
	}
	return Code{text: raw}, nil
}

// String gives the 18 characters, or nothing for the zero Code.
func (c Code) String() string { return c.text }

// IsZero tells that there is no code.
func (c Code) IsZero() bool { return c.text == "" }

// Category says which kind of subject the code was issued for, from its first two places.
func (c Code) Category() Category { return Category(c.slice(0, 2)) }

// Region gives the six digits (GB/T 2260) of the authority that first registered the subject. It is not the subject's
// present district.
func (c Code) Region() string { return c.slice(2, 8) }

// Organisation gives the nine characters of the organisation code (主体标识码, GB 11714).
func (c Code) Organisation() string { return c.slice(8, 17) }

// Warnings gives the findings that do not stop a code from being one.
func (c Code) Warnings() []Finding {
	if c.IsZero() {
		return nil
	}
	return Check(c.text)
}

func (c Code) slice(from, to int) string {
	if c.IsZero() {
		return ""
	}
	return c.text[from:to]
}

// MarshalText gives the 18 characters. The zero Code is an error: an absent code is left out, not written as nothing.
func (c Code) MarshalText() ([]byte, error) {
	if c.IsZero() {
		return nil, errors.New("social credit code: none to write")
	}
	return []byte(c.text), nil
}

// UnmarshalText is Parse.
func (c *Code) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*c = parsed
	return nil
}

// Category is the first two places of a code: the registering department and the kind of organisation.
type Category string

// The categories that the ledger tells apart. Others occur and are valid.
const (
	StateOrgan       Category = "11" // 机关
	PublicInstitute  Category = "12" // 事业单位
	Association      Category = "51" // 社会团体
	PrivateNonProfit Category = "52" // 民办非企业单位
	Foundation       Category = "53" // 基金会
	Enterprise       Category = "91" // 企业
	SoleTrader       Category = "92" // 个体工商户
	FarmCooperative  Category = "93" // 农民专业合作社
)
