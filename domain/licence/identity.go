package licence

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

// same tells whether two holders are one. What of a natural person is in the vault is compared by the person: one text is
// sealed anew each time that it is given.
func (h Holder) same(other Holder) bool {
	h.Identity, other.Identity = nil, nil
	return h == other
}

// checkIdentity takes an identity of natural persons, and of operators of individual businesses, that is of the person named.
func checkIdentity(h Holder) *domain.Fault {
	switch {
	case h.Identity == nil && h.Person == "":
		return nil
	case h.Kind != Natural && h.Kind != IndividualBusiness:
		return domain.Refuse(domain.Invalid, "licence.holder.identity", "holder.identity",
			"只有自然人和个体工商户经营者可填写身份信息", "only a natural person has an identity")
	case h.Identity == nil || !slices.Contains(h.Identity.Persons, h.Person):
		return domain.Refuse(domain.Invalid, "licence.holder.person", "holder.identity",
			"身份信息与自然人标识不一致", "the identity is not of the person that is named")
	}
	return nil
}
