package penalty

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

// maxInstalments bounds the parts of a fine, maxChallenges the reviews and lawsuits about one decision, maxPerformed what was
// performed in parts.
const (
	maxInstalments = 60
	maxChallenges  = 20
	maxPerformed   = 500
)

func notify(s State, cmd Notify) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	now := Notified{On: cmd.On}
	const article = "《市场监督管理行政处罚信息公示规定》第八条"
	switch {
	case s.Notified != nil && *s.Notified == now:
		return nil, nil
	case s.Notified != nil || s.Served != nil && s.Served.PublicationNotice:
		return nil, domain.Refuse(domain.Conflict, "penalty.notice.given", "on", "已登记告知（"+article+"）", "the party was told already")
	case s.Served == nil:
		return nil, domain.Refuse(domain.Precondition, "penalty.notice.unserved", "", "尚未送达，应在送达时一并告知（"+article+"）",
			"the decision has not been served: tell the party with it")
	}
	if err := domain.Require(live(s), notFuture("on", cmd.On, cmd.Today), notBefore("on", cmd.On, s.Served.On, "送达日期")); err != nil {
		return nil, err
	}
	return []Event{now}, nil
}

// grantInstalments demands parts that make the fine, each due after the one before.
func grantInstalments(s State, cmd GrantInstalments) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	g := cmd.Grant
	if s.Instalments != nil && sameGrant(*s.Instalments, g) {
		return nil, nil
	}
	const article = "《行政处罚法》第六十六条"
	faults := []*domain.Fault{
		live(s), s.day("on", g.On, cmd.Today, article), domain.Blank("penalty", "reason", g.Reason), domain.Prose("penalty", "reason", g.Reason, maxReason),
		domain.Text("penalty", "document_no", g.DocumentNo, maxNo), noPersonalNumber("reason", g.Reason), noPersonalNumber("document_no", g.DocumentNo),
	}
	wrong := func(zh, en string) {
		faults = append(faults, domain.Refuse(domain.Invalid, "penalty.instalments", "instalments", zh+"（"+article+"）", en))
	}
	if n := len(g.Instalments); n == 0 || n > maxInstalments {
		wrong("分期缴纳应为1至60期", "there are 1 to 60 instalments")
	}
	sum, last := domain.Fen(0), g.On
	for _, part := range g.Instalments {
		switch {
		case part.AmountFen <= 0 || part.AmountFen > maxAmount:
			wrong("每期金额应大于零", "an instalment is above zero")
		case !part.DueOn.After(last):
			wrong("各期期限应依次晚于前一期和决定日期", "instalments are due one after the other, after the grant")
		}
		sum, last = sum+part.AmountFen, part.DueOn
	}
	if fine := s.Current().FineFen; fine == 0 || sum != fine {
		wrong("各期金额之和应等于罚款数额", "the instalments together are the fine")
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	g.Instalments = slices.Clone(g.Instalments)
	return []Event{g}, nil
}

func sameGrant(a, b InstalmentsGranted) bool {
	return a.Reason == b.Reason && a.DocumentNo == b.DocumentNo && a.On == b.On && slices.Equal(a.Instalments, b.Instalments)
}

func challenge(s State, cmd Challenge) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	c := cmd.Challenge
	if slices.Contains(s.Challenges, c) {
		return nil, nil
	}
	const article = "《行政处罚法》第七十三条"
	faults := []*domain.Fault{
		s.day("from", c.From, cmd.Today, article), domain.Blank("penalty", "document_no", c.DocumentNo),
		domain.Text("penalty", "document_no", c.DocumentNo, maxNo), noPersonalNumber("document_no", c.DocumentNo),
	}
	if c.Kind.Label() == "" {
		faults = append(faults, domain.Refuse(domain.Invalid, "penalty.challenge.kind", "kind", "应为行政复议或行政诉讼", "a challenge is a reconsideration or a litigation"))
	}
	if !c.Until.IsZero() {
		faults = append(faults, notFuture("until", c.Until, cmd.Today), notBefore("until", c.Until, c.From, "起始日期"))
	}
	known := slices.IndexFunc(s.Challenges, func(had Challenged) bool { return had.DocumentNo == c.DocumentNo })
	switch {
	case known < 0 && len(s.Challenges) >= maxChallenges:
		faults = append(faults, domain.Refuse(domain.TooLarge, "penalty.challenge.number", "document_no", "复议和诉讼不得超过20件", "at most 20 challenges"))
	case known >= 0 && (s.Challenges[known].Kind != c.Kind || s.Challenges[known].From != c.From || !s.Challenges[known].Until.IsZero()):
		faults = append(faults, domain.Refuse(domain.Conflict, "penalty.challenge.other", "document_no",
			"该案号已登记，内容不同（"+article+"）", "a challenge of this number is recorded already, with other content"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{c}, nil
}

// receipt refuses a number of a receipt that another payment has.
func (s State) receipt(p Performed) *domain.Fault {
	if p.ReceiptNo != "" && slices.ContainsFunc(s.Performance, func(had Performed) bool {
		return domain.NormalNo(had.ReceiptNo) == domain.NormalNo(p.ReceiptNo)
	}) {
		return domain.Refuse(domain.Conflict, "penalty.receipt.used", "receipt_no",
			"该票据号已登记，内容不同", "a performance with this receipt is recorded already, with other content")
	}
	if len(s.Performance) >= maxPerformed {
		return domain.Refuse(domain.TooLarge, "penalty.performance.number", "", "履行记录不得超过500条", "at most 500 performances")
	}
	return nil
}
