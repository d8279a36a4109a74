package sampling

import (
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain"
)

func (p Plan) check() []*domain.Fault {
	faults := []*domain.Fault{
		text("title", p.Title, maxTitle, needed),
		text("content", p.Content, maxContent, needed|lines),
		natural("batches", p.Batches, 1, maxBatches),
		domain.Blank("sampling", "from", p.From.String()),
		domain.Blank("sampling", "to", p.To.String()),
		domain.Digest("sampling", "attachment_digest", p.AttachmentDigest), fits("content", p),
	}
	if !p.To.IsZero() && p.To.Before(p.From) {
		faults = append(faults, domain.Refuse(domain.Invalid, "sampling.plan.period", "to",
			"计划结束日期不得早于开始日期", "sampling can't end before it begins"))
	}
	return faults
}

func (s Scheme) check() []*domain.Fault {
	faults := []*domain.Fault{
		text("title", s.Title, maxTitle, needed),
		text("content", s.Content, maxContent, lines),
		natural("products", len(s.Products), 1, maxProducts),
		domain.Digest("sampling", "attachment_digest", s.AttachmentDigest), fits("products", s),
	}
	twice := map[string]bool{}
	for i, p := range s.Products {
		at := func(field string) string { return fmt.Sprintf("products[%d].%s", i, field) }
		faults = append(faults,
			text(at("product"), p.Product, maxName, needed), text(at("method"), p.Method, maxReason, lines),
			natural(at("batches"), p.Batches, 1, maxBatches), listed(at("items"), p.Items), listed(at("standards"), p.Standards))
		if name := domain.NormalName(p.Product); twice[name] {
			faults = append(faults, domain.Refuse(domain.Invalid, "sampling.scheme.twice", at("product"),
				"同一产品只列一次："+p.Product, "a product stands in a scheme once: "+p.Product))
		} else {
			twice[name] = true
		}
	}
	return faults
}

func (s Selection) check() []*domain.Fault {
	faults := []*domain.Fault{
		text("content", s.Content, maxContent, lines),
		natural("laboratories", len(s.Laboratories), 1, maxLaboratories),
		domain.Digest("sampling", "attachment_digest", s.AttachmentDigest), fits("laboratories", s),
	}
	for i, l := range s.Laboratories {
		at := func(field string) string { return fmt.Sprintf("laboratories[%d].%s", i, field) }
		faults = append(faults,
			text(at("name"), l.Name, maxName, needed), subject(at("code"), l.Code),
			text(at("accreditation_no"), l.AccreditationNo, maxNo, needed), unknown("sampling.manner", at("manner"), l.Manner.Label(), "确定方式"))
		switch l.Manner {
		case Tendered:
			faults = append(faults, text(at("tender_no"), l.TenderNo, maxNo, needed), text(at("reason"), l.Reason, maxReason, lines))
		case Designated:
			faults = append(faults, text(at("tender_no"), l.TenderNo, maxNo, free), text(at("reason"), l.Reason, maxReason, needed|lines))
		}
		if len(l.Products) > 0 {
			faults = append(faults, listed(at("products"), l.Products))
		}
		for _, other := range s.Laboratories[:i] {
			if (Tester{Name: l.Name, Code: l.Code}).same(Tester{Name: other.Name, Code: other.Code}) {
				faults = append(faults, domain.Refuse(domain.Invalid, "sampling.laboratories.twice", at("name"),
					"同一检验机构只列一次："+l.Name, "a laboratory stands in a selection once: "+l.Name))
			}
		}
	}
	return faults
}

// listed refuses empty lists, and bad texts in them.
func listed(field string, texts []string) *domain.Fault {
	if f := natural(field, len(texts), 1, maxProducts); f != nil {
		return f
	}
	for _, t := range texts {
		if f := text(field, t, maxName, needed); f != nil {
			return f
		}
	}
	return nil
}
