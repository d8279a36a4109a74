package main

import (
	"context"
	"fmt"
	"slices"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// yearLicence is a licence and what was decided about it, in order.
type yearLicence struct {
	id, no, firm string
	actions      []string
}

// grantLicences: firms of the highest risk at the beginning of the year are those that need a licence.
func (y *year) grantLicences() {
	y.turn("2023-01-03", 9)
	var firms []*yearFirm
	for _, f := range y.byID() {
		if f.class == "D" {
			firms = append(firms, f)
			y.licences[f.id] = &yearLicence{no: fmt.Sprintf("虚证%05d", len(firms)), firm: f.id}
		}
	}
	today := y.clock.today().String()
	together(y, firms, func(ctx context.Context, f *yearFirm) error {
		l := y.licences[f.id]
		req, resp := &mingjianv1.GrantLicenceRequest{
			Holder:        &mingjianv1.Holder{Kind: "legal", Name: "虚构当事人" + f.id[len(f.id)-6:], SubjectId: f.id},
			DocumentTitle: "准予食品经营许可决定书", DocumentNo: "准" + l.no, Category: "ordinary", CertificateName: "食品经营许可证", LicenceNo: l.no,
			Content: "食品销售", DecidedOn: today, ValidFrom: today, ValidTo: "2028-01-02",
		}, &mingjianv1.GrantLicenceResponse{}
		err := y.clerk.post(ctx, "/v1/licences", req, resp)
		l.id, l.actions = resp.GetReceipt().GetId(), []string{"granted"}
		return err
	})
	y.openDesk()
}

// takeLicence makes the loss of its licence a part of a firm's sentence: for a month, or every second time for good.
func (y *year) takeLicence(p *yearPenalty) {
	l := y.licences[p.firm]
	if l == nil || p.procedure == "summary" || !slices.Contains(p.kinds, "fine") || slices.Contains(l.actions, "revoked") {
		return
	}
	kind, action := "licence_suspended", "suspended"
	if y.seized++; y.seized%2 == 0 {
		kind, action = "licence_revoked", "revoked"
	}
	p.kinds, p.licence, p.action = append(slices.Clone(p.kinds), kind), l, action
}

// executeLicence has the decision take effect by its service.
func (y *year) executeLicence(ctx context.Context, p *yearPenalty) error {
	l, today := p.licence, y.clock.today().String()
	if l == nil {
		return nil
	}
	path, reason := "/v1/licences/"+l.id, "执行行政处罚决定 "+p.no
	l.actions = append(l.actions, p.action)
	if p.action == "revoked" {
		req := &mingjianv1.RevokeLicenceRequest{LicenceId: l.id, DocumentNo: p.no, Reason: reason, On: today, Ground: "punished"}
		return y.clerk.post(ctx, path+":revoke", req, &mingjianv1.RevokeLicenceResponse{})
	}
	suspend := &mingjianv1.SuspendLicenceRequest{LicenceId: l.id, DocumentNo: p.no, Reason: reason, On: today}
	y.diary.on(y.work.after(plus(today, 30), 0), func(ctx context.Context) error {
		l.actions = append(l.actions, "resumed")
		resume := &mingjianv1.ResumeLicenceRequest{LicenceId: l.id, DocumentNo: p.no, Reason: "暂扣期满", On: y.clock.today().String()}
		return y.clerk.post(ctx, path+":resume", resume, &mingjianv1.ResumeLicenceResponse{})
	})
	return y.clerk.post(ctx, path+":suspend", suspend, &mingjianv1.SuspendLicenceResponse{})
}
