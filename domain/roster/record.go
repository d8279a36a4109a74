package roster

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// recordSubject is the upsert: what is not on the roster is registered, else the differences are recorded.
func recordSubject(s Subject, c RecordSubject) ([]SubjectEvent, error) {
	c.Code = uscc.Normalise(c.Code)
	switch id := string(c.ID); {
	case uscc.IsPlaceholder(c.Code):
		c.Code = "" // it says that there is none
	case c.Code == "" && isCode(id):
		c.Code = id
	}
	if err := domain.Require(checkRecord(c)...); err != nil {
		return nil, err
	}
	if s.ID == "" {
		return register(c)
	}
	return s.change(c.By, s.differences(c)...)
}

// checkRecord looks at what is stated, not at what is missing.
func checkRecord(c RecordSubject) []*domain.Fault {
	faults := []*domain.Fault{
		text("roster.subject.name", "name", c.Name, maxName),
		text("roster.subject.code", "code", c.Code, 32),
		text("roster.subject.address", "address", c.Address, maxLong),
		text("roster.subject.scope", "scope", c.Scope, maxLong),
		text("roster.subject.industry", "industry", c.Industry, maxShort),
		text("roster.subject.registration_authority", "registration_authority", c.RegistrationAuthority, maxName),
		text("roster.subject.legal_representative", "legal_representative", c.Representative, maxName),
		domain.Digest("roster", "source.file_digest", c.Source.FileDigest),
		personal("id", string(c.ID)),
	}
	if id := string(c.ID); c.Code != "" && isCode(id) && c.Code != id {
		faults = append(faults, domain.Refuse(domain.Invalid, "roster.subject.code.other", "code",
			"统一社会信用代码与检查对象标识不一致", "the code is another than the subject's id"))
	}
	if c.Kind != "" {
		faults = append(faults, among("roster.subject.kind", "kind", c.Kind, Kinds()))
	}
	if c.Status != "" {
		faults = append(faults, among("roster.subject.status", "status", c.Status, Statuses()))
	}
	if c.District != "" {
		faults = append(faults, district("district", c.District))
	}
	return faults
}

// isCode tells an id that is a code from one of a register.
func isCode(id string) bool { return id != "" && !strings.Contains(id, ":") }

func register(c RecordSubject) ([]SubjectEvent, error) {
	registered := SubjectRegistered{
		ID: c.ID, Name: c.Name, Code: c.Code, CodeFindings: findings(c.Code),
		Kind: cmp.Or(c.Kind, KindOf(cmp.Or(c.Code, string(c.ID)))), District: c.District, Status: cmp.Or(c.Status, Active),
		Authority: c.By.Authority, RegisteredOn: c.RegisteredOn, Address: c.Address, Scope: c.Scope, Industry: c.Industry,
		RegistrationAuthority: c.RegistrationAuthority, Source: c.Source,
	}
	st := step{event: registered, faults: []*domain.Fault{
		domain.Blank("roster.subject.id", "id", string(c.ID)),
		domain.Blank("roster.subject.name", "name", c.Name),
	}}
	if c.By.Authority == "" {
		return nil, foreign()
	}
	s := evolveSubject(Subject{}, registered)
	return s.change(c.By, st, s.classStep(c), s.represent(c))
}

// differences are the steps from what stands to what is stated.
func (s Subject) differences(c RecordSubject) []step {
	return []step{
		s.rename(RenameSubject{By: c.By, Name: cmp.Or(c.Name, s.Name), EffectiveOn: c.Today}),
		s.redescribe(c),
		s.moveStep(c),
		s.recordStatus(RecordSubjectStatus{By: c.By, Status: cmp.Or(c.Status, s.Status), EffectiveOn: c.Today, Reason: ""}),
		s.classStep(c),
		s.represent(c),
	}
}

// represent takes the day on which it is told for that of the change: registers seldom say another one.
func (s Subject) represent(c RecordSubject) step {
	if c.Representative == "" || c.Representative == s.Representative {
		return step{}
	}
	return step{event: SubjectRepresented{Name: c.Representative, EffectiveOn: c.Today}}
}

// moveStep leaves a district that is unknown unknown: only what is stated moves.
func (s Subject) moveStep(c RecordSubject) step {
	e := SubjectMoved{District: cmp.Or(c.District, s.District), Address: cmp.Or(c.Address, s.Address)}
	if e.District == s.District && e.Address == s.Address {
		return step{}
	}
	return step{event: e}
}

func (s Subject) classStep(c RecordSubject) step {
	if c.Class == "" {
		return step{}
	}
	return s.reclassify(ReclassifySubject{
		By: c.By, Class: c.Class, Source: cmp.Or(c.ClassSource, s.ClassSource), Month: cmp.Or(c.ClassMonth, s.ClassMonth),
	})
}

func (s Subject) redescribe(c RecordSubject) step {
	e := SubjectRedescribed{
		Code: s.Code, CodeFindings: s.CodeFindings, Kind: cmp.Or(c.Kind, s.Kind),
		RegisteredOn: cmp.Or(c.RegisteredOn, s.RegisteredOn), Scope: cmp.Or(c.Scope, s.Scope),
		Industry: cmp.Or(c.Industry, s.Industry), RegistrationAuthority: cmp.Or(c.RegistrationAuthority, s.RegistrationAuthority),
		Source: c.Source,
	}
	if c.Code != "" && c.Code != s.Code {
		e.Code, e.CodeFindings = c.Code, findings(c.Code)
	}
	same := e.Code == s.Code && slices.Equal(e.CodeFindings, s.CodeFindings) && e.Kind == s.Kind &&
		e.RegisteredOn == s.RegisteredOn && e.Scope == s.Scope && e.Industry == s.Industry &&
		e.RegistrationAuthority == s.RegistrationAuthority
	if same {
		return step{}
	}
	return step{event: e}
}
