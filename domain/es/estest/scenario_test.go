package estest_test

import (
	"errors"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

func TestScenario(t *testing.T) {
	story := estest.Scenario[state, count, event]{Decider: tally}.Given(opened{Limit: 10}, counted{By: 4})
	passes(t, func(t testing.TB) { story.When(count{6}).Then(t, counted{By: 6}) })
	passes(t, func(t testing.TB) { story.When(count{0}).ThenNothing(t) })
	passes(t, func(t testing.TB) { story.When(count{7}).ThenError(t, is(errLimit)) })
	passes(t, func(t testing.TB) { estest.Of(tally).When(count{1}).ThenError(t, is(errClosed)) })

	fails(t, "decided other events", func(t testing.TB) { story.When(count{6}).Then(t, counted{By: 5}) })
	fails(t, "decided other events", func(t testing.TB) { story.When(count{6}).ThenNothing(t) })
	fails(t, "decided an error", func(t testing.TB) { story.When(count{7}).Then(t, counted{By: 7}) })
	fails(t, "decided another error", func(t testing.TB) { story.When(count{7}).ThenError(t, is(errClosed)) })
	fails(t, "want an error", func(t testing.TB) { story.When(count{6}).ThenError(t, is(errLimit)) })
}

func TestScenarioDemandsThatEventsCanBeStored(t *testing.T) {
	wide := estest.Of(tally).Given(opened{Limit: 1000})
	fails(t, "another after storing", func(t testing.TB) { wide.When(count{200}).Then(t, counted{By: 200, inner: 2}) })

	unknown := tally
	unknown.Decode = func(string, []byte) (event, error) { return nil, errors.New("no such type") }
	fails(t, "can't be decoded", func(t testing.TB) {
		estest.Of(unknown).Given(opened{Limit: 10}).When(count{1}).Then(t, counted{By: 1})
	})
}

func TestScenarioRefusesEventsBesideAnError(t *testing.T) {
	both := es.Decider[state, count, event]{Evolve: tally.Evolve, Decide: func(state, count) ([]event, error) {
		return []event{counted{By: 1}}, errLimit
	}}
	fails(t, "beside the error", func(t testing.TB) { estest.Of(both).When(count{1}).ThenError(t, is(errLimit)) })
}

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}
