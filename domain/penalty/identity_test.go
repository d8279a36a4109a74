package penalty_test

import (
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

func sealedFor(item string, persons ...string) *domain.Sealed {
	return &domain.Sealed{Item: item, Persons: persons, Commitment: strings.Repeat("5a", 32)}
}

// of is a decision against a natural person with an identity in the vault.
func of(change func(*penalty.Party)) penalty.Decided {
	return decision(func(d *penalty.Decided) {
		d.Parties = []penalty.Party{{Kind: penalty.Natural, Name: "高小满", Person: "p1", Identity: sealedFor("i1", "p1")}}
		change(&d.Parties[0])
	})
}

func identified() []penalty.Event {
	several := of(func(*penalty.Party) {})
	several.CoParties = []penalty.Party{{Kind: penalty.Natural, Name: "甘小寒", Person: "p2", Identity: sealedFor("i2", "p2")}}
	return []penalty.Event{decided(several)}
}

func TestAPartyIsIdentifiedInTheVault(t *testing.T) {
	scenario, whole := estest.Of(penalty.Decider), of(func(*penalty.Party) {})
	scenario.When(penalty.Decide{By: clerk, Today: today, Decision: whole}).Then(t, decided(whole))
	again := of(func(p *penalty.Party) { p.Identity = sealedFor("i2", "p1") }) // given once more, sealed once more
	scenario.Given(decided(whole)).When(penalty.Decide{By: clerk, Today: today, Decision: again}).ThenNothing(t)
	other := of(func(p *penalty.Party) { p.Person, p.Identity = "p2", sealedFor("i2", "p2") })
	scenario.Given(decided(whole)).When(penalty.Decide{By: clerk, Today: today, Decision: other}).ThenError(t, faulty("penalty.exists"))

	for want, change := range map[string]func(*penalty.Party){
		"penalty.party.identity": func(p *penalty.Party) { p.Kind = penalty.Legal },
		"penalty.party.person":   func(p *penalty.Party) { p.Person = "" },
	} {
		scenario.When(penalty.Decide{By: clerk, Today: today, Decision: of(change)}).ThenError(t, faulty(want))
	}
	for _, change := range []func(*penalty.Party){
		func(p *penalty.Party) { p.Identity = nil },
		func(p *penalty.Party) { p.Identity = sealedFor("i1", "p3") },
	} {
		scenario.When(penalty.Decide{By: clerk, Today: today, Decision: of(change)}).ThenError(t, faulty("penalty.party.person"))
	}
}
