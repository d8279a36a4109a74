package penalty

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Sentence is what one party is sentenced to by a decision that names several.
type Sentence struct {
	Kinds           []Kind
	Content         string
	FineFen         domain.Fen
	ConfiscatedFen  domain.Fen
	LicenceAffected string
}

// All are the parties of the decision in its order, of the record's own and the others.
func (d Decided) All() []Party {
	at := max(0, min(d.Place, len(d.CoParties)))
	return slices.Concat(d.CoParties[:at], d.Parties, d.CoParties[at:])
}

// RecordID is the id of the record of a decision: ID for the name of its party or, where it names several, of the first. The
// records of a second and third party of one name are told apart by counting those who stand before them.
func RecordID(d Decided) string {
	all := d.All()
	if len(all) == 0 {
		return ID(d.Authority, d.DecisionNo, "", d.DecidedOn)
	}
	at := 0
	if len(d.CoParties) > 0 {
		at = max(0, min(d.Place, len(d.CoParties)))
	}
	id, name, before := ID(d.Authority, d.DecisionNo, all[at].Name, d.DecidedOn), domain.NormalName(all[at].Name), 0
	for _, p := range all[:at] {
		if domain.NormalName(p.Name) == name {
			before++
		}
	}
	if before > 0 {
		id = string(es.DeriveID(es.ID(id), strconv.Itoa(before+1)))
	}
	return id
}

// Apart makes of a decision that names several parties the record of each, with the others beside it and what the party itself
// is sentenced to: own has a sentence per party, or nil where the decision's holds for the party. A decision against one party
// is its record. An amount against several together is refused: nobody could say what each has to pay.
func Apart(d Decided, own []*Sentence) ([]Decided, error) {
	out, faults := make([]Decided, 0, len(d.Parties)), []*domain.Fault(nil)
	for i, p := range d.Parties {
		one := d
		if len(d.Parties) > 1 {
			one.Parties, one.Place = []Party{p}, i
			one.CoParties = slices.Concat(d.Parties[:i], d.Parties[i+1:])
			faults = append(faults, twice(d.Parties, i))
		}
		switch s := sentence(own, i); {
		case s != nil:
			one.Kinds, one.Content, one.FineFen, one.ConfiscatedFen, one.LicenceAffected = s.Kinds, s.Content, s.FineFen, s.ConfiscatedFen, s.LicenceAffected
		case len(d.Parties) > 1 && (d.FineFen != 0 || d.ConfiscatedFen != 0):
			faults = append(faults, domain.Refuse(domain.Invalid, "penalty.parties.sentence", fmt.Sprintf("parties[%d].sentence", i),
				"决定涉及多名当事人且有金额的，应分别填写对每名当事人的处罚", "amounts of a decision against several parties are given for each of them"))
		}
		out = append(out, one)
	}
	if len(out) == 0 {
		out = []Decided{d} // which is refused for it
	}
	return out, domain.Require(faults...)
}

func sentence(own []*Sentence, i int) *Sentence {
	if i < len(own) {
		return own[i]
	}
	return nil
}

// twice refuses a party that stands before: by its code or, of organisations without one, by its name. Two people may have one
// name.
func twice(parties []Party, at int) *domain.Fault {
	p := parties[at]
	same := func(q Party) bool {
		if p.Subject != "" || q.Subject != "" {
			return p.Subject == q.Subject
		}
		return p.Kind != Natural && q.Kind != Natural && domain.NormalName(p.Name) == domain.NormalName(q.Name)
	}
	if !slices.ContainsFunc(parties[:at], same) {
		return nil
	}
	return domain.Refuse(domain.Invalid, "penalty.parties.twice", fmt.Sprintf("parties[%d]", at), "同一当事人重复填写", "this party stands in the decision already")
}
