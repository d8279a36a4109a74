package delivery

import "github.com/mingjian-ledger/mingjian/domain"

// unsettled demands that something is held, rejected or given up: else there is nothing to put right.
func (s State) unsettled() *domain.Fault {
	switch s.Status {
	case WasHeld, WasRejected, WasGivenUp:
		return nil
	case None, WasPrepared, WasDropped, WasSubmitted, WasAccepted:
	}
	return domain.Refuse(domain.Precondition, "delivery.mend.settled", "",
		"该信息没有被退回或待补正，无需补正", "nothing was rejected or is held, so that nothing is to be put right")
}

func recordRepresentative(s State, c RecordRepresentative) ([]Event, error) {
	if err := forAnother(s, c.By, c.Reason); err != nil {
		return nil, err
	}
	if fault := s.unsettled(); fault != nil {
		return nil, fault
	}
	if err := domain.Require(needed("name", c.Name, maxName), personal("name", c.Name)); err != nil {
		return nil, err
	}
	if c.Name == s.Representative {
		return nil, nil
	}
	return []Event{RepresentativeRecorded{Name: c.Name, Reason: c.Reason, On: c.Today, By: c.By.Account}}, nil
}

// chooseName: the platform knows the party by another name on that day. It is for organisations: a natural person is
// told by the number of the identity.
func chooseName(s State, c ChooseName) ([]Event, error) {
	if err := forAnother(s, c.By, c.Reason); err != nil {
		return nil, err
	}
	if fault := s.unsettled(); fault != nil {
		return nil, fault
	}
	if last, sent := s.Last(); sent && last.Prepared.Party == Natural {
		return nil, domain.Refuse(domain.Precondition, "delivery.name.natural", "name",
			"自然人以证件号码比对，不能另选名称", "a natural person is matched by the number, not by another name")
	}
	faults := []*domain.Fault{
		needed("name", c.Name, maxName), personal("name", c.Name), domain.Blank("delivery.as_of", "as_of", c.AsOf.String()),
	}
	if c.AsOf.After(c.Today) {
		faults = append(faults, domain.Refuse(domain.Invalid, "delivery.as_of.future", "as_of",
			"基础库记录的日期不得晚于今天", "the base record can't be of a day after today"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	former := s.Name()
	if former == "" {
		former = s.Match.Party
	}
	if former == c.Name {
		return nil, nil
	}
	return []Event{NameChosen{
		Name: c.Name, Former: former, Known: c.Known, AsOf: c.AsOf, Reason: c.Reason, On: c.Today, By: c.By.Account,
	}}, nil
}
