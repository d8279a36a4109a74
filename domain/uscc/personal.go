package uscc

import "strings"

// HoldsResidentID tells whether a text holds a resident identity number that is not a sound code as well. Full-width digits
// count. Such a text must not be kept: numbers of natural persons have no place in records that are for ever.
func HoldsResidentID(text string) bool {
	if len(text) < 18 {
		return false
	}
	outside := func(r rune) bool {
		r = narrow(r)
		return (r < '0' || r > '9') && r != 'X' && r != 'x'
	}
	for _, run := range strings.FieldsFunc(text, outside) {
		if n := Normalise(run); IsResidentID(n) && !Sound(Check(n)) {
			return true
		}
	}
	return false
}
