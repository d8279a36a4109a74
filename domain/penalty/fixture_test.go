package penalty_test

import (
	"errors"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

const bureau = domain.AuthorityID("11320100MB0000001X")

var (
	today     = calendar.MustParse("2026-03-20")
	decidedOn = calendar.MustParse("2026-03-16")
	scenario  = estest.Of(penalty.Decider)
	clerk     = domain.Actor{Account: "wang", Role: domain.Clerk, Authority: bureau}
	stranger  = domain.Actor{Account: "wang", Role: domain.Clerk, Authority: "other"}
)

// decision is complete and lawful.
func decision(changes ...func(*penalty.Decided)) penalty.Decided {
	d := penalty.Decided{
		Authority: bureau, AuthorityName: "宁安市市场监督管理局", DecisionNo: "宁市监处罚〔2026〕45号", Procedure: penalty.Ordinary,
		Parties: []penalty.Party{{
			Kind: penalty.Legal, Name: "宁安市惠民食品有限公司", Subject: "91320105780688132K", LegalRepresentative: "张三",
		}},
		Violation: "标价之外加价出售商品", Facts: "第一段\n第二段", Basis: "《价格法》第四十二条",
		Kinds: []penalty.Kind{penalty.Fine, penalty.ConfiscationGains}, Content: "1.罚款2000元；2.没收违法所得2.77元",
		FineFen: 200000, ConfiscatedFen: 277, DecidedOn: decidedOn, EffectiveUntil: calendar.MustParse("2099-12-31"),
	}
	for _, c := range changes {
		c(&d)
	}
	return d
}

// decided is the event of a decision.
func decided(d penalty.Decided) penalty.Decided {
	d.DecisionNoNormal = domain.NormalNo(d.DecisionNo)
	d.Penalty = penalty.ID(d.Authority, d.DecisionNo, d.Parties[0].Name, d.DecidedOn)
	return d
}

func faulty(code string) func(error) bool {
	return func(err error) bool { return hasCode(err, code) }
}

func hasCode(err error, code string) bool {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			if hasCode(e, code) {
				return true
			}
		}
		return false
	}
	f, ok := errors.AsType[*domain.Fault](err)
	return ok && f.Code == code
}
