package listing

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

// standing is the open entry of a case that is the actor's.
func (s State) standing(by domain.Actor) (Entry, error) {
	if err := within(s, by); err != nil {
		return Entry{}, err
	}
	e, open := s.Current()
	if !open {
		return e, domain.Refuse(domain.Precondition, "listing.entry.none", "", "该主体当前没有列入记录", "the subject is not on the list")
	}
	return e, nil
}

func apply(s State, cmd ApplyForRemoval) ([]Event, error) {
	e, err := s.standing(cmd.By)
	if err != nil {
		return nil, err
	}
	now := RemovalApplied{
		Entry: e.Number, Application: len(e.Applications) + 1, Statement: cmd.Statement, Evidence: cmd.Evidence, ReceivedOn: cmd.ReceivedOn, By: cmd.By.Account,
	}
	var running *domain.Fault
	if a, pending := e.pending(); pending {
		if a.Applied.Statement == now.Statement && a.Applied.ReceivedOn == now.ReceivedOn && slices.Equal(a.Applied.Evidence, now.Evidence) {
			return nil, nil
		}
		running = domain.Refuse(domain.Precondition, "listing.application.pending", "", "已有移出申请正在办理", "an application waits to be decided")
	}
	if err := domain.Require(running, domain.Blank("listing", "statement", cmd.Statement), prose("statement", cmd.Statement, maxReason),
		domain.Evidence("listing", cmd.Evidence, maxEvidence), day("received_on", cmd.ReceivedOn, e.since(), cmd.Today)); err != nil {
		return nil, err
	}
	return []Event{now}, nil
}

// other refuses whoever recorded the application as the one who decides.
func (a Application) other(by domain.Actor) *domain.Fault {
	if a.Applied.By != by.Account {
		return nil
	}
	return separate("登记移出申请的人员不得作出决定", "whoever recorded an application doesn't decide on it")
}

func refuseRemoval(s State, cmd RefuseRemoval) ([]Event, error) {
	e, err := s.standing(cmd.By)
	if err != nil {
		return nil, err
	}
	a, pending := e.pending()
	if !pending {
		if n := len(e.Applications); n > 0 {
			if r := e.Applications[n-1].Refused; r != nil && r.Reason == cmd.Reason && r.same(cmd.Decision) {
				return nil, nil
			}
		}
		return nil, domain.Refuse(domain.Precondition, "listing.application.none", "", "没有待决定的移出申请", "no application waits to be decided")
	}
	faults := append(cmd.Decision.document(a.Applied.ReceivedOn, cmd.Today), a.other(cmd.By), domain.Blank("listing", "reason", cmd.Reason), prose("reason", cmd.Reason, maxReason))
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	cmd.Decision.By = cmd.By.Account
	return []Event{RemovalRefused{Entry: e.Number, Application: a.Applied.Application, Reason: cmd.Reason, Decision: cmd.Decision}}, nil
}

// remove needs a remedy for each ground of the entry.
func remove(s State, cmd Remove) ([]Event, error) {
	if n := len(s.Entries); n > 0 && cmd.By.Holds(s.Authority) {
		if r := s.Entries[n-1].Removed; r != nil && slices.Equal(r.Remedies, cmd.Remedies) && r.same(cmd.Decision) {
			return nil, nil
		}
	}
	e, err := s.standing(cmd.By)
	if err != nil {
		return nil, err
	}
	first, number := e.since(), 0
	var same *domain.Fault
	if a, pending := e.pending(); pending {
		first, number, same = a.Applied.ReceivedOn, a.Applied.Application, a.other(cmd.By)
	}
	if err := domain.Require(append(cmd.Decision.document(first, cmd.Today), same, cured(s.List, e, cmd.Remedies))...); err != nil {
		return nil, err
	}
	cmd.Decision.By = cmd.By.Account
	return []Event{Removed{Entry: e.Number, Application: number, Remedies: cmd.Remedies, Decision: cmd.Decision}}, nil
}

// cured refuses a removal that leaves a ground, and remedies that are none or twice there.
func cured(list List, e Entry, remedies []Remedy) *domain.Fault {
	left := map[Ground]bool{}
	for _, g := range e.Grounds {
		left[g.Ground] = true
	}
	for i, r := range remedies {
		row := r.row()
		if row.Code == "" || !slices.Contains(row.Lists, list) || slices.Contains(remedies[:i], r) {
			return domain.Refuse(domain.Invalid, "listing.remedy.unknown", "remedies",
				"不是该名录的移出事由或者重复："+string(r), "not a ground of removal from this list, or given twice: "+string(r))
		}
		if row.Cures == nil {
			clear(left)
		}
		for _, g := range row.Cures {
			delete(left, g)
		}
	}
	for _, g := range e.Grounds {
		if left[g.Ground] {
			return domain.Refuse(domain.Precondition, "listing.remedy.missing", "remedies",
				"列入事由尚未消除："+RowOf(g.Table, g.Ground).Label, "a ground of the entry has not ceased: "+string(g.Ground))
		}
	}
	return nil
}

// rescind: what was entered in error is undone by whoever keeps the case.
func rescind(s State, cmd Rescind) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	e, ok := s.EntryOf(cmd.Entry)
	if !ok {
		return nil, domain.Refuse(domain.NotFound, "listing.entry.missing", "entry", "没有该列入记录", "there is no such entry")
	}
	if r := e.Rescinded; r != nil {
		if r.Reason == cmd.Reason && r.same(cmd.Decision) {
			return nil, nil
		}
		return nil, domain.Refuse(domain.Precondition, "listing.entry.rescinded", "entry", "该列入记录已撤销", "the entry is rescinded already")
	}
	first := e.since()
	if e.Removed != nil {
		first = e.Removed.On
	}
	faults := append(cmd.Decision.document(first, cmd.Today), domain.Blank("listing", "reason", cmd.Reason), prose("reason", cmd.Reason, maxReason))
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	cmd.Decision.By = cmd.By.Account
	return []Event{Rescinded{Entry: cmd.Entry, Reason: cmd.Reason, Decision: cmd.Decision}}, nil
}
