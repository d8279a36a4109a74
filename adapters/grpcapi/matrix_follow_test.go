package grpcapi_test

import (
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

func penaltyFollowCases() map[string]writeCase {
	const foreign = "penalty.authority.foreign"
	id := func(w *matrixWorld) string { return w.ids["penalty"] }
	return map[string]writeCase{
		"NotifyPublication": {by: clerk, given: servedPenalty, foreign: foreign,
			req: of(func(w *matrixWorld, m *mingjianv1.NotifyPublicationRequest) { m.PenaltyId = id(w) }, &mingjianv1.NotifyPublicationRequest{On: "2026-01-19"})},
		"GrantInstalments": {by: clerk, given: servedPenalty, foreign: foreign,
			req: of(func(w *matrixWorld, m *mingjianv1.GrantInstalmentsRequest) { m.PenaltyId = id(w) }, &mingjianv1.GrantInstalmentsRequest{
				Instalments: []*mingjianv1.Instalment{{DueOn: "2026-03-01", AmountFen: 150000}, {DueOn: "2026-04-01", AmountFen: 50000}},
				Reason:      "经济困难", DocumentNo: "缓1号", On: "2026-01-20"})},
		"ChallengePenalty": {by: clerk, given: decidedPenalty, foreign: foreign, alter: map[string]string{"kind": "litigation"},
			req: of(func(w *matrixWorld, m *mingjianv1.ChallengePenaltyRequest) { m.PenaltyId = id(w) }, &mingjianv1.ChallengePenaltyRequest{
				Kind: "reconsideration", DocumentNo: "复1号", From: "2026-01-20", Until: "2026-02-20"})},
		"PushPenalty": {by: clerk, given: decidedPenalty, foreign: foreign, alter: map[string]string{"province": "64"},
			req: of(func(w *matrixWorld, m *mingjianv1.PushPenaltyRequest) { m.PenaltyId = id(w) }, &mingjianv1.PushPenaltyRequest{
				Province: "32", Authority: "某省市场监督管理局", Channel: "公示系统", On: "2026-01-20"})},
		"ReceivePush": {by: clerk, given: pushedPenalty, foreign: foreign,
			req: of(func(w *matrixWorld, m *mingjianv1.ReceivePushRequest) { m.PenaltyId = id(w) }, &mingjianv1.ReceivePushRequest{ReceiptNo: "回执1", On: "2026-01-20"})},
		"PublishPush": {by: clerk, given: receivedPush, foreign: foreign,
			req: of(func(w *matrixWorld, m *mingjianv1.PublishPushRequest) { m.PenaltyId = id(w) }, &mingjianv1.PublishPushRequest{On: "2026-01-20", Address: "https://example.org/1"})},
	}
}

func certificateCases() map[string]writeCase {
	return map[string]writeCase{
		"ReissueLicence": {by: clerk, given: grantedLicence, foreign: "licence.authority.foreign",
			req: of(func(w *matrixWorld, m *mingjianv1.ReissueLicenceRequest) { m.LicenceId = w.ids["licence"] },
				&mingjianv1.ReissueLicenceRequest{DocumentNo: "补1号", Reason: "遗失", On: "2026-11-10"})},
	}
}
