package roster_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/roster"
)

var (
	planner = domain.Actor{Account: "zhao", Role: domain.Planner, Authority: bureau}
	self    = domain.Actor{Account: "qian", Role: domain.Inspector, Authority: bureau, Inspector: "XZ-001"}
	until   = calendar.MustParse("2027-12-31")
)

func enrol() roster.Enrol {
	return roster.Enrol{
		By: planner, ID: "XZ-001", Name: "钱一", Department: "市场监管", LicenceNo: "26010001", LicenceValidUntil: until,
		Lines: []string{"registration", "food", "food"}, Districts: []string{"540300", "540100"}, Group: "一组", Expert: true,
	}
}

func enrolled() roster.InspectorEnrolled {
	return roster.InspectorEnrolled{
		ID: "XZ-001", Name: "钱一", Authority: bureau, Department: "市场监管", LicenceNo: "26010001", LicenceValidUntil: until,
		Lines: []string{"food", "registration"}, Districts: []string{"540100", "540300"}, Group: "一组", Expert: true,
	}
}

func TestEnrollingAndEnrollingAgain(t *testing.T) {
	inspectors := estest.Of(roster.Inspectors)
	inspectors.When(enrol()).Then(t, enrolled())
	inspectors.Given(enrolled()).When(enrol()).ThenNothing(t)

	changed := enrol()
	changed.LicenceValidUntil, changed.Lines, changed.Expert = until.AddYears(1), []string{"food"}, false
	inspectors.Given(enrolled()).When(changed).Then(t,
		roster.InspectorRelicensed{LicenceNo: "26010001", ValidUntil: until.AddYears(1)},
		roster.InspectorReassigned{Department: "市场监管", Lines: []string{"food"}, Districts: []string{"540100", "540300"}, Group: "一组"})

	renamed := enrol()
	renamed.Name = "钱二"
	inspectors.Given(enrolled()).When(renamed).ThenError(t, faults("roster.inspector.exists"))
}

func TestEnrollingIsRefused(t *testing.T) {
	inspectors := estest.Of(roster.Inspectors)
	inspectors.When(roster.Enrol{By: planner, ID: "XZ-001"}).ThenError(t, faults(
		"roster.inspector.licence_no.required", "roster.inspector.licence_valid_until.required",
		"roster.inspector.department.required", "roster.inspector.lines.count", "roster.inspector.districts.count",
		"roster.inspector.name.required"))
	c := enrol()
	c.ID, c.Districts, c.Lines = resident, []string{"5401"}, []string{""}
	inspectors.When(c).ThenError(t, faults("roster.inspector.lines.required", "roster.district.form", "roster.personal_data"))
	c = enrol()
	c.By = domain.Actor{}
	inspectors.When(c).ThenError(t, faults("roster.authority.foreign"))
}

func TestLicenceDutiesAndSuspension(t *testing.T) {
	known := estest.Of(roster.Inspectors).Given(enrolled())
	known.When(roster.Relicense{By: planner, LicenceNo: "26010002", ValidUntil: until}).
		Then(t, roster.InspectorRelicensed{LicenceNo: "26010002", ValidUntil: until})
	known.When(roster.Relicense{By: planner, LicenceNo: "26010001", ValidUntil: until}).ThenNothing(t)
	known.When(roster.Relicense{By: planner}).
		ThenError(t, faults("roster.inspector.licence_no.required", "roster.inspector.licence_valid_until.required"))
	known.When(roster.Reassign{By: planner, Department: "消防", Lines: []string{"fire"}, Districts: []string{"540000"}}).
		Then(t, roster.InspectorReassigned{Department: "消防", Lines: []string{"fire"}, Districts: []string{"540000"}})
	known.When(roster.Suspend{By: planner, Reason: "外出培训"}).Then(t, roster.InspectorSuspended{Reason: "外出培训"})
	known.When(roster.Suspend{By: planner}).ThenError(t, faults("roster.inspector.reason.required"))
	known.When(roster.Reinstate{By: planner, Reason: "已返岗"}).ThenNothing(t)

	suspended := estest.Of(roster.Inspectors).Given(enrolled(), roster.InspectorSuspended{Reason: "外出培训"})
	suspended.When(roster.Suspend{By: planner, Reason: "外出培训"}).ThenNothing(t)
	suspended.When(roster.Reinstate{By: planner, Reason: "已返岗"}).Then(t, roster.InspectorReinstated{Reason: "已返岗"})
}

func TestConflictsOfInterest(t *testing.T) {
	declared := roster.ConflictDeclared{Subject: firm, Ground: roster.Kinship, EvidenceDigest: digest}
	known := estest.Of(roster.Inspectors).Given(enrolled())
	mine := roster.DeclareConflict{By: self, Subject: firm, Ground: roster.Kinship, EvidenceDigest: digest}
	known.When(mine).Then(t, declared)
	known.When(roster.EndConflict{By: planner, Subject: firm, Reason: "关系已解除"}).ThenNothing(t)

	colleague := self
	colleague.Inspector = "XZ-002"
	known.When(roster.DeclareConflict{By: colleague, Subject: firm, Ground: roster.Kinship}).
		ThenError(t, faults("roster.conflict.foreign"))
	known.When(roster.DeclareConflict{By: planner, Ground: "envy", EvidenceDigest: "x"}).
		ThenError(t, faults("roster.conflict.subject.required", "roster.conflict.ground.unknown", "roster.digest.form"))

	conflicted := estest.Of(roster.Inspectors).Given(enrolled(), declared)
	conflicted.When(mine).ThenNothing(t)
	conflicted.When(roster.DeclareConflict{By: planner, Subject: firm, Ground: roster.Interest}).
		Then(t, roster.ConflictDeclared{Subject: firm, Ground: roster.Interest})
	conflicted.When(roster.EndConflict{By: self, Subject: firm, Reason: "关系已解除"}).
		ThenError(t, faults("roster.conflict.self_ended"))
	conflicted.When(roster.EndConflict{By: planner, Subject: firm, Reason: "关系已解除"}).
		Then(t, roster.ConflictEnded{Subject: firm, Reason: "关系已解除"})
}

// Whatever is accepted fits an event, also where each character takes six bytes of JSON.
func TestTheLongestEntriesFitAnEvent(t *testing.T) {
	wide := func(n int) string { return strings.Repeat("<", n) }
	subject := record()
	subject.ID, subject.Code, subject.Name, subject.Address, subject.Scope = "ext:"+domain.SubjectID(strings.Repeat("r", 32)+":"+strings.Repeat("7", 64)), wide(32), wide(200), wide(5000), wide(5000)
	subject.Industry, subject.RegistrationAuthority = wide(100), wide(200)
	events, err := roster.Subjects.Decide(roster.Subject{}, subject)
	if err != nil {
		t.Fatal(err)
	}
	fits(t, events[0])
	inspector := enrol()
	inspector.Name, inspector.Department, inspector.LicenceNo, inspector.Group = wide(100), wide(100), wide(100), wide(100)
	inspector.Lines, inspector.Districts = nil, nil
	for n := range 100 {
		inspector.Lines = append(inspector.Lines, fmt.Sprintf("%02d", n)+wide(98))
		inspector.Districts = append(inspector.Districts, fmt.Sprintf("5401%02d", n))
	}
	enrolments, err := roster.Inspectors.Decide(roster.Inspector{}, inspector)
	if err != nil {
		t.Fatal(err)
	}
	fits(t, enrolments[0])
}

func fits(t *testing.T, e any) {
	t.Helper()
	if data, err := json.Marshal(e); err != nil || len(data) > es.MaxEvent {
		t.Errorf("%T has %d bytes, %v", e, len(data), err)
	}
}

func TestConflictsAreBounded(t *testing.T) {
	history := []roster.InspectorEvent{enrolled()}
	for n := range 1000 {
		history = append(history, roster.ConflictDeclared{Subject: domain.SubjectID(fmt.Sprintf("ext:r:%d", n)), Ground: roster.Kinship})
	}
	full := estest.Of(roster.Inspectors).Given(history...)
	full.When(roster.DeclareConflict{By: planner, Subject: firm, Ground: roster.Kinship}).ThenError(t, faults("roster.conflict.count"))
	full.When(roster.DeclareConflict{By: planner, Subject: "ext:r:7", Ground: roster.Interest}).
		Then(t, roster.ConflictDeclared{Subject: "ext:r:7", Ground: roster.Interest})
}

func TestOnlyTheOwnAuthorityChangesAnInspector(t *testing.T) {
	known := estest.Of(roster.Inspectors).Given(enrolled())
	known.When(roster.Suspend{By: foreign, Reason: "外出培训"}).ThenError(t, faults("roster.authority.foreign"))
	estest.Of(roster.Inspectors).When(roster.Suspend{By: planner, Reason: "外出培训"}).
		ThenError(t, faults("roster.inspector.missing"))
}
