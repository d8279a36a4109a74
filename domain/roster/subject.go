package roster

import (
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// SubjectIDOf is the id under which a subject is recorded: the given one, or else its code. A blank code and the placeholder
// (seventeen zeros and X) are no id: such a subject is recorded under "reg:" and its registration number, or "ext:".
func SubjectIDOf(id, code string) (domain.SubjectID, error) {
	if id == "" {
		if id = uscc.Normalise(code); id == "" {
			return "", domain.Refuse(domain.Invalid, "roster.subject.id.required", "code",
				"请提供统一社会信用代码，或以 reg:工商注册号 作为标识", "a code is needed, or an id reg:NUMBER")
		}
	}
	number := id[strings.LastIndexByte(id, ':')+1:]
	switch {
	case uscc.IsPlaceholder(uscc.Normalise(number)):
		return "", domain.Refuse(domain.Invalid, "roster.subject.placeholder", "code",
			"占位代码不能标识检查对象，请改用 reg:工商注册号", "the placeholder code identifies nobody; use reg:NUMBER")
	case personal("id", id) != nil:
		return "", personal("id", id)
	}
	return domain.ParseSubjectID(id)
}

// KindOf is the kind that a code's first two places tell; Other for a text that is no code.
func KindOf(code string) Kind {
	parsed, err := uscc.Parse(code)
	if err != nil {
		return Other
	}
	switch parsed.Category() {
	case uscc.Enterprise:
		return Enterprise
	case uscc.SoleTrader:
		return IndividualBusiness
	case uscc.FarmCooperative:
		return Cooperative
	case uscc.StateOrgan, uscc.PublicInstitute, uscc.Association, uscc.PrivateNonProfit, uscc.Foundation:
		return Institution
	}
	return Other
}

func decideSubject(s Subject, command SubjectCommand) ([]SubjectEvent, error) {
	if c, ok := command.(RecordSubject); ok {
		return recordSubject(s, c)
	}
	if s.ID == "" {
		return nil, domain.Refuse(domain.NotFound, "roster.subject.missing", "subject_id", "名录库中没有该检查对象", "the subject is not on the roster")
	}
	switch c := command.(type) {
	case RenameSubject:
		return s.change(c.By, s.rename(c))
	case MoveSubject:
		return s.change(c.By, s.move(c))
	case RecordSubjectStatus:
		return s.change(c.By, s.recordStatus(c))
	case ReclassifySubject:
		return s.change(c.By, s.reclassify(c))
	case SucceedSubject:
		return s.change(c.By, s.succeed(c))
	case RevokeSuccession:
		return s.change(c.By, s.revokeSuccession(c))
	case ProfileSubject:
		return s.change(c.By, s.profile(c))
	case RecordSubject: // above
	}
	return nil, domain.Refuse(domain.Invalid, "roster.command.unknown", "", "未知命令", "unknown command")
}

// step is one possible change: its faults, and the event unless things are so already.
type step struct {
	faults []*domain.Fault
	event  SubjectEvent
}

// change joins the faults of all steps; without any it gives their events.
func (s Subject) change(by domain.Actor, steps ...step) ([]SubjectEvent, error) {
	if !by.Holds(s.Authority) {
		return nil, foreign()
	}
	var faults []*domain.Fault
	var events []SubjectEvent
	for _, st := range steps {
		faults = append(faults, st.faults...)
		if st.event != nil {
			events = append(events, st.event)
		}
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return events, nil
}

func (s Subject) rename(c RenameSubject) step {
	st := step{faults: []*domain.Fault{
		needed("roster.subject.name", "name", c.Name, maxName),
		domain.Blank("roster.subject.effective_on", "effective_on", c.EffectiveOn.String()),
	}}
	if c.Name != s.Name {
		st.event = SubjectRenamed{Name: c.Name, EffectiveOn: c.EffectiveOn}
	}
	return st
}

func (s Subject) move(c MoveSubject) step {
	st := step{faults: []*domain.Fault{
		district("district", c.District), text("roster.subject.address", "address", c.Address, maxLong),
	}}
	if c.District != s.District || c.Address != s.Address {
		st.event = SubjectMoved{District: c.District, Address: c.Address}
	}
	return st
}

func (s Subject) recordStatus(c RecordSubjectStatus) step {
	st := step{faults: []*domain.Fault{
		among("roster.subject.status", "status", c.Status, Statuses()),
		text("roster.subject.reason", "reason", c.Reason, maxName),
		domain.Blank("roster.subject.effective_on", "effective_on", c.EffectiveOn.String()),
	}}
	if c.Status != s.Status {
		st.event = SubjectStatusRecorded{Status: c.Status, Reason: c.Reason, EffectiveOn: c.EffectiveOn}
	}
	return st
}

// reclassify takes the same class for a later month as news: the month says how fresh it is.
func (s Subject) reclassify(c ReclassifySubject) step {
	st := step{faults: []*domain.Fault{
		needed("roster.subject.class", "class", c.Class, 16),
		text("roster.subject.class_source", "source", c.Source, maxShort),
		month("month", c.Month),
	}}
	switch {
	case c.Class == Unclassified:
		st.faults = append(st.faults, domain.Refuse(domain.Invalid, "roster.subject.class.reserved", "class",
			"none 表示未分类，不能作为风险等级", "none stands for unclassified and is no class"))
	case c.Month != "" && c.Month < s.ClassMonth:
		st.faults = append(st.faults, domain.Refuse(domain.Precondition, "roster.subject.class.stale", "month",
			"已有"+s.ClassMonth+"的分类结果，不能以更早月份覆盖", "a class for "+s.ClassMonth+" is recorded; an earlier month can't replace it"))
	}
	if c.Class != s.Class || c.Source != s.ClassSource || c.Month != s.ClassMonth {
		st.event = SubjectReclassified{Class: c.Class, Source: c.Source, Month: c.Month}
	}
	return st
}

func findings(code string) []uscc.Finding {
	if code == "" {
		return nil
	}
	return slices.Clip(uscc.Check(code))
}
