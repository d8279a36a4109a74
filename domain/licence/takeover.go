package licence

import (
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

// takeOverTerm takes a row once, in whatever order rows come. A row that is known with other content is a conflict that
// names what differs; where the row stood in its file does not count.
func takeOverTerm(s State, cmd TakeOverTerm) ([]Event, error) {
	t := cmd.Term
	t.Licence = TakenOverID(t.Register, t.LicenceNo)
	switch {
	case t.Authority != cmd.By.Authority, s.Exists() && !cmd.By.Holds(s.Authority):
		return nil, foreign()
	case s.Exists() && s.ID != t.Licence:
		return nil, domain.Refuse(domain.Conflict, "licence.register.other", "licence_no", "该编号属于另一许可", "the id belongs to another licence")
	}
	if i := slices.IndexFunc(s.Terms, func(had TermTakenOver) bool { return had.RowNo == t.RowNo }); i >= 0 {
		return nil, sameTerm(s.Terms[i], t)
	}
	faults := []*domain.Fault{
		text("authority_name", t.AuthorityName, maxName, needed),
		checkRegister(t.Register),
		text("licence_no", domain.NormalNo(t.LicenceNo), maxNo, needed),
		text("licence_no", t.LicenceNo, maxNo, free),
		text("row_no", t.RowNo, maxNo, needed),
		text("title", t.Title, maxTitle, needed),
		text("activity", t.Activity, maxContent, lines),
		term(t.ValidFrom, t.ValidTo),
		checkTermWords(t),
	}
	if len(s.Terms) >= maxTerms {
		faults = append(faults, domain.Refuse(domain.TooLarge, "licence.terms.number", "licence_no",
			fmt.Sprintf("同一许可编号不得超过%d条记录，请核对编号是否为占位", maxTerms),
			fmt.Sprintf("a licence number has at most %d rows: is it a placeholder?", maxTerms)))
	}
	if t.SourceRow == nil {
		faults = append(faults, domain.Blank("licence", "source_row", ""))
	}
	if err := domain.Require(append(faults, checkHolder(t.Holder, false)...)...); err != nil {
		return nil, err
	}
	return []Event{t}, nil
}

func checkTermWords(t TermTakenOver) *domain.Fault {
	if t.Action.Label() == "" {
		return domain.Refuse(domain.Invalid, "licence.action.unknown", "action", "未知的许可业务类型："+string(t.Action), "unknown action: "+string(t.Action))
	}
	if t.Status.Label() == "" {
		return domain.Refuse(domain.Invalid, "licence.status.unknown", "status", "未知的许可状态："+string(t.Status), "unknown status: "+string(t.Status))
	}
	return nil
}

func checkRegister(register string) *domain.Fault {
	if len(register) >= 2 && len(register) <= 32 && plain(register) {
		return nil
	}
	return domain.Refuse(domain.Invalid, "licence.register.form", "register",
		"登记簿简称应为2至32位字母、数字、连字符或下划线", "a register's short name has 2 to 32 letters, digits, hyphens or underscores")
}

func sameTerm(had, now TermTakenOver) error {
	var differ []string
	for _, f := range []struct {
		name string
		same bool
	}{
		{"authority_name", had.AuthorityName == now.AuthorityName}, {"holder", had.Holder.same(now.Holder)},
		{"licence_no", domain.NormalNo(had.LicenceNo) == domain.NormalNo(now.LicenceNo)},
		{"action", had.Action == now.Action}, {"title", had.Title == now.Title}, {"activity", had.Activity == now.Activity},
		{"valid_from", had.ValidFrom == now.ValidFrom}, {"valid_to", had.ValidTo == now.ValidTo}, {"status", had.Status == now.Status},
	} {
		if !f.same {
			differ = append(differ, f.name)
		}
	}
	if len(differ) == 0 {
		return nil
	}
	return exists(differ)
}
