package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// decide records the decision of a case.
func (y *year) decide(ctx context.Context, p *yearPenalty) error {
	d := &mingjianv1.PenaltyDecision{
		DecisionNo: p.no, Procedure: p.procedure, Kinds: p.kinds, FineFen: p.fine, ConfiscatedFen: p.taken, DecidedOn: p.decided,
		Violation: "违反登记管理规定", Facts: "当事人未按照规定办理登记事项", Basis: "《中华人民共和国市场主体登记管理条例》第四十六条",
		Content: "对当事人作出如下处罚：" + p.no, InspectionId: p.inspection,
		Parties: []*mingjianv1.DecidedParty{{Kind: "legal", Name: "虚构当事人" + p.firm[len(p.firm)-6:], SubjectId: p.firm}},
	}
	if p.inspection == "" {
		d.FiledOn = p.filed
	}
	if p.pushed[0] != "" {
		d.Parties[0].Province, d.Parties[0].ProvinceSource = "51", "registration_authority"
	}
	if p.licence != nil {
		d.LicenceAffected = "食品经营许可证 " + p.licence.no
	}
	resp := &mingjianv1.DecidePenaltyResponse{}
	if err := y.clerk.post(ctx, "/v1/penalties", &mingjianv1.DecidePenaltyRequest{Decision: d}, resp); err != nil {
		return err
	}
	y.register(p, resp.GetReceipt().GetId())
	return nil
}

// serveDecision: every sixth party is told later on the day that the decision will be public (Order 45 art. 8).
func (y *year) serveDecision(ctx context.Context, p *yearPenalty) error {
	path, told := "/v1/penalties/"+p.id, lot(6, "told", p.no) != 0
	serve := &mingjianv1.ServePenaltyRequest{PenaltyId: p.id, On: p.served, PublicationNotice: told}
	if err := y.clerk.post(ctx, path+":serve", serve, &mingjianv1.ServePenaltyResponse{}); err != nil {
		return err
	}
	if err := y.executeLicence(ctx, p); err != nil || told {
		return err
	}
	notify := &mingjianv1.NotifyPublicationRequest{PenaltyId: p.id, On: p.served}
	return y.clerk.post(ctx, path+":notifyPublication", notify, &mingjianv1.NotifyPublicationResponse{})
}

// lateFine is three in a hundred a day from the sixteenth day after the service on, at most the fine (行政处罚法 art. 72).
func (p *yearPenalty) lateFine(day string) int64 {
	days := int64(civil(day).Sub(civil(plus(p.served, 15))).Hours() / 24)
	return min(p.fine, p.fine*3*max(0, days)/100)
}

// pay has the party pay what is due on the day, and what is confiscated taken in. The ledger must have the same late fine.
func (y *year) pay(ctx context.Context, p *yearPenalty) error {
	today, path := y.clock.today().String(), "/v1/penalties/"+p.id
	resp := &mingjianv1.GetPenaltyResponse{}
	if err := y.clerk.get(ctx, path, url.Values{"as_of": {today}}, resp); err != nil {
		return err
	}
	late := p.lateFine(today)
	if due := resp.GetDue(); due.GetLateFen() != late || due.GetUnpaidFen() != p.fine+late {
		return fmt.Errorf("%s, served on %s, is due on %s: %v, want a late fine of %d", p.no, p.served, today, due, late)
	}
	if late > 0 {
		y.desk.mu.Lock()
		y.lateFines++
		y.desk.mu.Unlock()
	}
	paid := &mingjianv1.RecordPerformanceRequest{PenaltyId: p.id, Kind: "paid", AmountFen: p.fine + late, On: today, ReceiptNo: "虚票" + p.no}
	if err := y.clerk.post(ctx, path+":recordPerformance", paid, &mingjianv1.RecordPerformanceResponse{}); err != nil {
		return err
	}
	if p.taken > 0 {
		taken := &mingjianv1.RecordPerformanceRequest{PenaltyId: p.id, Kind: "confiscated", AmountFen: p.taken, On: today}
		if err := y.clerk.post(ctx, path+":recordPerformance", taken, &mingjianv1.RecordPerformanceResponse{}); err != nil {
			return err
		}
	}
	if slices.Contains(p.kinds, "business_suspended") {
		done := &mingjianv1.RecordPerformanceRequest{PenaltyId: p.id, Kind: "other", On: today}
		return y.clerk.post(ctx, path+":recordPerformance", done, &mingjianv1.RecordPerformanceResponse{})
	}
	return nil
}

// amend halves the fine.
func (y *year) amend(ctx context.Context, p *yearPenalty) error {
	p.fine /= 2
	req := &mingjianv1.AmendPenaltyRequest{
		PenaltyId: p.id, Reason: "行政复议决定变更罚款数额", Kinds: p.kinds, Content: "变更处罚内容：" + p.no, FineFen: p.fine, ConfiscatedFen: p.taken,
		On: y.clock.today().String(),
	}
	return y.clerk.post(ctx, "/v1/penalties/"+p.id+":amend", req, &mingjianv1.AmendPenaltyResponse{})
}

func (y *year) revoke(ctx context.Context, p *yearPenalty) error {
	req := &mingjianv1.RevokePenaltyRequest{PenaltyId: p.id, Ground: "revoked", Reason: "行政复议决定撤销原处罚决定", On: y.clock.today().String()}
	return y.clerk.post(ctx, "/v1/penalties/"+p.id+":revoke", req, &mingjianv1.RevokePenaltyResponse{})
}

// push sends the decision to the province where the party is registered, which publishes it too (Order 45 art. 10).
func (y *year) push(ctx context.Context, p *yearPenalty) error {
	req := &mingjianv1.PushPenaltyRequest{PenaltyId: p.id, Province: "51", Authority: "虚构省市场监督管理局", Channel: "协同平台", On: y.clock.today().String()}
	return y.clerk.post(ctx, "/v1/penalties/"+p.id+":push", req, &mingjianv1.PushPenaltyResponse{})
}

func (y *year) receivePush(ctx context.Context, p *yearPenalty) error {
	req := &mingjianv1.ReceivePushRequest{PenaltyId: p.id, ReceiptNo: "收" + p.no, On: y.clock.today().String()}
	return y.clerk.post(ctx, "/v1/penalties/"+p.id+":receivePush", req, &mingjianv1.ReceivePushResponse{})
}

func (y *year) publishPush(ctx context.Context, p *yearPenalty) error {
	req := &mingjianv1.PublishPushRequest{PenaltyId: p.id, On: y.clock.today().String()}
	return y.clerk.post(ctx, "/v1/penalties/"+p.id+":publishPush", req, &mingjianv1.PublishPushResponse{})
}
