package sampling

import (
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

func lodge(r Result, cmd Lodge) ([]ResultEvent, error) {
	if f := r.within(cmd.By); f != nil {
		return nil, f
	}
	for _, o := range r.Objections {
		if o.Lodged.Role == cmd.Role && o.Lodged.Matter == cmd.Matter && o.Lodged.LodgedOn == cmd.LodgedOn && o.Lodged.Ground == cmd.Ground {
			return nil, nil
		}
	}
	faults := []*domain.Fault{
		unknown("sampling.role", "role", cmd.Role.Label(), "当事人类别"), unknown("sampling.matter", "matter", cmd.Matter.Label(), "异议事项"),
		text("ground", cmd.Ground, maxGround, needed|lines), by("lodged_on", cmd.LodgedOn, r.Sample.SampledOn, cmd.Today),
	}
	if err := domain.Require(append(faults, r.objectionable(cmd)...)...); err != nil {
		return nil, err
	}
	rule, last, ok := r.clock(cmd.Role, cmd.Matter)
	switch {
	case !ok:
		return nil, domain.Refuse(domain.Precondition, "sampling.objection.unnotified", "role",
			"应先录入"+cmd.Role.Label()+"收到检验结论的日期", "record first when the party received the conclusion")
	case cmd.LodgedOn.After(last.Date) && !last.Provisional:
		return nil, domain.Refuse(domain.Precondition, "sampling.objection.late", "lodged_on",
			"逾期提出，期限至"+last.Date.String()+"（"+rule.Basis+"）", "too late: the last day was "+last.Date.String())
	}
	return []ResultEvent{ObjectionLodged{
		Number: len(r.Objections) + 1, Role: cmd.Role, Matter: cmd.Matter, Ground: cmd.Ground, LodgedOn: cmd.LodgedOn,
		Rule: rule.ID, Deadline: last, By: cmd.By.Account,
	}}, nil
}

// objectionable refuses what there is nothing to object to, or no more.
func (r Result) objectionable(cmd Lodge) []*domain.Fault {
	var faults []*domain.Fault
	refuse := func(code, field, zh, en string) {
		faults = append(faults, domain.Refuse(domain.Precondition, code, field, zh, en))
	}
	if !r.Failing() {
		refuse("sampling.objection.passed", "", "检验结论为合格，不存在异议事项", "the product did not fail")
	}
	if cmd.Role == Producer && r.Sample.Producer == nil {
		refuse("sampling.producer.none", "role", "该产品没有标称生产企业", "the product has no nominal producer")
	}
	if cmd.Matter == MatterResult && r.Retest != nil {
		refuse("sampling.retest.final", "matter", "复检结论为最终结论，不再复检", "the conclusion of a re-test is final")
	}
	if slices.ContainsFunc(r.Objections, func(o Objection) bool { return o.Lodged.Role == cmd.Role && o.State.open() }) {
		refuse("sampling.objection.pending", "role", "该当事人的异议正在处理", "an objection of this party waits to be decided")
	}
	if len(r.Objections) >= maxObjections {
		refuse("sampling.objection.many", "", "异议次数过多", "there were too many objections")
	}
	return faults
}

// objectionOf finds the objection that an act is about.
func (r Result) objectionOf(by domain.Actor, number int) (Objection, *domain.Fault) {
	if f := r.within(by); f != nil {
		return Objection{}, f
	}
	for _, o := range r.Objections {
		if o.Lodged.Number == number {
			return o, nil
		}
	}
	return Objection{}, domain.Refuse(domain.NotFound, "sampling.objection.missing", "number", "没有该异议", "there is no such objection")
}

// in refuses objections that are in none of the states.
func (o Objection) in(states ...ObjectionState) *domain.Fault {
	if slices.Contains(states, o.State) {
		return nil
	}
	return domain.Refuse(domain.Precondition, "sampling.objection.state", "number",
		fmt.Sprintf("异议%d的状态为：%s", o.Lodged.Number, o.State.Label()), fmt.Sprintf("objection %d is %s", o.Lodged.Number, o.State))
}

func (o Objection) ended(on calendar.Date, reason string, today calendar.Date) []*domain.Fault {
	return []*domain.Fault{by("on", on, o.Lodged.LodgedOn, today), text("reason", reason, maxReason, needed|lines)}
}

func withdraw(r Result, cmd Withdraw) ([]ResultEvent, error) {
	o, f := r.objectionOf(cmd.By, cmd.Number)
	if f != nil {
		return nil, f
	}
	if o.State == Withdrawn && o.EndedOn == cmd.On && o.Reason == cmd.Reason {
		return nil, nil
	}
	if err := domain.Require(append(o.ended(cmd.On, cmd.Reason, cmd.Today), o.in(Pending, Retesting))...); err != nil {
		return nil, err
	}
	return []ResultEvent{ObjectionWithdrawn{Number: cmd.Number, On: cmd.On, Reason: cmd.Reason, By: cmd.By.Account}}, nil
}

func refuse(r Result, cmd Refuse) ([]ResultEvent, error) {
	o, f := r.objectionOf(cmd.By, cmd.Number)
	if f != nil {
		return nil, f
	}
	if o.State == Refused && o.EndedOn == cmd.On && o.Reason == cmd.Reason {
		return nil, nil
	}
	if err := domain.Require(append(o.ended(cmd.On, cmd.Reason, cmd.Today), o.in(Pending))...); err != nil {
		return nil, err
	}
	return []ResultEvent{ObjectionRefused{Number: cmd.Number, On: cmd.On, Reason: cmd.Reason, By: cmd.By.Account}}, nil
}

func orderRetest(r Result, cmd OrderRetest) ([]ResultEvent, error) {
	o, f := r.objectionOf(cmd.By, cmd.Number)
	if f != nil {
		return nil, f
	}
	if o.State == Retesting && o.Laboratory == cmd.Laboratory && o.OrderedOn == cmd.On {
		return nil, nil
	}
	faults := append(cmd.Laboratory.check("laboratory"), o.in(Pending), by("on", cmd.On, o.Lodged.LodgedOn, cmd.Today))
	rule := RuleOn(r.Kind, cmd.On)
	if !rule.SameLaboratory && r.Sample.Laboratory.same(cmd.Laboratory) {
		faults = append(faults, domain.Refuse(domain.Precondition, "sampling.retest.same_laboratory", "laboratory",
			"复检机构与初检机构不得为同一机构（"+rule.Basis+"）", "a re-test is another laboratory's"))
	}
	if rule.NoMicrobial && !slices.ContainsFunc(r.Sample.Failures, func(f Failure) bool { return !f.Microbial }) {
		faults = append(faults, domain.Refuse(domain.Precondition, "sampling.retest.microbial", "",
			"微生物指标不合格的，不予复检（《食品安全抽样检验管理办法》）", "what failed by microbes is not tested again"))
	}
	if r.Retest != nil {
		faults = append(faults, domain.Refuse(domain.Precondition, "sampling.retest.final", "", "复检结论为最终结论，不再复检", "the conclusion of a re-test is final"))
	}
	if slices.ContainsFunc(r.Objections, func(o Objection) bool { return o.State == Retesting }) {
		faults = append(faults, domain.Refuse(domain.Precondition, "sampling.retest.running", "", "复检正在进行", "a re-test is running"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []ResultEvent{RetestOrdered{Number: cmd.Number, Laboratory: cmd.Laboratory, On: cmd.On, By: cmd.By.Account}}, nil
}

func recordRetest(r Result, cmd RecordRetest) ([]ResultEvent, error) {
	o, f := r.objectionOf(cmd.By, cmd.Number)
	if f != nil {
		return nil, f
	}
	if t := r.Retest; t != nil && t.Number == cmd.Number && t.BatchesFailing == cmd.BatchesFailing && t.ReportNo == cmd.ReportNo &&
		t.ReportedOn == cmd.ReportedOn && slices.Equal(t.Failures, cmd.Failures) {
		return nil, nil
	}
	retested := Retested{
		Number: cmd.Number, Laboratory: o.Laboratory, BatchesFailing: cmd.BatchesFailing, Failures: cmd.Failures,
		ReportNo: cmd.ReportNo, ReportedOn: cmd.ReportedOn, By: cmd.By.Account,
	}
	now := evolveResult(r, retested)
	faults := append(found(cmd.BatchesFailing, r.Sample.BatchesDrawn, cmd.Failures, r.Sample.Batches), fits("failures", now.Document()),
		o.in(Retesting), text("report_no", cmd.ReportNo, maxNo, needed), by("reported_on", cmd.ReportedOn, o.OrderedOn, cmd.Today))
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return now.handled(cmd.Today, OutcomeRetestPassed, cmd.By, retested), nil
}
