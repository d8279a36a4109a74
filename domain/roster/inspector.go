package roster

import (
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

func decideInspector(i Inspector, command InspectorCommand) ([]InspectorEvent, error) {
	if c, ok := command.(Enrol); ok {
		return enrol(i, c)
	}
	if i.ID == "" {
		return nil, domain.Refuse(domain.NotFound, "roster.inspector.missing", "inspector_id", "名录库中没有该检查人员", "the inspector is not on the roster")
	}
	switch c := command.(type) {
	case Relicense:
		return i.change(c.By, i.relicense(c))
	case Reassign:
		return i.change(c.By, i.reassign(c))
	case Suspend:
		return i.change(c.By, i.suspend(c))
	case Reinstate:
		return i.change(c.By, i.reinstate(c))
	case DeclareConflict:
		return i.change(c.By, i.declareConflict(c))
	case EndConflict:
		return i.change(c.By, i.endConflict(c))
	case Enrol: // above
	}
	return nil, domain.Refuse(domain.Invalid, "roster.command.unknown", "", "未知命令", "unknown command")
}

// turn is one possible change of an inspector.
type turn struct {
	faults []*domain.Fault
	event  InspectorEvent
}

func (i Inspector) change(by domain.Actor, turns ...turn) ([]InspectorEvent, error) {
	if !by.Holds(i.Authority) || by.Authority == "" {
		return nil, foreign()
	}
	var faults []*domain.Fault
	var events []InspectorEvent
	for _, t := range turns {
		faults = append(faults, t.faults...)
		if t.event != nil {
			events = append(events, t.event)
		}
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return events, nil
}

func enrol(i Inspector, c Enrol) ([]InspectorEvent, error) {
	if i.ID == "" {
		e := InspectorEnrolled{
			ID: c.ID, Name: c.Name, Authority: c.By.Authority, Department: c.Department, LicenceNo: c.LicenceNo,
			LicenceValidUntil: c.LicenceValidUntil, Lines: sorted(c.Lines), Districts: sorted(c.Districts), Group: c.Group, Expert: c.Expert,
		}
		faults := append(licence(c.LicenceNo, c.LicenceValidUntil.String(), "licence_valid_until"),
			duties(c.Department, c.Group, c.Lines, c.Districts)...)
		faults = append(faults, domain.Blank("roster.inspector.id", "id", string(c.ID)), personal("id", string(c.ID)),
			needed("roster.inspector.name", "name", c.Name, maxShort))
		return evolveInspector(Inspector{}, e).change(c.By, turn{faults, e})
	}
	var other turn
	if c.Name != i.Name {
		other.faults = []*domain.Fault{domain.Refuse(domain.Conflict, "roster.inspector.exists", "name",
			"该编号属于另一名检查人员", "the id belongs to another inspector")}
	}
	return i.change(c.By, other,
		i.relicense(Relicense{By: c.By, LicenceNo: c.LicenceNo, ValidUntil: c.LicenceValidUntil}),
		i.reassign(Reassign{By: c.By, Department: c.Department, Lines: c.Lines, Districts: c.Districts, Group: c.Group, Expert: c.Expert}))
}

func licence(no, until, field string) []*domain.Fault {
	return []*domain.Fault{
		needed("roster.inspector.licence_no", "licence_no", no, maxShort),
		domain.Blank("roster.inspector.licence_valid_until", field, until),
	}
}

func duties(department, group string, lines, districts []string) []*domain.Fault {
	line := func(field, value string) *domain.Fault {
		return needed("roster.inspector.lines", field, value, maxShort)
	}
	faults := []*domain.Fault{
		needed("roster.inspector.department", "department", department, maxShort),
		text("roster.inspector.group", "group", group, maxShort),
	}
	faults = append(faults, words("roster.inspector.lines", "lines", lines, line)...)
	return append(faults, words("roster.inspector.districts", "districts", districts, district)...)
}

func (i Inspector) relicense(c Relicense) turn {
	t := turn{faults: licence(c.LicenceNo, c.ValidUntil.String(), "valid_until")}
	if c.LicenceNo != i.LicenceNo || c.ValidUntil != i.LicenceValidUntil {
		t.event = InspectorRelicensed{LicenceNo: c.LicenceNo, ValidUntil: c.ValidUntil}
	}
	return t
}

func (i Inspector) reassign(c Reassign) turn {
	t := turn{faults: duties(c.Department, c.Group, c.Lines, c.Districts)}
	lines, districts := sorted(c.Lines), sorted(c.Districts)
	if c.Department != i.Department || c.Group != i.Group || c.Expert != i.Expert ||
		!slices.Equal(lines, i.Lines) || !slices.Equal(districts, i.Districts) {
		t.event = InspectorReassigned{Department: c.Department, Lines: lines, Districts: districts, Group: c.Group, Expert: c.Expert}
	}
	return t
}

func (i Inspector) suspend(c Suspend) turn {
	t := turn{faults: []*domain.Fault{needed("roster.inspector.reason", "reason", c.Reason, maxName)}}
	if !i.Suspended {
		t.event = InspectorSuspended{Reason: c.Reason}
	}
	return t
}

func (i Inspector) reinstate(c Reinstate) turn {
	t := turn{faults: []*domain.Fault{needed("roster.inspector.reason", "reason", c.Reason, maxName)}}
	if i.Suspended {
		t.event = InspectorReinstated{Reason: c.Reason}
	}
	return t
}

func (i Inspector) declareConflict(c DeclareConflict) turn {
	t := turn{faults: []*domain.Fault{
		domain.Blank("roster.conflict.subject", "subject_id", string(c.Subject)),
		among("roster.conflict.ground", "ground", c.Ground, Grounds()),
		domain.Digest("roster", "evidence_digest", c.EvidenceDigest),
		i.own(c.By),
	}}
	if _, stands := i.Conflict(c.Subject); !stands && len(i.Conflicts) >= maxConflicts {
		t.faults = append(t.faults, domain.Refuse(domain.TooLarge, "roster.conflict.count", "subject_id",
			fmt.Sprintf("一名检查人员的回避事项不得超过%d项", maxConflicts), fmt.Sprintf("an inspector has at most %d conflicts", maxConflicts)))
	}
	e := ConflictDeclared{Subject: c.Subject, Ground: c.Ground, EvidenceDigest: c.EvidenceDigest}
	if had, stands := i.Conflict(c.Subject); !stands || had != e {
		t.event = e
	}
	return t
}

// own lets inspectors speak for themselves alone.
func (i Inspector) own(by domain.Actor) *domain.Fault {
	if by.Role != domain.Inspector || by.Inspector == i.ID {
		return nil
	}
	return domain.Refuse(domain.Forbidden, "roster.conflict.foreign", "inspector_id",
		"检查人员只能申报本人的回避事项", "inspectors declare conflicts of their own only")
}

func (i Inspector) endConflict(c EndConflict) turn {
	t := turn{faults: []*domain.Fault{needed("roster.conflict.reason", "reason", c.Reason, maxName)}}
	if c.By.Role == domain.Inspector {
		t.faults = append(t.faults, domain.Refuse(domain.Forbidden, "roster.conflict.self_ended", "",
			"回避事项的解除不能由检查人员本人决定", "an inspector can't end a conflict of interest"))
	}
	if _, stands := i.Conflict(c.Subject); stands {
		t.event = ConflictEnded{Subject: c.Subject, Reason: c.Reason}
	}
	return t
}
