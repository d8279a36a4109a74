package draw

import (
	"fmt"
	"slices"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// Category is the stream category.
const Category = "draw"

// ID is the id of a task's draw.
func ID(task string, number uint64) string { return fmt.Sprintf("%s-%d", task, number) }

// Decider is the aggregate.
var Decider = es.Decider[State, Command, Event]{Category: Category, Evolve: evolve, Decide: decide, Decode: table.Decode}

// State is a draw as it stands.
type State struct {
	Frozen      *Frozen
	Fixed       *TermsFixed
	Commitments []PartyCommitted
	Reveals     []PartyRevealed
	Entries     []BeaconEntered
	Beacon      *BeaconRecorded
	Drawn       *Drawn
	Replaced    []Replaced
	Aborted     *Aborted
}

// Phase is how far a draw is.
type Phase string

// The phases.
const (
	PhaseFrozen  Phase = "frozen"  // the terms are open
	PhaseFixed   Phase = "fixed"   // commitments are awaited
	PhaseSealed  Phase = "sealed"  // the beacon and reveals are awaited
	PhaseReady   Phase = "ready"   // everything is known that the seed is made of
	PhaseDrawn   Phase = "drawn"   //
	PhaseAborted Phase = "aborted" //
)

// Phase is how far the draw is; empty if there is none.
func (s State) Phase() Phase {
	switch {
	case s.Frozen == nil:
		return ""
	case s.Aborted != nil:
		return PhaseAborted
	case s.Drawn != nil:
		return PhaseDrawn
	case s.Fixed == nil:
		return PhaseFrozen
	case s.ready():
		return PhaseReady
	case s.sealed():
		return PhaseSealed
	}
	return PhaseFixed
}

func (s State) sealed() bool { return len(s.Commitments) == len(s.Fixed.Parties) }

func (s State) ready() bool {
	return len(s.Reveals) == len(s.Fixed.Parties) && (s.Fixed.Beacon == nil) == (s.Beacon == nil)
}

// Terms are what the draw commits to.
func (s State) Terms() sortition.Terms {
	f := s.Frozen
	t := sortition.Terms{
		DrawID: f.Draw, TaskID: f.Task, Line: f.Line, WindowEnd: f.WindowEnd.String(), WorkloadCap: f.WorkloadCap,
		Strata: f.Strata, SubjectRoot: f.Subjects.Root, InspectorRoot: f.Inspectors.Root, ConflictRoot: f.Conflicts.Root,
	}
	for _, d := range f.Departments {
		t.Departments = append(t.Departments, sortition.Department{Name: d.Name, TeamSize: d.TeamSize})
	}
	if s.Fixed != nil && s.Fixed.Beacon != nil {
		t.Beacon = *s.Fixed.Beacon
	}
	return t
}

// Opened are the revealed nonces.
func (s State) Opened() []sortition.Reveal {
	out := make([]sortition.Reveal, len(s.Reveals))
	for i, r := range s.Reveals {
		out[i] = sortition.Reveal{Party: r.Party, Nonce: r.Nonce}
	}
	return out
}

// BeaconValue is what the source said, empty without one.
func (s State) BeaconValue() []byte {
	if s.Beacon == nil {
		return nil
	}
	return s.Beacon.Value
}

// Replacements are those made, as sortition has them.
func (s State) Replacements() []sortition.Replacement {
	out := make([]sortition.Replacement, len(s.Replaced))
	for i, r := range s.Replaced {
		out[i] = sortition.Replacement{Number: r.Number, SubjectOut: r.SubjectOut, Reason: string(r.Reason), ReplacedBy: r.ReplacedBy}
	}
	return out
}

// notBefore is the instant before which the source's value can't be known; zero without a source.
func (s State) notBefore() time.Time {
	if s.Fixed == nil || s.Fixed.Beacon == nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339Nano, s.Fixed.Beacon.NotBefore)
	if err != nil {
		return time.Time{}
	}
	return at
}

func (s State) party(name string) (Party, bool) {
	if s.Fixed == nil {
		return Party{}, false
	}
	for _, p := range s.Fixed.Parties {
		if p.Name == name {
			return p, true
		}
	}
	return Party{}, false
}

func (s State) commitment(party string) *PartyCommitted {
	for _, c := range s.Commitments {
		if c.Party == party {
			return &c
		}
	}
	return nil
}

func (s State) reveal(party string) *PartyRevealed {
	for _, r := range s.Reveals {
		if r.Party == party {
			return &r
		}
	}
	return nil
}

// evolve never writes into what the former state holds.
func evolve(s State, e Event) State {
	switch e := e.(type) {
	case Frozen:
		s.Frozen = &e
	case TermsFixed:
		s.Fixed = &e
	case PartyCommitted:
		s.Commitments = append(slices.Clone(s.Commitments), e)
	case PartyRevealed:
		s.Reveals = append(slices.Clone(s.Reveals), e)
	case BeaconEntered:
		s.Entries = append(slices.Clone(s.Entries), e)
	case BeaconRecorded:
		s.Beacon = &e
	case Drawn:
		s.Drawn = &e
	case Replaced:
		s.Replaced = append(slices.Clone(s.Replaced), e)
	case Aborted:
		s.Aborted = &e
	}
	return s
}
