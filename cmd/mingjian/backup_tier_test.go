package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain"
)

// carried is a ledger that goes from tier to tier by its backups.
type carried struct {
	*house
	folder   string // of the backups
	token    string // issued on the first tier
	head     string // of the log there, exported
	kept     string // an item of somebody who is never forgotten
	lost     string // of somebody who is forgotten on the first tier
	later    string // of somebody who is forgotten on the second
	laterWho string
}

// next backs the ledger up, restores it where stores says, and verifies it there.
func (o *carried) next(name string, stores func(config) config) {
	o.Helper()
	folder := filepath.Join(o.folder, name)
	o.mingjian(exitOK, append([]string{"backup", folder}, storeArgs(o.config())...)...)
	m, err := readManifest(folder)
	if err != nil {
		o.Fatal(err)
	}
	if m.Head.Events == 0 || m.Head.Chain == "" || m.Head.Epoch == "" || m.holds(masterFile) {
		o.Errorf("the manifest of %s: %+v", name, m.Head)
	}
	o.data, o.stores = filepath.Join(o.folder, "data-"+name), stores
	into := append([]string{"restore", folder, "--reason", "迁移"}, storeArgs(o.config())...)
	demand(o.TB.(*testing.T), o.mingjian(exitOK, into...), "restored ")
	o.mingjian(exitUsage, into...) // nothing is put over what is there
	verified := o.mingjian(exitOK, append([]string{"verify", "--events-only", "--head", o.head}, storeArgs(o.config())...)...)
	demand(o.TB.(*testing.T), verified, "head: the log goes on from position", "clean")
}

// usable serves the ledger: the token of long ago works, what was sealed opens, who was forgotten stays so.
func (o *carried) usable(work func()) {
	o.Helper()
	o.served(func() {
		o.tokens[domain.Clerk] = o.token
		o.opens(o.kept, kept)
		o.gone(o.lost)
		work()
	})
	demand(o.TB.(*testing.T), o.mingjian(exitOK, append([]string{"verify"}, storeArgs(o.config())...)...), "clean")
	demand(o.TB.(*testing.T), o.mingjian(exitOK, append([]string{"projection", "list"}, storeArgs(o.config())...)...), "up to date")
}

// TestABackupGoesFromTierToTier carries a ledger from a data directory into PostgreSQL, from there to events in EventStoreDB,
// whose positions are its own, and back into a data directory.
func TestABackupGoesFromTierToTier(t *testing.T) {
	t.Parallel()
	o := &carried{house: newHouse(t), folder: t.TempDir()}
	key := filepath.Join(o.folder, masterFile)
	o.mingjian(exitOK, "vault", "key", key)
	keyed := func(c config) config { c.MasterKey = key; return c }
	o.stores = keyed
	forget := func(person string) {
		o.ask(http.StatusOK, domain.Approver, http.MethodPost, "/v1/persons/"+person+":requestShredding", `{"ground":"retention_expired","reason":"保存期限届满"}`)
		o.ask(http.StatusOK, domain.Admin, http.MethodPost, "/v1/persons/"+person+":confirmShredding", `{}`)
	}
	third := planted{"110101199003073335", "13900003333", "虚构市长安路33号丙单元"}
	o.served(func() {
		o.token = o.tokens[domain.Clerk]
		o.ask(http.StatusOK, domain.Admin, http.MethodPost, "/v1/authorities",
			`{"id":"xz-bureau","name":"宁安市市场监督管理局","district":"320100","level":"city"}`)
		var lostWho string
		o.kept, _ = o.decide("宁市监处罚〔2026〕1号", "高小满", kept)
		o.lost, lostWho = o.decide("宁市监处罚〔2026〕2号", "甘小寒", lost)
		o.later, o.laterWho = o.decide("宁市监处罚〔2026〕3号", "申小暑", third)
		forget(lostWho)
	})
	o.head = filepath.Join(o.folder, "head.json")
	o.mingjian(exitOK, "log", "head", "--export", o.head, "--data", o.data)

	url := postgrestest.New(t)
	o.next("first", func(c config) config { return keyed(onDatabase(c, url)) })
	o.usable(func() {
		o.opens(o.later, third)
		forget(o.laterWho)
		o.gone(o.later)
	})
	cluster := onCluster(t, keyed(config{}))
	o.next("second", func(c config) config {
		c.Events, c.Views, c.StoreWait, c.MasterKey = cluster.Events, cluster.Views, cluster.StoreWait, key
		return c
	})
	o.usable(func() { o.gone(o.later) })
	o.next("third", keyed)
	o.usable(func() { o.gone(o.later) })
	search(t, o.folder)
	for _, text := range third.texts() {
		if strings.Contains(o.log.String(), text) {
			t.Errorf("a log tells %s", text)
		}
	}
}
