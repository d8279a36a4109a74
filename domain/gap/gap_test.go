package gap_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/gap"
)

var (
	digest = strings.Repeat("ab", 32)
	later  = time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)
)

func attached() gap.Event { return gap.Attached{Ledger: "1-0a0b0c0d/0123456789abcdef", By: "he.ops"} }

func taken(epoch string, bundle, first, last uint64) gap.Taken {
	return gap.Taken{Epoch: epoch, Series: 1, Bundle: bundle, Digest: digest, First: first, Last: last, Chain: digest, Key: "00112233"}
}

func since(began time.Time, e gap.Taken) gap.Taken {
	e.Began = began
	return e
}

func TestGolden(t *testing.T) {
	t.Parallel()
	estest.Golden(t, "testdata/events", gap.Codec(), attached(), gap.Event(gap.Followed{Epoch: "2-11223344", Began: later, Acts: 7, Chain: digest}),
		gap.Event(since(later, taken("2-11223344", 3, 5, 7))))
}

func FuzzDecode(f *testing.F) {
	for _, typ := range gap.Codec().Types() {
		f.Add(typ, []byte(`{"ledger":"x","epoch":"1-00","acts":1,"first":1,"last":2}`))
	}
	f.Fuzz(func(_ *testing.T, typ string, data []byte) {
		e, err := gap.Codec().Decode(typ, data)
		if err == nil {
			gap.Decider.Evolve(gap.Decider.Evolve(gap.State{}, e), e)
		}
	})
}

func TestAnOuterLedgerFollowsOneInnerOne(t *testing.T) {
	t.Parallel()
	history := estest.Of(gap.Decider)
	here := attached().(gap.Attached)
	history.When(gap.Attach{Attached: here}).Then(t, attached())
	history.Given(attached()).When(gap.Attach{Attached: here}).Then(t)
	history.Given(attached()).When(gap.Attach{Attached: gap.Attached{Ledger: "another", By: "x"}}).ThenError(t, coded(t, "gap.ledger.other"))
	history.When(gap.Attach{Attached: gap.Attached{By: "x"}}).ThenError(t, coded(t, "gap.ledger.required"))
	history.When(gap.Attach{Attached: gap.Attached{Ledger: "x"}}).ThenError(t, coded(t, "gap.by.required"))
	history.When(gap.Take{Taken: taken("1-0a", 1, 1, 2)}).ThenError(t, coded(t, "gap.inner"))
	history.When(gap.Follow{Epoch: "1-0a"}).ThenError(t, coded(t, "gap.inner"))
}

func TestBundlesFollowUponEachOther(t *testing.T) {
	t.Parallel()
	first, second := taken("1-0a", 1, 1, 4), taken("1-0a", 2, 5, 5)
	history := estest.Of(gap.Decider).Given(attached(), first)
	history.When(gap.Take{Taken: second}).Then(t, second)
	history.When(gap.Take{Taken: first}).Then(t)
	other := second
	for want, change := range map[string]func(*gap.Taken){
		"gap.order":              func(e *gap.Taken) { e.First = 6; e.Last = 6 },
		"gap.epoch.former":       func(e *gap.Taken) { e.Epoch = "1-0b" },
		"gap.digest.digest.form": func(e *gap.Taken) { e.Digest = "x" },
		"gap.digest.required":    func(e *gap.Taken) { e.Digest = "" },
		"gap.chain.required":     func(e *gap.Taken) { e.Chain = "" },
		"gap.chain.digest.form":  func(e *gap.Taken) { e.Chain = "AB" },
		"gap.key.required":       func(e *gap.Taken) { e.Key = "" },
	} {
		e := other
		change(&e)
		history.When(gap.Take{Taken: e}).ThenError(t, coded(t, want))
	}
	for _, change := range []func(*gap.Taken){
		func(e *gap.Taken) { e.First = 4 }, func(e *gap.Taken) { e.Last = 4 }, func(e *gap.Taken) { e.Bundle = 0 }, func(e *gap.Taken) { e.Series = 0 },
	} {
		e := other
		change(&e)
		history.When(gap.Take{Taken: e}).ThenError(t, coded(t, "gap.order"))
	}
}

func TestARestoredInnerLedgerIsFollowedWhereItLostNothing(t *testing.T) {
	t.Parallel()
	given := []gap.Event{attached(), taken("1-0a", 1, 1, 4)}
	history := estest.Of(gap.Decider).Given(given...)
	followed := gap.Followed{Epoch: "2-0b", Began: later, Acts: 4, Chain: digest}
	history.When(gap.Follow{Epoch: "2-0b", Began: later, Common: 4}).Then(t, followed)
	history.When(gap.Follow{Epoch: "2-0b", Began: later, Common: 9}).Then(t, followed)
	history.When(gap.Follow{Epoch: "2-0b", Began: later, Common: 3}).ThenError(t, coded(t, "gap.rolled_back"))
	history.When(gap.Follow{Epoch: "1-0a", Common: 0}).Then(t)
	history.When(gap.Follow{Epoch: "1-0c", Common: 4}).ThenError(t, coded(t, "gap.epoch.former"))
	history.When(gap.Follow{Began: later, Common: 4}).ThenError(t, coded(t, "gap.epoch.former"))
	history = estest.Of(gap.Decider).Given(append(given, followed)...)
	history.When(gap.Take{Taken: taken("1-0a", 2, 5, 5)}).ThenError(t, coded(t, "gap.epoch.former"))
	next := since(later.Add(time.Second), taken("2-0c", 1, 5, 5)) // restored once more, from the same backup
	history.When(gap.Take{Taken: next}).Then(t, next)
}

func coded(t *testing.T, want string) func(error) bool {
	t.Helper()
	return func(err error) bool {
		fault := (*domain.Fault)(nil)
		if !errors.As(err, &fault) || fault.Code != want {
			t.Logf("got %v, want %s", err, want)
			return false
		}
		return true
	}
}
