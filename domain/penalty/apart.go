package penalty

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

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
	var faults []*domain.Fault
	each := make([]Sentence, len(d.Parties))
	for i := range d.Parties {
		each[i] = Sentence{d.Kinds, d.Content, d.FineFen, d.ConfiscatedFen, d.LicenceAffected}
		if i < len(own) && own[i] != nil {
			each[i] = *own[i]
		} else if len(d.Parties) > 1 && (d.FineFen != 0 || d.ConfiscatedFen != 0) {
			faults = append(faults, domain.Refuse(domain.Invalid, "penalty.parties.sentence", fmt.Sprintf("parties[%d].sentence", i),
				"决定涉及多名当事人且有金额的，应分别填写对每名当事人的处罚", "amounts of a decision against several parties are given for each of them"))
		}
		faults = append(faults, twice(d.Parties, i))
	}
	if len(d.Parties) == 0 {
		return []Decided{d}, nil // which is refused for it
	}
	first := d.sentenced(each[0])
	first.Parties, first.CoParties, first.Others = d.Parties[:1:1], slices.Clone(d.Parties[1:]), each[1:]
	return append([]Decided{first}, first.Rest()...), domain.Require(faults...)
}

func (d Decided) sentenced(s Sentence) Decided {
	d.Kinds, d.Content, d.FineFen, d.ConfiscatedFen, d.LicenceAffected = s.Kinds, s.Content, s.FineFen, s.ConfiscatedFen, s.LicenceAffected
	return d
}

// Rest are the records of the other parties, as the first party's record tells of them; none of any other record.
func (d Decided) Rest() []Decided {
	if d.Place != 0 || len(d.Others) != len(d.CoParties) {
		return nil
	}
	all := d.All()
	out := make([]Decided, 0, len(d.Others))
	for i, s := range d.Others {
		one, place := d.sentenced(s), i+len(d.Parties)
		one.Parties, one.CoParties = slices.Clone(all[place:place+1]), slices.Concat(all[:place], all[place+1:])
		one.Place, one.Others, one.Doubts = place, nil, nil
		out = append(out, one)
	}
	return out
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
