package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/holiday"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	disclosureview "github.com/mingjian-ledger/mingjian/projections/disclosure"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// RepairServer handles applications for credit repair.
type RepairServer struct {
	mingjianv1.UnimplementedRepairServiceServer
	Base
}

// ApplyRepair records an application; its id derives from the command, so that a retry names the same.
func (s RepairServer) ApplyRepair(ctx context.Context, req *mingjianv1.ApplyRepairRequest) (*mingjianv1.ApplyRepairResponse, error) {
	on, fault := civilDate("received_on", req.GetReceivedOn())
	if fault != nil {
		return nil, fault
	}
	if on.IsZero() {
		on = s.Today()
	}
	due, err := s.due(ctx, req.GetDisclosureId(), on)
	if err != nil {
		return nil, err
	}
	cmd := disclosure.ApplyRepair{
		By: CallOf(ctx).Actor, Today: s.Today(), Repair: string(es.DeriveID(CallOf(ctx).Command, "repair")), Applicant: disclosure.Applicant(req.GetApplicant()),
		Outlets: outlets(req.GetOutlets()), Materials: nil, Commitment: material(req.GetCommitment()), Statement: req.GetStatement(), On: on, Due: due,
	}
	for _, m := range req.GetMaterials() {
		cmd.Materials = append(cmd.Materials, material(m))
	}
	receipt, err := disclose(ctx, s.Base, req, cmd)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ApplyRepairResponse{Receipt: receipt, RepairId: cmd.Repair}, nil
}

func material(m *viewv1.RepairMaterial) disclosure.Material {
	return disclosure.Material{Title: m.GetTitle(), Digest: m.GetDigest()}
}

// due is the last day of the decision, by the rule in force where the authority is and the notices of holidays known by now.
func (s RepairServer) due(ctx context.Context, id string, on calendar.Date) (due disclosure.Due, err error) {
	d, err := es.Load(ctx, s.Store, disclosure.Decider, id)
	if err != nil || d.State.ID == "" {
		return due, err
	}
	district, err := policy.District(ctx, s.Store, d.State.Authority)
	if err != nil {
		return due, err
	}
	known, err := es.Load(ctx, s.Store, holiday.Decider, holiday.Stream)
	if err != nil {
		return due, err
	}
	for _, clock := range s.Tables().ClocksOn("repair.applied", on, district) {
		last := clock.Due(known.State.Calendar(), on)
		return disclosure.Due{
			On: last.Date, Rule: clock.ID, Version: s.Tables().Version(), Calendar: last.CalendarVersion, Provisional: last.Provisional,
		}, nil
	}
	return due, nil
}

// CheckRepair asks the conditions.
func (s RepairServer) CheckRepair(ctx context.Context, req *mingjianv1.CheckRepairRequest) (*mingjianv1.CheckRepairResponse, error) {
	facts, err := s.facts(ctx, req.GetDisclosureId())
	if err != nil {
		return nil, err
	}
	receipt, err := disclose(ctx, s.Base, req, disclosure.CheckRepair{
		By: CallOf(ctx).Actor, Today: s.Today(), Repair: req.GetRepairId(), Facts: facts, Attested: req.GetAttested(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.CheckRepairResponse{Receipt: receipt}, nil
}

// DecideRepair grants or refuses.
func (s RepairServer) DecideRepair(ctx context.Context, req *mingjianv1.DecideRepairRequest) (*mingjianv1.DecideRepairResponse, error) {
	facts, err := s.facts(ctx, req.GetDisclosureId())
	if err != nil {
		return nil, err
	}
	receipt, err := disclose(ctx, s.Base, req, disclosure.DecideRepair{
		By: CallOf(ctx).Actor, Today: s.Today(), Repair: req.GetRepairId(), Granted: req.GetGranted(), Reason: req.GetReason(), Facts: facts,
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.DecideRepairResponse{Receipt: receipt}, nil
}

// ListRepairs is a page of applications.
func (s RepairServer) ListRepairs(ctx context.Context, req *mingjianv1.ListRepairsRequest) (*mingjianv1.ListRepairsResponse, error) {
	own, err := ownAuthority(ctx, req.GetAuthorityId())
	if err != nil {
		return nil, err
	}
	list, next, err := disclosureview.ListRepairs(ctx, s.Views, disclosureview.RepairFilter{
		Authority: own, State: req.GetState(), PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListRepairsResponse{Repairs: list, NextPageToken: next}, nil
}

// facts are the conditions that other records tell of: what was performed, what came after, and which lists there are.
func (s RepairServer) facts(ctx context.Context, id string) ([]disclosure.Condition, error) {
	d, err := es.Load(ctx, s.Store, disclosure.Decider, id)
	if err != nil || d.State.ID == "" || !CallOf(ctx).Actor.Holds(d.State.Authority) {
		return nil, err // for the aggregate to refuse
	}
	return s.factsOf(ctx, d.State)
}

// subjectsOf are whom the public document names.
func subjectsOf(d disclosure.State) ([]disclosure.Subject, error) {
	if len(d.Showing.Document) == 0 {
		return nil, nil
	}
	doc, err := disclosure.ParseDocument([]byte(d.Showing.Document))
	if err != nil {
		return nil, domain.Refuse(domain.Internal, "disclosure.document", "", "公示文稿无法读取", "the document can't be read")
	}
	return doc.Subjects, nil
}
