package penalty

import (
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// noPersonalNumber refuses a text with a resident identity number (GB 11643) in it: events are for ever, and such numbers
// may neither be published nor kept in clear (个人信息保护法; Order 45 art. 6). Numbers that are sound organisation codes pass.
func noPersonalNumber(field, text string) *domain.Fault {
	isDigit := func(r rune) bool {
		return r >= '0' && r <= '9' || r == 'X' || r == 'x' || r >= '０' && r <= '９' || r == 'Ｘ' || r == 'ｘ'
	}
	for _, run := range strings.FieldsFunc(text, func(r rune) bool { return !isDigit(r) }) {
		if n := uscc.Normalise(run); uscc.IsResidentID(n) && !uscc.Sound(uscc.Check(n)) {
			return personal(field)
		}
	}
	return nil
}

func personal(field string) *domain.Fault {
	return domain.Refuse(domain.Invalid, "personal-data", field,
		field+"：不得填写自然人的身份证件号码（《个人信息保护法》、《市场监督管理行政处罚信息公示规定》第六条）",
		field+" holds, or stands for, a natural person's identity number, which may not be kept here")
}
