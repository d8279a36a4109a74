package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"

	"google.golang.org/protobuf/encoding/protojson"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// reply has a party say something to its penalty, which then stands beside it.
func (y *year) reply(ctx context.Context, p *yearPenalty) error {
	req := &mingjianv1.ReceiveReplyRequest{
		DisclosureId: "penalty." + p.id, SubjectId: p.firm, Text: "本单位已接受处罚并完成整改。", Channel: "window", On: y.clock.today().String(),
	}
	return y.clerk.post(ctx, "/v1/replies", req, &mingjianv1.ReceiveReplyResponse{})
}

// askToCorrect has a citizen ask to correct a result that is public, and puts into the diary what follows.
func (y *year) askToCorrect(ctx context.Context, r *yearResult) error {
	id := "inspection." + r.id
	if y.desk.of(id).on["portal"] == "" {
		return nil // it is published late
	}
	request, err := y.petition(ctx, id)
	if err != nil {
		return err
	}
	path, today := "/v1/correction-requests/"+request, y.clock.today().String()
	y.diary.on(y.work.after(today, 3), func(ctx context.Context) error {
		req := &mingjianv1.VerifyCorrectionRequestRequest{RequestId: request, Findings: "现场核实", On: y.clock.today().String()}
		return y.clerk.post(ctx, path+":verify", req, &mingjianv1.VerifyCorrectionRequestResponse{})
	})
	days := 4 + lot(17, "request", r.id)
	if lot(5, "request late", r.id) == 0 {
		days = 21 + lot(5, "request", r.id)
	}
	y.diary.on(y.work.after(today, days), func(ctx context.Context) error { return y.answerRequest(ctx, r, request) })
	return nil
}

// petition is one request. The first of the year are made at the public door, which takes only so many of one caller; the others
// come by post.
func (y *year) petition(ctx context.Context, id string) (request string, err error) {
	y.desk.mu.Lock()
	y.petitions++
	byPost := y.petitions > 3
	y.desk.mu.Unlock()
	const statement = "该企业在登记的住所正常经营"
	if byPost {
		req, resp := &mingjianv1.RegisterCorrectionRequestRequest{
			DisclosureId: id, Requester: "citizen", Points: []string{"content"}, Statement: statement, Channel: "post", ReceivedOn: y.clock.today().String(),
		}, &mingjianv1.RegisterCorrectionRequestResponse{}
		err := y.clerk.post(ctx, "/v1/correction-requests", req, resp)
		return resp.GetReceipt().GetId(), err
	}
	body, err := protojson.Marshal(&mingjianv1.RequestCorrectionRequest{
		DisclosureId: id, Requester: "citizen", Points: []string{"content"}, Statement: statement,
	})
	if err != nil {
		return "", err
	}
	header := http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {"year-" + id}}
	answer, err := y.public.call(ctx, http.MethodPost, "/v1/public/correction-requests", header, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	resp := &mingjianv1.RequestCorrectionResponse{}
	err = protojson.Unmarshal(answer, resp)
	return resp.GetRequestId(), err
}

// answerRequest decides on a request. A result that was wrong is corrected by who recorded it, and the request refers to the
// release that followed.
func (y *year) answerRequest(ctx context.Context, r *yearResult, request string) error {
	path := "/v1/correction-requests/" + request
	req := &mingjianv1.DecideCorrectionRequestRequest{RequestId: request, Outcome: "corrected", Reason: "检查结果登记有误", On: y.clock.today().String()}
	if lot(3, "refused", r.id) == 0 {
		req.Outcome, req.Reason = "refused", "检查结果与事实相符"
	}
	if err := y.head.post(ctx, path+":decide", req, &mingjianv1.DecideCorrectionRequestResponse{}); err != nil || req.GetOutcome() == "refused" {
		return err
	}
	correct := &mingjianv1.CorrectResultRequest{InspectionId: r.id, Department: yearCredit, Outcomes: []string{noProblem}, Reason: req.GetReason()}
	if err := y.inspectors[r.recorder].post(ctx, "/v1/inspections/"+r.id+":correct", correct, &mingjianv1.CorrectResultResponse{}); err != nil {
		return err
	}
	r.outcomes = correct.GetOutcomes()
	y.diary.on(y.work.after(y.clock.today().String(), 6), func(ctx context.Context) error {
		link := &mingjianv1.LinkCorrectionRequestRequest{RequestId: request, Release: 2}
		return y.clerk.post(ctx, path+":link", link, &mingjianv1.LinkCorrectionRequestResponse{})
	})
	return nil
}

// material is a paper of an application.
func material(title string) *viewv1.RepairMaterial {
	sum := sha256.Sum256([]byte(title))
	return &viewv1.RepairMaterial{Title: title, Digest: hex.EncodeToString(sum[:])}
}

// repair has a party apply to be shown no longer (Order 45 art. 14). The application is received, checked and decided by three
// persons; most are decided within ten working days.
func (y *year) repair(ctx context.Context, p *yearPenalty) error {
	id, today := "penalty."+p.id, y.clock.today().String()
	path, resp := "/v1/disclosures/"+id, &mingjianv1.ApplyRepairResponse{}
	apply := &mingjianv1.ApplyRepairRequest{
		DisclosureId: id, Applicant: "party", Materials: []*viewv1.RepairMaterial{material("履行证明 " + p.no)}, Commitment: material("信用承诺书 " + p.no), ReceivedOn: today,
	}
	if err := y.clerk.post(ctx, path+":applyRepair", apply, resp); err != nil {
		return err
	}
	fit := false
	y.diary.on(y.work.after(today, 2), func(ctx context.Context) error {
		fit = y.mayRepair(p)
		check := &mingjianv1.CheckRepairRequest{DisclosureId: id, RepairId: resp.GetRepairId(), Attested: "现场核查，危害后果已消除"}
		return y.reviewer.post(ctx, path+":checkRepair", check, &mingjianv1.CheckRepairResponse{})
	})
	days := 3 + lot(8, "repair", p.no)
	if lot(5, "repair late", p.no) == 0 {
		days = 11
	}
	y.diary.on(y.work.after(today, days), func(ctx context.Context) error {
		decide := &mingjianv1.DecideRepairRequest{DisclosureId: id, RepairId: resp.GetRepairId(), Granted: fit && y.mayRepair(p), Reason: "经核查符合条件"}
		if !decide.GetGranted() {
			decide.Reason = "经核查不符合条件"
		}
		if err := y.head.post(ctx, path+":decideRepair", decide, &mingjianv1.DecideRepairResponse{}); err != nil || !decide.GetGranted() {
			return err
		}
		s := y.desk.of(id)
		s.repaired = y.clock.today().String()
		s.acts["ended"] += 2 // by Order 45 on the portal and on GSXT, and by the rule of 信用中国
		return nil
	})
	return nil
}

// mayRepair tells whether a party did what it was sentenced to, was not punished again, and is on no list.
func (y *year) mayRepair(p *yearPenalty) bool {
	if p.paid == "" || y.isListed(p.firm) {
		return false
	}
	y.desk.mu.Lock()
	defer y.desk.mu.Unlock()
	today := y.clock.today().String()
	for _, other := range y.penalties {
		if other != p && other.firm == p.firm && other.decided >= p.decided && (other.revoked == "" || other.revoked > today) {
			return false
		}
	}
	return true
}

// ends counts the ends of terms that the daily job had to record until a day.
func (s *yearShown) ends(day string) (n int) {
	for _, o := range []string{"portal", "gsxt", "credit_china"} {
		if until := s.until[o]; until != "" && until < day && (s.withdrawn == "" || s.withdrawn > until) && (s.repaired == "" || s.repaired > until) {
			n++
		}
	}
	return n
}

// sum counts the releases of a kind, until a day, of all that was shown.
func (d *desk) sum(kind, day string) (n int) {
	for _, s := range d.shown {
		if n += s.acts[kind]; kind == "ended" {
			n += s.ends(day)
		}
	}
	return n
}

// records are the ids of a kind's records that the portal shows on a day.
func (d *desk) records(kind, day string) (ids []string) {
	for id, s := range d.shown {
		if len(id) > len(kind) && id[:len(kind)+1] == kind+"." && s.portal(day) {
			ids = append(ids, id[len(kind)+1:])
		}
	}
	slices.Sort(ids)
	return ids
}
