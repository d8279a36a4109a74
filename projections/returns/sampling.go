package returns

import (
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
	"github.com/mingjian-ledger/mingjian/projections"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// SampleScope is the scope of samples of a kind; only food is told apart by stage.
func SampleScope(kind, stage string) string {
	if kind == string(sampling.Food) {
		return kind + "/" + stage
	}
	return kind
}

// projectSampling: a result is a row from its recording on; one that was annulled is none any more.
func projectSampling(rec es.Record) (projections.Change, error) {
	event, err := sampling.ResultCodec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	f := fact{rec: rec, key: Sampling + "|" + rec.Stream.ID}
	switch e := event.(type) {
	case sampling.ResultRecorded:
		f.next = func(s standing) standing {
			s.row = &viewv1.ReturnRow{Kind: Sampling, Id: e.Result, AuthorityId: string(e.Authority), Line: string(e.Kind)}
			sampled(s.row, e.Sample)
			return s
		}
	case sampling.ResultCorrected:
		f.next = within(func(v *viewv1.ReturnRow) { sampled(v, e.Sample) })
	case sampling.ResultAnnulled:
		f.next = func(s standing) standing {
			s.row = nil
			return s
		}
	case sampling.Retested:
		f.next = within(func(v *viewv1.ReturnRow) { v.BatchesFailing, v.Failures = number(e.BatchesFailing), failed(e.Failures) })
	case sampling.HandlingOpened:
		f.next = within(func(v *viewv1.ReturnRow) {
			v.Open, v.ClosedOn = true, ""
			handled(v, e.On.String(), "启动核查处置", "")
		})
	case sampling.HandlingStepped:
		f.next = within(func(v *viewv1.ReturnRow) {
			handled(v, e.Step.On.String(), e.Step.Kind.Label(), strings.TrimSpace(e.Step.Quantity+" "+e.Step.CaseNo))
		})
	case sampling.HandlingClosed:
		f.next = within(func(v *viewv1.ReturnRow) {
			v.Open, v.ClosedOn = false, e.On.String()
			handled(v, e.On.String(), "办结："+e.Outcome.Label(), "")
		})
	case sampling.ResultPublished, sampling.PartyNotified, sampling.ObjectionLodged, sampling.ObjectionWithdrawn, sampling.ObjectionRefused,
		sampling.RetestOrdered:
		return projections.Change{}, nil
	}
	return f.change(), nil
}

func sampled(v *viewv1.ReturnRow, s sampling.Sample) {
	v.Scope, v.Stage, v.Date = SampleScope(v.GetLine(), string(s.Stage)), s.Stage.Label(), s.ReportedOn.String()
	v.Product, v.BatchesDrawn, v.BatchesFailing, v.Failures = s.Product, number(s.BatchesDrawn), number(s.BatchesFailing), failed(s.Failures)
	v.SubjectId, v.SubjectName, v.Matter, v.DocumentNo = string(s.SampledFrom.Subject), s.SampledFrom.Name, "", s.ReportNo
	if s.Producer != nil {
		v.Matter = "标称生产企业：" + s.Producer.Name
	}
}

func failed(list []sampling.Failure) []string {
	var out []string
	for _, f := range list {
		out = append(out, f.Item)
	}
	return out
}

// maxHandling bounds what is told of the handling; the record itself has all.
const maxHandling = 4000

func handled(v *viewv1.ReturnRow, on, what, more string) {
	line := on + " " + what
	if more != "" {
		line += "（" + more + "）"
	}
	if v.GetHandling() != "" {
		line = v.GetHandling() + "；" + line
	}
	if len(line) <= maxHandling {
		v.Handling = line
	}
}
