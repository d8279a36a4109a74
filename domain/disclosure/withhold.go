package disclosure

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
)

// withhold needs a review that found something, by another person, and a ground of the list in force.
func withhold(s State, cmd Withhold) ([]Event, error) {
	if err := pending(s, cmd.By, cmd.Digest); err != nil {
		return nil, err
	}
	if fault := third(s, cmd.By); fault != nil {
		return nil, fault
	}
	switch s.Draft.Stage {
	case None, SentBack, Done:
		return nil, wrongStage(s)
	case Held:
		return nil, domain.Refuse(domain.Conflict, "disclosure.withhold.twice", "", "该文稿已决定不予公开", "the document is withheld already")
	case Awaiting, Checked, Cleared:
	}
	list, ground, err := checkWithhold(s, cmd)
	if err != nil {
		return nil, err
	}
	e := Withheld{
		Withholding: len(s.Withholdings) + 1, Publicity: cmd.Publicity, Ground: Labelled{Code: ground.Code, Label: ground.Label},
		Basis: ground.Basis, List: list.Version, Parts: cmd.Parts, Reason: cmd.Reason, Digest: cmd.Digest, By: cmd.By.Account,
		On: cmd.Today, CheckBy: list.nextCheck(cmd.Today),
	}
	if len(cmd.Parts) == 0 {
		return []Event{e}, nil
	}
	var doc Document
	if err := json.Unmarshal(s.Draft.Document, &doc); err != nil {
		return nil, fmt.Errorf("disclosure: document of %s: %w", s.ID, err)
	}
	left, err := partial(doc, e)
	if err != nil {
		return nil, err
	}
	raw, digest, err := Canonical(left)
	if err != nil {
		return nil, err
	}
	e.Document, e.Remaining = Raw(raw), digest
	return []Event{e}, nil
}

func checkWithhold(s State, cmd Withhold) (NegativeList, NegativeGround, error) {
	list, _ := NegativeListOn(cmd.Today)
	ground, known := list.Ground(cmd.Ground)
	r := s.Draft.Review
	faults := []*domain.Fault{
		domain.Blank("disclosure", "reason", cmd.Reason), domain.Prose("disclosure", "reason", cmd.Reason, maxReason),
	}
	if r.By == "" || r.SecrecyClear && len(r.NegativeListHits) == 0 {
		faults = append(faults, domain.Refuse(domain.Precondition, "disclosure.withhold.unreviewed", "",
			"公开是常态：审核没有发现依法不予公开的情形，不得决定不予公开（《政府信息公开条例》第五条）",
			"openness is the rule: without a review that found something nothing is withheld"))
	}
	if !known {
		faults = append(faults, domain.Refuse(domain.Invalid, "disclosure.withhold.ground", "ground",
			"不予公开应有法定理由："+list.codes(), "a ground of the negative list in force is needed: "+list.codes()))
	}
	switch cmd.Publicity {
	case NotPublic:
	case OnRequest:
		if known && !ground.OnRequest {
			faults = append(faults, domain.Refuse(domain.Invalid, "disclosure.withhold.request", "publicity",
				ground.Label+"不属于依申请公开的情形", "what is withheld as "+ground.Code+" is not given to whoever asks"))
		}
	case Proactive:
		faults = append(faults, unknownPublicity())
	default:
		faults = append(faults, unknownPublicity())
	}
	if len(cmd.Parts) == 0 && len(s.Showing.Outlets.running(cmd.Today)) > 0 {
		faults = append(faults, domain.Refuse(domain.Precondition, "disclosure.withhold.public", "",
			"该记录正在公示，应先撤回", "the record is public: withdraw it first"))
	}
	return list, ground, domain.Require(faults...)
}

func unknownPublicity() *domain.Fault {
	return domain.Refuse(domain.Invalid, "disclosure.withhold.publicity", "publicity",
		"公开属性应为依申请公开或不予公开", "what is withheld is on_request or not_public")
}

// codes are the codes of the list's grounds.
func (l NegativeList) codes() string {
	var out []string
	for _, g := range l.Grounds {
		out = append(out, g.Code)
	}
	return strings.Join(out, ", ")
}

// reviewWithholding is the self-check of one withholding, by another person than who decided it.
func reviewWithholding(s State, cmd ReviewWithholding) ([]Event, error) {
	w, err := s.stands(cmd.By, cmd.Withholding)
	if err != nil {
		return nil, err
	}
	if cmd.By.Account == w.Decision.By {
		return nil, separate("withholding", "不予公开的决定人不得复核本人的决定", "whoever decided to withhold can't review it")
	}
	now := WithholdingReviewed{Withholding: cmd.Withholding, Kept: cmd.Kept, Reason: cmd.Reason, By: cmd.By.Account, On: cmd.Today}
	if cmd.Kept {
		list, _ := NegativeListOn(cmd.Today)
		now.CheckBy = list.nextCheck(cmd.Today)
	}
	if w.Review == now {
		return nil, nil
	}
	err = domain.Require(domain.Blank("disclosure", "reason", cmd.Reason), domain.Prose("disclosure", "reason", cmd.Reason, maxReason))
	if err != nil || cmd.Kept {
		return keep(now, err)
	}
	lifted, err := s.lift(Lift{
		By: cmd.By, Today: cmd.Today, Withholding: cmd.Withholding, Reason: cmd.Reason, Document: cmd.Document, Layers: cmd.Layers,
	})
	if err != nil {
		return nil, err
	}
	return append([]Event{now}, lifted...), nil
}

func keep(e WithholdingReviewed, err error) ([]Event, error) {
	if err != nil {
		return nil, err
	}
	return []Event{e}, nil
}

// lift ends a withholding.
func lift(s State, cmd Lift) ([]Event, error) {
	if i := cmd.Withholding - 1; i >= 0 && i < len(s.Withholdings) && s.Withholdings[i].Lifted && within(s, cmd.By) == nil {
		return nil, nil
	}
	if _, err := s.stands(cmd.By, cmd.Withholding); err != nil {
		return nil, err
	}
	err := domain.Require(domain.Blank("disclosure", "reason", cmd.Reason), domain.Prose("disclosure", "reason", cmd.Reason, maxReason))
	if err != nil {
		return nil, err
	}
	return s.lift(cmd)
}

// lift gives the end of a withholding, and where it was partial the document anew, with what the others still leave out.
func (s State) lift(cmd Lift) ([]Event, error) {
	lifted := WithholdingLifted{Withholding: cmd.Withholding, Reason: cmd.Reason, By: cmd.By.Account, On: cmd.Today}
	out := []Event{lifted}
	if cmd.Document == nil || len(s.Withholdings[cmd.Withholding-1].Decision.Parts) == 0 {
		return out, nil
	}
	again, err := submit(evolve(s, lifted), Submit{By: cmd.By, Document: *cmd.Document, Reason: cmd.Reason, Layers: cmd.Layers})
	if err != nil {
		return nil, err
	}
	return append(out, again...), nil
}

// stands is the withholding with a number, which must not be lifted.
func (s State) stands(by domain.Actor, number int) (Withholding, error) {
	if err := within(s, by); err != nil {
		return Withholding{}, err
	}
	i := slices.IndexFunc(s.Withholdings, func(w Withholding) bool { return w.Decision.Withholding == number && !w.Lifted })
	if i < 0 {
		return Withholding{}, domain.Refuse(domain.Precondition, "disclosure.withholding.missing", "withholding",
			"没有该项不予公开决定，或已经解除", "there is no such withholding, or it was lifted")
	}
	return s.Withholdings[i], nil
}
