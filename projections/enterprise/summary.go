package enterprise

import (
	"cmp"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/licence"
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
	out := cmp.Or(licence.Action(l.Action).Label(), l.Action)
	if name := cmp.Or(l.CertificateName, l.DocumentTitle); name != "" {
		out += "《" + name + "》"
	}
	if no := cmp.Or(l.LicenceNo, l.DocumentNo); no != "" {
		out += " " + no
	}
	switch {
	case l.ValidTo.IsZero():
	case l.ValidTo == licence.LongTerm:
		out += "，长期有效"
	default:
		out += "，有效期至" + l.ValidTo.String()
	}
	return out
}
