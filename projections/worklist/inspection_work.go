package worklist

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// What waits at an inspection.
const (
	recordResult  = "record_result"
	confirmResult = "confirm_result"
	serveNotice   = "serve_notice"
	recheckDue    = "recheck"
	handOver      = "hand_over"
	closeFollowUp = "close_follow_up"
	leaveToLater  = "leave_to_later_task"
)

// Statutory periods in working days, from the day of handing over.
const (
	filingDays   = 15 // until it is decided whether a case is filed (市场监督管理行政处罚程序规定 art. 18)
	abnormalDays = 10 // until it is decided on the list of abnormal operations
)

// inspectionWork is what waits at an inspection as it stands.
func inspectionWork(v *viewv1.Inspection) []*viewv1.WorkItem {
	out := atAuthority(v)
	add := func(kind string, d *viewv1.InspectionDepartment, inspector, due string) {
		out = append(out, &viewv1.WorkItem{
			Id: kind + divider + v.GetId() + divider + inspector, Kind: kind, AuthorityId: d.GetAuthorityId(), InspectorId: inspector,
			RecordKind: "inspection", RecordId: v.GetId(), Department: d.GetName(), Title: v.GetSubjectName(), DueOn: due,
		})
	}
	confirms, open := signers(v) < 2, isOpen(v)
	for _, d := range v.GetDepartments() {
		order := orderOf(v, d.GetName())
		for _, inspector := range d.GetInspectors() {
			switch {
			case d.GetCalledOff():
			case open && !d.GetRecorded():
				add(recordResult, d, inspector, v.GetDueOn())
			case open && confirms && !slices.Contains(d.GetSigned(), inspector):
				add(confirmResult, d, inspector, v.GetDueOn())
			}
			if order.GetOpen() {
				add(recheckDue, d, inspector, order.GetDueOn())
			}
		}
	}
	return out
}

// atAuthority is what waits for the clerks of the authority.
func atAuthority(v *viewv1.Inspection) []*viewv1.WorkItem {
	var out []*viewv1.WorkItem
	add := func(kind, part, due string) {
		out = append(out, &viewv1.WorkItem{
			Id: kind + divider + v.GetId() + divider + part, Kind: kind, AuthorityId: v.GetAuthorityId(), Role: string(domain.Clerk),
			RecordKind: "inspection", RecordId: v.GetId(), Title: v.GetSubjectName(), DueOn: due,
		})
	}
	if isOpen(v) && drawn(v) < 2 {
		add(leaveToLater, "", v.GetDueOn())
	}
	if n := len(v.GetNotices()); n > 0 && isOpen(v) {
		if last := v.GetNotices()[n-1]; last.GetServedOn() == "" {
			add(serveNotice, "", last.GetVisitFrom())
		}
	}
	if v.GetState() == StateConcluded && len(v.GetHandedOver()) == 0 && leadsOn(v.GetOutcomes()) {
		add(handOver, "", "")
	}
	for _, h := range v.GetHandedOver() {
		if h.GetOpen() {
			add(closeFollowUp, h.GetTo(), followUpDue(v, h))
		}
	}
	return out
}

func isOpen(v *viewv1.Inspection) bool {
	return v.GetState() == StateAssigned || v.GetState() == StateRecorded
}

// leadsOn tells whether another procedure follows: the list of abnormal operations, or the filing of a case.
func leadsOn(outcomes []*viewv1.CodedLabel) bool {
	return slices.ContainsFunc(outcomes, func(o *viewv1.CodedLabel) bool {
		switch inspection.Outcome(o.GetCode()) {
		case inspection.InfoNotDisclosed, inspection.InfoFalse, inspection.Unreachable, inspection.Uncooperative, inspection.ProblemPending:
			return true
		case inspection.NoProblem, inspection.RectifiedOnOrder, inspection.NoSuchActivity, inspection.Deregistered, inspection.Revoked,
			inspection.Rescinded, inspection.MovedOut, inspection.Closed:
		}
		return false
	})
}

// followUpDue: of a finding that waits in a case of the list, the period runs there and not here once more.
func followUpDue(v *viewv1.Inspection, h *viewv1.InspectionHandOver) string {
	on, err := calendar.Parse(h.GetOn())
	if err != nil {
		return "" // an older event has no day
	}
	if inspection.Destination(h.GetTo()) == inspection.AbnormalList {
		if v.GetListingId() != "" {
			return ""
		}
		return workingDays(on, abnormalDays)
	}
	return workingDays(on, filingDays)
}

func orderOf(v *viewv1.Inspection, department string) *viewv1.InspectionRectification {
	for _, r := range v.GetRectifications() {
		if r.GetDepartment() == department {
			return r
		}
	}
	return nil
}

// drawn counts the inspectors of departments that go on: with fewer than two nobody can finish.
func drawn(v *viewv1.Inspection) int {
	n := 0
	for _, d := range v.GetDepartments() {
		if !d.GetCalledOff() {
			n += len(d.GetInspectors())
		}
	}
	return n
}

func signers(v *viewv1.Inspection) int {
	all := map[string]bool{}
	for _, d := range v.GetDepartments() {
		for _, inspector := range d.GetSigned() {
			all[inspector] = true
		}
	}
	return len(all)
}
