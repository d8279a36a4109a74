package penalty_test

import (
	"testing"

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
	return []penalty.Event{
		whole,
		penalty.Served{On: decidedOn, PublicationNotice: true},
		penalty.Performed{Kind: penalty.Paid, AmountFen: 200000, On: today},
		penalty.Amended{
			Reason: "复议变更", Kinds: []penalty.Kind{penalty.Fine, penalty.ConfiscationGoods}, Content: "罚款1000元，没收非法财物",
			FineFen: 100000, ConfiscatedFen: 5000, On: today,
		},
		revoked,
	}
}

func TestGoldens(t *testing.T) { estest.Golden(t, "testdata/events", penalty.Codec(), examples()...) }

func TestFold(t *testing.T) { estest.Fold(t, penalty.Decider, examples()...) }

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
	})
}
