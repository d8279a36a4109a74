package disclosure

import (
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// The states of an application.
const (
	Applied = "applied" // 待核查
	Checked = "checked" // 待决定
	Granted = "granted" // 准予修复
	Refused = "refused" // 不予修复
	Void    = "void"    // 已失效
)

func applied(v *viewv1.Disclosure, e disclosure.RepairApplied) *viewv1.Repair {
	r := &viewv1.Repair{
		Id: e.Repair, DisclosureId: v.GetId(), AuthorityId: v.GetAuthority().GetId(), Title: v.GetTitle(),
		Applicant: string(e.Applicant), ApplicantLabel: applicantLabel(e.Applicant), Outlets: names(e.Outlets),
		Commitment: material(e.Commitment), Statement: e.Statement, ReceivedOn: e.On.String(), ReceivedBy: e.By,
		DueOn: e.DueOn.String(), DueRule: e.DueRule, Provisional: e.Provisional,
	}
	for _, m := range e.Materials {
		r.Materials = append(r.GetMaterials(), material(m))
	}
	return stand(r, Applied)
}

func material(m disclosure.Material) *viewv1.RepairMaterial {
	return &viewv1.RepairMaterial{Title: m.Title, Digest: m.Digest}
}

func checked(v *viewv1.Disclosure, e disclosure.RepairChecked) {
	r := repair(v, e.Repair)
	if r == nil {
		return
	}
	r.Conditions, r.CheckedBy, r.CheckedOn = nil, e.By, e.On.String()
	for _, c := range e.Conditions {
		r.Conditions = append(r.GetConditions(), &viewv1.RepairCondition{
			Code: c.Code, Label: disclosure.ConditionLabel(c.Code), Verdict: string(c.Verdict), Rests: c.Rests, Basis: c.Basis,
		})
	}
	stand(r, Checked)
}

func decided(v *viewv1.Disclosure, e disclosure.RepairDecided) {
	r := repair(v, e.Repair)
	if r == nil {
		return
	}
	r.Reason, r.DecidedBy, r.DecidedOn = e.Reason, e.By, e.On.String()
	if stand(r, Refused); e.Granted {
		stand(r, Granted)
	}
}

func voidRepairs(v *viewv1.Disclosure) {
	for _, r := range v.GetRepairs() {
		if r.GetState() == Applied || r.GetState() == Checked {
			stand(r, Void)
		}
	}
}

func repair(v *viewv1.Disclosure, id string) *viewv1.Repair {
	for _, r := range v.GetRepairs() {
		if r.GetId() == id {
			return r
		}
	}
	return nil
}

func stand(r *viewv1.Repair, state string) *viewv1.Repair {
	r.State = state
	switch state {
	case Applied:
		r.StateLabel = "待核查"
	case Checked:
		r.StateLabel = "待决定"
	case Granted:
		r.StateLabel = "准予修复"
	case Refused:
		r.StateLabel = "不予修复"
	case Void:
		r.StateLabel = "已失效（信息已撤回）"
	}
	return r
}

func applicantLabel(a disclosure.Applicant) string {
	switch a {
	case disclosure.Party:
		return "当事人"
	case disclosure.Agent:
		return "受托代理人"
	case disclosure.Administrator:
		return "破产管理人"
	}
	return string(a)
}
