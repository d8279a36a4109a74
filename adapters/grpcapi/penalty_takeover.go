package grpcapi

import (
	"context"

	"google.golang.org/protobuf/proto"

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
			d, err := decisionOf(ctx, by, name, row.GetDecision())
			return penaltyID(d), err
		},
		run: func(ctx context.Context, m es.Metadata, id string, row *mingjianv1.TakenOverPenalty) (recorded, error) {
			d, err := decisionOf(ctx, by, name, row.GetDecision())
			if err != nil {
				return recorded{}, err
			}
			d.SourceRow = &penalty.SourceRow{FileDigest: req.GetFileDigest(), Line: int(row.GetLine())}
			for _, doubt := range row.GetDoubts() {
				d.Doubts = append(d.Doubts, penalty.Doubt{Code: doubt.GetCode(), Field: doubt.GetField(), Note: doubt.GetNote()})
			}
			cmd := penalty.TakeOver{By: by, Today: s.Today(), Decision: d}
			if !req.GetCheckOnly() {
				served := clean[row]
				served.persons = personsIn(d)
				cmd.Decision.Redaction, err = sealedFor(ctx, s.Base, s.Vault, penalty.Decider, id, m, served, penalty.Command(cmd))
			}
			if err != nil {
				return recorded{}, err
			}
			res, changed, err := decided(ctx, s.Base, penalty.Decider, id, m, penalty.Command(cmd))
			if err != nil {
				return recorded{}, err
			}
			return recorded{changed: changed, duplicate: res.Duplicate, position: res.Position, warnings: doubtsOf(res.State.Decision)}, nil
		},
	}
	results, receipt, err := rows.record(ctx, req, req.GetRows())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.TakeOverPenaltiesResponse{Receipt: receipt, Results: results}, nil
}

func doubtsOf(d penalty.Decided) []*mingjianv1.RowRemark {
	var out []*mingjianv1.RowRemark
	for _, doubt := range d.Doubts {
		out = append(out, &mingjianv1.RowRemark{Code: doubt.Code, Field: doubt.Field, MessageZh: doubt.Note, MessageEn: ""})
	}
	return out
}
