package listing

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

func find(s State, cmd Find) ([]Event, error) {
	if s.Busy() && !cmd.By.Holds(s.Authority) {
		return nil, foreign()
	}
	table, row, fault := grounded(cmd.List, cmd.Ground, cmd.On, cmd.Subject.Kind)
	now := s.found(cmd.List, cmd.By, cmd.Subject, cmd.Ground)
	now.Table, now.Facts, now.Evidence, now.On = table, cmd.Facts, cmd.Evidence, cmd.On
	now.Inspection, now.Penalty = cmd.Inspection, cmd.Penalty
	for _, f := range s.Findings {
		if f.Stage != TakenBack && sameFinding(f.Found, now) {
			return nil, nil
		}
	}
	faults := []*domain.Fault{
		fault, domain.Blank("listing", "subject_id", string(cmd.Subject.ID)), domain.Blank("listing", "facts", cmd.Facts), prose("facts", cmd.Facts, maxFacts),
		domain.Evidence("listing", cmd.Evidence, maxEvidence), line("inspection_id", cmd.Inspection, maxName), line("penalty_id", cmd.Penalty, maxName), s.room(),
	}
	if fault == nil {
		faults = append(faults, day("on", cmd.On, cmd.On, cmd.Today), rests(row, cmd))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{now}, nil
}

// rests refuses a ground without the decision that it rests on, and a decision that the authority doesn't have or that stands
// no more.
func rests(row GroundRow, cmd Find) *domain.Fault {
	switch {
	case row.Decision && cmd.Penalty == "":
		return domain.Refuse(domain.Invalid, "listing.penalty.required", "penalty_id",
			"列入严重违法失信名单应以行政处罚决定为依据（《市场监督管理严重违法失信名单管理办法》第二条）",
			"entry on the list of serious violations rests on a penalty (Order 44 art. 2)")
	case cmd.Penalty != "" && !cmd.PenaltyKnown:
		return domain.Refuse(domain.Precondition, "listing.penalty.missing", "penalty_id",
			"本机关没有该处罚决定，或者决定已失去效力", "the authority has no such penalty, or it has no effect any more")
	}
	return nil
}

// found is the next finding.
func (s State) found(list List, by domain.Actor, subject Subject, g Ground) Found {
	now := Found{
		Listing: ID(list, subject.ID), List: list, Authority: by.Authority, Subject: subject, Finding: len(s.Findings) + 1, Ground: g, By: by.Account,
	}
	if e, open := s.Current(); open && e.has(g) {
		now.Entry = e.Number
	}
	return now
}

func sameFinding(a, b Found) bool {
	return a.Authority == b.Authority && a.Ground == b.Ground && a.Facts == b.Facts && a.On == b.On && a.Inspection == b.Inspection &&
		a.Penalty == b.Penalty && slices.Equal(a.Evidence, b.Evidence)
}

func (s State) room() *domain.Fault {
	if len(s.Findings) < maxFindings {
		return nil
	}
	return domain.Refuse(domain.Precondition, "listing.findings.many", "", "同一主体的发现记录过多", "there are too many findings about the subject")
}

// propose records what an inspection found, once for each ground.
func propose(s State, cmd Propose) ([]Event, error) {
	if s.Busy() && !cmd.By.Holds(s.Authority) {
		return nil, foreign()
	}
	for _, f := range s.Findings {
		if f.Found.Inspection == cmd.Inspection && f.Found.Ground == cmd.Ground && f.Stage != TakenBack {
			return nil, nil
		}
	}
	table, _, fault := grounded(Abnormal, cmd.Ground, cmd.On, cmd.Subject.Kind)
	err := domain.Require(fault, domain.Blank("listing", "inspection_id", cmd.Inspection), prose("facts", cmd.Facts, maxFacts), s.room())
	if err != nil {
		return nil, err
	}
	now := s.found(Abnormal, cmd.By, cmd.Subject, cmd.Ground)
	now.Table, now.Facts, now.Inspection, now.On = table, cmd.Facts, cmd.Inspection, cmd.On
	return []Event{now}, nil
}

// retract touches what its own author proposed and nobody has decided on.
func retract(s State, cmd Retract) ([]Event, error) {
	var events []Event
	for _, f := range s.Findings {
		own := f.Found.By == cmd.By.Account && f.Found.Authority == cmd.By.Authority && f.Found.Inspection == cmd.Inspection
		if own && f.Stage == Waiting && !slices.Contains(cmd.But, f.Found.Ground) {
			events = append(events, Retracted{Finding: f.Found.Finding, Reason: cmd.Reason})
		}
	}
	return events, nil
}

// waiting finds a finding that is to be decided on.
func (s State) waiting(number int) (f Finding, fault *domain.Fault) {
	if number < 1 || number > len(s.Findings) {
		return f, domain.Refuse(domain.NotFound, "listing.finding.missing", "finding", "没有该发现记录", "there is no such finding")
	}
	f = s.Findings[number-1]
	if f.Stage == Waiting {
		return f, nil
	}
	return f, domain.Refuse(domain.Precondition, "listing.finding.stage", "finding",
		"该发现记录的状态为：“"+f.Stage.Label()+"”，不再办理", "the finding is "+string(f.Stage)+": nothing is to be decided")
}

// other refuses whoever recorded the finding as the one who decides.
func (f Finding) other(by domain.Actor) *domain.Fault {
	if f.Found.By != by.Account {
		return nil
	}
	return separate("登记发现情形的人员不得作出决定", "whoever recorded a finding doesn't decide on it")
}

func dismiss(s State, cmd Dismiss) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	f, fault := s.waiting(cmd.Finding)
	switch d := f.Dismissal; {
	case d != nil && d.Reason == cmd.Reason && d.On == cmd.On:
		return nil, nil
	case fault != nil:
		return nil, fault
	}
	if err := domain.Require(f.other(cmd.By), domain.Blank("listing", "reason", cmd.Reason), prose("reason", cmd.Reason, maxReason), day("on", cmd.On, f.Found.On, cmd.Today)); err != nil {
		return nil, err
	}
	return []Event{Dismissed{Finding: cmd.Finding, Reason: cmd.Reason, On: cmd.On, By: cmd.By.Account}}, nil
}

func notify(s State, cmd Notify) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	f, fault := s.waiting(cmd.Finding)
	if fault != nil {
		return nil, fault
	}
	now := Notified{Finding: cmd.Finding, DocumentNo: cmd.DocumentNo, On: cmd.On, By: cmd.By.Account}
	if n := f.Notice; n != nil && n.DocumentNo == now.DocumentNo && n.On == now.On {
		return nil, nil
	}
	err := domain.Require(domain.Blank("listing", "document_no", cmd.DocumentNo), line("document_no", cmd.DocumentNo, maxNo), day("on", cmd.On, f.Found.On, cmd.Today))
	if err != nil {
		return nil, err
	}
	return []Event{now}, nil
}
