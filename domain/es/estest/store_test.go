package estest_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

func open(*testing.T) *estest.Subject {
	s := estest.NewStore(nil)
	return &estest.Subject{Log: s, Reopen: func() estest.Log { return s }, Corrupt: s.Corrupt}
}

func TestStoreKeepsTheContract(t *testing.T) { estest.StoreSuite(t, open, estest.Features{}) }

func TestStoreAgainstItself(t *testing.T) { estest.Metamorphic(t, open, estest.Features{}) }

func openPerStream(*testing.T) *estest.Subject {
	s := estest.NewStore(nil)
	s.KnowIDsPerStream()
	return &estest.Subject{Log: s, Reopen: func() estest.Log { return s }, Corrupt: s.Corrupt}
}

func TestStorePerStreamKeepsTheRest(t *testing.T) {
	estest.StoreSuite(t, openPerStream, estest.Features{PerStream: true})
}

func TestStorePerStreamAgainstItself(t *testing.T) {
	estest.Metamorphic(t, openPerStream, estest.Features{PerStream: true})
}

func TestStoreAnswersTheLongLog(t *testing.T) { estest.LongLog(t, open, estest.Features{}) }
