package policy_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// A licence that lapsed by its date gives nobody anything to publish; a certificate made anew does.
func TestADateAloneStartsNoClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("licence", "l", licence.Granted{Licence: "l", Authority: bureau, AuthorityName: "局", Holder: licence.Holder{Name: "甲公司"},
		DocumentTitle: "准予许可决定书", DecidedOn: day("2026-01-05"), ValidFrom: day("2026-01-05"), ValidTo: day("2026-02-28"),
	}, licence.Reissued{Reason: "遗失", On: day("2026-02-02")})
	_, err := es.Transact(t.Context(), w.store, licence.Decider, "l", licence.Command(licence.Expire{
		By: domain.Actor{Account: policy.Daily, Authority: bureau}, Today: day("2026-03-01"), On: day("2026-03-01"),
	}), es.Metadata{Command: es.DeriveID("", "expire"), Actor: policy.Daily})
	if err != nil {
		t.Fatal(err)
	}
	w.expect(rule.Licence, "l.1", "licence-portal-7 2026-02-11, licence-credit-china-7 2026-02-11")
	w.expect(rule.Licence, "l.2", "")
}

// A case against several is filed and decided once.
func TestACaseAgainstSeveralIsCountedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	filed := func(d *penalty.Decided) { d.FiledOn = day("2026-01-05") }
	const decided = "penalty-portal-7 2026-04-16, penalty-credit-china-7 2026-04-16, penalty-service-7 2026-04-16, penalty-gsxt-20 2026-05-08"
	w.add("penalty", "1", fined("1", "2026-04-07", filed))
	w.expect(rule.Penalty, "1", decided+", penalty-decision-90 2026-04-07 met 2026-04-07") // the ninetieth day is the festival of 清明
	w.add("penalty", "2", fined("2", "2026-04-07", filed, func(d *penalty.Decided) {
		d.Place, d.CoParties = 1, []penalty.Party{{Name: "乙公司"}}
	}))
	w.expect(rule.Penalty, "2", decided)
}
