package disclosure

import (
	"errors"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// publish makes the approved document public; the approver may do it, submitter and reviewer may not. What stands on some
// outlets is put right on all of these, and goes to further ones when they are named.
func publish(s State, cmd Publish) ([]Event, error) {
	if err := pending(s, cmd.By, cmd.Digest); err != nil {
		return nil, err
	}
	if fault := third(s, cmd.By); fault != nil {
		return nil, fault
	}
	further := s.Draft.Stage == Done && len(cmd.Outlets) > 0 && s.Public()
	switch s.Draft.Stage {
	case Done:
		if !further {
			return nil, nil
		}
	case None, Awaiting, SentBack, Checked, Held:
		return nil, wrongStage(s)
	case Cleared:
	}
	if cmd.Obsolete != nil {
		return nil, cmd.Obsolete
	}
	d, number := s.Draft, s.Release.Number+1
	if running := s.Showing.Outlets.running(cmd.Today); len(running) > 0 && !further {
		if len(cmd.Outlets) > 0 {
			return nil, domain.Refuse(domain.Invalid, "disclosure.outlet.correction", "outlets",
				"更正在已公示的全部渠道生效，不能指定渠道", "a correction holds wherever the record is public: it takes no outlets")
		}
		return []Event{Corrected{
			Document: d.Document, Digest: d.Digest, FormerDigest: s.Showing.Digest, Reason: d.Reason,
			Number: number, By: cmd.By.Account, On: cmd.Today, Terms: ruled(running.terms()),
		}}, nil
	}
	terms, err := s.place(cmd)
	if err != nil || len(terms) == 0 {
		return nil, err
	}
	return []Event{Published{
		Document: d.Document, Digest: d.Digest, Number: number, By: cmd.By.Account, On: cmd.Today, Terms: ruled(terms),
	}}, nil
}

// terms are those of the standings.
func (o Outlets) terms() []rule.Term {
	out := make([]rule.Term, len(o))
	for i, s := range o {
		out[i] = s.Term
	}
	return out
}

// ruled are the terms that a rule set; an event without terms is of the portal, without an end.
func ruled(terms []rule.Term) []rule.Term {
	return slices.DeleteFunc(terms, func(t rule.Term) bool { return t.Rule == "" })
}

// place says on which outlets the document is shown and for how long: on all that the rules know and the approval allows, or
// on those that are named. Without any rule it is the authority's own portal, without an end.
func (s State) place(cmd Publish) ([]rule.Term, error) {
	allowed := s.Draft.Approval
	if !allowed.NotBefore.IsZero() && cmd.Today.Before(allowed.NotBefore) {
		return nil, domain.Refuse(domain.Precondition, "disclosure.publish.early", "",
			"批准的公示日期为"+allowed.NotBefore.String()+"，尚未到期", "the approval is for "+allowed.NotBefore.String()+" and later")
	}
	if fault := checkOutlets(cmd.Outlets); fault != nil {
		return nil, fault
	}
	if len(cmd.Terms) == 0 && len(cmd.Hidden) == 0 {
		cmd.Terms = []rule.Term{{Outlet: rule.Portal, From: cmd.Today}}
	}
	wanted := cmd.Outlets
	if len(wanted) == 0 {
		wanted = allowed.Outlets
	}
	if len(wanted) == 0 {
		wanted = Every()
	}
	var terms []rule.Term
	var faults []error
	for _, outlet := range Every() {
		old, there := s.Showing.Outlets.On(outlet)
		if !slices.Contains(wanted, outlet) || there && old.Ended == "" && !old.Over(cmd.Today) {
			continue // not asked for, or it stands there
		}
		term, fault := s.termOn(cmd, outlet)
		if fault != nil {
			faults = append(faults, fault)
			continue
		}
		terms = append(terms, term)
	}
	if len(faults) > 0 && (len(cmd.Outlets) > 0 || len(terms) == 0) {
		return nil, errors.Join(faults...)
	}
	return terms, nil
}

// termOn is how long the document may stand on an outlet, or why it may not.
func (s State) termOn(cmd Publish, outlet rule.Outlet) (rule.Term, *domain.Fault) {
	label := outletLabel(outlet)
	if old, there := s.Showing.Outlets.On(outlet); there && old.Ended == Repaired {
		return rule.Term{}, domain.Refuse(domain.Precondition, "disclosure.outlet.repaired", "outlets",
			"该信息已经信用修复，不再在"+label+"公示", "the publication on "+string(outlet)+" ended by credit repair")
	}
	if a := s.Draft.Approval.Outlets; len(a) > 0 && !slices.Contains(a, outlet) {
		return rule.Term{}, domain.Refuse(domain.Precondition, "disclosure.outlet.unapproved", "outlets",
			"批准的公示渠道不包括"+label, "the approval does not extend to "+string(outlet))
	}
	i := slices.IndexFunc(cmd.Terms, func(t rule.Term) bool { return t.Outlet == outlet })
	switch {
	case i < 0 && cmd.Hidden[outlet] != nil:
		return rule.Term{}, cmd.Hidden[outlet]
	case i < 0:
		return rule.Term{}, domain.Refuse(domain.Precondition, "disclosure.outlet.none", "outlets",
			"没有规定该类信息在"+label+"公示", "no rule has records of this kind shown on "+string(outlet))
	case (Standing{Term: cmd.Terms[i]}).Over(cmd.Today):
		return rule.Term{}, domain.Refuse(domain.Precondition, "disclosure.term.over", "outlets",
			label+"的公示期已于"+cmd.Terms[i].Until.String()+"届满，不再公示",
			"the term on "+string(outlet)+" ended on "+cmd.Terms[i].Until.String())
	}
	return cmd.Terms[i], nil
}

func checkOutlets(outlets []rule.Outlet) *domain.Fault {
	if !slices.ContainsFunc(outlets, func(o rule.Outlet) bool { return rank(o) < 0 }) {
		return nil
	}
	return domain.Refuse(domain.Invalid, "disclosure.outlet.unknown", "outlets",
		"公示渠道应为本机关网站、国家企业信用信息公示系统或信用中国", "an outlet is portal, gsxt or credit_china")
}

// outletLabel is the outlet in Chinese.
func outletLabel(o rule.Outlet) string {
	switch o {
	case rule.Portal:
		return "本机关网站"
	case rule.GSXT:
		return "国家企业信用信息公示系统"
	case rule.CreditChina:
		return "信用中国"
	}
	return string(o)
}

func withdraw(s State, cmd Withdraw) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	r := s.Release
	switch {
	case r.Withdrawn && r.Ground == cmd.Ground && r.Reason == cmd.Reason:
		return nil, nil
	case len(s.Showing.Outlets.running(cmd.Today)) == 0:
		return nil, domain.Refuse(domain.Precondition, "disclosure.withdraw.nothing", "",
			"该信息当前没有公示，无需撤回", "nothing of this record is public, so nothing can be withdrawn")
	case cmd.Digest != "" && cmd.Digest != s.Showing.Digest:
		return nil, otherDigest()
	}
	err := domain.Require(
		checkGround(cmd.Ground),
		domain.Blank("disclosure", "reason", cmd.Reason),
		domain.Prose("disclosure", "reason", cmd.Reason, maxReason),
	)
	if err != nil {
		return nil, err
	}
	number := r.Number + 1
	stone, err := s.stone(ActWithdrawn, string(cmd.Ground), cmd.Reason, number, cmd.Today, s.Showing.Outlets.running(cmd.Today).names())
	if err != nil {
		return nil, err
	}
	return []Event{Withdrawn{
		Ground: cmd.Ground, Reason: cmd.Reason, Digest: s.Showing.Digest, Number: number, By: cmd.By.Account, On: cmd.Today, Stone: stone,
	}}, nil
}

func checkGround(g Ground) *domain.Fault {
	switch g {
	case GroundChanged, GroundRevoked, GroundIllegal, GroundVoid, GroundError:
		return nil
	}
	return domain.Refuse(domain.Invalid, "disclosure.withdraw.ground", "ground",
		"撤回理由应为变更、撤销、确认违法、确认无效或公示有误之一（《行政处罚法》第四十八条）",
		"a ground of withdrawal is one of changed, revoked, illegal, void, error")
}
