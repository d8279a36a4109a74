package licence

import (
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
)

func decide(s State, cmd Command) ([]Event, error) {
	switch cmd := cmd.(type) {
	case Grant:
		return grant(s, cmd)
	case Amend:
		return amend(s, cmd)
	case Renew:
		return renew(s, cmd)
	case Suspend:
		return suspend(s, cmd)
	case Resume:
		return resume(s, cmd)
	case Revoke:
		return revoke(s, cmd)
	case Cancel:
		return cancel(s, cmd)
	case Expire:
		return expire(s, cmd)
	case Reissue:
		return reissue(s, cmd)
	case TakeOverTerm:
		return takeOverTerm(s, cmd)
	}
	return nil, domain.Refuse(domain.Invalid, "licence.command.unknown", "", "未知命令", "unknown command")
}

func grant(s State, cmd Grant) ([]Event, error) {
	g := cmd.Grant
	g.Licence = ID(g.Authority, g.LicenceNo, g.DocumentNo)
	if g.Authority != cmd.By.Authority {
		return nil, foreign()
	}
	if s.Exists() {
		return nil, sameGrant(s.Decisions[0], g)
	}
	faults := []*domain.Fault{
		text("authority_name", g.AuthorityName, maxName, needed),
		text("document_title", g.DocumentTitle, maxTitle, needed),
		text("document_no", g.DocumentNo, maxNo, free),
		text("certificate_name", g.CertificateName, maxTitle, free),
		text("licence_no", g.LicenceNo, maxNo, free),
		text("category_name", g.CategoryName, maxTitle, free),
		text("content", g.Content, maxContent, needed|lines),
		checkCategory(g.Category, g.CategoryName),
		decidedBy("decided_on", g.DecidedOn, cmd.Today),
		term(g.ValidFrom, g.ValidTo),
	}
	if domain.NormalNo(g.LicenceNo) == "" && domain.NormalNo(g.DocumentNo) == "" {
		faults = append(faults, domain.Refuse(domain.Invalid, "licence.number.required", "licence_no",
			"许可编号与行政许可决定文书号至少填写一项", "a licence has a licence number or a number of its decision"))
	}
	if !g.ValidTo.IsZero() && g.ValidTo.Before(cmd.Today) {
		faults = append(faults, domain.Refuse(domain.Invalid, "licence.valid_to.past", "valid_to",
			"新发许可的有效期截止日期不得早于今天；历史许可请通过数据迁移录入", "a new licence can't be over already; take older ones over"))
	}
	if err := domain.Require(append(faults, checkHolder(g.Holder, true)...)...); err != nil {
		return nil, err
	}
	return []Event{g}, nil
}

func sameGrant(d Decision, g Granted) error {
	now := evolve(State{}, g).Decisions[0]
	if d == now {
		return nil
	}
	var differ []string
	for _, f := range []struct {
		name string
		same bool
	}{
		{"holder", d.Holder.same(now.Holder)}, {"document_title", d.DocumentTitle == now.DocumentTitle}, {"document_no", d.DocumentNo == now.DocumentNo},
		{"category", d.Category == now.Category && d.CategoryName == now.CategoryName}, {"certificate_name", d.CertificateName == now.CertificateName},
		{"licence_no", d.LicenceNo == now.LicenceNo}, {"content", d.Content == now.Content}, {"decided_on", d.On == now.On},
		{"valid_from", d.ValidFrom == now.ValidFrom}, {"valid_to", d.ValidTo == now.ValidTo},
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

func exists(differ []string) *domain.Fault {
	return domain.Refuse(domain.Conflict, "licence.exists", differ[0],
		"该许可已经录入，下列内容不同："+strings.Join(differ, "、"), "the licence is recorded already with other content: "+strings.Join(differ, ", "))
}

func amend(s State, cmd Amend) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	a := cmd.Amendment
	if now := amended(s.Current, a); now == s.Current {
		return nil, nil
	}
	faults := []*domain.Fault{
		s.alive(), s.after("decided_on", a.DecidedOn, cmd.Today),
		text("document_title", a.DocumentTitle, maxTitle, free), text("document_no", a.DocumentNo, maxNo, needed),
		text("certificate_name", a.CertificateName, maxTitle, free), text("content", a.Content, maxContent, lines),
		text("reason", a.Reason, maxReason, needed|lines),
	}
	former := s.Current
	former.DocumentNo = a.DocumentNo
	if amended(s.Current, a) == former {
		faults = append(faults, domain.Refuse(domain.Invalid, "licence.amend.nothing", "",
			"变更内容不能为空（《行政许可法》第四十九条）", "an amendment changes something"))
	}
	if a.Holder != nil {
		faults = append(faults, checkHolder(*a.Holder, s.Register == "")...)
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{a}, nil
}

// renew also takes a renewal that was decided before the term was over and is entered after.
func renew(s State, cmd Renew) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	r := cmd.Renewal
	known := func(d Decision) bool {
		return d.Action == ActRenew && d.RowNo == "" && d.On == r.DecidedOn && d.DocumentNo == r.DocumentNo && d.ValidFrom == r.ValidFrom && d.ValidTo == r.ValidTo
	}
	if slices.ContainsFunc(s.Decisions, known) {
		return nil, nil
	}
	faults := []*domain.Fault{
		s.alive(), s.after("decided_on", r.DecidedOn, cmd.Today), text("document_no", r.DocumentNo, maxNo, needed), term(r.ValidFrom, r.ValidTo),
	}
	if s.Current.Status == StatusExpired && r.DecidedOn.After(s.Current.ValidTo) {
		faults = append(faults, domain.Refuse(domain.Precondition, "licence.expired", "",
			"许可已期满，不能延续，应重新申请（《行政许可法》第五十条）", "the licence has lapsed and can't be renewed"))
	}
	if !r.ValidTo.IsZero() && !r.ValidTo.After(s.Current.ValidTo) {
		faults = append(faults, domain.Refuse(domain.Invalid, "licence.renew.shorter", "valid_to",
			"延续后的有效期应晚于原有效期（《行政许可法》第五十条）", "a renewal ends later than the term before"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{r}, nil
}
