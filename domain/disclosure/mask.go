package disclosure

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

const maxDocumentNo = 100 // characters of the number of a ruling

// mask hides the document where it is shown (NDRC and SAMR rules of 2025 for enterprises in reorganisation).
func mask(s State, cmd Mask) ([]Event, error) {
	running, err := s.asked(cmd.By, cmd.Outlets, s.Showing.Outlets.running(cmd.Today))
	if err != nil {
		return nil, err
	}
	outlets := slices.DeleteFunc(running, func(o Standing) bool { return o.Masked }).names()
	if len(outlets) == 0 {
		return nil, nil
	}
	err = domain.Require(
		domain.Blank("disclosure", "reason", cmd.Reason), domain.Prose("disclosure", "reason", cmd.Reason, maxReason),
		domain.Blank("disclosure", "document_no", cmd.DocumentNo), domain.Text("disclosure", "document_no", cmd.DocumentNo, maxDocumentNo),
	)
	if err != nil {
		return nil, err
	}
	number := s.Release.Number + 1
	stone, err := s.stone(ActMasked, "", cmd.Reason, number, cmd.Today, outlets)
	if err != nil {
		return nil, err
	}
	return []Event{Masked{
		Outlets: outlets, Reason: cmd.Reason, DocumentNo: cmd.DocumentNo, Digest: s.Showing.Digest,
		Number: number, By: cmd.By.Account, On: cmd.Today, Stone: stone,
	}}, nil
}

// unmask shows the document again for what is left of its terms, as it reads by now.
func unmask(s State, cmd Unmask) ([]Event, error) {
	running, err := s.asked(cmd.By, cmd.Outlets, s.Showing.Outlets.running(cmd.Today))
	if err != nil {
		return nil, err
	}
	outlets := slices.DeleteFunc(running, func(o Standing) bool { return !o.Masked }).names()
	if len(outlets) == 0 {
		return nil, nil
	}
	err = domain.Require(
		domain.Blank("disclosure", "reason", cmd.Reason), domain.Prose("disclosure", "reason", cmd.Reason, maxReason),
		domain.Text("disclosure", "document_no", cmd.DocumentNo, maxDocumentNo),
	)
	if err != nil {
		return nil, err
	}
	return []Event{Unmasked{
		Outlets: outlets, Reason: cmd.Reason, DocumentNo: cmd.DocumentNo, Document: s.Showing.Document, Digest: s.Showing.Digest,
		Number: s.Release.Number + 1, By: cmd.By.Account, On: cmd.Today,
	}}, nil
}

// asked are the standings that an act is about: those named, each of which must be there, or all.
func (s State) asked(by domain.Actor, named []rule.Outlet, running Outlets) (Outlets, error) {
	if err := within(s, by); err != nil {
		return nil, err
	}
	if fault := checkOutlets(named); fault != nil {
		return nil, fault
	}
	if len(running) == 0 {
		return nil, domain.Refuse(domain.Precondition, "disclosure.outlet.nowhere", "",
			"该信息当前没有公示", "nothing of this record is public")
	}
	for _, outlet := range named {
		if _, there := running.On(outlet); !there {
			return nil, notThere(outlet)
		}
	}
	if len(named) == 0 {
		return running, nil
	}
	return slices.DeleteFunc(running, func(o Standing) bool { return !slices.Contains(named, o.Outlet) }), nil
}

func notThere(outlet rule.Outlet) *domain.Fault {
	return domain.Refuse(domain.Precondition, "disclosure.outlet.absent", "outlets",
		"该信息当前没有在"+outletLabel(outlet)+"公示", "the record is not public on "+string(outlet))
}

// expire ends what has run out. The day on which it is public no more follows from the term, however late somebody notices.
func expire(s State, cmd Expire) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	standing, there := s.Showing.Outlets.On(cmd.Outlet)
	if !there || standing.Ended != "" || !standing.Over(cmd.Today) {
		return nil, nil
	}
	ended, err := s.end([]rule.Outlet{cmd.Outlet}, Ended{
		Cause: Expired, Reason: "公示期届满", Rule: standing.Rule, By: cmd.By.Account, On: standing.Until.AddDays(1),
	}, s.Release.Number+1)
	if err != nil {
		return nil, err
	}
	return []Event{ended}, nil
}

// end completes the end of a publication on some outlets.
func (s State) end(outlets []rule.Outlet, e Ended, number int) (Ended, error) {
	stone, err := s.stone(ActEnded, string(e.Cause), e.Reason, number, e.On, outlets)
	if err != nil {
		return Ended{}, err
	}
	e.Outlets, e.Digest, e.Number, e.Stone = outlets, s.Showing.Digest, number, stone
	return e, nil
}
