package sampling

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/sampling"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func applyCampaign(v *viewv1.SamplingDesk, event sampling.Event) {
	s := v.GetSampling()
	switch e := event.(type) {
	case sampling.Opened:
		s.AuthorityId, s.AuthorityName, s.Kind, s.KindLabel = string(e.Authority), e.AuthorityName, string(e.Kind), e.Kind.Label()
		s.Year, s.Title = int32(e.Year), e.Title //nolint:gosec // a year has four digits
	case sampling.PlanDrafted:
		draft(v, sampling.ActPlan, &viewv1.SamplingDraft{DraftedBy: e.By, Plan: plan(e)})
	case sampling.SchemeDrafted:
		draft(v, sampling.ActScheme, &viewv1.SamplingDraft{DraftedBy: e.By, Scheme: scheme(e)})
	case sampling.LaboratoriesDrafted:
		draft(v, sampling.ActLaboratories, &viewv1.SamplingDraft{DraftedBy: e.By, Selection: selection(e)})
	case sampling.Published:
		publish(v, e)
	case sampling.ResultsPublished:
		s.Results = append(s.GetResults(), resultsOf(e))
		v.Public = true
	case sampling.Cancelled:
		s.Cancelled = e.Reason
	}
	s.Missing = missing(s)
}

// missing are the four publications that are still owed.
func missing(s *viewv1.Sampling) (out []*viewv1.SamplingAct) {
	for _, act := range sampling.Acts() {
		n := 0
		switch act {
		case sampling.ActPlan:
			n = len(s.GetPlans())
		case sampling.ActScheme:
			n = len(s.GetSchemes())
		case sampling.ActLaboratories:
			n = len(s.GetSelections())
		case sampling.ActResults:
			n = len(s.GetResults())
		}
		if n == 0 {
			out = append(out, &viewv1.SamplingAct{Act: string(act), Label: act.Label()})
		}
	}
	return out
}

func actOf(d *viewv1.SamplingDraft) sampling.Act {
	switch {
	case d.GetPlan() != nil:
		return sampling.ActPlan
	case d.GetScheme() != nil:
		return sampling.ActScheme
	}
	return sampling.ActLaboratories
}

// draft puts a draft in the place of the one of its act.
func draft(v *viewv1.SamplingDesk, act sampling.Act, d *viewv1.SamplingDraft) {
	v.Drafts = slices.DeleteFunc(v.GetDrafts(), func(o *viewv1.SamplingDraft) bool { return actOf(o) == act })
	v.Drafts = append(v.Drafts, d)
}

// publish moves the draft of an act to what is public.
func publish(v *viewv1.SamplingDesk, e sampling.Published) {
	i := slices.IndexFunc(v.GetDrafts(), func(d *viewv1.SamplingDraft) bool { return actOf(d) == e.Act })
	if i < 0 {
		return
	}
	s, d := v.GetSampling(), v.GetDrafts()[i]
	v.Drafts = slices.Delete(v.GetDrafts(), i, i+1)
	v.Public = true
	switch {
	case d.GetPlan() != nil:
		announce(d.GetPlan().GetPublication(), e)
		s.Plans = append(s.GetPlans(), d.GetPlan())
	case d.GetScheme() != nil:
		announce(d.GetScheme().GetPublication(), e)
		s.Schemes = append(s.GetSchemes(), d.GetScheme())
	default:
		announce(d.GetSelection().GetPublication(), e)
		s.Selections = append(s.GetSelections(), d.GetSelection())
	}
}

func announce(p *viewv1.SamplingPublication, e sampling.Published) {
	p.DocumentNo, p.PublishedOn = e.DocumentNo, e.PublishedOn.String()
}

func version(number int, reason string) *viewv1.SamplingPublication {
	return &viewv1.SamplingPublication{Version: small(number), Reason: reason}
}

// small is a count, which the aggregate keeps within bounds.
func small(n int) int32 { return int32(n) } //nolint:gosec // see above

func plan(e sampling.PlanDrafted) *viewv1.SamplingPlan {
	return &viewv1.SamplingPlan{
		Publication: version(e.Version, e.Reason), Title: e.Plan.Title, Content: e.Plan.Content, From: e.Plan.From.String(), To: e.Plan.To.String(),
		Batches: small(e.Plan.Batches), AttachmentDigest: e.Plan.AttachmentDigest,
	}
}

func scheme(e sampling.SchemeDrafted) *viewv1.SamplingScheme {
	v := &viewv1.SamplingScheme{
		Publication: version(e.Version, e.Reason), Title: e.Scheme.Title, Content: e.Scheme.Content, AttachmentDigest: e.Scheme.AttachmentDigest,
	}
	for _, p := range e.Scheme.Products {
		v.Products = append(v.Products, &viewv1.SamplingProduct{
			Product: p.Product, Batches: small(p.Batches), Method: p.Method, Items: p.Items, Standards: p.Standards,
		})
	}
	return v
}

func selection(e sampling.LaboratoriesDrafted) *viewv1.SamplingSelection {
	v := &viewv1.SamplingSelection{
		Publication: version(e.Version, e.Reason), Content: e.Selection.Content, AttachmentDigest: e.Selection.AttachmentDigest,
	}
	for _, l := range e.Selection.Laboratories {
		v.Laboratories = append(v.Laboratories, &viewv1.SamplingLaboratory{
			Name: l.Name, Code: string(l.Code), AccreditationNo: l.AccreditationNo, Manner: string(l.Manner), MannerLabel: l.Manner.Label(),
			TenderNo: l.TenderNo, Reason: l.Reason, Products: l.Products,
		})
	}
	return v
}

func resultsOf(e sampling.ResultsPublished) *viewv1.SamplingResults {
	v := Listed(e.List, e.Totals)
	v.Publication = &viewv1.SamplingPublication{
		Version: small(e.Version), Reason: e.Reason, DocumentNo: e.DocumentNo, PublishedOn: e.PublishedOn.String(),
	}
	return v
}

// Listed is a list with what it adds up to, not yet published.
func Listed(l sampling.List, t sampling.Totals) *viewv1.SamplingResults {
	return &viewv1.SamplingResults{
		ListDigest: l.Digest, Count: small(l.Count), Products: small(t.Products), BatchesDrawn: small(t.BatchesDrawn),
		BatchesFailing: small(t.BatchesFailing), Failing: small(t.Failing), Held: small(t.Held), Annulled: small(t.Annulled),
	}
}
