package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// sandbox goes on with a finished demonstration, so that those who build on the feed see every kind of act come: one step at each
// turn, as the roles would take it.
type sandbox struct {
	in      *instance
	url     string
	keep    keepsake
	results demoResults
	every   time.Duration
}

// run takes steps until ctx ends. A step that fails is told, and the round begins anew.
func (b sandbox) run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := b.shift(ctx); err != nil && ctx.Err() == nil {
			b.in.log.WarnContext(ctx, "the sandbox begins a new round", slog.Any("error", err))
			if !b.pause(ctx) {
				return
			}
		}
	}
}

// pause waits for the next turn.
func (b sandbox) pause(ctx context.Context) bool {
	timer := time.NewTimer(b.every)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// shift is as long as the staff's tokens are good for, with some time to spare.
func (b sandbox) shift(ctx context.Context) (err error) {
	client := &restClient{base: b.url, http: &http.Client{Timeout: time.Minute}}
	if err := client.begin(ctx); err != nil {
		return err
	}
	accounts, revoke, err := hireStaff(ctx, b.in.identity, client)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, revoke(context.WithoutCancel(ctx))) }()
	d := &demonstration{
		story: &story{out: io.Discard}, keep: b.keep, data: b.in.config.Data, client: client, staff: accounts, results: b.results,
	}
	for began := time.Now(); time.Since(began) < demoLife/2; {
		r := &round{demonstration: d, n: time.Now().UnixNano()}
		for _, step := range []func(context.Context) error{r.penaliseAnew, r.correctAgain, r.mask, r.unmask, r.withdraw} {
			if !b.pause(ctx) {
				return nil
			}
			if err := step(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// round is the life of one penalty, and a correction of something older.
type round struct {
	*demonstration
	n int64 // makes its documents unlike those of other rounds
	c disclosedCase
}

func (r *round) penaliseAnew(ctx context.Context) error {
	req, resp := &mingjianv1.DecidePenaltyRequest{}, &mingjianv1.DecidePenaltyResponse{}
	if err := r.body("penalty-display", req); err != nil {
		return err
	}
	r.c = r.results.penalised
	req.Decision.Parties, req.Decision.DecisionNo = partiesOf(r.c), fmt.Sprintf("沙箱市监处罚〔%s〕%d号", r.year(), r.n)
	if err := r.clerk.post(ctx, "/v1/penalties", req, resp); err != nil {
		return err
	}
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
	part, outcome := resp.GetInspection().GetDepartments()[0], "no_problem"
	if len(part.GetOutcomes()) == 1 && part.GetOutcomes()[0].GetCode() == outcome {
		outcome = "info_not_disclosed"
	}
	id := "inspection." + record
	before, err := r.disclosure(ctx, id)
	if err != nil {
		return err
	}
	req := &mingjianv1.CorrectResultRequest{
		InspectionId: record, Department: part.GetName(), Outcomes: []string{outcome}, Reason: fmt.Sprintf("沙箱演示更正（%d）", r.n),
	}
	if err := who.post(ctx, "/v1/inspections/"+record+":correct", req, &mingjianv1.CorrectResultResponse{}); err != nil {
		return err
	}
	if err := r.drafted(ctx, id, before.GetRelease().GetDigest()); err != nil {
		return err
	}
	return r.publish(ctx, id)
}

func (r *round) mask(ctx context.Context) error {
	req := &mingjianv1.MaskDisclosureRequest{DisclosureId: r.c.disclosure, Reason: "沙箱演示：法院裁定停止执行", DocumentNo: fmt.Sprintf("（沙箱）行停%d号", r.n)}
	return r.approver.post(ctx, "/v1/disclosures/"+r.c.disclosure+":mask", req, &mingjianv1.MaskDisclosureResponse{})
}

func (r *round) unmask(ctx context.Context) error {
	req := &mingjianv1.UnmaskDisclosureRequest{DisclosureId: r.c.disclosure, Reason: "沙箱演示：停止执行裁定已解除"}
	return r.approver.post(ctx, "/v1/disclosures/"+r.c.disclosure+":unmask", req, &mingjianv1.UnmaskDisclosureResponse{})
}

func (r *round) withdraw(ctx context.Context) error { return r.withdrawOne(ctx, r.c) }
