package esdb_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/mingjian-ledger/mingjian/adapters/esdb"
	"github.com/mingjian-ledger/mingjian/adapters/esdb/esdbtest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// openStore opens a store that the test closes.
func openStore(t testing.TB, url string, opt esdb.Options) *esdb.Store {
	t.Helper()
	s, err := esdb.Open(t.Context(), url, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// subject makes stores on clusters of their own, as the suite wants them.
func subject(cluster esdbtest.Options, opt esdb.Options) estest.Factory {
	return func(t *testing.T) *estest.Subject {
		c := esdbtest.Start(t, cluster)
		s := openStore(t, c.URL(), opt)
		return &estest.Subject{
			Log: s,
			Reopen: func() estest.Log {
				_ = s.Close()
				s = openStore(t, c.URL(), opt)
				return s
			},
			Corrupt: func(r es.Record) { c.Corrupt(opt.Namespace+r.Stream.String(), uint64(r.Revision)) },
		}
	}
}

var features = estest.Features{PerStream: true}

func TestStoreKeepsTheContract(t *testing.T) {
	estest.StoreSuite(t, subject(esdbtest.Options{}, esdb.Options{}), features)
}

// With one connection for all calls, a call within a call would wait for ever.
func TestStoreKeepsTheContractWithOneConnection(t *testing.T) {
	estest.StoreSuite(t, subject(esdbtest.Options{}, esdb.Options{Connections: 1}), features)
}

// A server before 23.10 tells nobody that he caught up; a namespace is filtered by prefix.
func TestStoreKeepsTheContractInANamespaceOfAnOldSecureCluster(t *testing.T) {
	cluster := esdbtest.Options{Nodes: 3, TLS: true, User: "ops", Password: "p@ss/,word", Version: "22.10.3"}
	estest.StoreSuite(t, subject(cluster, esdb.Options{Namespace: "明鉴."}), features)
}

func TestStoreAgainstTheFake(t *testing.T) {
	estest.Metamorphic(t, subject(esdbtest.Options{}, esdb.Options{}), features)
}

func TestStoreAnswersTheLongLog(t *testing.T) {
	t.Parallel()
	estest.LongLog(t, subject(esdbtest.Options{}, esdb.Options{}), features)
}
