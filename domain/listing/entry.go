package listing

import (
	"cmp"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

// enter settles the finding and all that wait with the same ground: they lead to one entry, or to one more ground of the entry
// that is open.
func enter(s State, cmd Enter) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	f, fault := s.waiting(cmd.Finding)
	ground := cmp.Or(cmd.Ground, f.Found.Ground)
	switch {
	case f.Stage == Settled && s.decided(ground, cmd):
		return nil, nil
	case fault != nil:
		return nil, fault
	}
	table, row, fault := grounded(s.List, ground, f.Found.On, s.Subject.Kind)
	current, open := s.Current()
	faults := append(cmd.Decision.document(f.Found.On, cmd.Today), fault, f.other(cmd.By), line("consent_no", cmd.ConsentNo, maxNo))
	if fault == nil && row.Decision && f.Found.Penalty == "" {
		faults = append(faults, rests(row, Find{}))
	}
	if open && current.has(ground) {
		faults = append(faults, domain.Refuse(domain.Conflict, "listing.ground.listed", "ground",
			"已因同一事由列入且尚未移出", "the subject is on the list for this ground already"))
	}
	if open && cmd.Decision.On.Before(current.since()) {
		faults = append(faults, day("on", cmd.Decision.On, current.since(), cmd.Today))
	}
	faults = append(faults, s.told(f, cmd), s.again(cmd))
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	cmd.Decision.By = cmd.By.Account
	findings := s.with(f, ground, cmd)
	if open {
		return []Event{GroundAdded{Entry: current.Number, Findings: findings, Ground: ground, Table: table, ConsentNo: cmd.ConsentNo, Decision: cmd.Decision}}, nil
	}
	return []Event{Entered{Entry: len(s.Entries) + 1, Findings: findings, Ground: ground, Table: table, ConsentNo: cmd.ConsentNo, Decision: cmd.Decision}}, nil
}

// decided tells whether the last entry holds this very decision.
func (s State) decided(ground Ground, cmd Enter) bool {
	n := len(s.Entries)
	return n > 0 && slices.ContainsFunc(s.Entries[n-1].Grounds, func(l Listed) bool {
		return l.Ground == ground && l.ConsentNo == cmd.ConsentNo && l.same(cmd.Decision)
	})
}

// told refuses to enter on the list of serious violations whoever was not told before.
func (s State) told(f Finding, cmd Enter) *domain.Fault {
	if s.List != Serious || f.Notice != nil && !f.Notice.On.After(cmd.Decision.On) {
		return nil
	}
	return domain.Refuse(domain.Precondition, "listing.notice.missing", "finding",
		"作出列入决定前应当告知当事人事由、依据和依法享有的权利（《市场监督管理严重违法失信名单管理办法》）",
		"before it is entered the party is to be told why and what its rights are (Order 44)")
}

// again refuses a new entry from before the end of the last one.
func (s State) again(cmd Enter) *domain.Fault {
	if n := len(s.Entries); n > 0 && s.Entries[n-1].Removed != nil {
		return day("on", cmd.Decision.On, s.Entries[n-1].Removed.On, cmd.Today)
	}
	return nil
}

// with are the findings that are settled together: those that wait with the ground, from before the decision, recorded by
// somebody else than who decides and, where the party has to be told, told.
func (s State) with(f Finding, ground Ground, cmd Enter) []int {
	var out []int
	for _, other := range s.Findings {
		joins := other.Stage == Waiting && other.Found.Ground == ground && !other.Found.On.After(cmd.Decision.On) && other.Found.By != cmd.By.Account && s.told(other, cmd) == nil
		if joins || other.Found.Finding == f.Found.Finding {
			out = append(out, other.Found.Finding)
		}
	}
	return out
}
