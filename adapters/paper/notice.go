package paper

import (
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// notice is a paper as a notice.
type notice struct{ *viewv1.InspectionPaper }

// Of is the notice to print; a blank one without.
func (n notice) Of() *viewv1.InspectionNotice { return n.GetNotice() }

// Authority is who notifies.
func (n notice) Authority() string {
	return authority(n.InspectionPaper, n.GetInspection().GetAuthorityId())
}

// Inspectors are those that the notice names, in a form all who are assigned.
func (n notice) Inspectors() []*viewv1.InspectionCertificate {
	if n.GetNotice() != nil {
		return n.GetNotice().GetInspectors()
	}
	var ids []string
	for _, d := range n.GetInspection().GetDepartments() {
		ids = append(ids, d.GetInspectors()...)
	}
	return certificates(n.InspectionPaper, ids)
}

// Office is where an inspector works.
func (n notice) Office(inspector string) string { return office(n.InspectionPaper, inspector) }

// Server is the name of the inspector who served the notice; empty if staff did, or nobody yet.
func (n notice) Server() string {
	id := n.GetNotice().GetServedBy()
	if id == "" {
		return ""
	}
	return certificates(n.InspectionPaper, []string{id})[0].GetName()
}
