package person

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

const maxReason = 500

// State is what is decided of a person.
type State struct {
	Request  *ShreddingRequested // that waits for its answer
	Shredded bool
}

func evolve(s State, event Event) State {
	switch e := event.(type) {
	case ShreddingRequested:
		s.Request = &e
	case ShreddingDropped:
		s.Request = nil
	case Shredded:
		s = State{Request: nil, Shredded: true}
	}
	return s
}

// Command asks for something about a person.
//
//sumtype:decl
type Command interface{ command() }

// RequestShredding asks for the destruction. Known is a looked-up fact: the authority of By keeps a record of the person.
type RequestShredding struct {
	By     domain.Actor
	Person string
	Known  bool
	Ground Ground
	Reason string
}

// DropShredding refuses a request.
type DropShredding struct {
	By     domain.Actor
	Person string
	Reason string
}

// ConfirmShredding follows a request.
type ConfirmShredding struct {
	By     domain.Actor
	Person string
	Ground Ground // of the request that is meant; any if blank
}

func (RequestShredding) command() {}
func (DropShredding) command()    {}
func (ConfirmShredding) command() {}

func decide(s State, command Command) ([]Event, error) {
	switch c := command.(type) {
	case RequestShredding:
		return request(s, c)
	case DropShredding:
		return drop(s, c)
	case ConfirmShredding:
		return confirm(s, c)
	}
	return nil, domain.Refuse(domain.Invalid, "person.command.unknown", "", "未知命令", "unknown command")
}

func request(s State, c RequestShredding) ([]Event, error) {
	switch {
	case c.By.Role != domain.Approver:
		return nil, domain.Refuse(domain.Forbidden, "person.role", "", "删除个人信息由审批人员提出", "an approver asks for the destruction")
	case s.Shredded:
		return nil, gone()
	case !c.Known:
		return nil, domain.Refuse(domain.NotFound, "person.missing", "person", "本机关没有该自然人的记录", "this authority keeps no record of such a person")
	}
	faults := []*domain.Fault{reason(c.Reason)}
	if c.Ground.Label() == "" {
		faults = append(faults, domain.Refuse(domain.Invalid, "person.ground.unknown", "ground",
			"应填写《个人信息保护法》第四十七条规定的情形", "a ground is one of art. 47 of the Personal Information Protection Law"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	asked := ShreddingRequested{Person: c.Person, Ground: c.Ground, Reason: c.Reason, By: c.By.Account, Authority: c.By.Authority}
	switch {
	case s.Request == nil:
		return []Event{asked}, nil
	case *s.Request == asked:
		return nil, nil
	}
	return nil, domain.Refuse(domain.Conflict, "person.request.pending", "", "已有待确认的删除申请", "a request waits for its answer already")
}

func drop(s State, c DropShredding) ([]Event, error) {
	if err := s.answering(c.By); err != nil {
		return nil, err
	}
	if err := domain.Require(reason(c.Reason)); err != nil {
		return nil, err
	}
	return []Event{ShreddingDropped{Person: c.Person, Reason: c.Reason, By: c.By.Account}}, nil
}

func confirm(s State, c ConfirmShredding) ([]Event, error) {
	if s.Shredded && c.By.Role == domain.Admin {
		return nil, nil
	}
	if err := s.answering(c.By); err != nil {
		return nil, err
	}
	if s.Request.By == c.By.Account {
		return nil, domain.Refuse(domain.Forbidden, "person.same_account", "", "提出与确认不得为同一账户", "who asked may not confirm")
	}
	if c.Ground != "" && c.Ground != s.Request.Ground {
		return nil, domain.Refuse(domain.Conflict, "person.ground.other", "ground",
			"待确认的申请另有情形，请重新核对", "the request that waits has another ground; look at it again")
	}
	return []Event{Shredded{
		Person: c.Person, Ground: s.Request.Ground, Reason: s.Request.Reason, RequestedBy: s.Request.By,
		Authority: s.Request.Authority, By: c.By.Account,
	}}, nil
}

// answering demands an administrator and a request that waits.
func (s State) answering(by domain.Actor) error {
	switch {
	case by.Role != domain.Admin:
		return domain.Refuse(domain.Forbidden, "person.role", "", "删除个人信息由管理员确认", "an administrator answers the request")
	case s.Shredded:
		return gone()
	case s.Request == nil:
		return domain.Refuse(domain.Precondition, "person.request.none", "", "没有待确认的删除申请", "no request waits for an answer")
	}
	return nil
}

// reason is needed, and tells no identity number: it is for ever.
func reason(text string) *domain.Fault {
	if fault := domain.Blank("person.reason", "reason", text); fault != nil {
		return fault
	}
	if uscc.HoldsResidentID(text) {
		return domain.Refuse(domain.Invalid, "person.reason.number", "reason", "理由不得包含证件号码", "a reason holds no identity number")
	}
	return domain.Text("person.reason", "reason", text, maxReason)
}

func gone() *domain.Fault {
	return domain.Refuse(domain.Gone, "person.shredded", "", "该自然人的个人信息已删除", "this person's data are destroyed")
}
