package postgres_test

import (
	"context"
	"errors"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest/linear"
)

// TestHistoriesAreLinearizable has 64 clients work through two processes' stores on a server that is killed again and again.
func TestHistoriesAreLinearizable(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.NewCluster(t)
	linear.Histories(t, func(t *testing.T) (linear.Log, func(context.Context) error) {
		url := cluster.NewDatabase(t)
		return &shared{Store: openStore(t, url, postgres.Options{}), other: openStore(t, url, postgres.Options{})}, func(context.Context) error {
			return errors.Join(cluster.Kill(), cluster.Start())
		}
	})
}

// shared sends one half of the appends through one store and the other half through another; all is read at the first.
type shared struct {
	*postgres.Store
	other *postgres.Store
}

func (s *shared) Append(ctx context.Context, stream es.Stream, want es.Expected, events ...es.Proposed) (es.Position, error) {
	if events[0].ID[0]%2 == 0 {
		return s.other.Append(ctx, stream, want, events...)
	}
	return s.Store.Append(ctx, stream, want, events...)
}
