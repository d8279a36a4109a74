package penalty

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
)

// noPersonalNumber refuses a text with an identity number, a bank account or a mobile phone in it: events are for ever, and such
// numbers may neither be published nor kept in clear (个人信息保护法; Order 45 art. 6). Texts that are served are redacted before.
func noPersonalNumber(field, text string) *domain.Fault {
	if !redaction.Hard(text) {
		return nil
	}
	return personal(field)
}

func personal(field string) *domain.Fault {
	return domain.Refuse(domain.Invalid, "penalty.personal_data", field,
		field+"：不得填写自然人的身份证件号码、银行账号、移动电话（《个人信息保护法》、《市场监督管理行政处罚信息公示规定》第六条）",
		field+" holds, or stands for, a natural person's identity, bank or phone number, which may not be kept here")
}
