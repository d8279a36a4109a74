package sampling

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

func decideResult(r Result, command ResultCommand) ([]ResultEvent, error) {
	switch cmd := command.(type) {
	case Record:
		return record(r, cmd)
	case Correct:
		return correct(r, cmd)
	case Annul:
		return annul(r, cmd)
	case Show:
		return show(r, cmd)
	case Notify:
		return notify(r, cmd)
	case Lodge:
		return lodge(r, cmd)
	case Withdraw:
		return withdraw(r, cmd)
	case Refuse:
		return refuse(r, cmd)
	case OrderRetest:
		return orderRetest(r, cmd)
	case RecordRetest:
		return recordRetest(r, cmd)
	case TakeStep:
		return takeStep(r, cmd)
	case CloseHandling:
		return closeHandling(r, cmd)
	}
	return nil, domain.Refuse(domain.Invalid, "sampling.command.unknown", "", "未知命令", "unknown command")
}

// within demands a result of the actor's authority that counts.
func (r Result) within(by domain.Actor) *domain.Fault {
	switch {
	case !r.Exists():
		return domain.Refuse(domain.NotFound, "sampling.result.missing", "result_id", "没有该抽查结果", "there is no such result")
	case !by.Holds(r.Authority):
		return foreign()
	case r.Annulled != "":
		return domain.Refuse(domain.Precondition, "sampling.result.annulled", "result_id", "该抽查结果已撤销", "the result was annulled")
	}
	return nil
}

func record(r Result, cmd Record) ([]ResultEvent, error) {
	if f := cmd.Campaign.within(cmd.By); f != nil {
		return nil, f
	}
	if r.Exists() {
		if f := r.within(cmd.By); f != nil {
			return nil, f
		}
		if differ := r.Sample.differs(cmd.Sample); len(differ) > 0 {
			return nil, domain.Refuse(domain.Conflict, "sampling.result.exists", differ[0],
				"该结果已经录入，下列内容不同："+strings.Join(differ, "、"), "the result is recorded already with other content: "+strings.Join(differ, ", "))
		}
		return nil, nil
	}
	if f := cmd.Campaign.going(cmd.By); f != nil {
		return nil, f
	}
	recorded := ResultRecorded{
		Result: ResultID(cmd.Campaign.ID, cmd.Sample), Sampling: cmd.Campaign.ID, Kind: cmd.Campaign.Kind,
		Authority: cmd.Campaign.Authority, AuthorityName: cmd.Campaign.AuthorityName, Sample: cmd.Sample, By: cmd.By.Account,
	}
	now := evolveResult(r, recorded)
	err := domain.Require(append(cmd.Sample.check(cmd.Today), cmd.Campaign.settled(cmd.Sample.Laboratory), fits("failures", now.Document()))...)
	if err != nil {
		return nil, err
	}
	return now.handled(cmd.Today, OutcomeCorrected, cmd.By, recorded), nil
}

// settled refuses laboratories that are not among those which were published.
func (c Campaign) settled(t Tester) *domain.Fault {
	if published, among := c.Settled(t); !published || among {
		return nil
	}
	return domain.Refuse(domain.Precondition, "sampling.laboratory.unsettled", "laboratory",
		"该检验机构不在已公布的检验机构中："+t.Name, "the laboratory is not among those that were published: "+t.Name)
}

// handled adds to events that led to r what follows from them for the handling: a failing product is handled, counted from
// the day of the report so that a late entry gains no time, and one that does not fail any more is not.
func (r Result) handled(today calendar.Date, outcome Outcome, by domain.Actor, events ...ResultEvent) []ResultEvent {
	switch open := r.Open(); {
	case r.Failing() && open == nil && !r.dealtWith():
		opened := HandlingOpened{Number: len(r.Handlings) + 1, On: r.reportedOn()}
		if rule := RuleOn(r.Kind, opened.On); rule.HandlingDays > 0 {
			opened.Rule, opened.DueOn = rule.ID, opened.On.AddDays(rule.HandlingDays)
		}
		return append(events, opened)
	case !r.Failing() && open != nil:
		return append(events, HandlingClosed{Outcome: outcome, On: today, By: by.Account})
	}
	return events
}

// dealtWith tells whether somebody ended a handling with an outcome of the law.
func (r Result) dealtWith() bool {
	if n := len(r.Handlings); n > 0 && r.Handlings[n-1].Closed != nil {
		_, _, byHand := r.Handlings[n-1].Closed.Outcome.rests()
		return byHand
	}
	return false
}

func correct(r Result, cmd Correct) ([]ResultEvent, error) {
	if f := r.within(cmd.By); f != nil {
		return nil, f
	}
	if r.Sample.equal(cmd.Sample) {
		return nil, nil
	}
	corrected := ResultCorrected{Sample: cmd.Sample, Reason: cmd.Reason, By: cmd.By.Account}
	now := evolveResult(r, corrected)
	faults := append(cmd.Sample.check(cmd.Today), text("reason", cmd.Reason, maxReason, needed|lines),
		cmd.Campaign.settled(cmd.Sample.Laboratory), fits("failures", now.Document()))
	if r.Retest != nil && r.Retest.BatchesFailing > cmd.Sample.BatchesDrawn {
		faults = append(faults, domain.Refuse(domain.Invalid, "sampling.batches_drawn.retest", "batches_drawn",
			"抽查批次数不得少于复检不合格批次数", "fewer batches than failed the re-test"))
	}
	if len(r.Corrections) >= maxCorrections {
		faults = append(faults, domain.Refuse(domain.Precondition, "sampling.corrections.many", "", "更正次数过多", "it was corrected too often"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return now.handled(cmd.Today, OutcomeCorrected, cmd.By, corrected), nil
}

func annul(r Result, cmd Annul) ([]ResultEvent, error) {
	if r.Annulled != "" && cmd.By.Holds(r.Authority) && r.Annulled == cmd.Reason {
		return nil, nil
	}
	if f := r.within(cmd.By); f != nil {
		return nil, f
	}
	if f := text("reason", cmd.Reason, maxReason, needed|lines); f != nil {
		return nil, f
	}
	annulled := ResultAnnulled{Reason: cmd.Reason, By: cmd.By.Account}
	return evolveResult(r, annulled).handled(cmd.Today, OutcomeAnnulled, cmd.By, annulled), nil
}

// show also takes results that were annulled since, and passes over what a later version has overtaken.
func show(r Result, cmd Show) ([]ResultEvent, error) {
	d, err := ParseDocument(cmd.Document)
	if err != nil {
		return nil, domain.Refuse(domain.Invalid, "sampling.document.form", "document", "不是抽查结果文稿", "not a document of a result")
	}
	switch {
	case !r.Exists() || d.ID != r.ID || d.Sampling != r.Sampling:
		return nil, domain.Refuse(domain.NotFound, "sampling.result.missing", "result_id", "没有该抽查结果", "there is no such result")
	case !cmd.By.Holds(r.Authority):
		return nil, foreign()
	case r.Version >= cmd.Version:
		return nil, nil
	}
	_, now, err := r.Document().Encode()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(cmd.Document)
	shown := ResultPublished{
		Version: cmd.Version, DocumentNo: cmd.DocumentNo, PublishedOn: cmd.PublishedOn, Document: cmd.Document, Digest: hex.EncodeToString(sum[:]),
	}
	shown.Stale = now != shown.Digest
	if shown.Digest == r.Digest && shown.Stale == r.Stale {
		return nil, nil
	}
	return []ResultEvent{shown}, nil
}

func notify(r Result, cmd Notify) ([]ResultEvent, error) {
	if f := r.within(cmd.By); f != nil {
		return nil, f
	}
	faults := []*domain.Fault{
		unknown("sampling.role", "role", cmd.Role.Label(), "当事人类别"), by("on", cmd.On, r.Sample.ReportedOn, cmd.Today),
		text("reason", cmd.Reason, maxReason, lines),
	}
	switch day, known := r.Notified(cmd.Role); {
	case known && day == cmd.On:
		return nil, nil
	case known && cmd.Reason == "":
		faults = append(faults, domain.Refuse(domain.Conflict, "sampling.notice.exists", "on",
			"送达日期已录入为"+day.String()+"；更正的，应说明理由", "the day is on record as "+day.String()+": correcting it takes a reason"))
	}
	if cmd.Role == Producer && r.Sample.Producer == nil {
		faults = append(faults, domain.Refuse(domain.Precondition, "sampling.producer.none", "role", "该产品没有标称生产企业", "the product has no nominal producer"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []ResultEvent{PartyNotified{Role: cmd.Role, On: cmd.On, Reason: cmd.Reason, By: cmd.By.Account}}, nil
}
