package draw

import (
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// Command asks for a change of a draw.
//
//sumtype:decl
type Command interface{ command() }

// Freeze takes the pools down. Limits are what the published item list allows of the task's matters, Bases what their ratios
// are held against: looked-up facts.
type Freeze struct {
	By            domain.Actor
	Frozen        Frozen
	FormerAborted bool // the draw with the number before was aborted
	Limits        []Limit
	Bases         []Base
}

// FixTerms fixes the terms at an instant. RoundAt is when the source publishes the round, for a source whose rounds have
// known times; zero for others. Unproved is a looked-up fact: nothing here proves what the source says.
type FixTerms struct {
	By       domain.Actor
	At       time.Time
	Beacon   *sortition.BeaconTerms
	RoundAt  time.Time
	Unproved bool
	Parties  []Party
}

// Commit seals a party's nonce.
type Commit struct {
	By         domain.Actor
	At         time.Time
	Party      string
	Commitment sortition.Digest
}

// Reveal opens it.
type Reveal struct {
	By    domain.Actor
	At    time.Time
	Party string
	Nonce sortition.Nonce
}

// RecordBeacon records what the source said, for the draw's authority or, if one is named, for a party. Disproved is why it can't
// be that, nil if it can: the signature does not prove the value, or it has not the form of the source's.
type RecordBeacon struct {
	By        domain.Actor
	At        time.Time
	Party     string
	Value     sortition.Bytes
	Signature sortition.Bytes
	Disproved error
}

// Run records the outcome that was computed from the state (see Compute).
type Run struct {
	By    domain.Actor
	Drawn Drawn
}

// Replace records the replacement that was computed from the state (see Next). Inspected tells that the inspection of the
// subject has begun.
type Replace struct {
	By         domain.Actor
	SubjectOut string
	Reason     Reason
	Inspected  bool
	Next       sortition.Replacement
}

// Abort ends the draw without a result.
type Abort struct {
	By     domain.Actor
	At     time.Time
	Reason string
	Party  string
}

func (Freeze) command()       {}
func (FixTerms) command()     {}
func (Commit) command()       {}
func (Reveal) command()       {}
func (RecordBeacon) command() {}
func (Run) command()          {}
func (Replace) command()      {}
func (Abort) command()        {}
