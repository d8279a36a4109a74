package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/plan"
)

// plantedLog is a log of two commands of one account, two events and one, and their receipts.
func plantedLog(t *testing.T) (records []es.Record, acked []receipt, accounts map[string]string) {
	t.Helper()
	accounts = map[string]string{"secret": "planner"}
	for _, key := range []string{"one", "two"} {
		command := es.DeriveID(es.DeriveID("", "mingjian", "idempotency-key"), "planner", key)
		events := []plan.Event{plan.Approved{}, plan.Approved{}}[:2-len(acked)]
		proposed, err := es.Propose(es.Metadata{Command: command}, events...)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range proposed {
			n := uint64(len(records))
			records = append(records, es.Record{Proposed: p, Stream: es.Stream{Category: "plan", ID: "P"}, Revision: es.Revision(n), Position: es.At(n+1, 0)})
		}
		end := records[len(records)-1]
		acked = append(acked, receipt{path: "/" + key, token: "secret", key: key, ID: "P", Revision: []string{"1", "2"}[len(acked)], Position: end.Position.String()})
	}
	return records, acked, accounts
}

// TestPlantedLossesAreFound: what the chaos run is to find in the log is found.
func TestPlantedLossesAreFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		plant func(records []es.Record, acked []receipt) []es.Record
		says  string
	}{
		"nothing": {func(r []es.Record, _ []receipt) []es.Record { return r }, ""},
		"lost":    {func(r []es.Record, _ []receipt) []es.Record { return r[:2] }, "not in the log"},
		"another in its place": {func(r []es.Record, _ []receipt) []es.Record {
			r[2].Proposed = r[1].Proposed
			return r
		}, "there twice"},
		"a part": {func(r []es.Record, _ []receipt) []es.Record { return slices.Delete(r, 0, 1) }, "is not event 0"},
		"doubled": {func(r []es.Record, _ []receipt) []es.Record {
			again := r[2]
			again.Revision, again.Position = 3, es.At(4, 0)
			return append(r, again)
		}, "there twice"},
		"moved": {func(r []es.Record, a []receipt) []es.Record {
			a[1].Position = "1"
			return r
		}, "/two of P was acknowledged at 1 revision 2"},
		"of another key": {func(r []es.Record, a []receipt) []es.Record {
			a[0].key = "three"
			return r
		}, "the command has 0 events"},
	} {
		records, acked, accounts := plantedLog(t)
		records = c.plant(records, acked)
		at, events, faults := commandsOf(records)
		faults = append(faults, unkept(acked, accounts, at, events)...)
		if text := strings.Join(faults, "\n"); (c.says == "") != (text == "") || !strings.Contains(text, c.says) {
			t.Errorf("%s: found %q", name, text)
		}
	}
}

// TestPlantedMessagesAreFound: what the chaos run is to find on the bus is found.
func TestPlantedMessagesAreFound(t *testing.T) {
	t.Parallel()
	want := map[string]due{"1": {1, "s-A", "t"}, "2": {2, "s-A", "t"}, "3": {3, "s-B", "t"}}
	on := func(id, stream string) onBus { return onBus{ID: id, Type: "t", PartitionKey: stream, subject: stream} }
	for name, c := range map[string]struct {
		got   []onBus
		again int
		says  string
	}{
		"all":             {got: []onBus{on("1", "s-A"), on("3", "s-B"), on("2", "s-A")}},
		"one again":       {got: []onBus{on("1", "s-A"), on("2", "s-A"), on("1", "s-A"), on("3", "s-B")}, again: 1},
		"one lost":        {got: []onBus{on("2", "s-A"), on("3", "s-B")}, says: "event 1 of s-A is not on the bus"},
		"the last lost":   {got: []onBus{on("1", "s-A"), on("2", "s-A")}, says: "event 3 of s-B is not on the bus"},
		"another order":   {got: []onBus{on("2", "s-A"), on("1", "s-A"), on("3", "s-B")}, says: "event 1 comes after event 2"},
		"one for nothing": {got: []onBus{on("1", "s-A"), on("2", "s-A"), on("3", "s-B"), on("4", "s-B")}, says: "which nothing led to"},
		"of another":      {got: []onBus{on("1", "s-A"), on("2", "s-A"), on("3", "s-A")}, says: "which nothing led to"},
	} {
		again, faults := astray(want, c.got)
		text := strings.Join(faults, "\n")
		if again != c.again || (c.says == "") != (text == "") || !strings.Contains(text, c.says) {
			t.Errorf("%s: %d again, found %q", name, again, text)
		}
	}
}
