package esdbtest_test

import (
	"context"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/esdb"
	"github.com/mingjian-ledger/mingjian/adapters/esdb/esdbtest"
	"github.com/mingjian-ledger/mingjian/domain/es/estest/linear"
)

// TestHistoriesAreLinearizable has 64 clients work on a cluster whose leader is killed again and again. It is not among the tests of
// the store, which look for leaks: the client leaks a connection when it is sent on to a leader that is dead by then.
func TestHistoriesAreLinearizable(t *testing.T) {
	t.Parallel()
	linear.Histories(t, func(t *testing.T) (linear.Log, func(context.Context) error) {
		const nodes = 3
		c, leader := esdbtest.Start(t, esdbtest.Options{Nodes: nodes}), 0
		store, err := esdb.Open(t.Context(), c.URL(), esdb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		return store, func(context.Context) error {
			killed := leader
			leader = (leader + 1) % nodes
			c.Stop(killed)
			c.Lead(leader)
			return c.Restart(killed)
		}
	})
}
