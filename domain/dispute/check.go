package dispute

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
)

// Limits of texts, in characters, and of lists.
const (
	maxReply     = 1000
	maxReplies   = 50
	maxStatement = 1000
	maxReason    = 2000
	maxEvidence  = 10
	maxPoints    = 11
)

// prose holds no number of a natural person: events are for ever, and who asks is not kept.
func prose(field, value string, limit int) *domain.Fault {
	if redaction.Hard(value) {
		return domain.Refuse(domain.Invalid, "dispute.personal_data", field,
			field+"：不得填写自然人的身份证件号码、银行账号、移动电话（《个人信息保护法》）；办理情况可凭受理编号查询",
			field+" holds a natural person's identity, bank or phone number, which may not be kept here; the state is found by the id of the receipt")
	}
	return domain.Prose("dispute", field, value, limit)
}

// day refuses days before the first or after today; a zero first is none.
func day(field string, on, first, today calendar.Date) *domain.Fault {
	switch {
	case on.IsZero():
		return domain.Blank("dispute", field, "")
	case on.After(today):
		return domain.Refuse(domain.Invalid, "dispute.date.future", field, field+"：不得晚于今天", field+" may not be after today")
	case on.Before(first):
		return domain.Refuse(domain.Invalid, "dispute.date.early", field,
			field+"：不得早于"+first.String(), field+" may not be before "+first.String())
	}
	return nil
}

// unknown refuses a code without a label.
func unknown(field, label string) *domain.Fault {
	if label != "" {
		return nil
	}
	return domain.Refuse(domain.Invalid, "dispute."+field+".unknown", field, field+"：不在代码表内", field+" is not one of the listed codes")
}

func foreign() *domain.Fault {
	return domain.Refuse(domain.Forbidden, "dispute.authority.foreign", "", "该公示信息属于其他机关", "the record belongs to another authority")
}

func notPublic() *domain.Fault {
	return domain.Refuse(domain.NotFound, "dispute.record.missing", "disclosure_id", "没有公示过该信息或者已不再公示", "no such record is public")
}

// separate refuses to let one person do what takes two.
func separate(zh, en string) *domain.Fault {
	return domain.Refuse(domain.Forbidden, "dispute.same_person", "", zh, en)
}
