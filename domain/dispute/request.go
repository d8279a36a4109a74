package dispute

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
)

// Category is the category of the streams of requests.
const Category = "dispute"

// Codec is the table of the stored event types of requests.
func Codec() codec.Table[Event] { return table }

var table = codec.New(
	codec.Type[Requested, Event](),
	codec.Type[Verified, Event](),
	codec.Type[Decided, Event](),
	codec.Type[Linked, Event](),
	codec.Type[Dropped, Event](),
)

// Decider is a request for correction.
var Decider = es.Decider[State, Command, Event]{
	Category: Category, Initial: State{}, Evolve: evolve, Decide: decide, Decode: table.Decode,
}

// ID is the id of a request: of all that is asked, and on which day. The same asked twice is one request.
func ID(disclosure string, cmd Request) string {
	asked := domain.DigestOf(struct {
		Requester Requester
		Channel   Channel
		Points    []Point
		Statement string
		Evidence  []string
		On        calendar.Date
	}{cmd.Requester, cmd.Channel, cmd.Points, cmd.Statement, cmd.Evidence, cmd.ReceivedOn})
	return string(es.DeriveID(es.DeriveID("", "mingjian", Category), disclosure, asked))
}

// State is a request as its events tell it; without one it has no id.
type State struct {
	Requested Requested
	Verified  *Verified
	Decided   *Decided
	Linked    *Linked
	Dropped   *Dropped
}

// Exists tells whether there is a request.
func (s State) Exists() bool { return s.Requested.Request != "" }

// Stage is how far it is.
func (s State) Stage() Stage {
	switch {
	case s.Dropped != nil:
		return Ended
	case s.Linked != nil, s.Decided != nil && s.Decided.Outcome == Refused:
		return Closed
	case s.Decided != nil:
		return Promised
	case s.Verified != nil:
		return Checked
	}
	return Received
}

func evolve(s State, e Event) State {
	switch e := e.(type) {
	case Requested:
		s.Requested = e
	case Verified:
		s.Verified = &e
	case Decided:
		s.Decided = &e
	case Linked:
		s.Linked = &e
	case Dropped:
		s.Dropped = &e
	}
	return s
}

// Command asks for a step of a request. By is who acts; Today is the civil date now.
//
//sumtype:decl
type Command interface{ command() }

// Request registers a request; give the stream's id by ID. By has no account where it comes through the public door. Public is
// a looked-up fact: what is public, nothing if its release is 0.
type Request struct {
	By         domain.Actor
	Today      calendar.Date
	Public     Record
	Requester  Requester
	Channel    Channel
	Points     []Point
	Statement  string
	Evidence   []string
	ReceivedOn calendar.Date
}

// Verify records what looking into it found.
type Verify struct {
	By       domain.Actor
	Today    calendar.Date
	Findings string
	On       calendar.Date
}

// Decide decides. Hands is a looked-up fact: who made, submitted, reviewed, approved or published the record.
type Decide struct {
	By      domain.Actor
	Today   calendar.Date
	Hands   []string
	Outcome Outcome
	Reason  string
	On      calendar.Date
}

// Link names the release that made it good. Made is a looked-up fact: the release of that number of the record, which may be
// its withdrawal.
type Link struct {
	By      domain.Actor
	Made    Record
	Release int
}

// Drop ends a request that is asked no more.
type Drop struct {
	By     domain.Actor
	Today  calendar.Date
	Reason string
	On     calendar.Date
}

func (Request) command() {}
func (Verify) command()  {}
func (Decide) command()  {}
func (Link) command()    {}
func (Drop) command()    {}

func decide(s State, cmd Command) ([]Event, error) {
	switch cmd := cmd.(type) {
	case Request:
		return request(s, cmd)
	case Verify:
		return verify(s, cmd)
	case Decide:
		return conclude(s, cmd)
	case Link:
		return link(s, cmd)
	case Drop:
		return drop(s, cmd)
	}
	return nil, domain.Refuse(domain.Invalid, "dispute.command.unknown", "", "未知命令", "unknown command")
}

// request: the public door knows no authority, and a request is the record's authority's.
func request(s State, cmd Request) ([]Event, error) {
	if cmd.By.Account == "" {
		cmd.By.Authority = cmd.Public.Authority
	}
	if err := public(cmd.Public, cmd.By); err != nil {
		return nil, err
	}
	if s.Exists() {
		return nil, nil
	}
	faults := []*domain.Fault{
		unknown("requester", cmd.Requester.Label()), unknown("channel", cmd.Channel.Label()), domain.Blank("dispute", "statement", cmd.Statement),
		prose("statement", cmd.Statement, maxStatement), domain.Evidence("dispute", cmd.Evidence, maxEvidence),
		day("received_on", cmd.ReceivedOn, calendar.Date{}, cmd.Today),
	}
	if len(cmd.Points) == 0 {
		faults = append(faults, domain.Blank("dispute", "points", ""))
	}
	for i, p := range cmd.Points {
		if p.Label() == "" || slices.Contains(cmd.Points[:i], p) || len(cmd.Points) > maxPoints {
			faults = append(faults, unknown("points", ""))
		}
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{Requested{
		Request: ID(cmd.Public.Disclosure, cmd), Record: cmd.Public, Requester: cmd.Requester,
		Channel: cmd.Channel, Points: cmd.Points, Statement: cmd.Statement, Evidence: cmd.Evidence, ReceivedOn: cmd.ReceivedOn, By: cmd.By.Account,
	}}, nil
}

// in refuses requests that don't exist, are another authority's or are in none of the stages.
func (s State) in(by domain.Actor, stages ...Stage) error {
	switch {
	case !s.Exists():
		return domain.Refuse(domain.NotFound, "dispute.missing", "request_id", "没有该更正申请", "there is no such request")
	case !by.Holds(s.Requested.Record.Authority):
		return foreign()
	case !slices.Contains(stages, s.Stage()):
		return domain.Refuse(domain.Precondition, "dispute.stage", "",
			"更正申请的状态为：“"+s.Stage().Label()+"”，不能进行此操作", "the request is "+string(s.Stage())+": this step is not next")
	}
	return nil
}

// verify may be done anew until it is decided.
func verify(s State, cmd Verify) ([]Event, error) {
	if err := s.in(cmd.By, Received, Checked); err != nil {
		return nil, err
	}
	if v := s.Verified; v != nil && v.Findings == cmd.Findings && v.On == cmd.On {
		return nil, nil
	}
	err := domain.Require(domain.Blank("dispute", "findings", cmd.Findings), prose("findings", cmd.Findings, maxReason), day("on", cmd.On, s.Requested.ReceivedOn, cmd.Today))
	if err != nil {
		return nil, err
	}
	return []Event{Verified{Findings: cmd.Findings, On: cmd.On, By: cmd.By.Account}}, nil
}

func conclude(s State, cmd Decide) ([]Event, error) {
	if err := s.in(cmd.By, Checked, Promised, Closed); err != nil {
		return nil, err
	}
	if d := s.Decided; d != nil {
		if d.Outcome == cmd.Outcome && d.Reason == cmd.Reason && d.On == cmd.On {
			return nil, nil
		}
		return nil, s.in(cmd.By, Checked)
	}
	var own, same *domain.Fault
	if slices.Contains(cmd.Hands, cmd.By.Account) {
		own = separate("经办、审核、批准该公示信息的人员不得对更正申请作出决定", "whoever made, reviewed or approved the record doesn't decide on a request to correct it")
	}
	if s.Verified.By == cmd.By.Account {
		same = separate("核实人员不得对更正申请作出决定", "whoever verified a request doesn't decide on it")
	}
	err := domain.Require(own, same, unknown("outcome", cmd.Outcome.Label()), domain.Blank("dispute", "reason", cmd.Reason),
		prose("reason", cmd.Reason, maxReason), day("on", cmd.On, s.Verified.On, cmd.Today))
	if err != nil {
		return nil, err
	}
	return []Event{Decided{Outcome: cmd.Outcome, Reason: cmd.Reason, On: cmd.On, By: cmd.By.Account}}, nil
}

// link takes a release of the record since the request alone.
func link(s State, cmd Link) ([]Event, error) {
	if l := s.Linked; l != nil && cmd.By.Holds(s.Requested.Record.Authority) && l.Release == cmd.Release {
		return nil, nil
	}
	if err := s.in(cmd.By, Promised); err != nil {
		return nil, err
	}
	made := cmd.Made
	if made.Disclosure != s.Requested.Record.Disclosure || made.Release != cmd.Release || made.Release <= s.Requested.Record.Release {
		return nil, domain.Refuse(domain.Precondition, "dispute.release.none", "release",
			"不是申请之后对该信息的更正、撤回或者其他公示", "not a release of the record since the request")
	}
	return []Event{Linked{Disclosure: made.Disclosure, Release: made.Release, Digest: made.Digest, By: cmd.By.Account}}, nil
}

func drop(s State, cmd Drop) ([]Event, error) {
	if d := s.Dropped; d != nil && cmd.By.Holds(s.Requested.Record.Authority) && d.Reason == cmd.Reason && d.On == cmd.On {
		return nil, nil
	}
	if err := s.in(cmd.By, Received, Checked); err != nil {
		return nil, err
	}
	if err := domain.Require(prose("reason", cmd.Reason, maxReason), day("on", cmd.On, s.Requested.ReceivedOn, cmd.Today)); err != nil {
		return nil, err
	}
	return []Event{Dropped{Reason: cmd.Reason, On: cmd.On, By: cmd.By.Account}}, nil
}
