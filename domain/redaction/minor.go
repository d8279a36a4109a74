package redaction

import (
	"strconv"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// Minor says why a record may be about a minor. Such a record is not published (浙江 rule art. 7; 未成年人保护法 art. 4).
type Minor string

// The signs of a minor.
const (
	NoMinor     Minor = ""
	MinorNamed  Minor = "named"  // the words of the record: a person has to look
	MinorNumber Minor = "number" // the date of birth in an identity number
)

// Minors looks for a minor in the texts of a record. An identity number is believed, words outside quoted law are a hint.
func Minors(fields []Field, on string) Minor {
	found := NoMinor
	for _, f := range fields {
		t := fold(f.Text)
		for _, s := range t.numbers() {
			if s.Rule == Resident && young(digitsOf(f.Text, s), on) {
				return MinorNumber
			}
		}
		if t.saysMinor() {
			found = MinorNamed
		}
	}
	return found
}

// ResidentIDs are the resident identity numbers of 18 places that check, each once, in their order.
func ResidentIDs(fields []Field) []string {
	var out []string
	seen := map[string]bool{}
	for _, f := range fields {
		for _, s := range fold(f.Text).numbers() {
			if id := digitsOf(f.Text, s); s.Rule == Resident && uscc.IsResidentID(id) && !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
	}
	return out
}

// digitsOf is the number that a span covers.
func digitsOf(served string, s Span) string {
	t := fold(string([]rune(served)[s.From:s.To]))
	var out strings.Builder
	for _, r := range t.s {
		if d, ok := spelled(r); ok {
			r = d
		}
		if isDigit(r) || r == 'X' || r == 'x' {
			out.WriteRune(r)
		}
	}
	return strings.ToUpper(out.String())
}

// young tells whether the number's owner is not eighteen yet on a day, yyyy-mm-dd.
func young(id, on string) bool {
	if len(id) != 18 || len(on) != 10 || !born(id[:2], id[6:14]) {
		return false
	}
	year, err := strconv.Atoi(id[6:10])
	return err == nil && strconv.Itoa(year+18)+"-"+id[10:12]+"-"+id[12:14] > on
}

func (t text) saysMinor() bool {
	quoted := 0
	for i := range t.s {
		switch t.s[i] {
		case '“', '《', '「':
			quoted++
		case '”', '》', '」':
			quoted = max(0, quoted-1)
		}
		if _, ok := t.word(i, []string{"未成年", "未满十八", "未满18", "不满十八", "不满18", "未满十四", "未满14", "未满十六", "未满16"}); ok && quoted == 0 {
			return true
		}
	}
	return false
}
