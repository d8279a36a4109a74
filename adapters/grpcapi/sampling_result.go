package grpcapi

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// resultAct is a request about one result.
type resultAct interface {
	proto.Message
	GetResultId() string
}

func (s SamplingServer) result(ctx context.Context, req resultAct, cmd sampling.ResultCommand, faults ...*domain.Fault) (*mingjianv1.Receipt, error) {
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return write(ctx, s.Base, sampling.Results, req.GetResultId(), req, cmd)
}

// sampleOf maps a row. All dates that are none come at once.
func sampleOf(row *mingjianv1.SampleRow) (sampling.Sample, error) {
	sampledOn, badSampled := civilDate("sampled_on", row.GetSampledOn())
	reportedOn, badReported := civilDate("reported_on", row.GetReportedOn())
	sample := sampling.Sample{
		Product: row.GetProduct(), Trademark: row.GetTrademark(), Specification: row.GetSpecification(), Stage: sampling.Stage(row.GetStage()),
		Batches: row.GetBatches(), BatchesDrawn: int(row.GetBatchesDrawn()), BatchesFailing: int(row.GetBatchesFailing()), Failures: failuresOf(row.GetFailures()),
		Laboratory: testerOf(row.GetLaboratory()), SampledFrom: partyOf(row.GetSampledFrom()), Producer: nil,
		SampledOn: sampledOn, ReportNo: row.GetReportNo(), ReportedOn: reportedOn,
	}
	if row.GetProducer() != nil {
		producer := partyOf(row.GetProducer())
		sample.Producer = &producer
	}
	return sample, domain.Require(badSampled, badReported)
}

func failuresOf(items []*mingjianv1.FailedItem) (out []sampling.Failure) {
	for _, f := range items {
		out = append(out, sampling.Failure{
			Item: f.GetItem(), Measured: f.GetMeasured(), Limit: f.GetLimit(), Standard: f.GetStandard(), Batch: f.GetBatch(), Microbial: f.GetMicrobial(),
		})
	}
	return out
}

func testerOf(l *mingjianv1.TestingLaboratory) sampling.Tester {
	return sampling.Tester{Name: l.GetName(), Code: domain.SubjectID(subjectID(l.GetCode()))}
}

func partyOf(p *mingjianv1.SampledParty) sampling.Party {
	return sampling.Party{Name: p.GetName(), Subject: domain.SubjectID(subjectID(p.GetSubjectId())), Address: p.GetAddress()}
}

// RecordSamplingResults enters a batch, row by row.
func (s SamplingServer) RecordSamplingResults(ctx context.Context, req *mingjianv1.RecordSamplingResultsRequest) (*mingjianv1.RecordSamplingResultsResponse, error) {
	s.Base = s.checking(req.GetCheckOnly())
	campaign, err := es.Load(ctx, s.Store, sampling.Campaigns, req.GetSamplingId())
	if err != nil {
		return nil, err
	}
	by := CallOf(ctx).Actor
	rows := batch[*mingjianv1.SampleRow]{
		base: s.Base, kind: "sample", with: req.GetSamplingId(),
		id: func(row *mingjianv1.SampleRow) (string, error) {
			sample, err := sampleOf(row)
			return sampling.ResultID(req.GetSamplingId(), sample), err
		},
		run: func(ctx context.Context, m es.Metadata, id string, row *mingjianv1.SampleRow) (recorded, error) {
			sample, err := sampleOf(row)
			if err != nil {
				return recorded{}, err
			}
			cmd := sampling.ResultCommand(sampling.Record{By: by, Today: s.Today(), Campaign: campaign.State, Sample: sample})
			res, changed, err := decided(ctx, s.Base, sampling.Results, id, m, cmd)
			if err != nil {
				return recorded{}, err
			}
			return recorded{changed: changed, duplicate: res.Duplicate, position: res.Position, warnings: sampleDoubts(campaign.State, sample)}, nil
		},
	}
	results, receipt, err := rows.record(ctx, req, req.GetRows())
	if err != nil {
		return nil, err
	}
	receipt.Id = req.GetSamplingId()
	return &mingjianv1.RecordSamplingResultsResponse{Receipt: receipt, Results: results}, nil
}

func sampleDoubts(c sampling.Campaign, s sampling.Sample) (out []*mingjianv1.RowRemark) {
	for _, d := range c.Doubts(s) {
		out = append(out, &mingjianv1.RowRemark{Code: d.Code, Field: d.Field, MessageZh: d.ZH, MessageEn: d.EN})
	}
	return out
}

// CorrectSamplingResult enters a report anew.
func (s SamplingServer) CorrectSamplingResult(ctx context.Context, req *mingjianv1.CorrectSamplingResultRequest) (*mingjianv1.CorrectSamplingResultResponse, error) {
	sample, err := sampleOf(req.GetSample())
	if err != nil {
		return nil, err
	}
	r, err := es.Load(ctx, s.Store, sampling.Results, req.GetResultId())
	if err != nil {
		return nil, err
	}
	var campaign es.Result[sampling.Campaign]
	if r.Exists {
		if campaign, err = es.Load(ctx, s.Store, sampling.Campaigns, r.State.Sampling); err != nil {
			return nil, err
		}
	}
	receipt, err := s.result(ctx, req, sampling.Correct{
		By: CallOf(ctx).Actor, Today: s.Today(), Campaign: campaign.State, Sample: sample, Reason: req.GetReason(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.CorrectSamplingResultResponse{Receipt: receipt}, nil
}

// AnnulSamplingResult makes a result count for nothing.
func (s SamplingServer) AnnulSamplingResult(ctx context.Context, req *mingjianv1.AnnulSamplingResultRequest) (*mingjianv1.AnnulSamplingResultResponse, error) {
	receipt, err := s.result(ctx, req, sampling.Annul{By: CallOf(ctx).Actor, Today: s.Today(), Reason: req.GetReason()})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.AnnulSamplingResultResponse{Receipt: receipt}, nil
}

// NotifySampledParty records that a party received the conclusion.
func (s SamplingServer) NotifySampledParty(ctx context.Context, req *mingjianv1.NotifySampledPartyRequest) (*mingjianv1.NotifySampledPartyResponse, error) {
	on, fault := civilDate("on", req.GetOn())
	receipt, err := s.result(ctx, req, sampling.Notify{
		By: CallOf(ctx).Actor, Today: s.Today(), Role: sampling.Role(req.GetRole()), On: on, Reason: req.GetReason(),
	}, fault)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.NotifySampledPartyResponse{Receipt: receipt}, nil
}
