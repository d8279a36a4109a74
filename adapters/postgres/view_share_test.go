package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

func TestSharedViewsKeepTheContracts(t *testing.T) {
	projectionstest.SharedSuite(t, func(t *testing.T) func() projectionstest.SharedViews {
		url := postgrestest.New(t)
		return func() projectionstest.SharedViews { return openViews(t, url) }
	})
}

// replica is a second process over the same tables, which joined them.
func replica(t *testing.T, url string) *Views {
	t.Helper()
	v := openViews(t, url)
	if _, err := v.Join(t.Context(), firm()); err != nil {
		t.Fatal(err)
	}
	return v
}

func attached(t *testing.T, url string) (*Views, projections.Target) {
	t.Helper()
	v := openViews(t, url)
	target, err := v.Attach(t.Context(), firm())
	if err != nil {
		t.Fatal(err)
	}
	return v, target
}

// TestReadersFollowASwitchElsewhere while nobody listens: the former tables are gone under them.
func TestReadersFollowASwitchElsewhere(t *testing.T) {
	url := postgrestest.New(t)
	v, target := attached(t, url)
	commitFirms(t, target, 0, 10)
	other := replica(t, url)
	for n := range 3 {
		shadow, err := v.Shadow(t.Context(), firm())
		if err != nil {
			t.Fatal(err)
		}
		commitFirms(t, shadow, 0, 20+n)
		if err := v.Switch(t.Context(), firm(), es.At(1, 0), shadow); err != nil {
			t.Fatal(err)
		}
		page, err := other.List(t.Context(), projections.Query{Table: "firm", OrderBy: "since", Limit: 100})
		if err != nil || len(page.Rows) != 20+n {
			t.Fatalf("after switch %d: %d rows, %v", n, len(page.Rows), err)
		}
		if at, err := other.Checkpoint(t.Context(), "firm.v1"); err != nil || at != es.At(1, 0) {
			t.Fatalf("checkpoint %s, %v", at, err)
		}
	}
}

// TestASwitchWaitsForNoDump although the dump's tables are to be dropped; they go later.
func TestASwitchWaitsForNoDump(t *testing.T) {
	url := postgrestest.New(t)
	v, target := attached(t, url)
	commitFirms(t, target, 0, 2*dumpChunk)
	other := openViews(t, url)
	live, err := other.Attach(t.Context(), firm())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err := range live.Dump(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n > 1 {
			continue
		}
		shadow, err := v.Shadow(t.Context(), firm())
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Switch(t.Context(), firm(), es.At(1, 0), shadow); err != nil {
			t.Fatal(err)
		}
	}
	if n != 2*dumpChunk {
		t.Errorf("the dump gave %d rows", n)
	}
	tables := func() (n int) {
		if err := v.read.QueryRow(t.Context(), `SELECT count(*) FROM pg_tables WHERE tablename LIKE '%firm'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if got := tables(); got != 2 {
		t.Errorf("after the switch there are %d tables", got)
	}
	if _, err := v.Attach(t.Context(), firm()); err != nil {
		t.Fatal(err)
	}
	if got := tables(); got != 1 {
		t.Errorf("after the next Attach there are %d tables", got)
	}
}

// TestANoticeTooLargeTellsOfTheWholeTable and names the keys of the others.
func TestANoticeTooLargeTellsOfTheWholeTable(t *testing.T) {
	url := postgrestest.New(t)
	v := openViews(t, url)
	p := firm()
	p.Tables = append(p.Tables, projections.Table{Name: "count", Columns: []string{"n"}})
	target, err := v.Attach(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	other := openViews(t, url)
	if _, err := other.Join(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	told := map[projections.Key]int{}
	heard := make(chan projections.Advance)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	defer other.Watch(func(keys []projections.Key) { // in the goroutine that hears, before it is told
		for _, k := range keys {
			told[k]++
		}
	})()
	go func() {
		var last error
		for a, err := range other.Elsewhere(ctx) {
			if last = err; err == nil {
				heard <- a
			}
		}
		done <- last
	}()
	<-heard // the checkpoint as it was
	clear(told)
	rows := projections.NewRows(nil)
	rows.Begin(es.At(1, 0), nil)
	for _, r := range firms(0, 5000) {
		rows.Put("firm", r)
	}
	rows.Put("count", projections.Row{Key: "所有", Columns: []string{"5000"}})
	if err := target.Commit(t.Context(), es.Position{}, es.At(1, 0), rows); err != nil {
		t.Fatal(err)
	}
	if a := <-heard; a.Through != es.At(1, 0) {
		t.Errorf("told of %+v", a)
	}
	if len(told) != 2 || told[projections.Key{Table: "firm"}] != 1 || told[projections.Key{Table: "count", Key: "所有"}] != 1 {
		t.Errorf("told of %v", told)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}

func TestPruneDropsWhatIsNotAttached(t *testing.T) {
	url := postgrestest.New(t)
	former, _ := attached(t, url)
	if _, err := former.Shadow(t.Context(), firm()); err != nil {
		t.Fatal(err)
	}
	v := openViews(t, url)
	p := firm()
	p.Name = "firm.v2"
	target, err := v.Attach(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	commitFirms(t, target, 0, 3)
	names, err := v.Prune(t.Context())
	if err != nil || len(names) != 1 || names[0] != "firm.v1" {
		t.Fatalf("pruned %q, %v", names, err)
	}
	var tables int
	if err := v.read.QueryRow(t.Context(), `SELECT count(*) FROM pg_tables WHERE tablename LIKE '%firm'`).Scan(&tables); err != nil || tables != 1 {
		t.Errorf("%d tables are left, %v", tables, err)
	}
	if _, err := former.Get(t.Context(), "firm", "k"); !errors.Is(err, projections.ErrMoved) {
		t.Errorf("who still reads what was pruned is told %v", err)
	}
	if row, err := v.Get(t.Context(), "firm", firms(0, 1)[0].Key); err != nil || row == nil {
		t.Errorf("what is attached reads %v, %v", row, err)
	}
}

func FuzzNotice(f *testing.F) {
	f.Add("a", "b", 10, 3)
	f.Add(strings.Repeat("长", 300), "\"\\\x01", 900, 200)
	f.Fuzz(func(t *testing.T, a, b string, n, m int) {
		if n < 0 || m < 0 || n+m > 5000 || !keepable(a) || !keepable(b) || a == "" || b == "" || len(a)+len(b) > projections.MaxText {
			return
		}
		sent := notice{Keys: map[string][]string{}}
		for i := range n {
			sent.Keys["first"] = append(sent.Keys["first"], fmt.Sprint(a, i))
		}
		for i := range m {
			sent.Keys["second"] = append(sent.Keys["second"], fmt.Sprint(b, i))
		}
		want := map[projections.Key]bool{}
		for _, k := range sent.changed() {
			want[k] = true
		}
		text := sent.text()
		if len(text) >= 8000 {
			t.Fatalf("%d bytes", len(text))
		}
		got, err := readNotice(text)
		if err != nil {
			t.Fatal(err)
		}
		told := map[projections.Key]bool{}
		for _, k := range got.changed() {
			told[k] = true
		}
		for k := range want {
			if !told[k] && !told[projections.Key{Table: k.Table}] {
				t.Errorf("%v is not told of", k)
			}
		}
	})
}

// TestWhatOthersDoIsHeardAgainAfterACrash of the server, and what was done meanwhile as well.
func TestWhatOthersDoIsHeardAgainAfterACrash(t *testing.T) {
	cluster := postgrestest.NewCluster(t)
	url := cluster.NewDatabase(t)
	v, target := attached(t, url)
	commitFirms(t, target, 0, 3)
	other := replica(t, url)
	everything := make(chan struct{}, 100)
	defer other.Watch(func(keys []projections.Key) {
		if len(keys) == 1 && keys[0].Key == "" {
			everything <- struct{}{}
		}
	})()
	first := true
	for a, err := range other.Elsewhere(t.Context()) {
		switch {
		case err != nil:
			if first {
				t.Fatal("it ended before it told anything: ", err)
			}
		case a.Through != es.At(1, 0) || !first:
			t.Fatalf("told of %+v", a)
		default:
			first = false
			exec(t, v, `CHECKPOINT`) // what was committed without waiting for the disk is there now
			if err := cluster.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if first {
		t.Fatal("it ended without a word")
	}
	<-everything
	if err := cluster.Start(); err != nil {
		t.Fatal(err)
	}
	for ended := false; !ended; { // a connection of before may still be handed out once
		at, err := target.Checkpoint(t.Context())
		if ended = err == nil; ended && at != es.At(1, 0) {
			t.Fatalf("after the crash it stands at %s", at)
		}
	}
	commitFirms(t, target, 1, 3)
	want := uint64(2)
	for a, err := range other.Elsewhere(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := a.Through.Pair(); got != want {
			t.Fatalf("told of %+v, not of %d", a, want)
		}
		if want == 2 {
			<-everything
			commitFirms(t, target, 2, 3)
		}
		if want++; want > 3 {
			break
		}
	}
}

// TestACrashThatTakesCommitsIsNoMove: the projection goes on from what is left.
func TestACrashThatTakesCommitsIsNoMove(t *testing.T) {
	v, target := attachFirm(t)
	commitFirms(t, target, 0, 3)
	commitFirms(t, target, 1, 3)
	exec(t, v, `UPDATE generation SET checkpoint = '1'`) // as a crash leaves it; the rows don't matter here
	rows := projections.NewRows(nil)
	err := target.Commit(t.Context(), es.At(2, 0), es.At(3, 0), rows)
	if err == nil || errors.Is(err, projections.ErrMoved) {
		t.Fatalf("a commit beyond what is left: %v", err)
	}
	if at, err := target.Checkpoint(t.Context()); err != nil || at != es.At(1, 0) {
		t.Fatalf("it stands at %s, %v", at, err)
	}
	if err := target.Commit(t.Context(), es.At(1, 0), es.At(3, 0), rows); err != nil {
		t.Error(err)
	}
	exec(t, v, `UPDATE generation SET checkpoint = '7'`)
	if err := target.Commit(t.Context(), es.At(3, 0), es.At(4, 0), rows); !errors.Is(err, projections.ErrMoved) {
		t.Errorf("a commit behind another's: %v", err)
	}
}
