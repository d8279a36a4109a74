package enterprise

import (
	"cmp"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
)

// summary says in one line what came out.
func summary(doc disclosure.Document) string {
	switch {
	case doc.Inspection != nil:
		return labels(doc.Inspection.Outcomes, "；")
	case doc.Penalty != nil:
		return penaltySummary(doc.Penalty)
	case doc.Licence != nil:
		return licenceSummary(doc.Licence)
	}
	return ""
}

func labels(list []disclosure.Labelled, between string) string {
	var out []string
	for _, l := range list {
		out = append(out, cmp.Or(l.Label, l.Code))
	}
	return strings.Join(out, between)
}

func penaltySummary(p *disclosure.PenaltyBody) string {
	out := labels(p.Kinds, "、")
	if p.FineFen != 0 {
		out += "；罚款" + p.FineFen.Yuan() + "元"
	}
	if p.ConfiscatedFen != 0 {
		out += "；没收" + p.ConfiscatedFen.Yuan() + "元"
	}
	switch p.Status {
	case "amended":
		out += "（已变更）"
	case "revoked":
		out += "（已撤销）"
	}
	return strings.TrimPrefix(out, "；")
}

func licenceSummary(l *disclosure.LicenceBody) string {
	out := labelOfAction(l.Action)
	if name := cmp.Or(l.CertificateName, l.DocumentTitle); name != "" {
		out += "《" + name + "》"
	}
	if no := cmp.Or(l.LicenceNo, l.DocumentNo); no != "" {
		out += " " + no
	}
	if !l.ValidTo.IsZero() {
		out += "，有效期至" + term(l)
	}
	return out
}

// term words the last day; 2099-12-31 is how the tables of 双公示 write that there is none.
func term(l *disclosure.LicenceBody) string {
	if day := l.ValidTo.String(); day != "2099-12-31" {
		return day
	}
	return "长期"
}

// labelOfAction words what a decision did to a licence; a taken-over record's own word stands as it is.
func labelOfAction(action string) string {
	if label, ok := map[string]string{
		"granted": "准予许可", "amended": "变更许可", "renewed": "延续许可", "suspended": "暂停许可", "resumed": "恢复许可",
		"revoked": "撤销许可", "cancelled": "注销许可", "expired": "许可期满",
	}[action]; ok {
		return label
	}
	return action
}
