package inspection

import (
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

const maxMet = 20

// checkVisit: who was there is of the team and holds a certificate that was valid on that day (行政处罚法 art. 42); who signed
// is named, and why nobody did is told.
func checkVisit(team Team, cmd RecordResult) []*domain.Fault {
	v := cmd.Visit
	faults := []*domain.Fault{
		line("inspection.visit", "place", v.Place, maxLine),
		personalProse("inspection.visit", "statement", v.Statement, maxProse),
	}
	faults = append(faults, checkPresent(team, cmd)...)
	if len(v.Met) > maxMet {
		return append(faults, domain.Refuse(domain.Invalid, "inspection.visit.met_count", "met", "在场人员过多", "too many people were met"))
	}
	for n, p := range v.Met {
		faults = append(faults, checkPerson(fmt.Sprintf("met[%d]", n), p))
	}
	return append(faults, checkSignature(v)...)
}

func checkPresent(team Team, cmd RecordResult) []*domain.Fault {
	var faults []*domain.Fault
	day, present := calendar.DateOf(cmd.StartedAt), cmd.Visit.Present
	for n, c := range present {
		at := fmt.Sprintf("present[%d]", n)
		switch {
		case !slices.Contains(team.Inspectors, c.Inspector):
			faults = append(faults, domain.Refuse(domain.Invalid, "inspection.visit.present_unassigned", at,
				"该人员未被派发本次检查", "the inspector is not in the department's team"))
		case slices.ContainsFunc(present[:n], func(other Certificate) bool { return other.Inspector == c.Inspector }):
			faults = append(faults, domain.Refuse(domain.Invalid, "inspection.visit.present_twice", at, "检查人员重复", "the inspector is named twice"))
		case c.No == "" || c.ValidUntil.Before(day):
			faults = append(faults, domain.Refuse(domain.Precondition, "inspection.visit.uncertified", at,
				"该人员在检查当日没有有效的执法证件", "the inspector had no valid certificate on that day"))
		}
	}
	if len(present) > 0 && !slices.ContainsFunc(present, func(c Certificate) bool { return c.Inspector == cmd.By.Inspector }) {
		faults = append(faults, domain.Refuse(domain.Invalid, "inspection.visit.present_self", "present",
			"录入人应在场", "who records the visit was there"))
	}
	return faults
}

func checkSignature(v Visit) []*domain.Fault {
	const code = "inspection.signature"
	s := v.Signature
	faults := []*domain.Fault{personal(code, "signature.reason", s.Reason, maxLine), personal(code, "signature.witness", s.Witness, maxKey)}
	switch s.State {
	case "":
		if s != (Signature{}) {
			faults = append(faults, domain.Blank(code, "signature.state", ""))
		}
	case Signed:
		if len(v.Met) == 0 {
			faults = append(faults, domain.Refuse(domain.Invalid, "inspection.signature.nobody", "met", "已签名的，应填写在场人员", "who signed is to be named among those met"))
		}
		if s.Reason != "" {
			faults = append(faults, domain.Refuse(domain.Invalid, "inspection.signature.reason_idle", "signature.reason",
				"已签名的，不填写未签名原因", "a reason is given though somebody signed"))
		}
	case SigningRefused, NobodyToSign:
		faults = append(faults, domain.Blank(code, "signature.reason", s.Reason))
	default:
		faults = append(faults, domain.Refuse(domain.Invalid, "inspection.signature.unknown", "signature.state",
			"未知的签名情况："+string(s.State), "unknown state of the signature: "+string(s.State)))
	}
	return faults
}
