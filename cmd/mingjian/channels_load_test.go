package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// chaosFirms are punished and licensed. They do not exist.
func chaosFirms() []string { return []string{"91320105780688132K", "91540321MA6TCRT16N"} }

// desk of one writer: the accounts, and what is known of one record.
type channelDesk struct {
	*channels
	clerk, reviewer, approver *person
	day                       string
}

// write makes one record public after the other, until there is enough, and leads each through its public life.
func (c *channels) write(ctx context.Context, writer int, enough <-chan struct{}) error {
	client := &restClient{base: "http://" + c.address, http: &http.Client{Transport: c.caller}}
	as := func(account string) *person {
		return &person{client: client, name: account, token: c.people[account].token}
	}
	d := &channelDesk{channels: c, clerk: as("wang"), reviewer: as("li"), approver: as("zhao"), day: calendar.DateOf(time.Now()).String()}
	for n := 1; ; n++ {
		select {
		case <-enough:
			return nil
		default:
		}
		record := fmt.Sprintf("%d-%d", writer, n)
		var err error
		if n%3 == 0 {
			err = d.license(ctx, record)
		} else {
			err = d.punish(ctx, record)
		}
		if err != nil {
			return fmt.Errorf("record %s: %w", record, err)
		}
	}
}

// do is one command.
func (d *channelDesk) do(err error) error {
	if err == nil {
		d.pulse.beat("act")
	}
	return err
}

// release is a command that makes one release.
func (d *channelDesk) release(err error) error {
	if err = d.do(err); err == nil {
		d.pulse.beat("release")
	}
	return err
}

func (d *channelDesk) punish(ctx context.Context, record string) error {
	decided := &mingjianv1.DecidePenaltyResponse{}
	err := d.do(d.clerk.post(ctx, "/v1/penalties", &mingjianv1.DecidePenaltyRequest{Decision: &mingjianv1.PenaltyDecision{
		AuthorityName: "子虚市市场监督管理局", DecisionNo: "子虚市监处罚〔2026〕" + record + "号", Procedure: "ordinary", Violation: "标价之外加价",
		Facts: "收取未标明的费用", Basis: "《价格法》第四十二条", Kinds: []string{"fine"}, Content: "罚款2000元", FineFen: 200000, DecidedOn: d.day, EffectiveUntil: "2099-12-31",
		Parties: []*mingjianv1.DecidedParty{{Kind: "legal", Name: "子虚市甲店有限公司", SubjectId: chaosFirms()[d.lot(2)], LegalRepresentative: "王某"}},
	}}, decided))
	if err != nil {
		return err
	}
	id := decided.GetReceipt().GetId()
	path := "/v1/penalties/" + id
	if err := d.do(d.clerk.post(ctx, path+":serve", &mingjianv1.ServePenaltyRequest{PenaltyId: id, On: d.day, PublicationNotice: true}, &mingjianv1.ServePenaltyResponse{})); err != nil {
		return err
	}
	digest, err := d.publish(ctx, "penalty."+id, "")
	if err != nil {
		return err
	}
	if d.lot(3) == 0 {
		amend := &mingjianv1.AmendPenaltyRequest{PenaltyId: id, Reason: "行政复议决定变更罚款数额", Kinds: []string{"fine"}, Content: "罚款1000元", FineFen: 100000, On: d.day}
		if err := d.do(d.clerk.post(ctx, path+":amend", amend, &mingjianv1.AmendPenaltyResponse{})); err != nil {
			return err
		}
		if _, err := d.publish(ctx, "penalty."+id, digest); err != nil {
			return err
		}
	}
	return d.liveOn(ctx, "penalty."+id)
}

func (d *channelDesk) license(ctx context.Context, record string) error {
	resp := &mingjianv1.GrantLicenceResponse{}
	err := d.do(d.clerk.post(ctx, "/v1/licences", &mingjianv1.GrantLicenceRequest{
		Holder:        &mingjianv1.Holder{Kind: "legal", Name: "子虚市乙店有限公司", SubjectId: chaosFirms()[d.lot(2)]},
		DocumentTitle: "准予食品经营许可决定书", DocumentNo: "准" + record, Category: "ordinary", CertificateName: "食品经营许可证", LicenceNo: "虚证" + record,
		Content: "食品销售", DecidedOn: d.day, ValidFrom: d.day, ValidTo: "2099-12-31",
	}, resp))
	if err != nil {
		return err
	}
	id := "licence." + resp.GetReceipt().GetId() + ".0"
	if _, err := d.publish(ctx, id, ""); err != nil {
		return err
	}
	if err := d.represent(ctx, "credit_china."+id); err != nil {
		return err
	}
	return d.liveOn(ctx, id)
}

// represent adds what the platform asks for and a licence does not say, so that its row is held no more.
func (d *channelDesk) represent(ctx context.Context, delivery string) error {
	path := "/v1/deliveries/" + delivery
	err := eventually(ctx, "wait for "+delivery, func(ctx context.Context) (bool, error) {
		resp := &mingjianv1.GetDeliveryResponse{}
		err := d.clerk.get(ctx, path, nil, resp)
		if r, refused := errors.AsType[*refusal](err); refused && r.problem.Status == http.StatusNotFound {
			return false, nil
		}
		return resp.GetDelivery().GetStatus() == "held", err
	})
	if err != nil {
		return err
	}
	req := &mingjianv1.RecordDeliveryRepresentativeRequest{DeliveryId: delivery, Name: "李某", Reason: "登记机关查询结果"}
	return d.do(d.clerk.post(ctx, path+":recordRepresentative", req, &mingjianv1.RecordDeliveryRepresentativeResponse{}))
}

// publish takes the document that a policy submits after another one to the public.
func (d *channelDesk) publish(ctx context.Context, id, former string) (digest string, err error) {
	path := "/v1/disclosures/" + id
	err = eventually(ctx, "wait for the draft of "+id, func(ctx context.Context) (bool, error) {
		resp := &mingjianv1.GetDisclosureResponse{}
		err := d.clerk.get(ctx, path, nil, resp)
		if r, refused := errors.AsType[*refusal](err); refused && r.problem.Status == http.StatusNotFound {
			return false, nil
		}
		digest = resp.GetDisclosure().GetDraft().GetDigest()
		return digest != "" && digest != former, err
	})
	if err != nil {
		return "", err
	}
	review := &mingjianv1.ReviewDisclosureRequest{DisclosureId: id, Digest: digest, SecrecyClear: true}
	if err := d.do(d.reviewer.post(ctx, path+":review", review, &mingjianv1.ReviewDisclosureResponse{})); err != nil {
		return "", err
	}
	approve := &mingjianv1.ApproveDisclosureRequest{DisclosureId: id, Digest: digest}
	if err := d.do(d.approver.post(ctx, path+":approve", approve, &mingjianv1.ApproveDisclosureResponse{})); err != nil {
		return "", err
	}
	publish := &mingjianv1.PublishDisclosureRequest{DisclosureId: id, Digest: digest}
	return digest, d.release(d.approver.post(ctx, path+":publish", publish, &mingjianv1.PublishDisclosureResponse{}))
}

// liveOn masks what is public and shows it again, on one outlet or all, or takes it back for good; half of it stays as it is.
func (d *channelDesk) liveOn(ctx context.Context, id string) error {
	path := "/v1/disclosures/" + id
	var outlets []string
	switch d.lot(6) {
	case 0:
		outlets = []string{"gsxt"}
		fallthrough
	case 1:
		mask := &mingjianv1.MaskDisclosureRequest{DisclosureId: id, Outlets: outlets, Reason: "法院裁定重整", DocumentNo: "（2026）某01破1号"}
		if err := d.release(d.approver.post(ctx, path+":mask", mask, &mingjianv1.MaskDisclosureResponse{})); err != nil {
			return err
		}
		unmask := &mingjianv1.UnmaskDisclosureRequest{DisclosureId: id, Reason: "重整程序终止"}
		return d.release(d.approver.post(ctx, path+":unmask", unmask, &mingjianv1.UnmaskDisclosureResponse{}))
	case 2:
		withdraw := &mingjianv1.WithdrawDisclosureRequest{DisclosureId: id, Ground: "revoked", Reason: "复议决定撤销"}
		return d.release(d.approver.post(ctx, path+":withdraw", withdraw, &mingjianv1.WithdrawDisclosureResponse{}))
	}
	return nil
}
