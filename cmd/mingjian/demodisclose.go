package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// disclose takes every record to the public: reviewed by one person, approved by another.
func (d *demonstration) disclose(ctx context.Context) error {
	d.chapter("Disclosure 公示: submitted 报审, reviewed 审核, approved 批准, published 公示")
	all, err := d.submitted(ctx)
	if err != nil {
		return err
	}
	d.line("policy", "has submitted the documents (公示文稿) of %d records", len(all))
	if err := d.returnOnce(ctx, "inspection."+d.results.returned); err != nil {
		return err
	}
	for _, id := range all {
		if err := d.publish(ctx, id); err != nil {
			return err
		}
	}
	d.line("reviewer", "reviews each for secrecy (保密审查) and against the negative list (负面清单)")
	d.line("approver", "approves and publishes them: %d records are public", len(all))
	return nil
}

// submitted waits until the policy has submitted what was concluded and decided, and returns the ids of the disclosures.
func (d *demonstration) submitted(ctx context.Context) ([]string, error) {
	want := []string{d.results.penalised.disclosure, d.results.revoked.disclosure, d.results.licensed.disclosure}
	for _, task := range []string{registrationTask, cateringTask} {
		list, err := d.inspectionsOf(ctx, task)
		if err != nil {
			return nil, err
		}
		for _, i := range list {
			if i.GetId() != d.results.left.id {
				want = append(want, "inspection."+i.GetId())
			}
		}
	}
	slices.Sort(want)
	return want, eventually(ctx, "wait for the documents", func(ctx context.Context) (bool, error) {
		resp := &mingjianv1.ListDisclosuresResponse{}
		if err := d.reviewer.get(ctx, "/v1/disclosures", url.Values{"authority_id": {bureau}, "page_size": {"1000"}}, resp); err != nil {
			return false, err
		}
		have := map[string]bool{}
		for _, v := range resp.GetDisclosures() {
			have[v.GetId()] = true
		}
		return !slices.ContainsFunc(want, func(id string) bool { return !have[id] }), nil
	})
}

func (d *demonstration) disclosure(ctx context.Context, id string) (*viewv1.Disclosure, error) {
	resp := &mingjianv1.GetDisclosureResponse{}
	err := d.reviewer.get(ctx, "/v1/disclosures/"+id, nil, resp)
	return resp.GetDisclosure(), err
}

// publish takes one disclosure from where it stands to the public; one that is there is left alone.
func (d *demonstration) publish(ctx context.Context, id string) error {
	for range 5 {
		v, err := d.disclosure(ctx, id)
		if err != nil {
			return err
		}
		path, digest := "/v1/disclosures/"+id, v.GetDraft().GetDigest()
		switch v.GetStatus() {
		case "submitted":
			req := &mingjianv1.ReviewDisclosureRequest{DisclosureId: id, Digest: digest, SecrecyClear: true}
			err = d.reviewer.post(ctx, path+":review", req, &mingjianv1.ReviewDisclosureResponse{})
		case "reviewed":
			req := &mingjianv1.ApproveDisclosureRequest{DisclosureId: id, Digest: digest}
			err = d.approver.post(ctx, path+":approve", req, &mingjianv1.ApproveDisclosureResponse{})
		case "approved":
			req := &mingjianv1.PublishDisclosureRequest{DisclosureId: id, Digest: digest}
			err = d.approver.post(ctx, path+":publish", req, &mingjianv1.PublishDisclosureResponse{})
		case "published", "withdrawn":
			return nil
		default:
			err = fmt.Errorf("demo: disclosure %s is %q", id, v.GetStatus())
		}
		if err != nil {
			return err
		}
	}
	return fmt.Errorf("demo: disclosure %s does not become public", id)
}

// returnOnce has the reviewer send a document back that lacks the re-check; the clerk submits it anew once that is recorded.
func (d *demonstration) returnOnce(ctx context.Context, id string) error {
	v, err := d.disclosure(ctx, id)
	if err != nil {
		return err
	}
	complete := strings.Contains(v.GetDraft().GetDocument()+v.GetRelease().GetDocument(), `"rechecked_on"`)
	d.line("reviewer", "returns (退回) one: the re-check (复查) is missing")
	if v.GetStatus() == "submitted" && !complete {
		req := &mingjianv1.ReturnDisclosureRequest{DisclosureId: id, Digest: v.GetDraft().GetDigest(), Reason: "复查结果尚未录入，请补录后重新报审"}
		if err := d.reviewer.post(ctx, "/v1/disclosures/"+id+":return", req, &mingjianv1.ReturnDisclosureResponse{}); err != nil {
			return err
		}
	}
	record := d.results.returned
	who, err := d.recorder(ctx, record)
	if err != nil {
		return err
	}
	recheck := &mingjianv1.RecordRecheckRequest{InspectionId: record, Passed: true, On: d.keep.day().String(), Note: "已改正"}
	if err := who.post(ctx, "/v1/inspections/"+record+":recheck", recheck, &mingjianv1.RecordRecheckResponse{}); err != nil {
		return err
	}
	d.line(who.name, "records that it was put right")
	if !complete {
		req := &mingjianv1.SubmitDisclosureRequest{RecordKind: "inspection", RecordId: record}
		if err := d.clerk.post(ctx, "/v1/disclosures", req, &mingjianv1.SubmitDisclosureResponse{}); err != nil {
			return err
		}
	}
	d.line("clerk", "submits the completed document anew (重新报审)")
	return nil
}

// recorder is the inspector who recorded the first department's result.
func (d *demonstration) recorder(ctx context.Context, id string) (*person, error) {
	resp := &mingjianv1.GetInspectionResponse{}
	if err := d.planner.get(ctx, "/v1/inspections/"+id, nil, resp); err != nil {
		return nil, err
	}
	return d.inspectors[resp.GetInspection().GetDepartments()[0].GetRecordedBy()], nil
}

// correctAndWithdraw shows the two ways in which something public changes, each with its reason.
func (d *demonstration) correctAndWithdraw(ctx context.Context) error {
	d.chapter("Correction 更正 and withdrawal 撤回")
	if err := d.correctOne(ctx, d.results.corrected); err != nil {
		return err
	}
	return d.withdrawOne(ctx, d.results.revoked)
}

func (d *demonstration) correctOne(ctx context.Context, record string) error {
	who, err := d.recorder(ctx, record)
	if err != nil {
		return err
	}
	resp := &mingjianv1.GetInspectionResponse{}
	if err := d.planner.get(ctx, "/v1/inspections/"+record, nil, resp); err != nil {
		return err
	}
	req := &mingjianv1.CorrectResultRequest{
		InspectionId: record, Department: resp.GetInspection().GetDepartments()[0].GetName(), Outcomes: []string{"info_not_disclosed"},
		Reason: "漏录：核对后发现未按规定公示年度报告",
	}
	if err := who.post(ctx, "/v1/inspections/"+record+":correct", req, &mingjianv1.CorrectResultResponse{}); err != nil {
		return err
	}
	d.line(who.name, "corrects the result of %s:", resp.GetInspection().GetSubjectName())
	d.more("no_problem becomes info_not_disclosed; reason: %s", req.GetReason())
	id := "inspection." + record
	err = eventually(ctx, "wait for the corrected document", func(ctx context.Context) (bool, error) {
		v, err := d.disclosure(ctx, id)
		return strings.Contains(v.GetDraft().GetDocument()+v.GetRelease().GetDocument(), `"corrections"`), err
	})
	if err != nil {
		return err
	}
	if err := d.publish(ctx, id); err != nil {
		return err
	}
	v, err := d.disclosure(ctx, id)
	if err != nil {
		return err
	}
	if v.GetRelease().GetKind() != viewv1.ReleaseKind_RELEASE_KIND_CORRECTED {
		return fmt.Errorf("demo: the release of %s is %s, not a correction", id, v.GetRelease().GetKind())
	}
	d.more("reviewed, approved and published again, as release number %d", v.GetRelease().GetNumber())
	return nil
}

func (d *demonstration) withdrawOne(ctx context.Context, c disclosedCase) error {
	reason := "行政复议决定撤销原处罚决定"
	revoke := &mingjianv1.RevokePenaltyRequest{PenaltyId: c.id, Ground: "revoked", Reason: reason, On: d.keep.day().String()}
	if err := d.clerk.post(ctx, "/v1/penalties/"+c.id+":revoke", revoke, &mingjianv1.RevokePenaltyResponse{}); err != nil {
		return err
	}
	d.line("clerk", "records that the penalty of %s was revoked (撤销)", c.name)
	withdraw := &mingjianv1.WithdrawDisclosureRequest{DisclosureId: c.disclosure, Ground: "revoked", Reason: reason}
	if err := d.approver.post(ctx, "/v1/disclosures/"+c.disclosure+":withdraw", withdraw, &mingjianv1.WithdrawDisclosureResponse{}); err != nil {
		return err
	}
	d.line("approver", "withdraws it (撤回); in its place stands: %s", reason)
	return nil
}
