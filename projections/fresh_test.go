package projections_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

// slow is a reader that calls back before it reads, and after that before it answers.
type slow struct {
	projections.Reader
	before func(context.Context) error
	after  func()
	reads  int
}

func (s *slow) Get(ctx context.Context, table, key string) (*projections.Row, error) {
	s.reads++
	if s.before != nil {
		if err := s.before(ctx); err != nil {
			return nil, err
		}
	}
	row, err := s.Reader.Get(ctx, table, key)
	if s.after != nil {
		s.after()
	}
	return row, err
}

func freshTally(t *testing.T, size int) (*projections.Fresh[string], *slow, func(n int, key string)) {
	t.Helper()
	views := projectionstest.NewMemory(t)
	live, err := views.Attach(t.Context(), tally("a"))
	if err != nil {
		t.Fatal(err)
	}
	at := es.Position{}
	write := func(n int, key string) {
		t.Helper()
		commit, _ := at.Pair()
		next := pos(int(commit) + 1) //nolint:gosec // small
		rows := projections.NewRows(nil)
		rows.Begin(next, nil)
		rows.Put("tally_a", projections.Row{Key: key, Columns: []string{fmt.Sprint(n)}})
		if err := live.Commit(t.Context(), at, next, rows); err != nil {
			t.Fatal(err)
		}
		at = next
	}
	reader := &slow{Reader: views}
	fresh, stop := projections.NewFresh(reader, views, "tally_a", size, func(r *projections.Row) (string, error) {
		if r.Columns[0] == "13" {
			return "", errOddMember
		}
		return "<" + r.Columns[0] + ">", nil
	})
	t.Cleanup(stop)
	return fresh, reader, write
}

func wantFresh(t *testing.T, f *projections.Fresh[string], key, want string) {
	t.Helper()
	got, ok, err := f.Get(t.Context(), key)
	if err != nil || got != want || ok != (want != "") {
		t.Errorf("Get gives %q, %v, %v, not %q", got, ok, err, want)
	}
}

func TestFreshReadsOnceUntilTheRowChanges(t *testing.T) {
	fresh, reader, write := freshTally(t, 8)
	write(1, "one")
	for range 3 {
		wantFresh(t, fresh, "one", "<1>")
	}
	write(5, "other")
	wantFresh(t, fresh, "one", "<1>")
	if reader.reads != 1 {
		t.Errorf("%d reads", reader.reads)
	}
	write(2, "one")
	wantFresh(t, fresh, "one", "<2>")
	wantFresh(t, fresh, "nobody", "")
	write(3, "nobody")
	wantFresh(t, fresh, "nobody", "<3>")
}

func TestFreshDoesNotKeepWhatWasOvertaken(t *testing.T) {
	fresh, reader, write := freshTally(t, 8)
	write(1, "one")
	reader.after = func() {
		reader.after = nil
		write(2, "one") // after the row was read, before it is kept
	}
	wantFresh(t, fresh, "one", "<1>")
	wantFresh(t, fresh, "one", "<2>")
}

func TestFreshPassesErrorsOnAndForgetsThem(t *testing.T) {
	fresh, _, write := freshTally(t, 8)
	write(13, "one")
	for range 2 {
		if _, ok, err := fresh.Get(t.Context(), "one"); !errors.Is(err, errOddMember) || ok {
			t.Errorf("Get of a row that does not render: %v, %v", ok, err)
		}
	}
	write(14, "one")
	wantFresh(t, fresh, "one", "<14>")
}

func TestFreshKeepsWhatIsAskedFor(t *testing.T) {
	fresh, reader, write := freshTally(t, 4)
	for i := range 40 {
		write(i+100, fmt.Sprint("k", i))
	}
	for i := range 40 {
		wantFresh(t, fresh, fmt.Sprint("k", i), fmt.Sprintf("<%d>", i+100))
		wantFresh(t, fresh, "k0", "<100>") // in use all the time
	}
	if reader.reads != 40 {
		t.Errorf("%d reads: what is in use was dropped", reader.reads)
	}
	wantFresh(t, fresh, "k1", "<101>")
	if reader.reads != 41 {
		t.Error("everything was kept")
	}
}

func TestFreshSharesOneQuery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fresh, reader, write := freshTally(t, 8)
		write(1, "one")
		open := make(chan struct{})
		reader.after = func() { <-open }
		done := make(chan struct{}, 5)
		for range 5 {
			go func() {
				wantFresh(t, fresh, "one", "<1>")
				done <- struct{}{}
			}()
		}
		synctest.Wait()
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := fresh.Get(ended, "one"); !errors.Is(err, context.Canceled) {
			t.Errorf("waiting under an ended context: %v", err)
		}
		close(open)
		for range 5 {
			<-done
		}
		if reader.reads != 1 {
			t.Errorf("%d reads", reader.reads)
		}
	})
}

func TestFreshDoesNotShareAnotherCallersEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fresh, reader, write := freshTally(t, 8)
		write(1, "one")
		first, cancel := context.WithCancel(t.Context())
		reader.before = func(ctx context.Context) error {
			reader.before = nil
			<-ctx.Done()
			return ctx.Err()
		}
		done := make(chan error, 1)
		go func() {
			_, _, err := fresh.Get(first, "one")
			done <- err
		}()
		synctest.Wait()
		go func() {
			wantFresh(t, fresh, "one", "<1>")
			done <- nil
		}()
		synctest.Wait()
		cancel()
		if a, b := <-done, <-done; !errors.Is(errors.Join(a, b), context.Canceled) {
			t.Errorf("the first caller was answered %v, %v", a, b)
		}
	})
}
