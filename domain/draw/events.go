package draw

import (
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// Event is what happened to a draw.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

const (
	typeFrozenV1         = "mingjian.draw.frozen.v1"
	typeTermsFixedV1     = "mingjian.draw.terms_fixed.v1"
	typePartyCommittedV1 = "mingjian.draw.party_committed.v1"
	typePartyRevealedV1  = "mingjian.draw.party_revealed.v1"
	typeBeaconEnteredV1  = "mingjian.draw.beacon_entered.v1"
	typeBeaconRecordedV1 = "mingjian.draw.beacon_recorded.v1"
	typeDrawnV1          = "mingjian.draw.drawn.v1"
	typeReplacedV1       = "mingjian.draw.replaced.v1"
	typeAbortedV1        = "mingjian.draw.aborted.v1"
)

// Pool is a frozen list: a blob of the lines that sortition writes.
type Pool struct {
	Digest string           `json:"digest"` // hex SHA-256 of the blob
	Root   sortition.Digest `json:"root"`
	Count  uint64           `json:"count"`
}

// Department takes part with a team of its own inspectors for each subject.
type Department struct {
	Name      string             `json:"name"`
	Authority domain.AuthorityID `json:"authority"`
	TeamSize  uint64             `json:"team_size"`
	Lead      bool               `json:"lead,omitempty"` // 牵头部门
}

// Layer counts the candidates of a stratum.
type Layer struct {
	Stratum    string `json:"stratum"`
	Candidates uint64 `json:"candidates"`
}

// Frozen: the pools of the task are taken down.
type Frozen struct {
	Draw        string                `json:"draw"`
	Task        string                `json:"task"`
	Plan        string                `json:"plan"`
	Authority   domain.AuthorityID    `json:"authority"`
	Number      uint64                `json:"number"` // 1 for the first of the task
	Line        string                `json:"line"`
	WindowEnd   calendar.Date         `json:"window_end"`
	WorkloadCap uint64                `json:"workload_cap"`
	Strata      []sortition.Stratum   `json:"strata"`
	Departments []Department          `json:"departments"`
	Subjects    Pool                  `json:"subjects"`
	Inspectors  Pool                  `json:"inspectors"`
	Conflicts   Pool                  `json:"conflicts"`
	Layers      []Layer               `json:"layers"`     // by stratum name; strata without candidates are left out
	Exclusions  []sortition.Exclusion `json:"exclusions"` // subjects of the roster that are not in the pool, by reason
	AtPosition  string                `json:"at_position"`
}

// Party is who seals a nonce, and the account that acts for it. Accounts have names within an authority; where the authority is
// missing, as in draws from before it was taken down, the name of the account alone counts.
type Party struct {
	Name      string             `json:"name"`
	Account   string             `json:"account"`
	Authority domain.AuthorityID `json:"authority,omitempty"`
}

// TermsFixed: from here on nothing that enters the draw but the randomness is open.
type TermsFixed struct {
	Beacon      *sortition.BeaconTerms `json:"beacon,omitempty"`
	Unproved    bool                   `json:"unproved,omitempty"`     // nothing here proves what the source said
	DoubleEntry bool                   `json:"double_entry,omitempty"` // two people enter what the source said, each for themselves
	Parties     []Party                `json:"parties,omitempty"`
	Terms       sortition.Digest       `json:"terms"`
	FixedAt     time.Time              `json:"fixed_at"`
}

// PartyCommitted: a party sealed its nonce.
type PartyCommitted struct {
	Party       string           `json:"party"`
	Commitment  sortition.Digest `json:"commitment"`
	CommittedAt time.Time        `json:"committed_at"`
}

// PartyRevealed: a party opened its nonce.
type PartyRevealed struct {
	Party string          `json:"party"`
	Nonce sortition.Nonce `json:"nonce"`
}

// Entrant is who entered what a source said: an account of the draw's authority, or one that acts for a party.
type Entrant struct {
	Account   string             `json:"account"`
	Authority domain.AuthorityID `json:"authority"`
	Party     string             `json:"party,omitempty"`
}

// BeaconEntered: somebody entered what a public source said that does not sign. Others are not told what, until two agree.
type BeaconEntered struct {
	Value     sortition.Bytes `json:"value"`
	By        Entrant         `json:"by"`
	EnteredAt time.Time       `json:"entered_at"`
}

// BeaconRecorded: the public source spoke.
type BeaconRecorded struct {
	Value     sortition.Bytes `json:"value"`
	Signature sortition.Bytes `json:"signature,omitempty"`
}

// List is a blob of JSON lines.
type List struct {
	Digest string `json:"digest"`
	Count  uint64 `json:"count"`
}

// Drawing is what was drawn from one stratum.
type Drawing struct {
	Stratum  string `json:"stratum"`
	Selected uint64 `json:"selected"`
	Reserve  uint64 `json:"reserve"`
}

// Short counts the selected subjects for which a department had too few eligible inspectors; the reasons of each stand in
// the selection.
type Short struct {
	Department string `json:"department"`
	Subjects   uint64 `json:"subjects"`
}

// Drawn: the outcome.
type Drawn struct {
	Seed       sortition.Digest `json:"seed"`
	Selection  List             `json:"selection"` // sortition.Selection, one a line, in the order of the draw
	Drawings   []Drawing        `json:"drawings"`  // by stratum name
	Shortfalls []Short          `json:"shortfalls,omitempty"`
}

// Replaced: the next of the reserve order took a subject's place.
type Replaced struct {
	Number     uint64              `json:"number"`
	SubjectOut string              `json:"subject_out"`
	Reason     Reason              `json:"reason"`
	ReplacedBy sortition.Selection `json:"replaced_by"`
}

// Aborted: the draw ended without a result. Party did not commit or reveal, if that was why.
type Aborted struct {
	Reason string `json:"reason"`
	Party  string `json:"party,omitempty"`
}

func (Frozen) EventType() string         { return typeFrozenV1 }
func (TermsFixed) EventType() string     { return typeTermsFixedV1 }
func (PartyCommitted) EventType() string { return typePartyCommittedV1 }
func (PartyRevealed) EventType() string  { return typePartyRevealedV1 }
func (BeaconEntered) EventType() string  { return typeBeaconEnteredV1 }
func (BeaconRecorded) EventType() string { return typeBeaconRecordedV1 }
func (Drawn) EventType() string          { return typeDrawnV1 }
func (Replaced) EventType() string       { return typeReplacedV1 }
func (Aborted) EventType() string        { return typeAbortedV1 }

func (Frozen) event()         {}
func (TermsFixed) event()     {}
func (PartyCommitted) event() {}
func (PartyRevealed) event()  {}
func (BeaconEntered) event()  {}
func (BeaconRecorded) event() {}
func (Drawn) event()          {}
func (Replaced) event()       {}
func (Aborted) event()        {}
