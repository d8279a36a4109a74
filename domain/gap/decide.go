package gap

import (
	"fmt"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
)

// State is how far an outer ledger is.
type State struct {
	Ledger string // inner one that it belongs to; none if it is no outer ledger
	Epoch  string // last one of the inner ledger that it followed or took of
	Began  time.Time
	Acts   uint64
	Chain  string // over these acts; none before the first
	Last   Taken  // last bundle taken
}

func evolve(s State, event Event) State {
	switch e := event.(type) {
	case Attached:
		s.Ledger = e.Ledger
	case Followed:
		s.Epoch, s.Began = e.Epoch, e.Began
	case Taken:
		s.Epoch, s.Began, s.Acts, s.Chain, s.Last = e.Epoch, e.Began, e.Last, e.Chain, e
	}
	return s
}

// Command asks for something to be recorded.
//
//sumtype:decl
type Command interface{ command() }

// Attach makes the ledger the outer one of an inner ledger.
type Attach struct{ Attached Attached }

// Follow goes on with an epoch of the inner ledger that has Common acts in common with the former one.
type Follow struct {
	Epoch  string
	Began  time.Time
	Common uint64
}

// Take records that a bundle's acts are in the log.
type Take struct{ Taken Taken }

func (Attach) command() {}
func (Follow) command() {}
func (Take) command()   {}

const maxName = 200

func decide(s State, cmd Command) ([]Event, error) {
	switch c := cmd.(type) {
	case Attach:
		return s.attach(c.Attached)
	case Follow:
		return s.follow(c)
	case Take:
		return s.take(c.Taken)
	}
	return nil, domain.Refuse(domain.Invalid, "gap.command.unknown", "", "未知命令", "unknown command")
}

func (s State) attach(c Attached) ([]Event, error) {
	if err := domain.Require(domain.Blank("gap.ledger", "ledger", c.Ledger), domain.Text("gap.ledger", "ledger", c.Ledger, maxName),
		domain.Blank("gap.by", "by", c.By), domain.Text("gap.by", "by", c.By, maxName)); err != nil {
		return nil, err
	}
	switch s.Ledger {
	case c.Ledger:
		return nil, nil
	case "":
		return []Event{c}, nil
	}
	return nil, domain.Refuse(domain.Conflict, "gap.ledger.other", "ledger",
		"本外网账本承接的是另一内网账本"+s.Ledger, "this is the outer ledger of "+s.Ledger)
}

func (s State) follow(c Follow) ([]Event, error) {
	if err := s.attached(); err != nil {
		return nil, err
	}
	if c.Epoch == s.Epoch {
		return nil, nil
	}
	if fault := s.newer(c.Epoch, c.Began); fault != nil {
		return nil, fault
	}
	if c.Common < s.Acts {
		return nil, domain.Refuse(domain.Precondition, "gap.rolled_back", "common",
			fmt.Sprintf("内网账本已恢复到第%d项行为之后，而本账本已承接至第%d项", c.Common, s.Acts),
			fmt.Sprintf("the inner ledger was restored to behind act %d, and %d acts were taken here", c.Common, s.Acts))
	}
	return []Event{Followed{Epoch: c.Epoch, Began: c.Began, Acts: s.Acts, Chain: s.Chain}}, nil
}

func (s State) take(c Taken) ([]Event, error) {
	if err := s.attached(); err != nil {
		return nil, err
	}
	if c == s.Last {
		return nil, nil
	}
	if err := domain.Require(
		domain.Blank("gap.digest", "digest", c.Digest), domain.Digest("gap.digest", "digest", c.Digest),
		domain.Blank("gap.chain", "chain", c.Chain), domain.Digest("gap.chain", "chain", c.Chain),
		domain.Blank("gap.key", "key", c.Key), domain.Text("gap.key", "key", c.Key, maxName), s.newer(c.Epoch, c.Began),
	); err != nil {
		return nil, err
	}
	if c.First != s.Acts+1 || c.Last < c.First || c.Bundle == 0 || c.Series == 0 {
		return nil, domain.Refuse(domain.Invalid, "gap.order", "first",
			fmt.Sprintf("应自第%d项起承接", s.Acts+1), fmt.Sprintf("what is taken next begins with act %d", s.Acts+1))
	}
	return []Event{c}, nil
}

func (s State) attached() error {
	if s.Ledger != "" {
		return nil
	}
	return domain.Refuse(domain.Precondition, "gap.inner", "", "本账本不是外网账本", "this is no outer ledger")
}

// newer refuses an epoch before the last one. Epochs of one ledger are told apart by when they began: two that go on from the
// same backup have the same number.
func (s State) newer(epoch string, began time.Time) *domain.Fault {
	if epoch != "" && (s.Epoch == "" || epoch == s.Epoch || began.After(s.Began)) {
		return nil
	}
	return domain.Refuse(domain.Precondition, "gap.epoch.former", "epoch",
		"“"+epoch+"”早于内网账本当前的纪元“"+s.Epoch+"”", epoch+" is before the inner ledger's epoch "+s.Epoch)
}
