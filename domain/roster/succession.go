package roster

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Succession is how a subject went on as another one.
type Succession string

// The manners of succession.
const (
	Absorbed     Succession = "absorbed"     // 吸收合并
	Consolidated Succession = "consolidated" // 新设合并
	Converted    Succession = "converted"    // 转型登记（个转企）
	Recoded      Succession = "recoded"      // 换码
)

// Successions lists all manners.
func Successions() []Succession { return []Succession{Absorbed, Consolidated, Converted, Recoded} }

// Label is the manner's text, empty for one that is not listed.
func (s Succession) Label() string {
	return map[Succession]string{
		Absorbed: "吸收合并", Consolidated: "新设合并", Converted: "转型登记", Recoded: "换码",
	}[s]
}

// succeed takes effect at once: from then on no draw takes the subject, whose records stay under its own id.
func (s Subject) succeed(c SucceedSubject) step {
	st := step{faults: []*domain.Fault{
		among("roster.subject.succession", "manner", c.Manner, Successions()),
		needed("roster.subject.reason", "reason", c.Reason, maxName),
		domain.Blank("roster.subject.effective_on", "effective_on", c.EffectiveOn.String()),
		s.checkSuccessor(c),
	}}
	if c.EffectiveOn.After(c.Today) {
		st.faults = append(st.faults, domain.Refuse(domain.Invalid, "roster.subject.effective_on.future", "effective_on",
			"承继日期不得晚于今日", "the day of the succession is not in the future"))
	}
	e := SubjectSucceeded{Successor: c.Successor, Manner: c.Manner, Reason: c.Reason, EffectiveOn: c.EffectiveOn}
	switch {
	case s.Succeeded == e:
	case s.Succeeded.Successor != "":
		st.faults = append(st.faults, domain.Refuse(domain.Conflict, "roster.subject.succeeded", "successor_id",
			"该检查对象已由"+string(s.Succeeded.Successor)+"承继", "the subject went on as "+string(s.Succeeded.Successor)+" already"))
	default:
		st.event = e
	}
	return st
}

// checkSuccessor wants one that is on the roster and still stands for itself, so that no chain of successors comes round.
func (s Subject) checkSuccessor(c SucceedSubject) *domain.Fault {
	const field = "successor_id"
	switch {
	case c.Successor == s.ID || c.Successor == "":
		return domain.Refuse(domain.Invalid, "roster.subject.successor.self", field,
			"承继主体应为另一检查对象", "the successor is another subject")
	case !c.Known:
		return domain.Refuse(domain.NotFound, "roster.subject.successor.missing", field,
			"名录库中没有承继主体，请先建档", "the successor is not on the roster; record it first")
	case c.Onward != "" && s.Succeeded.Successor != c.Successor:
		return domain.Refuse(domain.Precondition, "roster.subject.successor.succeeded", field,
			"承继主体本身已由"+string(c.Onward)+"承继", "the successor itself went on as "+string(c.Onward))
	}
	return nil
}

func (s Subject) revokeSuccession(c RevokeSuccession) step {
	st := step{faults: []*domain.Fault{needed("roster.subject.reason", "reason", c.Reason, maxName)}}
	if s.Succeeded.Successor != "" {
		st.event = SubjectSuccessionRevoked{Successor: s.Succeeded.Successor, Reason: c.Reason}
	}
	return st
}

// SucceedSubject says that the subject goes on as another one. Known and Onward are looked-up facts of that one: it is on the
// roster, and the subject that it went on as itself, if it did. Today is the civil date now.
type SucceedSubject struct {
	By          domain.Actor
	Today       calendar.Date
	Successor   domain.SubjectID
	Manner      Succession
	Reason      string
	EffectiveOn calendar.Date
	Known       bool
	Onward      domain.SubjectID
}

// RevokeSuccession says that a succession was recorded by mistake.
type RevokeSuccession struct {
	By     domain.Actor
	Reason string
}

func (SucceedSubject) subjectCommand()   {}
func (RevokeSuccession) subjectCommand() {}
