package penalty_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

func examples() []penalty.Event {
	whole := decided(decision(func(d *penalty.Decided) {
		d.Doubts = []penalty.Doubt{{Code: "penalty.party.codeless", Field: "parties[1].subject", Note: "当事人没有统一社会信用代码"}}
		d.SourceRow = &penalty.SourceRow{FileDigest: "ab12", Line: 3}
		d.LicenceAffected, d.Inspection = "食品经营许可证 JY13201050000001", "xz-2026-t1-1:91320105780688132K"
		d.Kinds = append(d.Kinds, penalty.LicenceSuspended)
		d.Parties = append(d.Parties, penalty.Party{Kind: penalty.IndividualBusiness, Name: "甲店"})
	}))
	apart := decided(decision(func(d *penalty.Decided) {
		d.FiledOn, d.Place = calendar.MustParse("2026-01-05"), 1
		d.Parties[0].Province, d.Parties[0].ProvinceSource = "32", penalty.FromCode
		d.CoParties = []penalty.Party{{
			Kind: penalty.Legal, Name: "乙公司", Subject: "91640100750825125W", LegalRepresentative: "李四", Province: "64", ProvinceSource: penalty.FromRegistration,
		}}
	}))
	apart.Penalty, apart.Decision = penalty.RecordID(apart), penalty.ID(bureau, apart.DecisionNo, "乙公司", decidedOn)
	first := decided(decision(func(d *penalty.Decided) {
		d.CoParties = []penalty.Party{{Kind: penalty.Natural, Name: "李四"}}
		d.Others = []penalty.Sentence{{
			Kinds: []penalty.Kind{penalty.Fine, penalty.ConfiscationGoods}, Content: "罚款500元，没收工具", FineFen: 50000, ConfiscatedFen: 100, LicenceAffected: "健康证明 1号",
		}}
	}))
	first.Decision = first.Penalty
	overlaid := decided(decision(func(d *penalty.Decided) { d.Redaction = &overlay }))
	return []penalty.Event{
		whole,
		penalty.Served{On: decidedOn, PublicationNotice: true},
		penalty.Performed{Kind: penalty.Paid, AmountFen: 200000, On: today},
		penalty.Amended{
			Reason: "复议变更", Kinds: []penalty.Kind{penalty.Fine, penalty.ConfiscationGoods}, Content: "罚款1000元，没收非法财物",
			FineFen: 100000, ConfiscatedFen: 5000, On: today,
		},
		revoked,
		apart,
		first,
		penalty.Served{On: decidedOn, PublicationNotice: true, PayBy: calendar.MustParse("2026-04-15")},
		penalty.Performed{Kind: penalty.Paid, AmountFen: 100000, On: today, ReceiptNo: "票0001"},
		penalty.Notified{On: today},
		penalty.InstalmentsGranted{
			Instalments: []penalty.Instalment{{DueOn: calendar.MustParse("2026-04-30"), AmountFen: 120000}, {DueOn: calendar.MustParse("2026-05-31"), AmountFen: 80000}},
			Reason:      "经济困难", DocumentNo: "宁市监缓〔2026〕1号", On: today,
		},
		penalty.Challenged{Kind: penalty.Reconsideration, DocumentNo: "宁府复〔2026〕3号", From: decidedOn, Until: today},
		penalty.Pushed{Province: "64", Authority: "某省市场监督管理局", On: today, Channel: "公示系统"},
		penalty.PushReceived{ReceiptNo: "回执1", On: today},
		penalty.PushPublished{On: today, Address: "https://example.org/1"},
		overlaid,
		penalty.Amended{
			Reason: "复议变更", Kinds: []penalty.Kind{penalty.Fine}, Content: "罚款1000元，由钱某缴纳", FineFen: 100000, On: today, Redaction: overlaid.Redaction,
		},
		penalty.Redacted{Redaction: *overlaid.Redaction, Texts: []penalty.Text{{Field: "facts", Text: "当事人与某人"}}, Reason: "漏遮姓名"},
		penalty.AmountsConfirmed{Kinds: []penalty.Kind{penalty.Fine, penalty.ConfiscationGains}, FineFen: 300000, ConfiscatedFen: 5000, Note: "大写金额"},
	}
}

func TestGoldens(t *testing.T) {
	estest.Golden(t, "testdata/events", penalty.Codec(), append(examples(), identified()...)...)
}

func TestFold(t *testing.T) { estest.Fold(t, penalty.Decider, append(examples(), identified()...)...) }

func FuzzDecode(f *testing.F) {
	for _, typ := range penalty.Codec().Types() {
		f.Add(typ, []byte(`{"penalty":"x","parties":[{"name":"甲"}],"kinds":["fine"],"on":"2026-01-02","decided_on":"2026-01-02"}`))
	}
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		e, err := penalty.Codec().Decode(typ, data)
		if err != nil {
			return
		}
		s := penalty.Decider.Evolve(penalty.State{}, e)
		_, _, _ = s.Status(), s.Current(), s.Withheld()
		_, _, _ = s.Unready(), s.DueOn(today), penalty.RecordID(s.Decision)
	})
}
