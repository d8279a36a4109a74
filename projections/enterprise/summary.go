package enterprise

import (
	"cmp"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

// summary says in one line what came out, and whether the party replied.
func summary(doc disclosure.Document) string {
	if len(doc.Replies) > 0 {
		doc.Replies = nil
		return summary(doc) + "（附当事人陈述）"
	}
	switch {
	case doc.Inspection != nil:
		return inspectionSummary(doc.Inspection)
	case doc.Penalty != nil:
		return penaltySummary(doc.Penalty)
	case doc.Licence != nil:
		return licenceSummary(doc.Licence)
	case doc.Listing != nil:
		return listingSummary(doc.Listing)
	}
	return ""
}

// inspectionSummary tells of a joint check what each department found, in turn.
func inspectionSummary(i *disclosure.InspectionBody) string {
	if len(i.Departments) < 2 {
		return labels(i.Outcomes, "；")
	}
	var parts []string
	for _, d := range i.Departments {
		parts = append(parts, d.Name+"："+labels(d.Outcomes, "、"))
	}
	return strings.Join(parts, "；")
}

func labels(list []disclosure.Labelled, between string) string {
	var out []string
	for _, l := range list {
		out = append(out, cmp.Or(l.Label, l.Code))
	}
	return strings.Join(out, between)
}

// penaltySummary names what stands and, of an amended decision that says so, what was decided at first.
func penaltySummary(p *disclosure.PenaltyBody) string {
	out := sentence(p.Kinds, p.FineFen, p.ConfiscatedFen)
	switch {
	case p.Status == "amended" && len(p.InitialKinds) > 0:
		out += "（已变更，原为" + sentence(p.InitialKinds, p.InitialFineFen, p.InitialConfiscatedFen) + "）"
	case p.Status == "amended":
		out += "（已变更）"
	case p.Status == "revoked":
		out += "（已撤销）"
	}
	return out
}

// sentence names the kinds, an amount behind the kind it belongs to.
func sentence(kinds []disclosure.Labelled, fine, taken domain.Fen) string {
	var parts []string
	for _, k := range kinds {
		part := cmp.Or(k.Label, k.Code)
		switch penalty.Kind(k.Code) {
		case penalty.Fine:
			part, fine = part+amount(fine), 0
		case penalty.ConfiscationGains, penalty.ConfiscationGoods:
			part, taken = part+amount(taken), 0
		}
		parts = append(parts, part)
	}
	if fine != 0 {
		parts = append(parts, "罚款"+amount(fine))
	}
	if taken != 0 {
		parts = append(parts, "没收"+amount(taken))
	}
	return strings.Join(parts, "、")
}

func amount(fen domain.Fen) string {
	if fen == 0 {
		return ""
	}
	return fen.Yuan() + "元"
}

func licenceSummary(l *disclosure.LicenceBody) string {
	out := cmp.Or(licence.Action(l.Action).Label(), l.Action)
	if l.Ground != nil {
		out = l.Ground.Label
	}
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

// listingSummary names the list, the grounds and the end.
func listingSummary(l *disclosure.ListingBody) string {
	out := "列入" + cmp.Or(l.List.Label, l.List.Code)
	if l.Marked {
		out = "标记为经营异常状态"
	}
	var grounds []disclosure.Labelled
	for _, g := range l.Grounds {
		grounds = append(grounds, g.Labelled)
	}
	out += "：" + labels(grounds, "、")
	if l.End == nil {
		return out
	}
	end := "移出"
	switch {
	case l.Status == "rescinded":
		end = "撤销"
	case l.Marked:
		end = "恢复正常记载状态"
	}
	return out + "（" + l.End.On.String() + end + "）"
}
