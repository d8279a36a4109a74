package postgres

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// play commits the same random changes to each of some targets, and asks each for the same rows before.
func play(t *testing.T, seed uint64, commits int, targets ...projections.Target) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a repeatable test, not a secret
	for n := range commits {
		from, through := es.At(uint64(n), 0), es.At(uint64(n+1), 0) //nolint:gosec // small
		rows := projections.NewRows(nil)
		rows.Begin(through, nil)
		var keys []projections.Key
		for range rnd.IntN(12) {
			k := fmt.Sprintf("k%03d", rnd.IntN(60))
			keys = append(keys, projections.Key{Table: "firm", Key: k})
			if rnd.IntN(4) == 0 {
				rows.Delete("firm", k)
			}
			if rnd.IntN(4) > 0 {
				rows.Put("firm", projections.Row{
					Key: k, Columns: []string{fmt.Sprint(rnd.IntN(3)), "企业", fmt.Sprint(rnd.IntN(9))},
					Search: fmt.Sprintf("银川第%d号公司", rnd.IntN(5)), Doc: fmt.Append(nil, n, k),
				})
			}
		}
		var first string
		for i, target := range targets {
			loaded, err := target.Load(t.Context(), keys)
			if err != nil {
				t.Fatal(err)
			}
			var got string
			for _, k := range keys {
				if row := loaded[k]; row != nil {
					got += fmt.Sprintf("%v ", *row)
				}
			}
			if i > 0 && got != first {
				t.Fatalf("before commit %d target %d holds\n%s\nnot\n%s", n, i, got, first)
			}
			first = got
			if err := target.Commit(t.Context(), from, through, rows); err != nil {
				t.Fatalf("commit %d: %v", n, err)
			}
		}
	}
}

// found are the keys along a query's pages.
func found(t *testing.T, v *Views, q projections.Query) (keys []string) {
	t.Helper()
	for {
		page, err := v.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Rows {
			keys = append(keys, r.Key)
		}
		if q.After = page.Next; q.After == "" {
			return keys
		}
	}
}

// TestAFilledSetIsLikeALiveOne although rows take other ways into it: buffered, streamed, written over, deleted and put again.
func TestAFilledSetIsLikeALiveOne(t *testing.T) {
	for seed, most := range []int{1, 2000, 20_000, bufferBytes} {
		v, live := attachFirm(t)
		shadow, err := v.Shadow(t.Context(), firm())
		if err != nil {
			t.Fatal(err)
		}
		shadow.(*viewSet).fill.most = most
		play(t, uint64(seed), 120, live, shadow) //nolint:gosec // small
		for d, err := range projections.Diff(t.Context(), live, shadow) {
			t.Errorf("buffer of %d: %v differs, %v", most, d.Key, err)
		}
		search := projections.Query{Table: "firm", Search: "公司", Limit: 7}
		byText := found(t, v, search)
		page, err := v.List(t.Context(), search)
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Switch(t.Context(), firm(), es.At(120, 0), shadow); err != nil {
			t.Fatal(err)
		}
		if got := found(t, v, search); !slices.Equal(got, byText) {
			t.Errorf("buffer of %d: found in the order\n%v\nnot\n%v", most, got, byText)
		}
		search.After = page.Next
		if got := found(t, v, search); !slices.Equal(got, byText[7:]) {
			t.Errorf("buffer of %d: a cursor of before leads to\n%v\nnot\n%v", most, got, byText[7:])
		}
		// What was filled is written like any live set from now on.
		rows := projections.NewRows(nil)
		rows.Begin(es.At(121, 0), nil)
		rows.Put("firm", projections.Row{Key: "zzz", Columns: []string{"", "", ""}, Search: "最后公司"})
		if err := shadow.Commit(t.Context(), es.At(120, 0), es.At(121, 0), rows); err != nil {
			t.Fatal(err)
		}
		search.After = ""
		if got := found(t, v, search); !slices.Equal(got, append(byText, "zzz")) {
			t.Errorf("buffer of %d: a later row is found in %v", most, got)
		}
	}
}

// TestAFillGoesOnAfterALostConnection from where its checkpoint says, with rows whose arrival nobody heard of.
func TestAFillGoesOnAfterALostConnection(t *testing.T) {
	v, live := attachFirm(t)
	shadow, err := v.Shadow(t.Context(), firm())
	if err != nil {
		t.Fatal(err)
	}
	shadow.(*viewSet).fill.most = 1
	seen := 0
	at, struck := 0, false
	for at < 40 {
		rows := projections.NewRows(nil)
		rows.Begin(es.At(uint64(at+1), 0), nil) //nolint:gosec // small
		for _, r := range firms(at*5, 6) {
			rows.Put("firm", r)
		}
		err := shadow.Commit(t.Context(), es.At(uint64(at), 0), es.At(uint64(at+1), 0), rows) //nolint:gosec // small
		if at == 20 && !struck {
			struck = true
			exec(t, openViews(t, v.write.Config().ConnString()),
				`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		}
		if err == nil {
			at++
			continue
		}
		if errors.Is(err, projections.ErrMoved) {
			t.Fatal(err)
		}
		for seen++; ; {
			p, err := shadow.Checkpoint(t.Context())
			if err == nil {
				commit, _ := p.Pair()
				at = int(commit) //nolint:gosec // small
				break
			}
		}
	}
	if seen == 0 {
		t.Fatal("no commit failed")
	}
	for n := range 40 {
		rows := projections.NewRows(nil)
		rows.Begin(es.At(uint64(n+1), 0), nil) //nolint:gosec // small
		for _, r := range firms(n*5, 6) {
			rows.Put("firm", r)
		}
		if err := live.Commit(t.Context(), es.At(uint64(n), 0), es.At(uint64(n+1), 0), rows); err != nil { //nolint:gosec // small
			t.Fatal(err)
		}
	}
	for d, err := range projections.Diff(t.Context(), live, shadow) {
		t.Errorf("%v differs, %v", d.Key, err)
	}
}

// TestAnUnfinishedFillIsNoOnesConcern: it goes with the next shadow.
func TestAnUnfinishedFillIsNoOnesConcern(t *testing.T) {
	url := postgrestest.New(t)
	v, _ := attached(t, url)
	shadow, err := v.Shadow(t.Context(), firm())
	if err != nil {
		t.Fatal(err)
	}
	commitFirms(t, shadow, 0, 50)
	other := openViews(t, url)
	if _, err := other.Attach(t.Context(), firm()); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Shadow(t.Context(), firm()); err != nil {
		t.Fatal(err)
	}
	if err := shadow.Commit(t.Context(), es.At(1, 0), es.At(2, 0), projections.NewRows(nil)); !errors.Is(err, projections.ErrMoved) {
		t.Errorf("a commit to it: %v", err)
	}
	if _, err := shadow.Checkpoint(t.Context()); !errors.Is(err, projections.ErrMoved) {
		t.Errorf("its checkpoint: %v", err)
	}
	if err := v.Switch(t.Context(), firm(), es.Position{}, shadow); !errors.Is(err, projections.ErrMoved) {
		t.Errorf("a switch to it: %v", err)
	}
}
