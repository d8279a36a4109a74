package penalty_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	events "github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
	"github.com/mingjian-ledger/mingjian/projections/penalty"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

func TestRedactedTextsTakeTheirPlace(t *testing.T) {
	b := newBook(t)
	d := decided("45", "b1", "2026-03-16", "李某")
	d.Place, d.CoParties = 1, []events.Party{{Name: "甲公司"}, {Name: "王某"}}
	d.Redaction = &redaction.Overlay{Served: domain.Sealed{Item: "i"}, Minor: redaction.MinorNumber}
	texts := []events.Text{
		{Field: "facts", Text: "新事实"}, {Field: "violation", Text: "新行为"}, {Field: "basis", Text: "新依据"}, {Field: "parties[1].sentence.content", Text: "新内容"},
		{Field: "licence_affected", Text: "新证"}, {Field: "parties[0].name", Text: "甲集团"}, {Field: "parties[1].name", Text: "李四"},
		{Field: "parties[2].name", Text: "王五"}, {Field: "parties[1].legal_representative", Text: "无"},
	}
	b.add("p1", d, events.Amended{Reason: "变更", Kinds: []events.Kind{events.Fine}, Content: "罚款1元", FineFen: 100, On: day("2026-03-20")},
		events.Redacted{Texts: texts, Reason: "公开"})
	v, err := penalty.Get(t.Context(), projectionstest.Live(t, penalty.Projection(), b.records), "p1")
	if err != nil {
		t.Fatal(err)
	}
	if v.GetFacts() != "新事实" || v.GetViolation() != "新行为" || v.GetBasis() != "新依据" || v.GetInitial().GetText() != "新内容" || v.GetContent().GetText() != "罚款1元" ||
		v.GetLicenceAffected() != "新证" || v.GetParties()[0].GetName() != "李四" || v.GetParties()[0].GetLegalRepresentative() != "无" ||
		v.GetCoParties()[0].GetParty().GetName() != "甲集团" || v.GetCoParties()[1].GetParty().GetName() != "王五" {
		t.Error(v)
	}
	if v.GetMinor() != "number" || v.GetWithheld() == "" {
		t.Errorf("a minor: %q, %q", v.GetMinor(), v.GetWithheld())
	}
}

func TestConfirmedAmountsSettleTheDoubt(t *testing.T) {
	b := newBook(t)
	d := decided("46", "b1", "2026-03-16", "甲公司")
	d.Kinds, d.FineFen = nil, 0
	d.Doubts = append(d.Doubts, events.Doubt{Code: events.DoubtNumerals, Field: "content"})
	b.add("p1", d)
	b.add("p2", d, events.AmountsConfirmed{Kinds: []events.Kind{events.Fine}, FineFen: 300000})
	views := projectionstest.Live(t, penalty.Projection(), b.records)
	open, err := penalty.Get(t.Context(), views, "p1")
	if err != nil || open.GetUnready() == "" || len(open.GetDoubts()) != 2 {
		t.Errorf("%v, %v", open, err)
	}
	settled, err := penalty.Get(t.Context(), views, "p2")
	if err != nil || settled.GetUnready() != "" || len(settled.GetDoubts()) != 1 || settled.GetContent().GetFineFen() != 300000 || settled.GetContent().GetText() != "罚款2000元" {
		t.Errorf("%v, %v", settled, err)
	}
}
