package licence_test

import (
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/licence"
)

func sealedFor(item string, persons ...string) *domain.Sealed {
	return &domain.Sealed{Item: item, Persons: persons, Commitment: strings.Repeat("5a", 32)}
}

func natural() licence.Holder {
	return licence.Holder{Kind: licence.Natural, Name: "高小满", Person: "p1", Identity: sealedFor("i1", "p1")}
}

func held(change func(*licence.Holder)) licence.Granted {
	return grant(func(g *licence.Granted) {
		g.Holder = natural()
		change(&g.Holder)
	})
}

func identified() []licence.Event {
	holder, old := natural(), term("30790-20110416", "2011-04-16", "2013-04-15", licence.StatusInForce)
	old.Holder = natural()
	return []licence.Event{
		granted(held(func(*licence.Holder) {})),
		licence.Amended{DocumentNo: "宁市监许〔2026〕9号", DecidedOn: day("2026-02-01"), Reason: "变更", Holder: &holder},
		old,
	}
}

func TestAHolderIsIdentifiedInTheVault(t *testing.T) {
	scenario, whole := estest.Of(licence.Decider), held(func(*licence.Holder) {})
	scenario.When(licence.Grant{By: clerk, Today: today, Grant: whole}).Then(t, granted(whole))
	again := held(func(h *licence.Holder) { h.Identity = sealedFor("i2", "p1") }) // given once more, sealed once more
	scenario.Given(granted(whole)).When(licence.Grant{By: clerk, Today: today, Grant: again}).ThenNothing(t)
	other := held(func(h *licence.Holder) { h.Person, h.Identity = "p2", sealedFor("i2", "p2") })
	scenario.Given(granted(whole)).When(licence.Grant{By: clerk, Today: today, Grant: other}).ThenError(t, faulty("licence.exists"))
	for want, change := range map[string]func(*licence.Holder){
		"licence.holder.identity": func(h *licence.Holder) { h.Kind = licence.Legal },
		"licence.holder.person":   func(h *licence.Holder) { h.Identity = nil },
	} {
		scenario.When(licence.Grant{By: clerk, Today: today, Grant: held(change)}).ThenError(t, faulty(want))
	}
}
