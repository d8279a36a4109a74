package sampling

import (
	"github.com/mingjian-ledger/mingjian/domain/sampling"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// show keeps the public row of a result that is public: what was published from the document alone, beside it how the
// product is handled now and whether a new version is owed.
func show(rows *projections.Rows, v *viewv1.SamplingResult, event sampling.ResultEvent) error {
	p := &viewv1.PublicSamplingResult{}
	known, err := document.Get(rows, ShownTable, v.GetId(), p)
	if err != nil {
		return err
	}
	if e, ok := event.(sampling.ResultPublished); ok {
		d, err := sampling.ParseDocument(e.Document)
		if err != nil {
			return err
		}
		p, known = published(d, e), true
	}
	if !known {
		return nil
	}
	p.UnderRevision, p.HandlingState, p.Handling = v.GetStale(), v.GetHandlingState(), outside(last(v))
	return document.Put(rows, ShownTable, projections.Row{Key: v.GetId(), Columns: []string{
		v.GetSamplingId(), v.GetAuthorityId(), v.GetKind(), flag(p.GetFailing()), v.GetHandlingState(), v.GetSample().GetReportedOn(),
	}}, p)
}

func published(d sampling.Document, e sampling.ResultPublished) *viewv1.PublicSamplingResult {
	p := &viewv1.PublicSamplingResult{
		Id: d.ID, SamplingId: d.Sampling, AuthorityId: string(d.Authority), AuthorityName: d.AuthorityName, Kind: string(d.Kind), KindLabel: d.Kind.Label(),
		Corrections: d.Corrections, Annulled: d.Annulled, BatchesFailing: small(d.BatchesFailing), Failing: d.BatchesFailing > 0,
		Version: small(e.Version), DocumentNo: e.DocumentNo, PublishedOn: e.PublishedOn.String(), Digest: e.Digest,
	}
	if d.Sample != nil {
		p.Sample = sample(*d.Sample)
	}
	for _, o := range d.Objections {
		v := &viewv1.SampleObjection{Role: string(o.Role), RoleLabel: o.Role.Label(), Matter: string(o.Matter), MatterLabel: o.Matter.Label()}
		setState(v, o.State)
		p.Objections = append(p.Objections, v)
	}
	if r := d.Retest; r != nil {
		p.Retest = &viewv1.SampleRetest{
			Laboratory: laboratory(r.Laboratory), BatchesFailing: small(r.BatchesFailing), Failures: failures(r.Failures),
			ReportNo: r.ReportNo, ReportedOn: r.ReportedOn.String(),
		}
	}
	return p
}

// outside is a handling without its words, which nobody has approved for the public, and without accounts.
func outside(h *viewv1.SampleHandling) *viewv1.SampleHandling {
	if h == nil {
		return nil
	}
	out := &viewv1.SampleHandling{
		Number: h.GetNumber(), OpenedOn: h.GetOpenedOn(), DueOn: h.GetDueOn(),
		Outcome: h.GetOutcome(), OutcomeLabel: h.GetOutcomeLabel(), ClosedOn: h.GetClosedOn(),
	}
	for _, s := range h.GetSteps() {
		out.Steps = append(out.Steps, &viewv1.SampleHandlingStep{
			Kind: s.GetKind(), KindLabel: s.GetKindLabel(), On: s.GetOn(), PenaltyId: s.GetPenaltyId(),
		})
	}
	return out
}
