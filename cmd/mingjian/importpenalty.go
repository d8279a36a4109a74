package main

import (
	"context"

	"github.com/mingjian-ledger/mingjian/adapters/sheet"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

func sendPenalties(c mingjianv1.PenaltyServiceClient) sender {
	return func(ctx context.Context, digest string, rows []sheet.Row, check bool) ([]*mingjianv1.RowResult, error) {
		req := &mingjianv1.TakeOverPenaltiesRequest{FileDigest: digest, CheckOnly: check}
		for _, r := range rows {
			req.Rows = append(req.Rows, takenOverPenalty(r))
		}
		resp, err := c.TakeOverPenalties(ctx, req)
		return resp.GetResults(), err
	}
}

func takenOverPenalty(r sheet.Row) *mingjianv1.TakenOverPenalty {
	fine, _ := r.Values["fine_fen"].Fen()
	confiscated, _ := r.Values["confiscated_fen"].Fen()
	p := &mingjianv1.TakenOverPenalty{
		Line: int32(r.Line), //nolint:gosec // a line number
		Decision: &mingjianv1.PenaltyDecision{
			AuthorityName: r.Text("authority"), DecisionNo: r.Text("decision_no"),
			Parties:   []*mingjianv1.DecidedParty{{Name: r.Text("party_name"), SubjectId: r.Text("party_code")}},
			Violation: r.Text("violation"), Facts: r.Text("facts"), Basis: r.Text("basis"), Kinds: r.Values["kinds"].List(),
			Content: r.Text("content"), FineFen: fine, ConfiscatedFen: confiscated, DecidedOn: r.Text("decided_on"),
		},
	}
	for _, problem := range r.Problems { // those that refuse a row never come here
		p.Doubts = append(p.Doubts, &mingjianv1.ImportDoubt{Code: problem.Rule, Field: problem.Field, Note: problem.ZH})
	}
	return p
}
