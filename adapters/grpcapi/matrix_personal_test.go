package grpcapi_test

import (
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/person"
	"github.com/mingjian-ledger/mingjian/projections/personal"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// somebody has a number of a district and a day that nobody was born in.
func somebody() *mingjianv1.PersonalIdentity {
	return &mingjianv1.PersonalIdentity{IdKind: "resident_id", IdNumber: "11010119900307109X", Phone: "13900000000", Address: "虚构市长安路1号"}
}

// naturalDecision is one against a natural person.
func naturalDecision() *mingjianv1.PenaltyDecision {
	d := penaltyDecision()
	d.DecisionNo = "宁市监处罚[2026]77号"
	d.Parties = []*mingjianv1.DecidedParty{{Kind: "natural", Name: "高小满", Identity: somebody()}}
	return d
}

func naturalPenalty(w *matrixWorld) {
	authorities(w)
	w.do(clerk, &mingjianv1.DecidePenaltyRequest{Decision: naturalDecision()}, "penalty")
	list, _, err := personal.List(w.Context(), w.views, personal.Filter{Record: w.ids["penalty"], PageSize: 10})
	if err != nil || len(list) != 2 { // the identity, and the texts as they were served
		w.Fatalf("%v, %v", list, err)
	}
	for _, v := range list {
		plain, err := w.vault.Open(w.Context(), domain.Sealed{Item: v.GetItem(), Persons: v.GetPersons(), Commitment: v.GetCommitment()})
		if err != nil || len(v.GetPersons()) != 1 || v.GetPersons()[0] != list[0].GetPersons()[0] {
			w.Fatalf("%v, %v: not of the one person", list, err)
		}
		name := "served"
		if _, ok := person.ParseIdentity(plain); ok {
			name = "item"
		}
		w.ids[name], w.ids["person"] = v.GetItem(), v.GetPersons()[0]
	}
}

func requestedShredding(w *matrixWorld) {
	naturalPenalty(w)
	w.do(approver, &mingjianv1.RequestShreddingRequest{Person: w.ids["person"], Ground: "retention_expired", Reason: "保存期限届满"})
}

func personalCases() map[string]writeCase {
	const everywhere = "an administrator answers for the whole instance"
	return map[string]writeCase{
		"RequestShredding": {by: approver, given: naturalPenalty, open: "another authority is told that it keeps no record of the person",
			alter: map[string]string{"ground": "unlawful", "after": "2"}, apart: map[string]string{"after": "it is a position to wait for"},
			req: of(func(w *matrixWorld, m *mingjianv1.RequestShreddingRequest) { m.Person = w.ids["person"] },
				&mingjianv1.RequestShreddingRequest{Ground: "retention_expired", Reason: "保存期限届满", After: "1"})},
		"DropShredding": {by: rootOf, given: requestedShredding, open: everywhere,
			req: of(func(w *matrixWorld, m *mingjianv1.DropShreddingRequest) { m.Person = w.ids["person"] },
				&mingjianv1.DropShreddingRequest{Reason: "复议期间"})},
		"ConfirmShredding": {by: rootOf, given: requestedShredding, open: everywhere, alter: map[string]string{"ground": "unlawful"},
			req: of(func(w *matrixWorld, m *mingjianv1.ConfirmShreddingRequest) { m.Person = w.ids["person"] },
				&mingjianv1.ConfirmShreddingRequest{Ground: "retention_expired"})},
	}
}

func personalReads() map[string]readCase {
	byPerson := func(w *matrixWorld) proto.Message { return &mingjianv1.ListPersonalRequest{Person: w.ids["person"]} }
	byRecord := func(w *matrixWorld) proto.Message { return &mingjianv1.ListPersonalRequest{RecordId: w.ids["penalty"]} }
	return map[string]readCase{
		"PersonalService/ListPersonal": {given: naturalPenalty, shows: made("item"), reqs: []func(*matrixWorld) proto.Message{byPerson, byRecord}},
		"PersonalService/ListShreddings": {given: requestedShredding, shows: made("person"), reqs: asks(
			&mingjianv1.ListShreddingsRequest{}, &mingjianv1.ListShreddingsRequest{State: "requested"})},
		"AuditService/ListReads": {open: "the trail is for auditors alone, who see all of it"},
	}
}
