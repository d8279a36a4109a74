package ledger

import (
	"fmt"
	"slices"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
)

// Decider decides on what the ledger records of itself.
var Decider = es.Decider[State, Command, Event]{
	Category: Category, Evolve: evolve, Decide: decide, Decode: table.Decode,
}

// State is what was recorded, in order.
type State struct {
	Restored []Restored
	Approved []RebuildApproved
}

func evolve(s State, event Event) State {
	switch e := event.(type) {
	case Restored:
		s.Restored = append(slices.Clip(s.Restored), e)
	case RebuildApproved:
		s.Approved = append(slices.Clip(s.Approved), e)
	}
	return s
}

// Command asks for something to be recorded.
//
//sumtype:decl
type Command interface{ command() }

// BeginEpoch begins an epoch behind the last event that a restored log has. Its number follows from those before.
type BeginEpoch struct {
	ID         es.ID
	Events     uint64
	Position   string
	Hash       string
	Renumbered bool
	BackedUpAt time.Time
	Reason     string
	By         string
}

// ApproveRebuild approves a difference.
type ApproveRebuild struct{ Approved RebuildApproved }

func (BeginEpoch) command()     {}
func (ApproveRebuild) command() {}

const (
	maxName    = 100
	maxReason  = 500
	maxAccount = 200
	maxTables  = 100
)

func decide(s State, cmd Command) ([]Event, error) {
	switch c := cmd.(type) {
	case BeginEpoch:
		return s.begin(c)
	case ApproveRebuild:
		return approve(c.Approved)
	}
	return nil, domain.Refuse(domain.Invalid, "ledger.command.unknown", "", "未知命令", "unknown command")
}

func (s State) begin(c BeginEpoch) ([]Event, error) {
	e := Restored{
		Number: uint64(len(s.Restored)) + 2, ID: c.ID, Events: c.Events, Position: c.Position, Hash: c.Hash, Renumbered: c.Renumbered,
		BackedUpAt: c.BackedUpAt, Reason: c.Reason, By: c.By,
	}
	if err := domain.Require(
		isID(c.ID), isPosition("position", c.Position), domain.Blank("ledger.hash", "hash", c.Hash), domain.Digest("ledger.hash", "hash", c.Hash),
		s.follows(c), prose("reason", c.Reason), account(c.By),
	); err != nil {
		return nil, err
	}
	if n := len(s.Restored); n > 0 && s.Restored[n-1].ID == c.ID {
		return nil, nil
	}
	return []Event{e}, nil
}

// follows refuses an epoch that has less in common with the former one than that one had when it began: its first event was
// read to come here.
func (s State) follows(c BeginEpoch) *domain.Fault {
	least := uint64(1)
	if n := len(s.Restored); n > 0 {
		least = s.Restored[n-1].Events + 1
	}
	if c.Events >= least || len(s.Restored) > 0 && s.Restored[len(s.Restored)-1].ID == c.ID {
		return nil
	}
	return domain.Refuse(domain.Invalid, "ledger.epoch.order", "events",
		fmt.Sprintf("共同事件数为%d，不得少于%d", c.Events, least), fmt.Sprintf("%d common events, at least %d are known", c.Events, least))
}

func approve(a RebuildApproved) ([]Event, error) {
	faults := []*domain.Fault{
		domain.Blank("ledger.projection", "projection", a.Projection), domain.Text("ledger.projection", "projection", a.Projection, maxName),
		isPosition("through", a.Through), domain.Blank("ledger.digest", "digest", a.Digest), domain.Digest("ledger.digest", "digest", a.Digest),
		prose("reason", a.Reason), account(a.By),
	}
	if len(a.Tables) == 0 || len(a.Tables) > maxTables {
		faults = append(faults, domain.Refuse(domain.Invalid, "ledger.tables.number", "tables", "应列明1至100个表", "1 to 100 tables are named"))
	}
	for _, t := range a.Tables {
		faults = append(faults, domain.Blank("ledger.tables", "tables.name", t.Name), domain.Text("ledger.tables", "tables.name", t.Name, maxName))
		if t.Missing+t.Extra+t.Changed == 0 {
			faults = append(faults, domain.Refuse(domain.Invalid, "ledger.tables.same", "tables", "所列表无差异："+t.Name, "no row of "+t.Name+" differs"))
		}
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{a}, nil
}

func isID(id es.ID) *domain.Fault {
	if _, ok := id.Bytes(); ok {
		return nil
	}
	return domain.Refuse(domain.Invalid, "ledger.id.form", "id", "id：应为UUID", "id is a UUID")
}

func isPosition(field, text string) *domain.Fault {
	if _, err := es.ParsePosition(text); err == nil {
		return nil
	}
	return domain.Refuse(domain.Invalid, "ledger.position.form", field, field+"：不是日志位置", field+" is no position")
}

func prose(field, text string) *domain.Fault {
	if fault := domain.Blank("ledger."+field, field, text); fault != nil {
		return fault
	}
	if redaction.Hard(text) {
		return domain.Refuse(domain.Invalid, "ledger."+field+".personal", field, field+"：不得包含证件号码、电话、账号", field+" holds a number of a person or an account")
	}
	return domain.Prose("ledger."+field, field, text, maxReason)
}

// account is a name of an account: it says who is responsible and is no personal data.
func account(name string) *domain.Fault {
	if fault := domain.Blank("ledger.by", "by", name); fault != nil {
		return fault
	}
	if redaction.Hard(name) {
		return domain.Refuse(domain.Invalid, "ledger.by.personal", "by", "by：应为账户名，不得包含号码", "by is the name of an account, not a number")
	}
	return domain.Text("ledger.by", "by", name, maxAccount)
}
