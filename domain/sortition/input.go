package sortition

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// InputError says which field of an input breaks which rule.
type InputError struct {
	Field string // path as in a bundle, e.g. subjects[3].district
	Rule  string // what the field must be
	Got   string // what it is, if short enough to tell
}

func (e *InputError) Error() string {
	if e.Got == "" {
		return e.Field + ": " + e.Rule
	}
	return fmt.Sprintf("%s: %s: got %s", e.Field, e.Rule, e.Got)
}

func refuse(field, rule, got string) error {
	return &InputError{Field: field, Rule: rule, Got: short(got)}
}

// within puts the path of the whole before the field that an error names.
func within(path string, err error) error {
	var input *InputError
	if err == nil || !errors.As(err, &input) {
		return err
	}
	return &InputError{Field: strings.TrimSuffix(path+"."+input.Field, "."), Rule: input.Rule, Got: input.Got}
}

// short cuts a text that goes into an error.
func short(text string) string {
	const limit = 200
	if len(text) <= limit {
		return strings.ToValidUTF8(text, "\uFFFD")
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}

func checkText(field, text string) error {
	switch {
	case text == "":
		return refuse(field, "must not be empty", "")
	case !utf8.ValidString(text):
		return refuse(field, "must be UTF-8", text)
	}
	return nil
}

func checkDate(field, text string) error {
	if _, err := time.Parse(time.DateOnly, text); err != nil || len(text) != len(time.DateOnly) {
		return refuse(field, "must be a day written YYYY-MM-DD", text)
	}
	return nil
}

// parseInstant reads an RFC 3339 instant in UTC, written with Z and at most nine digits of a second's fraction. What time.Parse
// takes beside that, such as a comma or an hour of one digit, other readers do not.
func parseInstant(field, text string) (time.Time, error) {
	const whole, nano = len("2006-01-02T15:04:05"), 9
	at, err := time.Parse(time.RFC3339Nano, text)
	bad := err != nil || !strings.HasSuffix(text, "Z") || len(text) < whole+len("Z")
	if !bad && len(text) > whole+len("Z") {
		digits := text[whole+1 : len(text)-1]
		bad = text[whole] != '.' || digits == "" || len(digits) > nano || strings.Trim(digits, "0123456789") != ""
	}
	if bad {
		return time.Time{}, refuse(field, "must be an instant in UTC, RFC 3339 with Z", text)
	}
	return at, nil
}

// checkDistrict wants six digits (GB/T 2260).
func checkDistrict(field, code string) error {
	if len(code) == 6 && strings.Trim(code, "0123456789") == "" {
		return nil
	}
	return refuse(field, "must be six digits", code)
}

// checkSet wants a list sorted by bytes and free of duplicates.
func checkSet(field string, elements []string, check func(field, text string) error) error {
	for i, element := range elements {
		err := check("", element)
		if err == nil && i > 0 && elements[i-1] >= element {
			err = refuse("", "must be sorted by bytes, each once", element)
		}
		if err != nil {
			return within(fmt.Sprintf("%s[%d]", field, i), err)
		}
	}
	return nil
}

// sortedBy gives a copy in the order of a key. It never writes to what it was given.
func sortedBy[T any](list []T, key func(T) string) []T {
	return slices.SortedFunc(slices.Values(list), func(a, b T) int { return strings.Compare(key(a), key(b)) })
}

// checkNames wants every name present and unique.
func checkNames[T any](field, part string, list []T, name func(T) string) error {
	seen := make(map[string]bool, len(list))
	for i, element := range list {
		path := fmt.Sprintf("%s[%d].%s", field, i, part)
		if err := checkText(path, name(element)); err != nil {
			return err
		}
		if seen[name(element)] {
			return refuse(path, "must be there once", name(element))
		}
		seen[name(element)] = true
	}
	return nil
}
