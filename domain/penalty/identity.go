package penalty

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

// same tells whether two parties are one. What of a natural person is in the vault is compared by the person: one text is
// sealed anew each time that it is given.
func (p Party) same(q Party) bool {
	p.Identity, q.Identity = nil, nil
	return p == q
}

// checkIdentity takes an identity of natural persons, and of operators of individual businesses, that is of the person named.
func checkIdentity(field string, p Party) *domain.Fault {
	switch {
	case p.Identity == nil && p.Person == "":
		return nil
	case p.Kind != Natural && p.Kind != IndividualBusiness:
		return domain.Refuse(domain.Invalid, "penalty.party.identity", field+".identity",
			"只有自然人和个体工商户经营者可填写身份信息", "only a natural person has an identity")
	case p.Identity == nil || !slices.Contains(p.Identity.Persons, p.Person):
		return domain.Refuse(domain.Invalid, "penalty.party.person", field+".identity",
			"身份信息与自然人标识不一致", "the identity is not of the person that is named")
	}
	return nil
}
