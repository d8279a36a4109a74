package licence

import (
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// Limits of texts, in characters.
const (
	maxName    = 200
	maxTitle   = 200
	maxNo      = 128
	maxContent = 4000
	maxReason  = 2000
	maxTerms   = 1000 // taken-over rows of one licence
)

// want says what a text has to be.
type want int

const (
	free   want = 0
	needed want = 1 << iota
	lines
)

func text(field, value string, limit int, w want) *domain.Fault {
	f := (*domain.Fault)(nil)
	if w&needed != 0 {
		f = domain.Blank("licence", field, strings.TrimSpace(value))
	}
	switch {
	case f != nil:
		return f
	case uscc.HoldsResidentID(value), w&lines != 0 && redaction.Hard(value):
		return personal(field)
	case w&lines != 0:
		return domain.Prose("licence", field, value, limit)
	}
	return domain.Text("licence", field, value, limit)
}

func personal(field string) *domain.Fault {
	return domain.Refuse(domain.Invalid, "licence.personal_data", field,
		field+"：不得填写自然人的身份证件号码、银行账号、移动电话（《个人信息保护法》）",
		field+" holds, or stands for, a natural person's identity, bank or phone number, which may not be kept here")
}

// checkHolder demands a category of what is decided here; older registers don't always have one.
func checkHolder(h Holder, strict bool) []*domain.Fault {
	faults := []*domain.Fault{text("holder.name", h.Name, maxName, needed), checkIdentity(h)}
	if h.Kind.Label() == "" && (strict || h.Kind != "") {
		faults = append(faults, domain.Refuse(domain.Invalid, "licence.holder.kind", "holder.kind",
			"行政相对人类别应为法人及非法人组织、个体工商户或自然人", "the category of a holder is legal, individual_business or natural"))
	}
	if h.Subject == "" {
		return faults
	}
	code := string(h.Subject)
	switch _, err := domain.ParseSubjectID(code); {
	case h.Kind == Natural || uscc.HoldsResidentID(code):
		faults = append(faults, personal("holder.subject"))
	case err != nil:
		faults = append(faults, domain.Refuse(domain.Invalid, "licence.holder.subject", "holder.subject",
			"行政相对人标识应为统一社会信用代码、reg:工商注册号或 ext:登记簿:编号，占位代码不得使用", "not the id of a subject"))
	case strict && len(code) == 18 && strings.HasPrefix(code, "92") && h.Kind != IndividualBusiness:
		faults = append(faults, domain.Refuse(domain.Invalid, "licence.holder.category", "holder.kind",
			"统一社会信用代码以92开头的，行政相对人类别应为个体工商户", "a code that begins with 92 is a sole trader's"))
	}
	return faults
}

func checkCategory(c Category, name string) *domain.Fault {
	switch {
	case c.Label() == "":
		return domain.Refuse(domain.Invalid, "licence.category.unknown", "category",
			"许可类别应为普通、特许、认可、核准、登记或其他（《行政许可法》第十二条）", "unknown category of licence")
	case c == OtherCategory && strings.TrimSpace(name) == "":
		return domain.Refuse(domain.Invalid, "licence.category.name", "category_name",
			"许可类别为其他的，应注明具体类别（《行政许可法》第十二条第六项）", "a category other has to be named")
	}
	return nil
}

// term refuses an end before the beginning.
func term(from, to calendar.Date) *domain.Fault {
	switch {
	case from.IsZero():
		return domain.Blank("licence", "valid_from", "")
	case to.IsZero():
		return domain.Blank("licence", "valid_to", "")
	case to.Before(from):
		return domain.Refuse(domain.Invalid, "licence.valid_to.early", "valid_to",
			"有效期至不得早于有效期自", "a term can't end before it begins")
	}
	return nil
}

// decidedBy refuses dates after today.
func decidedBy(field string, day, today calendar.Date) *domain.Fault {
	switch {
	case day.IsZero():
		return domain.Blank("licence", field, "")
	case day.After(today):
		return domain.Refuse(domain.Invalid, "licence.date.future", field, field+"：不得晚于今天", field+" may not be after today")
	}
	return nil
}

// after refuses dates before the licence was first decided on, and after today.
func (s State) after(field string, day, today calendar.Date) *domain.Fault {
	if f := decidedBy(field, day, today); f != nil {
		return f
	}
	for _, d := range s.Decisions {
		if !day.Before(d.On) {
			return nil
		}
	}
	return domain.Refuse(domain.Invalid, "licence.date.early", field, field+"：不得早于许可决定日期", field+" may not be before the licence was decided on")
}

// within refuses licences that don't exist or are another authority's.
func within(s State, by domain.Actor) error {
	switch {
	case !s.Exists():
		return domain.Refuse(domain.NotFound, "licence.missing", "id", "没有找到相关的历史证书信息", "there is no such licence")
	case !by.Holds(s.Authority):
		return foreign()
	}
	return nil
}

// alive refuses to act on a licence that was revoked or cancelled.
func (s State) alive() *domain.Fault {
	switch s.Current.Status {
	case StatusCancelled:
		return cancelled()
	case StatusRevoked:
		return domain.Refuse(domain.Precondition, "licence.revoked", "",
			"许可已被吊销或撤销，只能办理注销（《行政许可法》第六十九条、第七十条）", "the licence was revoked: it can only be cancelled")
	case StatusInForce, StatusSuspended, StatusExpired:
	}
	return nil
}

func cancelled() *domain.Fault {
	return domain.Refuse(domain.Precondition, "licence.cancelled", "", "证书已注销，不能再办理（《行政许可法》第七十条）", "the licence was cancelled")
}

func foreign() *domain.Fault {
	return domain.Refuse(domain.Forbidden, "licence.authority.foreign", "", "该许可属于其他机关", "the licence belongs to another authority")
}
