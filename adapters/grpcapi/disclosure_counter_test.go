package grpcapi_test

import (
	"context"
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/adapters/grpcapi/vaulttest"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	disclosureview "github.com/mingjian-ledger/mingjian/projections/disclosure"
	licenceview "github.com/mingjian-ledger/mingjian/projections/licence"
	penaltyview "github.com/mingjian-ledger/mingjian/projections/penalty"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// counter is an office with the services of penalties, licences and disclosures. The own bureau is registered.
type counter struct {
	*office
	penalties   grpcapi.PenaltyServer
	licences    grpcapi.LicenceServer
	disclosures grpcapi.DisclosureServer
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	o := newOffice(t)
	c := &counter{
		office: o, penalties: grpcapi.PenaltyServer{Base: o.base, Vault: &vaulttest.Memory{}}, licences: grpcapi.LicenceServer{Base: o.base},
		disclosures: grpcapi.DisclosureServer{Base: o.base},
	}
	_, err := es.Transact(t.Context(), o.store, authority.Decider, string(ownBureau), authority.Command(authority.Register{
		By: domain.Actor{Account: "root", Role: domain.Admin, Authority: ownBureau},
		ID: ownBureau, Name: "西藏某市场监督管理局", District: "540100", Level: authority.City, Departments: []string{"信用科"},
	}), es.Metadata{Command: es.DeriveID("", "register")})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *counter) clerk() context.Context { return c.as(domain.Clerk, "wang") }

// follow lets the views catch up.
func (c *counter) follow() {
	c.Helper()
	head, err := c.store.Head(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	for _, p := range []projections.Projection{penaltyview.Projection(), licenceview.Projection(), disclosureview.Projection()} {
		target, err := c.views.Attach(c.Context(), p)
		if err == nil {
			err = projections.Fill(c.Context(), p, c.store, target, head, nil)
		}
		if err != nil {
			c.Fatal(err)
		}
	}
}

// last is the newest record of the log.
func (c *counter) last() es.Record {
	all := c.store.All()
	return all[len(all)-1]
}

// came tells what came of the rows: the status, then the codes of refusals and of warnings.
func came(results []*mingjianv1.RowResult) (out [][]string) {
	for _, r := range results {
		row := []string{r.GetStatus().String()[len("ROW_STATUS_"):]}
		for _, remark := range slices.Concat(r.GetRefusals(), r.GetWarnings()) {
			row = append(row, remark.GetCode()+"@"+remark.GetField())
		}
		out = append(out, row)
	}
	return out
}
