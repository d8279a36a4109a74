package postgres_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
)

func TestPoolsTellTheirConnections(t *testing.T) {
	t.Parallel()
	url := postgrestest.New(t)
	log, err := postgres.Open(t.Context(), url, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	views, err := postgres.OpenViews(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	all := log.PoolStats()
	maps.Copy(all, views.PoolStats())
	if names := slices.Sorted(maps.Keys(all)); !slices.Equal(names, []string{"events", "views_read", "views_write"}) {
		t.Errorf("pools are %v", names)
	}
	for name, s := range all {
		if s.MaxConns() < 1 || s.AcquiredConns() > s.MaxConns() {
			t.Errorf("%s has %d of %d connections", name, s.AcquiredConns(), s.MaxConns())
		}
	}
	if err := log.Close(); err != nil {
		t.Error(err)
	}
	if err := views.Close(); err != nil {
		t.Error(err)
	}
}
