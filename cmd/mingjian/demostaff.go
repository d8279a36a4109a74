package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/identity"
	"github.com/mingjian-ledger/mingjian/deploy/demo"
	"github.com/mingjian-ledger/mingjian/domain"
)

// The two authorities of the demonstration.
const (
	bureau      = "ZX-SCJG" // 市场监督管理局
	fireService = "ZX-XFJY" // 消防救援局
)

// demoLife is how long a demonstration's tokens live if it is killed before it can revoke them.
const demoLife = time.Hour

// staff is everybody who acts. Each is an account of its own with a token of its own.
type staff struct {
	admin, planner, firePlanner, approver, reviewer, clerk *person
	discipline                                             *person // 驻局纪检监察组: a party to the draws
	auditor, integrator, public                            *person
	inspectors                                             map[string]*person // by roster id
}

// Accounts that the draws name as parties.
const (
	plannerAccount    = "demo.planner"
	disciplineAccount = "demo.discipline"
)

// hireStaff makes a token for each account; revoke ends them all.
func hireStaff(ctx context.Context, store *identity.Store, client *restClient) (s staff, revoke func(context.Context) error, err error) {
	var tokens []string
	revoke = func(ctx context.Context) error {
		var errs []error
		for _, id := range tokens {
			errs = append(errs, store.Revoke(ctx, id))
		}
		return errors.Join(errs...)
	}
	hire := func(name, account string, role domain.Role, authority domain.AuthorityID, inspector string) *person {
		if err != nil {
			return nil
		}
		actor := domain.Actor{Account: account, Role: role, Authority: authority, Inspector: domain.InspectorID(inspector)}
		token, secret, fault := store.Create(ctx, actor, demoLife)
		if fault != nil {
			err = fmt.Errorf("demo: token of %s: %w", account, fault)
			return nil
		}
		tokens = append(tokens, token.ID)
		return &person{client: client, name: name, token: secret}
	}
	s = staff{
		admin:       hire("admin", "demo.admin", domain.Admin, bureau, ""),
		planner:     hire("planner", plannerAccount, domain.Planner, bureau, ""),
		firePlanner: hire("planner 2", "demo.fire.planner", domain.Planner, fireService, ""),
		approver:    hire("approver", "demo.approver", domain.Approver, bureau, ""),
		reviewer:    hire("reviewer", "demo.reviewer", domain.Reviewer, bureau, ""),
		clerk:       hire("clerk", "demo.clerk", domain.Clerk, bureau, ""),
		discipline:  hire("discipline", disciplineAccount, domain.Auditor, bureau, ""),
		auditor:     hire("auditor", "demo.auditor", domain.Auditor, "", ""),
		integrator:  hire("integrator", "demo.integrator", domain.Integrator, "", ""),
		public:      &person{client: client, name: "public"},
		inspectors:  map[string]*person{},
	}
	roster, fault := demo.Inspectors()
	err = errors.Join(err, fault)
	for _, i := range roster {
		s.inspectors[i.ID] = hire(i.ID, strings.ToLower(i.ID), domain.Inspector, domain.AuthorityID(i.Authority), i.ID)
	}
	if err != nil {
		return staff{}, nil, errors.Join(err, revoke(context.WithoutCancel(ctx)))
	}
	return s, revoke, nil
}
