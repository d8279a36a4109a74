package inspection

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// Longest texts, in characters.
const (
	maxName  = 50
	maxKey   = 100
	maxLine  = 500
	maxItem  = 1000
	maxProse = 4000
)

// line bounds a text of one line, and prose one of several. Neither holds a resident identity number (公民身份号码), and prose
// nothing that a hard rule hides: events are for ever, and a person must stay forgettable. What people write is redacted before.
func line(code, field, value string, limit int) *domain.Fault {
	return cmp.Or(domain.Text(code, field, value, limit), noPersonalNumber(field, value))
}

func prose(code, field, value string, limit int) *domain.Fault {
	fault := domain.Prose(code, field, value, limit)
	if fault == nil && redaction.Hard(value) {
		fault = domain.Refuse(domain.Invalid, "inspection.personal_data", field, field+"：不得包含自然人的证件号码、银行账号、手机号码",
			field+" holds a natural person's identity, bank or phone number")
	}
	return fault
}

// personal bounds a text about a person. It holds no number of a mobile telephone either.
func personal(code, field, value string, limit int) *domain.Fault {
	return cmp.Or(line(code, field, value, limit), noMobile(field, value))
}

func personalProse(code, field, value string, limit int) *domain.Fault {
	return cmp.Or(prose(code, field, value, limit), noMobile(field, value))
}

func noMobile(field, value string) *domain.Fault {
	if !holdsMobile(value) {
		return nil
	}
	return domain.Refuse(domain.Invalid, "inspection.personal_data", field, field+"：不得包含自然人的手机号码",
		field+" holds a natural person's mobile number")
}

func noPersonalNumber(field, value string) *domain.Fault {
	if !uscc.HoldsResidentID(value) {
		return nil
	}
	return domain.Refuse(domain.Invalid, "inspection.personal_data", field, field+"：不得包含自然人的身份证件号码",
		field+" holds a natural person's identity number")
}

// mobile is a number of the mainland's mobile networks, with the country's code or without.
var mobile = regexp.MustCompile(`^(86)?1[3-9][0-9]{9}$`)

// holdsMobile looks at each run of digits, in which blanks and hyphens may stand.
func holdsMobile(text string) bool {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == ' ', r == '-', r == '\u3000', r == '\u00a0':
			return -1
		}
		return r
	}, text)
	return slices.ContainsFunc(strings.FieldsFunc(plain, func(r rune) bool { return r < '0' || r > '9' }), mobile.MatchString)
}
