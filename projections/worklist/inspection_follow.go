package worklist

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/inspection"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// ordered puts an order at the end, in the place of the department's former one.
func ordered(v *viewv1.Inspection, r *viewv1.InspectionRectification) {
	v.Rectifications = append(slices.DeleteFunc(v.GetRectifications(), func(o *viewv1.InspectionRectification) bool {
		return o.GetDepartment() == r.GetDepartment()
	}), r)
	v.Rectification = r
}

// rechecked: older events name no department and mean the last order.
func rechecked(v *viewv1.Inspection, e inspection.Rechecked) {
	r := &viewv1.InspectionRectification{Department: e.Department}
	for _, o := range slices.Backward(v.GetRectifications()) {
		if e.Department == "" || o.GetDepartment() == e.Department {
			r = o
			break
		}
	}
	r.Open, r.Passed, r.RecheckedOn, r.Note = !e.Passed, e.Passed, e.On.String(), e.Note
	ordered(v, r)
}

func departmentOf(v *viewv1.Inspection, inspector string) string {
	for _, d := range v.GetDepartments() {
		if slices.Contains(d.GetInspectors(), inspector) {
			return d.GetName()
		}
	}
	return ""
}

func closed(v *viewv1.Inspection, e inspection.FollowUpClosed) {
	for _, h := range v.GetHandedOver() {
		if h.GetOpen() && h.GetTo() == string(e.To) {
			h.Open, h.Result, h.ResultLabel = false, string(e.Result), resultLabel(e.Result)
			h.Reference, h.Note, h.ClosedOn = e.Reference, e.Note, e.On.String()
		}
	}
}

func issued(e inspection.NoticeIssued) *viewv1.InspectionNotice {
	return &viewv1.InspectionNotice{
		No: e.No, Manner: string(e.Manner), VisitFrom: e.VisitFrom.String(), VisitTo: e.VisitTo.String(), Place: e.Place, Materials: e.Materials,
		Contact: e.Contact, Inspectors: certificates(e.Inspectors), IssuedOn: e.On.String(),
	}
}

func served(v *viewv1.Inspection, e inspection.NoticeServed) {
	for _, n := range v.GetNotices() {
		if n.GetNo() != e.No {
			continue
		}
		n.ServedOn, n.How, n.HowLabel, n.ServiceNote, n.ServedBy = e.On.String(), string(e.How), serviceLabel(e.How), e.Note, string(e.Inspector)
		if e.To != (inspection.Person{}) {
			n.ServedTo = &viewv1.InspectionPerson{Name: e.To.Name, Role: e.To.Role}
		}
	}
}

// visit is nil where nothing of a visit was recorded.
func visit(v inspection.Visit) *viewv1.InspectionVisit {
	if v.Place == "" && len(v.Present) == 0 && len(v.Met) == 0 && v.Statement == "" && v.Signature == (inspection.Signature{}) {
		return nil
	}
	out := &viewv1.InspectionVisit{
		Place: v.Place, Present: certificates(v.Present), Statement: v.Statement,
		Signature: string(v.Signature.State), SignatureLabel: signatureLabel(v.Signature.State), UnsignedReason: v.Signature.Reason, Witness: v.Signature.Witness,
	}
	for _, p := range v.Met {
		out.Met = append(out.Met, &viewv1.InspectionPerson{Name: p.Name, Role: p.Role})
	}
	return out
}

func certificates(list []inspection.Certificate) []*viewv1.InspectionCertificate {
	var out []*viewv1.InspectionCertificate
	for _, c := range list {
		out = append(out, &viewv1.InspectionCertificate{InspectorId: string(c.Inspector), Name: c.Name, No: c.No, ValidUntil: c.ValidUntil.String()})
	}
	return out
}

func signatureLabel(s inspection.SignatureState) string {
	switch s {
	case inspection.Signed:
		return "已签名确认"
	case inspection.SigningRefused:
		return "拒绝签名"
	case inspection.NobodyToSign:
		return "无人在场"
	}
	return ""
}

func serviceLabel(s inspection.Service) string {
	switch s {
	case inspection.Direct:
		return "直接送达"
	case inspection.Left:
		return "留置送达"
	case inspection.Posted:
		return "邮寄送达"
	case inspection.Electronic:
		return "电子送达"
	case inspection.Announced:
		return "公告送达"
	}
	return ""
}

func resultLabel(r inspection.FollowUpResult) string {
	switch r {
	case inspection.Filed:
		return "已立案"
	case inspection.NotFiled:
		return "不予立案"
	case inspection.Listed:
		return "已列入经营异常名录"
	case inspection.NotListed:
		return "不予列入经营异常名录"
	}
	return ""
}
