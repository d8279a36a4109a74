package inspection

import (
	"cmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// Longest texts, in characters.
const (
	maxKey   = 100
	maxLine  = 500
	maxItem  = 1000
	maxProse = 4000
)

// line bounds a text of one line, and prose one of several. Neither holds a resident identity number (公民身份号码): events are
// for ever, and a person must stay forgettable.
func line(code, field, value string, limit int) *domain.Fault {
	return cmp.Or(domain.Text(code, field, value, limit), noPersonalNumber(field, value))
}

func prose(code, field, value string, limit int) *domain.Fault {
	return cmp.Or(domain.Prose(code, field, value, limit), noPersonalNumber(field, value))
}

func noPersonalNumber(field, value string) *domain.Fault {
	if !uscc.HoldsResidentID(value) {
		return nil
	}
	return domain.Refuse(domain.Invalid, "inspection.personal_data", field, field+"：不得包含自然人的身份证件号码",
		field+" holds a natural person's identity number")
}
