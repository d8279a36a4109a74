package policy

import (
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// Layers are those that an authority has arranged for its reviews; none: one review.
func Layers(ctx context.Context, store es.Store, id domain.AuthorityID) ([]disclosure.Layer, error) {
	if id == "" {
		return nil, nil
	}
	a, err := es.Load(ctx, store, authority.Decider, string(id))
	if err != nil {
		return nil, fmt.Errorf("policy: layers of authority %s: %w", id, err)
	}
	var out []disclosure.Layer
	for _, l := range a.State.Layers {
		out = append(out, disclosure.Layer{ID: l.ID, Name: l.Name, Role: l.Role, Secrecy: l.Secrecy})
	}
	return out, nil
}

// Terms says of each outlet how long it shows a record, or why it does not.
func Terms(tables rule.Tables, c rule.Case) (terms []rule.Term, hidden map[rule.Outlet]*domain.Fault) {
	if tables.Version() == "" {
		tables = rule.Embedded()
	}
	terms, not := tables.Terms(c)
	hidden = map[rule.Outlet]*domain.Fault{}
	for _, n := range not {
		hidden[n.Outlet] = domain.Refuse(domain.Precondition, "disclosure.outlet."+n.Code, "outlets",
			n.Outlet.Label()+"："+n.ZH, string(n.Outlet)+": "+n.EN)
	}
	return terms, hidden
}
