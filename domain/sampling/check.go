package sampling

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// Limits of texts, in characters.
const (
	maxName    = 200
	maxTitle   = 200
	maxNo      = 128
	maxContent = 8000
	maxReason  = 500
	maxGround  = 2000
	maxShort   = 40
	maxItem    = 60
	maxBasis   = 100
)

// Limits of lists and numbers.
const (
	maxProducts     = 200
	maxLaboratories = 30
	maxFailures     = 20
	maxBatchNumbers = 40
	maxBatches      = 100_000
	maxSteps        = 100
	maxObjections   = 10
	maxCorrections  = 10
	maxBytes        = 56 << 10 // of what goes into one event, as it is stored
)

// want says what a text has to be.
type want int

const (
	free   want = 0
	needed want = 1 << iota
	lines
)

// text checks one text; in those that the public reads a resident's number may not stand.
func text(field, value string, limit int, w want) *domain.Fault {
	f := (*domain.Fault)(nil)
	if w&needed != 0 {
		f = domain.Blank("sampling", field, strings.TrimSpace(value))
	}
	switch {
	case f != nil:
		return f
	case uscc.HoldsResidentID(value):
		return personal(field)
	case w&lines != 0:
		return domain.Prose("sampling", field, value, limit)
	}
	return domain.Text("sampling", field, value, limit)
}

func personal(field string) *domain.Fault {
	return domain.Refuse(domain.Invalid, "sampling.personal_data", field,
		field+"：不得填写自然人的身份证件号码（《个人信息保护法》）", field+" holds a natural person's identity number, which may not be kept here")
}

// subject checks the id of a party or laboratory, which may be absent.
func subject(field string, id domain.SubjectID) *domain.Fault {
	if id == "" {
		return nil
	}
	if uscc.HoldsResidentID(string(id)) {
		return personal(field)
	}
	if _, err := domain.ParseSubjectID(string(id)); err != nil {
		return domain.Refuse(domain.Invalid, "sampling.subject", field,
			field+"：应为统一社会信用代码、reg:工商注册号或 ext:登记簿:编号，占位代码不得使用", field+" is not the id of a subject")
	}
	return nil
}

// natural refuses counts outside of low to high.
func natural(field string, n, low, high int) *domain.Fault {
	if n >= low && n <= high {
		return nil
	}
	return domain.Refuse(domain.Invalid, "sampling.number", field,
		fmt.Sprintf("%s：应为%d至%d", field, low, high), fmt.Sprintf("%s is %d to %d", field, low, high))
}

// by refuses days before the first or after today; a zero first is none.
func by(field string, day, first, today calendar.Date) *domain.Fault {
	switch {
	case day.IsZero():
		return domain.Blank("sampling", field, "")
	case day.After(today):
		return domain.Refuse(domain.Invalid, "sampling.date.future", field, field+"：不得晚于今天", field+" may not be after today")
	case day.Before(first):
		return domain.Refuse(domain.Invalid, "sampling.date.early", field,
			field+"：不得早于"+first.String(), field+" may not be before "+first.String())
	}
	return nil
}

// identifier refuses what is not 2 to 40 letters, digits, dots or hyphens.
func identifier(id string) *domain.Fault {
	odd := func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '.' && c != '-'
	}
	if len(id) >= 2 && len(id) <= 40 && !strings.ContainsFunc(id, odd) {
		return nil
	}
	return domain.Refuse(domain.Invalid, "sampling.id.form", "sampling_id",
		"抽检工作编号应为2至40位字母、数字、点或连字符", "the id of a campaign has 2 to 40 letters, digits, dots or hyphens")
}

// unknown refuses a code without a label.
func unknown(code, field, label, zh string) *domain.Fault {
	if label != "" {
		return nil
	}
	return domain.Refuse(domain.Invalid, code+".unknown", field, field+"：不是规定的"+zh, field+" is not one of the listed codes")
}

// fits refuses what would be too large for an event.
func fits[T any](field string, content T) *domain.Fault {
	if stored, err := json.Marshal(content); err != nil || len(stored) <= maxBytes { // what does not encode breaks another rule
		return nil
	}
	return domain.Refuse(domain.TooLarge, "sampling.size", field,
		fmt.Sprintf("%s：内容过长（存储时不得超过%d字节），其余请列入附件", field, maxBytes), fmt.Sprintf("%s takes over %d bytes: put the rest into the attachment", field, maxBytes))
}

// separate refuses to let one person do what takes two.
func separate(zh, en string) *domain.Fault {
	return domain.Refuse(domain.Forbidden, "sampling.same_person", "", zh, en)
}

func foreign() *domain.Fault {
	return domain.Refuse(domain.Forbidden, "sampling.authority.foreign", "", "该抽检工作属于其他机关", "the campaign belongs to another authority")
}
