package main

import (
	"context"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// decide has the clerk enter two penalties against firms that were inspected, and a licence for another.
func (d *demonstration) decide(ctx context.Context) error {
	d.chapter("Penalties 行政处罚 and a licence 行政许可")
	if err := d.refuseFine(ctx); err != nil {
		return err
	}
	if err := d.penalise(ctx, "penalty-change", &d.results.penalised); err != nil {
		return err
	}
	if err := d.serve(ctx, d.results.penalised.id); err != nil {
		return err
	}
	if err := d.collect(ctx, d.results.penalised.id); err != nil {
		return err
	}
	if err := d.penalise(ctx, "penalty-display", &d.results.revoked); err != nil {
		return err
	}
	if err := d.serve(ctx, d.results.revoked.id); err != nil {
		return err
	}
	return d.license(ctx)
}

// refuseFine sends a decision whose amount has no kind.
func (d *demonstration) refuseFine(ctx context.Context) error {
	req := &mingjianv1.DecidePenaltyRequest{}
	if err := d.body("penalty-change", req); err != nil {
		return err
	}
	req.Decision.Parties = partiesOf(d.results.penalised)
	req.Decision.DecisionNo, req.Decision.Kinds = "子虚市监处罚〔"+d.year()+"〕9号", []string{"warning"}
	return d.refused(ctx, d.clerk, "tries to enter a warning (警告) with an amount of ¥12,000", "penalty.fine.kind",
		"/v1/penalties", req, &mingjianv1.DecidePenaltyResponse{})
}

// representative is the 法定代表人 or 经营者 of every firm that gets a penalty or a licence here; platforms ask for it.
const representative = "乌有生"

func partiesOf(c disclosedCase) []*mingjianv1.DecidedParty {
	return []*mingjianv1.DecidedParty{{Kind: holderKind(c.subject), Name: c.name, SubjectId: c.subject, LegalRepresentative: representative}}
}

// holderKind is the category (行政相对人类别) of a firm by its code.
func holderKind(code string) string {
	if code[:2] == "92" {
		return "individual_business"
	}
	return "legal"
}

// penalise records a decision that an inspection led to; until then the case's id is the inspection's.
func (d *demonstration) penalise(ctx context.Context, file string, c *disclosedCase) error {
	req, resp := &mingjianv1.DecidePenaltyRequest{}, &mingjianv1.DecidePenaltyResponse{}
	if err := d.body(file, req); err != nil {
		return err
	}
	req.Decision.Parties, req.Decision.InspectionId = partiesOf(*c), c.id
	if err := d.clerk.post(ctx, "/v1/penalties", req, resp); err != nil {
		return err
	}
	c.id = resp.GetReceipt().GetId()
	c.disclosure = "penalty." + c.id
	d.line("clerk", "enters the decision %s against %s:", req.GetDecision().GetDecisionNo(), c.name)
	d.more("%s, %s", req.GetDecision().GetViolation(), req.GetDecision().GetContent())
	return nil
}

func (d *demonstration) serve(ctx context.Context, id string) error {
	req := &mingjianv1.ServePenaltyRequest{PenaltyId: id, On: d.keep.day().String(), PublicationNotice: true}
	if err := d.clerk.post(ctx, "/v1/penalties/"+id+":serve", req, &mingjianv1.ServePenaltyResponse{}); err != nil {
		return err
	}
	d.more("served (送达) with the notice that it will be public")
	return nil
}

func (d *demonstration) collect(ctx context.Context, id string) error {
	req := &mingjianv1.RecordPerformanceRequest{PenaltyId: id, Kind: "paid", AmountFen: 1200000, On: d.keep.day().String()}
	if err := d.clerk.post(ctx, "/v1/penalties/"+id+":recordPerformance", req, &mingjianv1.RecordPerformanceResponse{}); err != nil {
		return err
	}
	d.more("paid (履行)")
	return nil
}

func (d *demonstration) license(ctx context.Context) error {
	c := &d.results.licensed
	req, resp := &mingjianv1.GrantLicenceRequest{}, &mingjianv1.GrantLicenceResponse{}
	if err := d.body("licence", req); err != nil {
		return err
	}
	req.Holder = &mingjianv1.Holder{Kind: holderKind(c.subject), Name: c.name, SubjectId: c.subject}
	if err := d.clerk.post(ctx, "/v1/licences", req, resp); err != nil {
		return err
	}
	c.id = resp.GetReceipt().GetId()
	view := &mingjianv1.GetLicenceResponse{}
	if err := d.clerk.get(ctx, "/v1/licences/"+c.id, nil, view); err != nil {
		return err
	}
	c.disclosure = "licence." + view.GetLicence().GetDecisions()[0].GetRecordId()
	d.line("clerk", "enters the licence %s %s for %s,", req.GetCertificateName(), req.GetLicenceNo(), c.name)
	d.more("good until %s", req.GetValidTo())
	return nil
}
