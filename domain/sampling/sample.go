package sampling

import (
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

func (s Sample) check(today calendar.Date) []*domain.Fault {
	faults := []*domain.Fault{
		text("product", s.Product, maxName, needed), text("trademark", s.Trademark, maxItem, free),
		text("specification", s.Specification, maxName, free), unknown("sampling.stage", "stage", s.Stage.Label(), "抽样环节"),
		natural("batches", len(s.Batches), 0, maxBatchNumbers), natural("batches_drawn", s.BatchesDrawn, 1, maxBatches),
		text("report_no", s.ReportNo, maxNo, needed),
		by("sampled_on", s.SampledOn, calendar.Date{}, today), by("reported_on", s.ReportedOn, s.SampledOn, today),
	}
	for i, b := range s.Batches {
		field := fmt.Sprintf("batches[%d]", i)
		faults = append(faults, text(field, b, maxShort, needed))
		if slices.Contains(s.Batches[:i], b) {
			faults = append(faults, domain.Refuse(domain.Invalid, "sampling.batch.twice", field, "同一批号只列一次："+b, "a batch stands there once: "+b))
		}
	}
	if len(s.Batches) > s.BatchesDrawn {
		faults = append(faults, domain.Refuse(domain.Invalid, "sampling.batches.more", "batches",
			"所列批号不得多于抽查批次数", "there are more batch numbers than batches drawn"))
	}
	faults = append(faults, found(s.BatchesFailing, s.BatchesDrawn, s.Failures, s.Batches)...)
	faults = append(faults, s.Laboratory.check("laboratory")...)
	faults = append(faults, s.SampledFrom.check("sampled_from")...)
	if s.Producer != nil {
		faults = append(faults, s.Producer.check("producer")...)
	}
	return faults
}

// found checks what a laboratory found: batches fail if and only if items did.
func found(failing, drawn int, failures []Failure, batches []string) []*domain.Fault {
	faults := []*domain.Fault{natural("failures", len(failures), 0, maxFailures)}
	switch {
	case failing < 0 || failing > drawn:
		faults = append(faults, domain.Refuse(domain.Invalid, "sampling.batches_failing.range", "batches_failing",
			fmt.Sprintf("不合格批次数应为0至抽查批次数（%d）", drawn), fmt.Sprintf("failing batches are 0 to the %d drawn", drawn)))
	case failing > 0 && len(failures) == 0:
		faults = append(faults, domain.Refuse(domain.Invalid, "sampling.failures.none", "failures",
			"有不合格批次的，应填写不合格项目", "failing batches have items that failed"))
	case failing == 0 && len(failures) > 0:
		faults = append(faults, domain.Refuse(domain.Invalid, "sampling.failures.unexpected", "failures",
			"没有不合格批次的，不应填写不合格项目", "without a failing batch no item failed"))
	}
	for i, f := range failures {
		at := func(field string) string { return fmt.Sprintf("failures[%d].%s", i, field) }
		faults = append(faults, text(at("item"), f.Item, maxItem, needed), text(at("measured"), f.Measured, maxShort, needed),
			text(at("limit"), f.Limit, maxShort, needed), text(at("standard"), f.Standard, maxBasis, needed))
		if f.Batch != "" && !slices.Contains(batches, f.Batch) {
			faults = append(faults, domain.Refuse(domain.Invalid, "sampling.failure.batch", at("batch"),
				"不合格项目所属批号不在所列批号中："+f.Batch, "no such batch is listed: "+f.Batch))
		}
	}
	return faults
}

func (t Tester) check(field string) []*domain.Fault {
	return []*domain.Fault{text(field+".name", t.Name, maxName, needed), subject(field+".code", t.Code)}
}

func (p Party) check(field string) []*domain.Fault {
	return []*domain.Fault{
		text(field+".name", p.Name, maxName, needed), subject(field+".subject", p.Subject), text(field+".address", p.Address, maxName, free),
	}
}

// equal compares what two samples say.
func (s Sample) equal(o Sample) bool { return len(s.differs(o)) == 0 }

// differs names the fields in which two samples differ.
func (s Sample) differs(o Sample) (fields []string) {
	producer := func(p *Party) Party {
		if p == nil {
			return Party{}
		}
		return *p
	}
	for _, f := range []struct {
		name string
		same bool
	}{
		{"product", s.Product == o.Product}, {"trademark", s.Trademark == o.Trademark}, {"specification", s.Specification == o.Specification},
		{"stage", s.Stage == o.Stage}, {"batches", slices.Equal(s.Batches, o.Batches)}, {"batches_drawn", s.BatchesDrawn == o.BatchesDrawn},
		{"batches_failing", s.BatchesFailing == o.BatchesFailing}, {"failures", slices.Equal(s.Failures, o.Failures)},
		{"laboratory", s.Laboratory == o.Laboratory}, {"sampled_from", s.SampledFrom == o.SampledFrom},
		{"producer", (s.Producer == nil) == (o.Producer == nil) && producer(s.Producer) == producer(o.Producer)},
		{"sampled_on", s.SampledOn == o.SampledOn}, {"report_no", s.ReportNo == o.ReportNo}, {"reported_on", s.ReportedOn == o.ReportedOn},
	} {
		if !f.same {
			fields = append(fields, f.name)
		}
	}
	return fields
}

// Doubt is what is odd about a sample, though it may be right.
type Doubt struct{ Code, Field, ZH, EN string }

// Doubts tells what a campaign's publications don't account for.
func (c Campaign) Doubts(s Sample) (out []Doubt) {
	if published, _ := c.Settled(s.Laboratory); !published {
		out = append(out, Doubt{"sampling.laboratory.unpublished", "laboratory", "检验机构的确定情况尚未公布", "it was not published yet who tests"})
	}
	planned, known := false, false
	for _, v := range c.Schemes {
		if v.Public() {
			planned = true
			known = known || slices.ContainsFunc(v.Body.Products, func(p PlannedProduct) bool {
				return domain.NormalName(p.Product) == domain.NormalName(s.Product)
			})
		}
	}
	switch {
	case !planned:
		out = append(out, Doubt{"sampling.scheme.unpublished", "product", "抽查方案尚未公布", "the scheme was not published yet"})
	case !known:
		out = append(out, Doubt{"sampling.scheme.unlisted", "product", "公布的抽查方案中没有该产品", "no published scheme lists the product"})
	}
	return out
}
