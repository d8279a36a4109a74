package ledger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/ledger"
)

func restored(n, events uint64) ledger.Restored {
	return ledger.Restored{
		Number: n, ID: es.DeriveID("", "epoch", string(rune('0'+n))), Events: events, Position: "40", Hash: strings.Repeat("ab", 32), Renumbered: n%2 == 0,
		BackedUpAt: time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC), Reason: "机房断电后从备份恢复", By: "he.ops",
	}
}

func begin(r ledger.Restored) ledger.BeginEpoch {
	return ledger.BeginEpoch{
		ID: r.ID, Events: r.Events, Position: r.Position, Hash: r.Hash, Renumbered: r.Renumbered, BackedUpAt: r.BackedUpAt, Reason: r.Reason, By: r.By,
	}
}

func approved() ledger.RebuildApproved {
	return ledger.RebuildApproved{
		Projection: "enterprise.v3", Through: "77", Digest: strings.Repeat("cd", 32), Reason: "修正名称索引", By: "he.ops",
		Tables: []ledger.Table{{Name: "enterprise", Public: true, Missing: 1, Extra: 2, Changed: 3}},
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	estest.Golden(t, "testdata/events", ledger.Codec(), ledger.Event(restored(2, 40)), ledger.Event(approved()))
}

func FuzzDecode(f *testing.F) {
	for _, typ := range ledger.Codec().Types() {
		f.Add(typ, []byte(`{"number":2,"id":"x","events":1,"position":"1","tables":[{"name":"t","extra":1}]}`))
	}
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		e, err := ledger.Codec().Decode(typ, data)
		if err != nil {
			return
		}
		ledger.Decider.Evolve(ledger.Decider.Evolve(ledger.State{}, e), e)
		_, _, _ = ledger.Of(es.Record{Proposed: es.Proposed{Type: typ, Data: data, Meta: []byte("{}")}, Stream: es.Stream{Category: ledger.Category, ID: ledger.Stream}})
	})
}

func TestEpochsFollowEachOther(t *testing.T) {
	t.Parallel()
	history := estest.Of(ledger.Decider)
	second, third := restored(2, 40), restored(3, 60)
	history.When(begin(second)).Then(t, second)
	history.Given(second).When(begin(third)).Then(t, third)
	history.Given(second).When(begin(second)).Then(t)
	history.Given(ledger.Event(second), approved()).When(begin(third)).Then(t, third)
	refused(t, history.Given(second), begin(restored(3, 40)), "ledger.epoch.order")
	refused(t, history.Given(), begin(restored(2, 0)), "ledger.epoch.order")
}

func TestApproving(t *testing.T) {
	t.Parallel()
	history := estest.Of(ledger.Decider)
	history.When(ledger.ApproveRebuild{Approved: approved()}).Then(t, approved())
	history.Given(approved()).When(ledger.ApproveRebuild{Approved: approved()}).Then(t, approved()) // again, after another rebuild
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*ledger.RebuildApproved){
		"ledger.projection.required": func(a *ledger.RebuildApproved) { a.Projection = "" },
		"ledger.position.form":       func(a *ledger.RebuildApproved) { a.Through = "here" },
		"ledger.digest.required":     func(a *ledger.RebuildApproved) { a.Digest = "" },
		"ledger.digest.digest.form":  func(a *ledger.RebuildApproved) { a.Digest = "ABC" },
		"ledger.reason.required":     func(a *ledger.RebuildApproved) { a.Reason = "" },
		"ledger.reason.personal":     func(a *ledger.RebuildApproved) { a.Reason = "致电13912345678" },
		"ledger.reason.text.length":  func(a *ledger.RebuildApproved) { a.Reason = strings.Repeat("长", 501) },
		"ledger.by.required":         func(a *ledger.RebuildApproved) { a.By = "" },
		"ledger.by.personal":         func(a *ledger.RebuildApproved) { a.By = "13912345678" },
		"ledger.by.text.control":     func(a *ledger.RebuildApproved) { a.By = "a\tb" },
		"ledger.tables.number":       func(a *ledger.RebuildApproved) { a.Tables = nil },
		"ledger.tables.required":     func(a *ledger.RebuildApproved) { a.Tables[0].Name = "" },
		"ledger.tables.same":         func(a *ledger.RebuildApproved) { a.Tables[0] = ledger.Table{Name: "t"} },
	} {
		a := approved()
		change(&a)
		refused(t, estest.Of(ledger.Decider).Given(), ledger.ApproveRebuild{Approved: a}, want)
	}
	for want, change := range map[string]func(*ledger.BeginEpoch){
		"ledger.id.form":         func(c *ledger.BeginEpoch) { c.ID = "2" },
		"ledger.position.form":   func(c *ledger.BeginEpoch) { c.Position = "" },
		"ledger.hash.required":   func(c *ledger.BeginEpoch) { c.Hash = "" },
		"ledger.reason.required": func(c *ledger.BeginEpoch) { c.Reason = "" },
		"ledger.by.required":     func(c *ledger.BeginEpoch) { c.By = "" },
	} {
		c := begin(restored(2, 40))
		change(&c)
		refused(t, estest.Of(ledger.Decider).Given(), c, want)
	}
}

func refused(t *testing.T, history estest.Story[ledger.State, ledger.Command, ledger.Event], cmd ledger.Command, want string) {
	t.Helper()
	history.When(cmd).ThenError(t, func(err error) bool {
		fault := (*domain.Fault)(nil)
		if !errors.As(err, &fault) || fault.Code != want {
			t.Logf("got %v, want %s", err, want)
			return false
		}
		return true
	})
}

// lived is a store in which the ledger was restored twice, with what it recorded between.
func lived(t *testing.T) (*estest.Store, ledger.Epochs) {
	t.Helper()
	store, count := estest.NewStore(t), 0
	add := func(n int) {
		for range n {
			count++
			p, err := es.Propose(es.Metadata{Command: es.DeriveID("", "c", fmt.Sprint(count))}, note{})
			if err == nil {
				_, err = store.Append(t.Context(), es.Stream{Category: "note", ID: string(p[0].ID)}, es.NoStream{}, p...)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	restore := func(n, events uint64, at string, renumbered bool) {
		r := restored(n, events)
		r.Position, r.Renumbered = at, renumbered
		m := es.Metadata{Command: es.DeriveID("", "r", at), RecordedAt: r.BackedUpAt}
		if _, err := es.Transact(t.Context(), store, ledger.Decider, ledger.Stream, ledger.Command(begin(r)), m); err != nil {
			t.Fatal(err)
		}
	}
	add(3)
	restore(2, 3, "3", false)
	add(2)
	if _, err := es.Transact(t.Context(), store, ledger.Decider, ledger.Stream, ledger.Command(ledger.ApproveRebuild{Approved: approved()}),
		es.Metadata{Command: es.DeriveID("", "a")}); err != nil {
		t.Fatal(err)
	}
	restore(3, 7, "700", true)
	all, err := ledger.Read(t.Context(), store, store)
	if err != nil || len(all) != 3 {
		t.Fatalf("%v, %v", all, err)
	}
	return store, all
}

type note struct{}

func (note) EventType() string { return "mingjian.note.v1" }

func TestEpochsOfALog(t *testing.T) {
	t.Parallel()
	store, all := lived(t)
	if got := all[0]; got.Number != 1 || got.ID != store.All()[0].ID || got.Began != (es.Position{}) {
		t.Errorf("the first is %+v", got)
	}
	if all.Now() != all[2] || all[2].Number != 3 || all[2].Began != store.All()[7].Position || all[1].Began != store.All()[3].Position {
		t.Errorf("they are %+v", all)
	}
	at, events, whole, known := all.Common(all[0].Name())
	if at != es.At(3, 0) || events != 3 || whole || !known || all.Comparable(all[0].Name()) {
		t.Errorf("of the first %s %d %t %t", at, events, whole, known)
	}
	at, events, whole, known = all.Common(all[1].Name())
	if at != es.At(700, 0) || events != 7 || whole || !known || all.Comparable(all[1].Name()) {
		t.Errorf("of the second %s %d %t %t", at, events, whole, known)
	}
	if _, _, whole, known := all.Common(all[2].Name()); !whole || !known || !all.Comparable(all[2].Name()) {
		t.Errorf("of the last %t %t", whole, known)
	}
	for _, name := range []string{"", "1", "1-00000000", all[0].Name() + "0", "4-" + all[2].Name()[2:]} {
		if _, _, _, known := all.Common(name); known || all.Comparable(name) {
			t.Errorf("%q is known", name)
		}
	}
	if !all[:2].Comparable(all[0].Name()) {
		t.Error("a restore to where it was renumbers nothing")
	}
	if ledger.Number(all[2].Name()) != 3 || ledger.Number("x-1") != 0 || ledger.Number("") != 0 {
		t.Error("numbers of names")
	}
}

func TestALogWithoutEventsHasNoEpoch(t *testing.T) {
	t.Parallel()
	store := estest.NewStore(t)
	all, err := ledger.Read(t.Context(), store, store)
	if err != nil || len(all) != 0 || all.Now() != (ledger.Epoch{}) {
		t.Errorf("%v, %v", all, err)
	}
}
