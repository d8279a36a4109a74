package delivery

import (
	"errors"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
)

const (
	maxName     = 200 // characters
	maxReason   = 500
	maxBatch    = 128
	maxChannel  = 32
	maxCode     = 64
	maxText     = 1000
	maxProblems = 100
)

func checkAbout(by domain.Actor, a About) error {
	if fault := own(by, a.Authority); fault != nil {
		return fault
	}
	if !IsPlatform(a.Platform) {
		return domain.Refuse(domain.Invalid, "delivery.platform.form", "platform",
			"平台代码应为2至32位小写字母、数字、连字符或下划线", "a platform is named by 2 to 32 small letters, digits, hyphens or low lines")
	}
	if a.Kind != Penalty && a.Kind != Licence || a.Disclosure == "" {
		return errors.New("delivery: a delivery is of a disclosed penalty or licence")
	}
	return nil
}

func checkSent(digest string, number uint64) []*domain.Fault {
	if domain.IsDigest(digest) && number > 0 {
		return nil
	}
	return []*domain.Fault{domain.Refuse(domain.Invalid, "delivery.sent.form", "digest",
		"报送的行应有序号和摘要", "a row that is sent has a number and a digest")}
}

func checkReceipt(c Receive) error {
	faults := []*domain.Fault{
		domain.Text("delivery.code", "code", c.Code, maxCode), domain.Prose("delivery.text", "text", c.Text, maxText), personal("code", c.Code),
	}
	if c.Verdict != Taken && c.Verdict != Duplicate && c.Verdict != Refused {
		faults = append(faults, domain.Refuse(domain.Invalid, "delivery.verdict.unknown", "verdict",
			"回执结果应为accepted、duplicate或rejected", "a verdict is accepted, duplicate or rejected"))
	}
	if !domain.IsDigest(c.Receipt) {
		faults = append(faults, domain.Refuse(domain.Invalid, "delivery.receipt.digest", "receipt",
			"应注明回执文件的SHA-256摘要", "the SHA-256 of the receipt file is needed"))
	}
	return domain.Require(faults...)
}

// personal refuses a text with a natural person's number in it: events are for ever.
func personal(field, text string) *domain.Fault {
	if !redaction.Hard(text) {
		return nil
	}
	return domain.Refuse(domain.Invalid, "delivery.personal_data", field,
		field+"：不得填写自然人的身份证件号码、银行账号、移动电话", field+" holds a natural person's identity, bank or phone number, which may not be kept here")
}

// needed is domain.Text for a field that may not be blank.
func needed(field, value string, most int) *domain.Fault {
	if fault := domain.Blank("delivery."+field, field, value); fault != nil {
		return fault
	}
	return domain.Text("delivery."+field, field, value, most)
}
