package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// plot is what happens in one round of a sandbox.
type plot struct {
	name     string // makes its documents unlike those of other rounds
	firms    [2]int // whose penalty is withdrawn, whose is taken over: places in the list of firms
	fines    [2]int64
	order    []int // of the middle steps
	outcomes [2]string
}

// plotOf is the plot of a round, the same for the same seed.
func plotOf(seed, round uint64) plot {
	chance := rand.New(rand.NewPCG(seed, round)) //nolint:gosec // a story, no secret
	p := plot{name: fmt.Sprintf("%d-%d", seed, round), order: chance.Perm(3), outcomes: [2]string{"no_problem", "info_not_disclosed"}}
	for i := range p.firms {
		p.firms[i], p.fines[i] = chance.IntN(3), 100_00*(1+chance.Int64N(9))
	}
	return p
}

// round is the life of two penalties, and a correction of something older.
type round struct {
	*demonstration
	plot
	c     disclosedCase // that is masked, shown again and withdrawn
	spent disclosedCase // that ends by credit repair
}

// steps are all acts: the order of those that don't hang on each other is the plot's.
func (r *round) steps() []func(context.Context) error {
	middle := [3][]func(context.Context) error{{r.amend}, {r.correctAgain}, {r.takeOver, r.repair}}
	steps := []func(context.Context) error{r.penaliseAnew}
	for _, i := range r.order {
		steps = append(steps, middle[i]...)
	}
	return append(steps, r.mask, r.unmask, r.withdraw)
}

// firm is one of the story's, by its place.
func (r *round) firm(i int) disclosedCase {
	return [...]disclosedCase{r.results.penalised, r.results.revoked, r.results.licensed}[i]
}

// decision is a fine for a firm; which is its place in the plot.
func (r *round) decision(which int) (*mingjianv1.DecidePenaltyRequest, error) {
	req := &mingjianv1.DecidePenaltyRequest{}
	if err := r.body("penalty-display", req); err != nil {
		return nil, err
	}
	d := req.GetDecision()
	name := fmt.Sprintf("%s-%d", r.name, which+1)
	d.Parties, d.DecisionNo = partiesOf(r.firm(r.firms[which])), "沙箱市监处罚〔"+r.year()+"〕"+name+"号"
	d.Violation += "（" + name + "）" // so that none repeats another's offence
	d.FineFen, d.Content = r.fines[which], fineContent(r.fines[which])
	return req, nil
}

func fineContent(fen int64) string { return fmt.Sprintf("罚款人民币%d元。", fen/100) }

// penaliseAnew decides, serves and publishes a penalty.
func (r *round) penaliseAnew(ctx context.Context) error {
	req, err := r.decision(0)
	if err != nil {
		return err
	}
	resp := &mingjianv1.DecidePenaltyResponse{}
	if err := r.clerk.post(ctx, "/v1/penalties", req, resp); err != nil {
		return err
	}
	r.c = r.firm(r.firms[0])
	r.c.id = resp.GetReceipt().GetId()
	r.c.disclosure = "penalty." + r.c.id
	if err := r.serve(ctx, r.c.id); err != nil {
		return err
	}
	if err := r.drafted(ctx, r.c.disclosure, ""); err != nil {
		return err
	}
	return r.publish(ctx, r.c.disclosure)
}

// drafted waits until the policy has submitted a document other than the one that is public.
func (r *round) drafted(ctx context.Context, id, public string) error {
	return eventually(ctx, "wait for a document of "+id, func(ctx context.Context) (bool, error) {
		v, err := r.disclosure(ctx, id)
		if refused := (*refusal)(nil); errors.As(err, &refused) && refused.problem.Status == http.StatusNotFound {
			return false, nil
		}
		return v.GetStatus() == "submitted" && v.GetDraft().GetDigest() != public, err
	})
}

// corrected publishes what a record says now; before is its disclosure as it was.
func (r *round) corrected(ctx context.Context, id string, before *viewv1.Disclosure) error {
	if err := r.drafted(ctx, id, before.GetRelease().GetDigest()); err != nil {
		return err
	}
	return r.publish(ctx, id)
}

// amend changes the fine of the penalty.
func (r *round) amend(ctx context.Context) error {
	before, err := r.disclosure(ctx, r.c.disclosure)
	if err != nil {
		return err
	}
	fine := r.fines[0] + 100_00
	req := &mingjianv1.AmendPenaltyRequest{
		PenaltyId: r.c.id, Reason: "沙箱演示：行政复议决定变更罚款数额", Kinds: []string{"fine"}, Content: fineContent(fine), FineFen: fine, On: r.keep.day().String(),
	}
	if err := r.clerk.post(ctx, "/v1/penalties/"+r.c.id+":amend", req, &mingjianv1.AmendPenaltyResponse{}); err != nil {
		return err
	}
	return r.corrected(ctx, r.c.disclosure, before)
}

// correctAgain turns a result to the other of two.
func (r *round) correctAgain(ctx context.Context) error {
	record := r.results.corrected
	who, err := r.recorder(ctx, record)
	if err != nil {
		return err
	}
	resp := &mingjianv1.GetInspectionResponse{}
	if err := r.planner.get(ctx, "/v1/inspections/"+record, nil, resp); err != nil {
		return err
	}
	part, outcome := resp.GetInspection().GetDepartments()[0], r.outcomes[0]
	if len(part.GetOutcomes()) == 1 && part.GetOutcomes()[0].GetCode() == outcome {
		outcome = r.outcomes[1]
	}
	before, err := r.disclosure(ctx, "inspection."+record)
	if err != nil {
		return err
	}
	req := &mingjianv1.CorrectResultRequest{
		InspectionId: record, Department: part.GetName(), Outcomes: []string{outcome}, Reason: "沙箱演示更正（" + r.name + "）",
	}
	if err := who.post(ctx, "/v1/inspections/"+record+":correct", req, &mingjianv1.CorrectResultResponse{}); err != nil {
		return err
	}
	return r.corrected(ctx, "inspection."+record, before)
}

// Days before the demonstration on which a penalty was decided and made public elsewhere: long enough ago for credit repair.
const decidedAgo, publicAgo = 300, 295

// takeOver brings in a penalty that was public on a former platform.
func (r *round) takeOver(ctx context.Context) error {
	req, err := r.decision(1)
	if err != nil {
		return err
	}
	req.Decision.DecidedOn = r.keep.day().AddDays(-decidedAgo).String()
	sum := sha256.Sum256([]byte(r.name))
	take, resp := &mingjianv1.TakeOverPenaltiesRequest{
		FileDigest: hex.EncodeToString(sum[:]), Rows: []*mingjianv1.TakenOverPenalty{{Line: 1, Decision: req.GetDecision()}},
	}, &mingjianv1.TakeOverPenaltiesResponse{}
	if err := r.clerk.post(ctx, "/v1/penalties:takeOver", take, resp); err != nil {
		return err
	}
	adopt, adopted := &mingjianv1.AdoptDisclosuresRequest{Source: "子虚市原公示系统（沙箱）", Rows: []*mingjianv1.AdoptedRecord{{
		RecordKind: "penalty", RecordId: resp.GetResults()[0].GetId(), PublishedOn: r.keep.day().AddDays(-publicAgo).String(),
	}}}, &mingjianv1.AdoptDisclosuresResponse{}
	if err := r.admin.post(ctx, "/v1/disclosures:adopt", adopt, adopted); err != nil {
		return err
	}
	for _, one := range append(resp.GetResults(), adopted.GetResults()...) {
		if len(one.GetRefusals()) > 0 {
			return fmt.Errorf("demo: nothing is taken over: %s", one.GetRefusals()[0].GetMessageEn())
		}
	}
	r.spent.id, r.spent.disclosure = resp.GetResults()[0].GetId(), adopted.GetResults()[0].GetId()
	return nil
}

// repair has the fine paid, and three persons end its publication by credit repair (信用修复).
func (r *round) repair(ctx context.Context) error {
	id := r.spent.disclosure
	paid := &mingjianv1.RecordPerformanceRequest{PenaltyId: r.spent.id, Kind: "paid", AmountFen: r.fines[1], On: r.keep.day().String()}
	if err := r.clerk.post(ctx, "/v1/penalties/"+r.spent.id+":recordPerformance", paid, &mingjianv1.RecordPerformanceResponse{}); err != nil {
		return err
	}
	paper := func(title string) *viewv1.RepairMaterial {
		sum := sha256.Sum256([]byte(title + r.name))
		return &viewv1.RepairMaterial{Title: title, Digest: hex.EncodeToString(sum[:])}
	}
	applied := &mingjianv1.ApplyRepairResponse{}
	apply := &mingjianv1.ApplyRepairRequest{
		DisclosureId: id, Outlets: []string{"portal", "gsxt"}, Applicant: "party", Materials: []*viewv1.RepairMaterial{paper("整改报告")},
		Commitment: paper("信用承诺书"), Statement: "沙箱演示：已整改",
	}
	if err := r.clerk.post(ctx, "/v1/disclosures/"+id+":applyRepair", apply, applied); err != nil {
		return err
	}
	check := &mingjianv1.CheckRepairRequest{DisclosureId: id, RepairId: applied.GetRepairId(), Attested: "沙箱演示：现场核查"}
	if err := r.reviewer.post(ctx, "/v1/disclosures/"+id+":checkRepair", check, &mingjianv1.CheckRepairResponse{}); err != nil {
		return err
	}
	decide := &mingjianv1.DecideRepairRequest{DisclosureId: id, RepairId: applied.GetRepairId(), Granted: true, Reason: "沙箱演示：符合条件"}
	return r.approver.post(ctx, "/v1/disclosures/"+id+":decideRepair", decide, &mingjianv1.DecideRepairResponse{})
}

func (r *round) mask(ctx context.Context) error {
	req := &mingjianv1.MaskDisclosureRequest{DisclosureId: r.c.disclosure, Reason: "沙箱演示：法院裁定停止执行", DocumentNo: "（沙箱）行停" + r.name + "号"}
	return r.approver.post(ctx, "/v1/disclosures/"+r.c.disclosure+":mask", req, &mingjianv1.MaskDisclosureResponse{})
}

func (r *round) unmask(ctx context.Context) error {
	req := &mingjianv1.UnmaskDisclosureRequest{DisclosureId: r.c.disclosure, Reason: "沙箱演示：停止执行裁定已解除"}
	return r.approver.post(ctx, "/v1/disclosures/"+r.c.disclosure+":unmask", req, &mingjianv1.UnmaskDisclosureResponse{})
}

func (r *round) withdraw(ctx context.Context) error { return r.withdrawOne(ctx, r.c) }
