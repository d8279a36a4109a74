package grpcapi_test

import (
	"google.golang.org/protobuf/proto"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

func redactionCases() map[string]writeCase {
	return map[string]writeCase{
		"RedactDisclosure": {by: reviewer, given: submittedDisclosure, foreign: "disclosure.authority.foreign",
			alter: map[string]string{"texts.field": "basis"},
			req: of(func(w *matrixWorld, m *mingjianv1.RedactDisclosureRequest) {
				m.DisclosureId, m.Digest = w.ids["disclosure"], w.ids["digest"]
			}, &mingjianv1.RedactDisclosureRequest{Reason: "漏遮", Texts: []*mingjianv1.ProposedRedaction{
				{Field: "facts", Spans: []*mingjianv1.ProposedSpan{{From: 1, To: 2, Replacement: "某"}, {From: 4, To: 5, Replacement: "某"}}},
				{Field: "content", Spans: []*mingjianv1.ProposedSpan{{From: 0, To: 1, Replacement: "某"}, {From: 1, To: 2, Replacement: "某"}}},
			}})},
	}
}

// namedPerson is a decision whose facts name somebody.
func namedPerson(w *matrixWorld) {
	authorities(w)
	d := penaltyDecision()
	d.Facts = "店员李四在场"
	w.do(clerk, &mingjianv1.DecidePenaltyRequest{Decision: d}, "penalty")
	w.ids["disclosure"] = "penalty." + w.ids["penalty"]
}

func redactionReads() map[string]readCase {
	return map[string]readCase{
		"RedactionService/GetRedaction": {given: namedPerson, shows: always("李四"), reqs: []func(*matrixWorld) proto.Message{
			of(func(w *matrixWorld, m *mingjianv1.GetRedactionRequest) { m.DisclosureId = w.ids["disclosure"] }, &mingjianv1.GetRedactionRequest{})}},
	}
}

func confirmationCases() map[string]writeCase {
	doubtful := settings(authorities, func(w *matrixWorld) {
		d := penaltyDecision()
		d.Kinds, d.FineFen, d.ConfiscatedFen, d.Content = nil, 0, 0, "罚款叁仟元整"
		resp, err := w.send(clerk, "", &mingjianv1.TakeOverPenaltiesRequest{FileDigest: fileDigest, Rows: []*mingjianv1.TakenOverPenalty{
			{Line: 2, Decision: d, Doubts: []*mingjianv1.ImportDoubt{{Code: "penalty-numerals", Field: "fine_fen", Note: "叁仟元整"}}},
		}})
		if err != nil {
			w.Fatal(err)
		}
		w.ids["penalty"] = resp.(*mingjianv1.TakeOverPenaltiesResponse).GetResults()[0].GetId()
	})
	return map[string]writeCase{
		"ConfirmAmounts": {by: clerk, given: doubtful, foreign: "penalty.authority.foreign", alter: map[string]string{"kinds": "warning"},
			req: of(func(w *matrixWorld, m *mingjianv1.ConfirmAmountsRequest) { m.PenaltyId = w.ids["penalty"] },
				&mingjianv1.ConfirmAmountsRequest{Kinds: []string{"fine", "confiscation_gains"}, FineFen: 300000, ConfiscatedFen: 200, Note: "大写"})},
	}
}
