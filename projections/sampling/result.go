package sampling

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/sampling"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

const (
	handlingOpen   = "open"
	handlingClosed = "closed"
)

// change applies an event as the aggregate does; a test holds the two together.
func change(v *viewv1.SamplingResult, event sampling.ResultEvent) {
	switch e := event.(type) {
	case sampling.ResultRecorded:
		v.AuthorityId, v.AuthorityName, v.Kind, v.KindLabel = string(e.Authority), e.AuthorityName, string(e.Kind), e.Kind.Label()
		v.Sample = sample(e.Sample)
	case sampling.ResultCorrected:
		v.Sample, v.Corrections = sample(e.Sample), append(v.GetCorrections(), e.Reason)
		touch(v)
	case sampling.ResultAnnulled:
		v.Annulled = e.Reason
		touch(v)
	case sampling.ResultPublished:
		v.PublishedVersion, v.Digest, v.Stale = small(e.Version), e.Digest, e.Stale
	case sampling.PartyNotified:
		v.Notices = slices.DeleteFunc(v.GetNotices(), func(n *viewv1.SampleNotice) bool { return n.GetRole() == string(e.Role) })
		v.Notices = append(v.Notices, &viewv1.SampleNotice{Role: string(e.Role), RoleLabel: e.Role.Label(), On: e.On.String()})
	case sampling.ObjectionLodged:
		v.Objections = append(v.GetObjections(), objection(e))
		touch(v)
	case sampling.ObjectionWithdrawn:
		end(v, e.Number, sampling.Withdrawn, e.On.String(), e.Reason)
	case sampling.ObjectionRefused:
		end(v, e.Number, sampling.Refused, e.On.String(), e.Reason)
	case sampling.RetestOrdered:
		for o := range numbered(v, e.Number) {
			setState(o, sampling.Retesting)
			o.Laboratory, o.OrderedOn = laboratory(e.Laboratory), e.On.String()
		}
		touch(v)
	case sampling.Retested:
		v.Retest = &viewv1.SampleRetest{
			Laboratory: laboratory(e.Laboratory), BatchesFailing: small(e.BatchesFailing), Failures: failures(e.Failures),
			ReportNo: e.ReportNo, ReportedOn: e.ReportedOn.String(),
		}
		if e.BatchesFailing > 0 {
			end(v, e.Number, sampling.Dismissed, e.ReportedOn.String(), "")
		}
		touch(v)
	case sampling.HandlingOpened:
		v.Handlings = append(v.GetHandlings(), &viewv1.SampleHandling{Number: small(e.Number), OpenedOn: e.On.String(), DueOn: e.DueOn.String()})
		v.HandlingState = handlingOpen
	case sampling.HandlingStepped:
		if h := last(v); h != nil {
			h.Steps = append(h.GetSteps(), step(e))
		}
	case sampling.HandlingClosed:
		if h := last(v); h != nil {
			h.Outcome, h.OutcomeLabel, h.ClosedOn, h.Note, h.ClosedBy = string(e.Outcome), e.Outcome.Label(), e.On.String(), e.Note, e.By
			v.HandlingState = handlingClosed
		}
	}
	conclude(v)
}

// touch marks what is public as changed since.
func touch(v *viewv1.SamplingResult) { v.Stale = v.GetPublishedVersion() > 0 }

// conclude tells what stands. Who objected to a product that does not fail any more was right.
func conclude(v *viewv1.SamplingResult) {
	v.BatchesFailing = v.GetSample().GetBatchesFailing()
	if v.GetRetest() != nil {
		v.BatchesFailing = v.GetRetest().GetBatchesFailing()
	}
	v.Failing = v.GetAnnulled() == "" && v.GetBatchesFailing() > 0
	if v.GetFailing() {
		return
	}
	for _, o := range v.GetObjections() {
		if undecided(o) {
			setState(o, sampling.Upheld)
		}
	}
}

func last(v *viewv1.SamplingResult) *viewv1.SampleHandling {
	if n := len(v.GetHandlings()); n > 0 {
		return v.GetHandlings()[n-1]
	}
	return nil
}

func undecided(o *viewv1.SampleObjection) bool {
	return o.GetState() == string(sampling.Pending) || o.GetState() == string(sampling.Retesting)
}

func objected(v *viewv1.SamplingResult) bool {
	return slices.ContainsFunc(v.GetObjections(), undecided)
}

func numbered(v *viewv1.SamplingResult, number int) func(func(*viewv1.SampleObjection) bool) {
	return func(yield func(*viewv1.SampleObjection) bool) {
		for _, o := range v.GetObjections() {
			if o.GetNumber() == small(number) && !yield(o) {
				return
			}
		}
	}
}

func end(v *viewv1.SamplingResult, number int, state sampling.ObjectionState, on, reason string) {
	for o := range numbered(v, number) {
		setState(o, state)
		o.EndedOn, o.Reason = on, reason
	}
	touch(v)
}

func setState(o *viewv1.SampleObjection, state sampling.ObjectionState) {
	o.State, o.StateLabel = string(state), state.Label()
}

func objection(e sampling.ObjectionLodged) *viewv1.SampleObjection {
	o := &viewv1.SampleObjection{
		Number: small(e.Number), Role: string(e.Role), RoleLabel: e.Role.Label(), Matter: string(e.Matter), MatterLabel: e.Matter.Label(),
		Ground: e.Ground, LodgedOn: e.LodgedOn.String(), Deadline: e.Deadline.Date.String(), Provisional: e.Deadline.Provisional, Rule: e.Rule,
	}
	setState(o, sampling.Pending)
	return o
}

func step(e sampling.HandlingStepped) *viewv1.SampleHandlingStep {
	return &viewv1.SampleHandlingStep{
		Kind: string(e.Step.Kind), KindLabel: e.Step.Kind.Label(), On: e.Step.On.String(), Quantity: e.Step.Quantity,
		CaseNo: e.Step.CaseNo, PenaltyId: e.Step.Penalty, Note: e.Step.Note, RecordedBy: e.By,
	}
}

func sample(s sampling.Sample) *viewv1.SampledProduct {
	v := &viewv1.SampledProduct{
		Product: s.Product, Trademark: s.Trademark, Specification: s.Specification, Stage: string(s.Stage), StageLabel: s.Stage.Label(),
		Batches: s.Batches, BatchesDrawn: small(s.BatchesDrawn), BatchesFailing: small(s.BatchesFailing), Failures: failures(s.Failures),
		Laboratory: laboratory(s.Laboratory), SampledFrom: party(s.SampledFrom),
		SampledOn: s.SampledOn.String(), ReportNo: s.ReportNo, ReportedOn: s.ReportedOn.String(),
	}
	if s.Producer != nil {
		v.Producer = party(*s.Producer)
	}
	return v
}

func failures(list []sampling.Failure) (out []*viewv1.SampleFailure) {
	for _, f := range list {
		out = append(out, &viewv1.SampleFailure{
			Item: f.Item, Measured: f.Measured, Limit: f.Limit, Standard: f.Standard, Batch: f.Batch, Microbial: f.Microbial,
		})
	}
	return out
}

func laboratory(t sampling.Tester) *viewv1.SampleLaboratory {
	return &viewv1.SampleLaboratory{Name: t.Name, Code: string(t.Code)}
}

func party(p sampling.Party) *viewv1.SampleParty {
	return &viewv1.SampleParty{Name: p.Name, SubjectId: string(p.Subject), Address: p.Address}
}
