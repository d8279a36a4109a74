package projectionstest_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

func TestMemoryKeepsTheContracts(t *testing.T) {
	projectionstest.SinkSuite(t, func(t *testing.T) *projectionstest.Subject {
		m := projectionstest.NewMemory(t)
		return &projectionstest.Subject{Views: m, Break: m.Break}
	}, projectionstest.Features{Volatile: true})
}
