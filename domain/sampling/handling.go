package sampling

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

// underWay finds the handling that an act is about.
func (r Result) underWay(by domain.Actor) (Handling, *domain.Fault) {
	if f := r.within(by); f != nil {
		return Handling{}, f
	}
	if open := r.Open(); open != nil {
		return *open, nil
	}
	return Handling{}, domain.Refuse(domain.Precondition, "sampling.handling.none", "", "没有正在进行的核查处置", "no handling is open")
}

func takeStep(r Result, cmd TakeStep) ([]ResultEvent, error) {
	h, f := r.underWay(cmd.By)
	if f != nil {
		return nil, f
	}
	s := cmd.Step
	if slices.Contains(h.Steps, s) {
		return nil, nil
	}
	faults := []*domain.Fault{
		unknown("sampling.step", "kind", s.Kind.Label(), "核查处置措施"), by("on", s.On, r.Sample.SampledOn, cmd.Today),
		text("quantity", s.Quantity, maxShort, free), text("case_no", s.CaseNo, maxNo, free), text("note", s.Note, maxReason, lines),
		domain.Text("sampling", "penalty", s.Penalty, maxNo),
	}
	switch {
	case s.Kind == StepCaseFiled:
		faults = append(faults, domain.Blank("sampling", "case_no", s.CaseNo))
	case s.Kind == StepPenalised && !cmd.PenaltyKnown:
		faults = append(faults, domain.Refuse(domain.Precondition, "sampling.penalty.missing", "penalty",
			"本机关没有该处罚决定", "the authority has no such penalty"))
	}
	if s.Kind != StepPenalised && s.Penalty != "" {
		faults = append(faults, domain.Refuse(domain.Invalid, "sampling.penalty.unexpected", "penalty", "仅行政处罚措施可引用处罚决定", "only the step penalised cites a penalty"))
	}
	if len(h.Steps) >= maxSteps {
		faults = append(faults, domain.Refuse(domain.Precondition, "sampling.steps.many", "", "核查处置措施过多", "there are too many steps"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []ResultEvent{HandlingStepped{Step: s, By: cmd.By.Account}}, nil
}

func closeHandling(r Result, cmd CloseHandling) ([]ResultEvent, error) {
	if n := len(r.Handlings); n > 0 && cmd.By.Holds(r.Authority) {
		if c := r.Handlings[n-1].Closed; c != nil && c.Outcome == cmd.Outcome && c.On == cmd.On && c.Note == cmd.Note {
			return nil, nil
		}
	}
	h, f := r.underWay(cmd.By)
	if f != nil {
		return nil, f
	}
	step, note, byHand := cmd.Outcome.rests()
	switch {
	case !byHand:
		return nil, domain.Refuse(domain.Invalid, "sampling.outcome.unknown", "outcome", "不是规定的处置结果", "not an outcome that a handling is closed with")
	case len(h.Steps) == 0:
		return nil, domain.Refuse(domain.Precondition, "sampling.handling.untouched", "", "尚未采取任何核查处置措施，不能办结", "nothing was done yet")
	case h.LastBy == cmd.By.Account:
		return nil, separate("核查处置的办理与办结应由不同人员办理", "whoever took the last step of a handling can't close it")
	}
	first := h.Opened.On
	for _, s := range h.Steps {
		if s.On.After(first) {
			first = s.On
		}
	}
	faults := []*domain.Fault{by("on", cmd.On, first, cmd.Today), text("note", cmd.Note, maxReason, lines)}
	if note {
		faults = append(faults, domain.Blank("sampling", "note", cmd.Note))
	}
	if step != "" && !slices.ContainsFunc(h.Steps, func(s Step) bool { return s.Kind == step }) {
		faults = append(faults, domain.Refuse(domain.Precondition, "sampling.outcome.step", "outcome",
			"处置结果为“"+cmd.Outcome.Label()+"”的，应先录入相应措施："+step.Label(), "this outcome rests on a step that was not recorded: "+string(step)))
	}
	if r.Objected() {
		faults = append(faults, domain.Refuse(domain.Precondition, "sampling.handling.objected", "", "异议尚未处理完毕，不能办结", "an objection waits to be decided"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []ResultEvent{HandlingClosed{Outcome: cmd.Outcome, On: cmd.On, Note: cmd.Note, By: cmd.By.Account}}, nil
}
