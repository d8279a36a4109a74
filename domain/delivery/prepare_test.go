package delivery_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
)

// TestActs has what each act of disclosure means for a platform, by what happened before.
func TestActs(t *testing.T) {
	t.Parallel()
	stood := func(c delivery.Prepare) delivery.Prepare { c.About.Stood = true; return c }
	marks := func(c delivery.Prepare) delivery.Prepare {
		c.Withdrawal, c.Content = delivery.Modify, content("已撤回")
		return c
	}
	fact := func(c delivery.Prepare) delivery.Prepare { c.Cause = delivery.ByFact; return c }
	was := func(p delivery.Prepared) delivery.Prepared { p.Stood = true; return p }
	gone := func(p delivery.Prepared) delivery.Prepared { p.Gone = true; return p }
	because := func(p delivery.Prepared, c delivery.Cause) delivery.Prepared { p.Cause = c; return p }
	drop := func(act int, why delivery.DropWhy) delivery.Dropped {
		return delivery.Dropped{Act: act, Why: why, On: today, By: "policy"}
	}
	first := prepared(1, 1, delivery.Add, "罚款")
	deleted := prepared(2, 2, delivery.Delete, "罚款")
	for name, c := range map[string]struct {
		given []delivery.Event
		when  delivery.Prepare
		then  []delivery.Event
	}{
		"published":                                 {nil, act(1, "罚款"), given(first)},
		"published, told again":                     {given(first), act(1, "罚款"), nil},
		"corrected":                                 {given(first), act(2, "罚款二"), given(prepared(2, 2, delivery.Modify, "罚款二"))},
		"corrected in nothing the row tells":        {given(first), act(2, "罚款"), nil},
		"corrected, then the former act":            {given(first, prepared(2, 2, delivery.Modify, "罚款二")), act(1, "罚款"), nil},
		"corrected while unanswered":                {given(first, submitted(1, "b")), act(2, "二"), given(prepared(2, 2, delivery.Modify, "二"))},
		"corrected after a rejection":               {given(first, submitted(1, "b"), rejected(1)), act(2, "二"), given(prepared(2, 2, delivery.Add, "二"))},
		"corrected, but the same after a rejection": {given(first, submitted(1, "b"), rejected(1)), act(2, "罚款"), given(prepared(2, 2, delivery.Add, "罚款"))},
		"withdrawn":                                 {given(first), act(2, ""), given(deleted)},
		"withdrawn, what never went through":        {given(first, submitted(1, "b"), rejected(1)), act(2, ""), given(drop(2, delivery.NeverThere))},
		"withdrawn twice":                           {given(first, deleted), act(3, ""), nil},
		"withdrawn, and the platform marks":         {given(first), marks(act(2, "")), given(gone(prepared(2, 2, delivery.Modify, "已撤回")))},
		"marked twice":                              {given(first, gone(prepared(2, 2, delivery.Modify, "已撤回"))), marks(act(3, "")), nil},
		"shown again after a mark":                  {given(first, gone(prepared(2, 2, delivery.Modify, "已撤回"))), act(3, "罚款"), given(prepared(3, 3, delivery.Modify, "罚款"))},
		"shown again after a deletion":              {given(first, deleted), act(3, "罚款"), given(prepared(3, 3, delivery.Add, "罚款"))},
		"withdrawn, never on this platform":         {nil, act(2, ""), nil},
		"withdrawn, there before the rows":          {nil, stood(act(2, "")), given(was(prepared(1, 2, delivery.Delete, "")))},
		"corrected, there before the rows":          {nil, stood(act(2, "二")), given(was(prepared(1, 2, delivery.Modify, "二")))},
		"unfit, that the outlet showed":             {given(held(1)), stood(act(2, "")), given(drop(2, delivery.NeverThere))},
		"unfit":                                     {nil, unfit(1), given(held(1))},
		"unfit, told again":                         {given(held(1)), unfit(1), nil},
		"unfit, a later act":                        {given(held(1)), unfit(2), given(held(2))},
		"unfit, then withdrawn":                     {given(held(1)), act(2, ""), given(drop(2, delivery.NeverThere))},
		"unfit, then corrected":                     {given(held(1)), act(2, "二"), given(prepared(1, 2, delivery.Add, "二"))},
		"unfit, then a fact":                        {given(held(1)), fact(act(1, "罚款")), given(because(first, delivery.ByFact))},
		"a fact of nothing":                         {nil, fact(act(1, "罚款")), nil},
		"a correction unfit, then withdrawn":        {given(first, held(2)), act(3, ""), given(prepared(2, 3, delivery.Delete, "罚款"))},
		"a correction unfit, then taken back":       {given(first, held(2)), act(3, "罚款"), given(drop(3, delivery.ThereAlready))},
		"a rename":                                  {given(first, submitted(1, "b"), rejected(1)), fact(act(1, "更名后")), given(because(prepared(2, 1, delivery.Add, "更名后"), delivery.ByFact))},
		"given up, then a fact":                     {given(first, givenUp(1, delivery.NoAnswer, "daily")), fact(act(1, "二")), nil},
		"given up, then a later act":                {given(first, givenUp(1, delivery.NoAnswer, "daily")), act(2, "二"), given(prepared(2, 2, delivery.Add, "二"))},
		"given up, then withdrawn":                  {given(first, givenUp(1, delivery.NoAnswer, "daily")), act(2, ""), given(drop(2, delivery.NeverThere))},
		"given up, then the same act again":         {given(first, givenUp(1, delivery.NoAnswer, "daily")), unfit(1), nil},
		"given up, a later act unfit":               {given(first, givenUp(1, delivery.NoAnswer, "daily")), unfit(2), given(held(2))},
		"given up, a later act unfit, then a fact": {given(first, givenUp(1, delivery.NoAnswer, "daily"), held(2)), fact(act(2, "二")),
			given(because(prepared(2, 2, delivery.Add, "二"), delivery.ByFact))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			scenario.Given(c.given...).When(c.when).Then(t, c.then...)
		})
	}
}

func TestActsAreRefused(t *testing.T) {
	t.Parallel()
	c := act(1, "罚款")
	c.By.Authority = "other"
	scenario.When(c).ThenError(t, fault("delivery.authority.foreign"))
	c = act(1, "罚款")
	c.About.Platform = "Credit.China"
	scenario.When(c).ThenError(t, fault("delivery.platform.form"))
	c = act(1, "罚款")
	c.Cause = delivery.ByPerson
	scenario.Given(prepared(1, 1, delivery.Add, "一"), givenUp(1, delivery.Decided, "zhao")).When(c).ThenError(t, fault("delivery.given_up"))
	scenario.When(delivery.Submit{}).ThenError(t, fault("delivery.missing"))
}

// A row over the size of an event is held, not cut.
func TestARowOverTheSizeIsHeld(t *testing.T) {
	t.Parallel()
	events, err := delivery.Decider.Decide(delivery.State{}, act(1, strings.Repeat("罚", 30_000)))
	if err != nil || len(events) != 1 {
		t.Fatalf("%v, %v", events, err)
	}
	if h, ok := events[0].(delivery.Held); !ok || h.Problems[0].Rule != "size" {
		t.Errorf("%+v", events[0])
	}
}

// Every act has at most so many rows, whoever asks for them and however often they are rejected.
func TestNothingIsTriedForEver(t *testing.T) {
	t.Parallel()
	var history []delivery.Event
	for n := 1; n <= delivery.MaxRows; n++ {
		p := prepared(n, 1, delivery.Add, "罚款")
		if n > 1 {
			p.Cause, p.Reason, p.By = delivery.ByResend, "平台已更新", "wang"
			scenario.Given(history...).When(delivery.Resend{By: clerk, Today: today, Reason: "平台已更新"}).Then(t, p)
		}
		history = append(history, p, submitted(n, "b"))
		then := given(rejected(n))
		if n == delivery.MaxRows {
			then = append(then, givenUp(1, delivery.TooManyRows, "exchange"))
		}
		scenario.Given(history...).When(receive(n, delivery.Refused, "1001")).Then(t, then...)
		history = append(history, then...)
	}
	again := delivery.Resend{By: clerk, Today: today, Reason: "再试"}
	scenario.Given(history...).When(again).ThenError(t, fault("delivery.given_up"))
	again.By = approver
	p := prepared(delivery.MaxRows+1, 1, delivery.Add, "罚款")
	p.Cause, p.Reason, p.By = delivery.ByResend, "再试", "zhao"
	scenario.Given(history...).When(again).Then(t, p)
	// An approver begins anew, and the limit with him.
	history = append(history, p, submitted(delivery.MaxRows+1, "b"), rejected(delivery.MaxRows+1))
	again.By = clerk
	p.Row, p.By = p.Row+1, "wang"
	scenario.Given(history...).When(again).Then(t, p)
	if rows := slices.Collect(func(yield func(delivery.Event) bool) {
		for _, e := range history {
			if _, row := e.(delivery.Prepared); row && !yield(e) {
				return
			}
		}
	}); len(rows) != delivery.MaxRows+1 {
		t.Errorf("%d rows", len(rows))
	}
}

// A fact that comes when the rows of an act are spent adds none.
func TestAFactAddsNoRowOverTheLimit(t *testing.T) {
	t.Parallel()
	var history []delivery.Event
	for n := range delivery.MaxRows {
		history = append(history, prepared(n+1, 1, delivery.Add, string(rune('a'+n))))
	}
	c := act(1, "再")
	c.Cause = delivery.ByFact
	scenario.Given(history...).When(c).Then(t, givenUp(1, delivery.TooManyRows, "policy"))
}

func TestLapses(t *testing.T) {
	t.Parallel()
	daily := domain.Actor{Account: "daily", Authority: bureau}
	sent := given(prepared(1, 1, delivery.Add, "罚款"), submitted(1, "b"))
	scenario.Given(sent...).When(delivery.Lapse{By: daily, Today: delivery.AnswerBy(today)}).ThenNothing(t)
	after := delivery.AnswerBy(today).AddDays(1)
	up := givenUp(1, delivery.NoAnswer, "daily")
	up.On = after
	scenario.Given(sent...).When(delivery.Lapse{By: daily, Today: after}).Then(t, up)
	scenario.Given(append(sent, accepted(1))...).When(delivery.Lapse{By: daily, Today: after}).ThenNothing(t)
	// An answer that comes all the same is one.
	scenario.Given(append(sent, up)...).When(receive(1, delivery.Taken, "")).Then(t, accepted(1))
}

func TestGivingUp(t *testing.T) {
	t.Parallel()
	c := delivery.GiveUp{By: approver, Today: today, Reason: "平台已停用"}
	up := givenUp(1, delivery.Decided, "zhao")
	up.Reason = c.Reason
	scenario.Given(held(1)).When(c).Then(t, up)
	scenario.Given(held(1), up).When(c).ThenNothing(t)
	scenario.Given(prepared(1, 1, delivery.Add, "罚款"), accepted(1)).When(c).ThenError(t, fault("delivery.give_up.settled"))
	scenario.Given(prepared(1, 1, delivery.Add, "罚款")).When(c).ThenError(t, fault("delivery.give_up.unsent"))
	c.Reason = ""
	scenario.Given(held(1)).When(c).ThenError(t, fault("delivery.reason.required"))
	c.By = clerk
	scenario.Given(held(1)).When(c).ThenError(t, fault("delivery.give_up.role"))
	c.By.Authority = "other"
	scenario.Given(held(1)).When(c).ThenError(t, fault("delivery.authority.foreign"))
}
