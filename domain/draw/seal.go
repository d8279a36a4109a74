package draw

import (
	"cmp"
	"reflect"
	"slices"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

func fixTerms(s State, cmd FixTerms) ([]Event, error) {
	if fault := s.may(cmd.By); fault != nil {
		return nil, fault
	}
	parties := slices.SortedFunc(slices.Values(cmd.Parties), func(a, b Party) int { return cmp.Compare(a.Name, b.Name) })
	if s.Fixed != nil {
		if reflect.DeepEqual(s.Fixed.Beacon, cmd.Beacon) && slices.Equal(s.Fixed.Parties, parties) {
			return nil, nil
		}
		return nil, domain.Refuse(domain.Conflict, "draw.terms.fixed", "", "抽取条件已固定，不得更改", "the terms are fixed and can't be changed")
	}
	unproved := cmd.Beacon != nil && cmd.Unproved
	if err := domain.Require(checkParties(parties, cmd.Beacon != nil, unproved), checkBeacon(cmd)); err != nil {
		return nil, err
	}
	e := TermsFixed{Beacon: cmd.Beacon, Unproved: unproved, DoubleEntry: unproved, Parties: parties, FixedAt: cmd.At.UTC()}
	terms := evolve(s, e).Terms()
	if err := terms.Validate(); err != nil {
		return nil, unfit(err)
	}
	e.Terms = terms.Digest()
	return []Event{e}, nil
}

// checkParties: what nothing proves is the word of whoever records it, so that it binds nobody without parties.
func checkParties(parties []Party, beacon, unproved bool) *domain.Fault {
	const field = "parties"
	names, accounts := map[string]bool{}, map[Party]bool{}
	for _, p := range parties {
		account := Party{Account: p.Account, Authority: p.Authority}
		switch {
		case p.Name == "" || p.Account == "":
			return domain.Refuse(domain.Invalid, "draw.parties.required", field, "参与方名称和账号必填", "a party has a name and an account")
		case names[p.Name] || accounts[account]:
			return domain.Refuse(domain.Invalid, "draw.parties.repeated", field, "参与方名称和账号不得重复："+p.Name,
				"a party's name and account are there once: "+p.Name)
		}
		names[p.Name], accounts[account] = true, true
	}
	switch {
	case len(parties) == 0 && !beacon:
		return domain.Refuse(domain.Invalid, "draw.randomness.none", "beacon", "须指定公开随机源或参与方", "a public source or parties are required")
	case len(parties) == 1 && !beacon:
		return domain.Refuse(domain.Invalid, "draw.parties.alone", field, "没有公开随机源时至少须有两个参与方",
			"without a public source at least two parties are required: one alone could choose the outcome")
	case len(parties) < 2 && unproved:
		return domain.Refuse(domain.Invalid, "draw.beacon.unproved", field, "该随机源的结果无法验证，须同时有至少两个参与方",
			"what this source says can't be proved here, so at least two parties are required beside it")
	}
	return nil
}

// acting is the party, if the account acts for it. Parties come from outside the authority too (纪检监察、公证), so that an account
// is told by the authority that it belongs to, not by the draw's.
func (s State) acting(by domain.Actor, name string) *domain.Fault {
	if fault := s.live(); fault != nil {
		return fault
	}
	if s.Fixed == nil {
		return domain.Refuse(domain.Precondition, "draw.terms.open", "", "抽取条件尚未固定", "the terms are not fixed yet")
	}
	p, ok := s.party(name)
	switch {
	case !ok:
		return domain.Refuse(domain.Invalid, "draw.party.unknown", "party", "不是本次抽取的参与方："+name, "not a party of this draw: "+name)
	case by.Account == "" || by.Account != p.Account || p.Authority != "" && by.Authority != p.Authority:
		return domain.Refuse(domain.Forbidden, "draw.party.foreign", "party", "仅该参与方的账号可以办理："+name,
			"only the party's own account may do this: "+name)
	}
	return nil
}

func commit(s State, cmd Commit) ([]Event, error) {
	if fault := s.acting(cmd.By, cmd.Party); fault != nil {
		return nil, fault
	}
	if had := s.commitment(cmd.Party); had != nil {
		if had.Commitment == cmd.Commitment {
			return nil, nil
		}
		return nil, domain.Refuse(domain.Conflict, "draw.party.committed", "commitment", "该参与方已承诺，不得更改："+cmd.Party,
			"the party has committed and can't change it: "+cmd.Party)
	}
	if at := s.notBefore(); !at.IsZero() && !cmd.At.Before(at) {
		return nil, domain.Refuse(domain.Precondition, "draw.commit.late", "", "公开随机源结果可能已公布，不再接受承诺",
			"the source's value may be known, so nobody can commit any more")
	}
	for _, c := range s.Commitments {
		if c.Commitment == cmd.Commitment {
			return nil, domain.Refuse(domain.Invalid, "draw.commit.copied", "commitment", "承诺与其他参与方相同", "the commitment is another party's")
		}
	}
	return []Event{PartyCommitted{Party: cmd.Party, Commitment: cmd.Commitment, CommittedAt: cmd.At.UTC()}}, nil
}

func reveal(s State, cmd Reveal) ([]Event, error) {
	if fault := s.acting(cmd.By, cmd.Party); fault != nil {
		return nil, fault
	}
	had := s.reveal(cmd.Party)
	switch at := s.notBefore(); {
	case had != nil && had.Nonce == cmd.Nonce:
		return nil, nil
	case had != nil:
		return nil, domain.Refuse(domain.Conflict, "draw.party.revealed", "nonce", "该参与方已揭示，不得更改："+cmd.Party,
			"the party has revealed and can't change it: "+cmd.Party)
	case !s.sealed():
		return nil, domain.Refuse(domain.Precondition, "draw.reveal.unsealed", "", "尚有参与方未承诺，不得揭示", "not all parties have committed yet")
	case !at.IsZero() && cmd.At.Before(at):
		return nil, domain.Refuse(domain.Precondition, "draw.reveal.early", "", "公开随机源结果公布前不得揭示", "nobody reveals before the source speaks")
	case s.Fixed.Unproved && s.Beacon == nil:
		return nil, domain.Refuse(domain.Precondition, "draw.reveal.beacon", "", "该随机源的结果无法验证，须先登记其结果，再行揭示",
			"what the source said can't be proved, so it is recorded before anybody reveals")
	}
	sealed := s.commitment(cmd.Party)
	err := sortition.CheckReveal(s.Fixed.Terms,
		sortition.Commitment{Party: sealed.Party, Commitment: sealed.Commitment},
		sortition.Reveal{Party: cmd.Party, Nonce: cmd.Nonce})
	if err != nil {
		f := domain.Refuse(domain.Invalid, "draw.reveal.mismatch", "nonce", "揭示值与承诺不符："+cmd.Party,
			"the nonce does not open the commitment of "+cmd.Party)
		f.Err = err
		return nil, f
	}
	return []Event{PartyRevealed{Party: cmd.Party, Nonce: cmd.Nonce}}, nil
}

// lost is how long after the source spoke its value counts as lost, if nobody recorded it.
const lost = 30 * 24 * time.Hour

// determined tells whether anybody can compute the outcome at an instant: everything is recorded, or all that is not recorded
// is what the source said, which the source tells everybody.
func (s State) determined(at time.Time) bool {
	if phase := s.Phase(); phase == PhaseReady || phase == PhaseDrawn {
		return true
	}
	if s.Fixed == nil || s.Fixed.Beacon == nil || len(s.Reveals) < len(s.Fixed.Parties) {
		return false
	}
	spoke := s.notBefore()
	return !at.Before(spoke) && at.Before(spoke.Add(lost))
}

// owes tells whether a party could have committed or revealed by an instant and has not.
func (s State) owes(name string, at time.Time) bool {
	if _, known := s.party(name); !known || s.reveal(name) != nil {
		return false
	}
	if s.commitment(name) == nil {
		return true
	}
	return s.sealed() && !at.Before(s.notBefore()) && (!s.Fixed.Unproved || s.Beacon != nil)
}

// abort: a draw whose outcome can be computed can't be dropped because somebody dislikes it. That is so once everything is
// recorded, and for a time from the moment when the source has spoken if nothing else is missing; then its value can't be had.
func abort(s State, cmd Abort) ([]Event, error) {
	e := Aborted{Reason: cmd.Reason, Party: cmd.Party}
	if !cmd.By.Holds(s.Frozen.Authority) {
		return nil, foreign()
	}
	if s.Aborted != nil {
		if *s.Aborted == e {
			return nil, nil
		}
		return nil, s.live()
	}
	if s.determined(cmd.At) {
		return nil, domain.Refuse(domain.Precondition, "draw.abort.determined", "", "抽取结果已确定，不得中止；尚未登记随机源结果的，应先登记",
			"the outcome is determined, so the draw can't be aborted; record what the source said if that is missing")
	}
	if cmd.Party != "" {
		if !s.owes(cmd.Party, cmd.At) {
			return nil, domain.Refuse(domain.Invalid, "draw.abort.party", "party", "该参与方没有未履行的承诺或揭示",
				"the party is none of the draw's, has revealed, or has committed and can't reveal yet")
		}
	}
	err := domain.Require(domain.Blank("draw.abort", "reason", cmd.Reason), domain.Prose("draw.abort", "reason", cmd.Reason, maxReason))
	if err != nil {
		return nil, err
	}
	return []Event{e}, nil
}
