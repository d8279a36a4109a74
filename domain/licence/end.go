package licence

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

func suspend(s State, cmd Suspend) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	x := cmd.Suspension
	if s.last(ActSuspend, x.On.String(), x.DocumentNo, x.Reason) && s.Decisions[len(s.Decisions)-1].Until == x.Until {
		return nil, nil
	}
	faults := s.act(x.On, cmd.Today, x.DocumentNo, x.Reason)
	switch s.statusOn(cmd.Today) {
	case StatusSuspended:
		faults = append(faults, domain.Refuse(domain.Precondition, "licence.suspended", "", "许可正在暂扣期间", "the licence is suspended already"))
	case StatusExpired:
		faults = append(faults, domain.Refuse(domain.Precondition, "licence.expired", "", "许可已期满", "the licence has lapsed"))
	case StatusInForce, StatusRevoked, StatusCancelled:
	}
	if !x.Until.IsZero() && x.Until.Before(x.On) {
		faults = append(faults, domain.Refuse(domain.Invalid, "licence.suspend.until", "until",
			"暂扣截止日期不得早于起始日期（《行政处罚法》第九条第三项）", "a suspension ends no earlier than it begins"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{x}, nil
}

func resume(s State, cmd Resume) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	x := cmd.Resumption
	if s.last(ActResume, x.On.String(), x.DocumentNo, x.Reason) {
		return nil, nil
	}
	faults := s.act(x.On, cmd.Today, x.DocumentNo, x.Reason)
	if s.Current.Status != StatusSuspended {
		faults = append(faults, domain.Refuse(domain.Precondition, "licence.resume.nothing", "", "许可不在暂扣期间", "the licence is not suspended"))
	} else if d, found := s.suspension(); found && x.On.Before(d.On) {
		faults = append(faults, domain.Refuse(domain.Invalid, "licence.resume.early", "on", "恢复日期不得早于暂扣起始日期", "a resumption is not before the suspension"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{x}, nil
}

func revoke(s State, cmd Revoke) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	x := cmd.Revocation
	if s.last(ActRevoke, x.On.String(), x.DocumentNo, x.Reason) && s.Decisions[len(s.Decisions)-1].Ground == x.Ground {
		return nil, nil
	}
	faults := s.act(x.On, cmd.Today, x.DocumentNo, x.Reason)
	if x.Ground.Label() == "" {
		faults = append(faults, domain.Refuse(domain.Invalid, "licence.revoke.ground", "ground",
			"应注明吊销（《行政处罚法》第九条）、撤销（《行政许可法》第六十九条）或者撤回（《行政许可法》第八条）",
			"a ground is one of punished (吊销), annulled (撤销), retracted (撤回)"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{x}, nil
}

// reissue makes a certificate anew for a licence that is in force, or not yet over.
func reissue(s State, cmd Reissue) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	x := cmd.Reissue
	if s.last(ActReissue, x.On.String(), x.DocumentNo, x.Reason) {
		return nil, nil
	}
	faults := s.act(x.On, cmd.Today, x.DocumentNo, x.Reason)
	if s.Current.Status == StatusExpired || !isLongTerm(s.Current.ValidTo) && s.Current.ValidTo.Before(x.On) {
		faults = append(faults, domain.Refuse(domain.Precondition, "licence.expired", "", "许可已期满，不能补发证书", "the licence has lapsed"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{x}, nil
}

// cancel also strikes off what was revoked or has lapsed (行政许可法 art. 70).
func cancel(s State, cmd Cancel) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	x := cmd.Cancellation
	if s.last(ActCancel, x.On.String(), x.DocumentNo, x.Reason) {
		return nil, nil
	}
	var gone *domain.Fault
	if s.Current.Status == StatusCancelled {
		gone = cancelled()
	}
	err := domain.Require(gone, s.after("on", x.On, cmd.Today),
		text("document_no", x.DocumentNo, maxNo, free), text("reason", x.Reason, maxReason, needed|lines))
	if err != nil {
		return nil, err
	}
	return []Event{x}, nil
}

func expire(s State, cmd Expire) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	if s.Current.Status == StatusExpired {
		return nil, nil
	}
	faults := []*domain.Fault{s.alive(), s.after("on", cmd.On, cmd.Today)}
	if last := s.Current.ValidTo; isLongTerm(last) || !cmd.On.After(last) {
		faults = append(faults, domain.Refuse(domain.Precondition, "licence.expire.early", "on",
			"有效期尚未届满（《行政许可法》第七十条第一项）", "the term is not over on that day"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{Expired{On: cmd.On}}, nil
}

// last tells whether the last decision was this one.
func (s State) last(action Action, on, documentNo, reason string) bool {
	if len(s.Decisions) == 0 {
		return false
	}
	d := s.Decisions[len(s.Decisions)-1]
	return d.RowNo == "" && d.Action == action && d.On.String() == on && d.DocumentNo == documentNo && d.Reason == reason
}

// act are the rules of every act on a living licence.
func (s State) act(on, today calendar.Date, documentNo, reason string) []*domain.Fault {
	return []*domain.Fault{
		s.alive(), s.after("on", on, today), text("document_no", documentNo, maxNo, free), text("reason", reason, maxReason, needed|lines),
	}
}
