package grpcapi

import (
	"context"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// penaltyAct is a request about one penalty on one day.
type penaltyAct interface {
	proto.Message
	GetPenaltyId() string
	GetOn() string
}

// TakeOverPenalties records a batch, row by row.
func (s PenaltyServer) TakeOverPenalties(ctx context.Context, req *mingjianv1.TakeOverPenaltiesRequest) (*mingjianv1.TakeOverPenaltiesResponse, error) {
	s.Base = s.checking(req.GetCheckOnly())
	clean := make(map[*mingjianv1.TakenOverPenalty]redacted[*mingjianv1.PenaltyDecision], len(req.GetRows()))
	req = proto.CloneOf(req)
	for i, row := range req.GetRows() {
		row = cleanNotes(row)
		r := redactDecision(row.GetDecision())
		row.Decision, req.Rows[i] = r.message, row
		clean[row] = r
	}
	by := CallOf(ctx).Actor
	name, err := s.authorityName(ctx, "")
	if err != nil {
		return nil, err
	}
	rows := batch[*mingjianv1.TakenOverPenalty]{
		base: s.Base, kind: "penalty", with: req.GetFileDigest(),
		id: func(row *mingjianv1.TakenOverPenalty) (string, error) {
			d, _, err := decisionOf(ctx, by, name, row.GetDecision())
			return penalty.RecordID(d), err
		},
		run: func(ctx context.Context, m es.Metadata, _ string, row *mingjianv1.TakenOverPenalty) (recorded, error) {
			list, err := takenApart(ctx, by, name, req.GetFileDigest(), row)
			if err != nil {
				return recorded{}, err
			}
			command := func(d penalty.Decided) penalty.Command {
				return penalty.TakeOver{By: by, Today: s.Today(), Decision: d}
			}
			if !req.GetCheckOnly() {
				err = s.takeOut(ctx, m, list, clean[row], command)
			}
			if err != nil {
				return recorded{}, err
			}
			each, err := s.recordEach(ctx, m, list, command)
			if err != nil {
				return recorded{}, err
			}
			var all recorded
			for _, one := range each {
				all.changed, all.duplicate = all.changed || one.changed, all.duplicate || one.Duplicate
				all.position = latest([]es.Position{all.position, one.Position})
				all.warnings = append(all.warnings, doubtsOf(one.State.Decision)...)
			}
			return all, nil
		},
	}
	results, receipt, err := rows.record(ctx, req, req.GetRows())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.TakeOverPenaltiesResponse{Receipt: receipt, Results: results}, nil
}

// takenApart makes the records of a row. One that says of none of its parties what that one was sentenced to is one record of
// them all.
func takenApart(ctx context.Context, by domain.Actor, name, file string, row *mingjianv1.TakenOverPenalty) ([]penalty.Decided, error) {
	d, own, err := decisionOf(ctx, by, name, row.GetDecision())
	if err != nil {
		return nil, err
	}
	list := []penalty.Decided{d}
	if slices.ContainsFunc(own, func(s *penalty.Sentence) bool { return s != nil }) {
		if list, err = penalty.Apart(d, own); err != nil {
			return nil, err
		}
	}
	for i := range list {
		list[i].SourceRow = &penalty.SourceRow{FileDigest: file, Line: int(row.GetLine())}
		for _, doubt := range row.GetDoubts() {
			list[i].Doubts = append(list[i].Doubts, penalty.Doubt{Code: doubt.GetCode(), Field: doubt.GetField(), Note: doubt.GetNote()})
		}
	}
	return list, nil
}

func doubtsOf(d penalty.Decided) []*mingjianv1.RowRemark {
	var out []*mingjianv1.RowRemark
	for _, doubt := range d.Doubts {
		out = append(out, &mingjianv1.RowRemark{Code: doubt.Code, Field: doubt.Field, MessageZh: doubt.Note, MessageEn: ""})
	}
	return out
}
