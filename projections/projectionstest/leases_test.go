package projectionstest_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

func TestLeasesKeepTheContract(t *testing.T) {
	projectionstest.LeaseSuite(t, func(*testing.T) *projectionstest.LeaseSubject {
		hub := projectionstest.NewLeases()
		return &projectionstest.LeaseSubject{
			Process: func(name string) projections.Leases { return hub.Process(name) },
			Cut:     func(l projections.Leases) func() { return l.(*projectionstest.Holder).Cut() },
			Kill:    func(l projections.Leases) { l.(*projectionstest.Holder).Cut() },
		}
	})
}

func TestProcessesKeepTheContract(t *testing.T) {
	projectionstest.SharedSuite(t, func(t *testing.T) func() projectionstest.SharedViews {
		views := projectionstest.NewMemory(t)
		return func() projectionstest.SharedViews { return views.Process() }
	})
}
