package main

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/enterprise"
)

// wide reads the views so that the lists of an authority hold the records of those whose tasks it holds today.
func (in *instance) wide() projections.Reader {
	return projections.Widen(in.views, "authority", func(ctx context.Context, id string) ([]string, error) {
		before, err := in.family.Predecessors(ctx, id, calendar.DateOf(in.config.now()))
		out := make([]string, len(before))
		for i, p := range before {
			out[i] = p.GetId()
		}
		return out, err
	}, allProjections()...)
}

// recordVersions are the versions of enterprises' records, which say beside each authority who holds its tasks today.
type recordVersions struct {
	*enterprise.Versions
	in *instance
}

// EnterpriseVersion changes with the record and with what succeeds what.
func (v recordVersions) EnterpriseVersion(ctx context.Context, id string) (version string, found bool, err error) {
	version, found, err = v.Versions.EnterpriseVersion(ctx, id)
	if err != nil || !found {
		return "", false, err
	}
	family, err := v.in.family.Version(ctx, calendar.DateOf(v.in.config.now()))
	return version + "/" + family, true, err
}
