package draw

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

func TestFreezing(t *testing.T) {
	t.Parallel()
	freezing := func(change func(*Frozen)) Freeze {
		f := frozen()
		change(&f)
		return Freeze{By: planner, Frozen: f}
	}
	keep := func(*Frozen) {}
	given().When(freezing(keep)).Then(t, frozen())
	given(frozen()).When(freezing(keep)).ThenNothing(t)
	given(frozen()).When(freezing(func(f *Frozen) { f.Subjects.Count = 13 })).ThenError(t, refused(domain.Conflict, "draw.exists"))
	given(frozen(), fixed(&beacon)).When(freezing(func(f *Frozen) { f.Strata = f.Strata[:1] })).ThenError(t, refused(domain.Conflict, "draw.exists"))

	second := freezing(func(f *Frozen) { f.Draw, f.Number = "xz-2026-t1-2", 2 })
	given().When(second).ThenError(t, refused(domain.Precondition, "draw.number.former"))
	second.FormerAborted = true
	given().When(second).Then(t, second.Frozen)

	cases := map[string]struct {
		change func(*Frozen)
		kind   domain.Kind
		code   string
	}{
		"more departments than an event holds": {func(f *Frozen) {
			for n := range 300 {
				f.Departments = append(f.Departments, Department{Name: fmt.Sprintf("%03d", n) + strings.Repeat("局", 60), Authority: fire, TeamSize: 1})
			}
		}, domain.TooLarge, "draw.frozen.size"},
		"another authority":             {func(f *Frozen) { f.Authority = fire }, domain.Forbidden, "draw.authority.foreign"},
		"number zero":                   {func(f *Frozen) { f.Number = 0 }, domain.Precondition, "draw.number.former"},
		"nobody in scope":               {func(f *Frozen) { f.Subjects.Count = 0 }, domain.Precondition, "draw.pool.empty"},
		"no plan":                       {func(f *Frozen) { f.Plan = "" }, domain.Invalid, "draw.required"},
		"no line":                       {func(f *Frozen) { f.Line = "" }, domain.Invalid, "draw.input"},
		"one inspector in all":          {func(f *Frozen) { f.Departments = f.Departments[1:] }, domain.Invalid, "draw.input"},
		"ratio and count":               {func(f *Frozen) { f.Strata[0].Count = 1 }, domain.Invalid, "draw.input"},
		"a stratum that isn't named":    {func(f *Frozen) { f.Strata = f.Strata[:1] }, domain.Invalid, "draw.strata.unnamed"},
		"a department of no inspectors": {func(f *Frozen) { f.Departments[0].TeamSize = 0 }, domain.Invalid, "draw.input"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			given().When(freezing(c.change)).ThenError(t, refused(c.kind, c.code))
		})
	}
}

func TestRunning(t *testing.T) {
	t.Parallel()
	out := drawn(both()...)
	given(both()...).When(Run{By: planner, Drawn: out}).Then(t, out)
	given(append(both(), out)...).When(Run{By: planner, Drawn: out}).ThenNothing(t)

	other := out
	other.Selection.Digest = digest("other").String()
	given(append(both(), out)...).When(Run{By: planner, Drawn: other}).ThenError(t, refused(domain.Conflict, "draw.drawn"))
	other = out
	other.Seed = digest("another seed")
	given(both()...).When(Run{By: planner, Drawn: other}).ThenError(t, refused(domain.Conflict, "draw.run.overtaken"))
	other = out
	other.Selection.Count = 4
	given(both()...).When(Run{By: planner, Drawn: other}).ThenError(t, refused(domain.Invalid, "draw.run.count"))

	missing := map[string]struct {
		history []Event
		code    string
	}{
		"the terms":  {both()[:1], "draw.run.terms"},
		"a reveal":   {both()[:6], "draw.run.reveal"},
		"the beacon": {append(both()[:4:4], revealed(first), revealed(second)), "draw.run.beacon"},
	}
	for name, c := range missing {
		t.Run("before "+name, func(t *testing.T) {
			t.Parallel()
			given(c.history...).When(Run{By: planner, Drawn: out}).ThenError(t, refused(domain.Precondition, c.code))
		})
	}
	given(both()...).When(Run{By: domain.Actor{Authority: fire}, Drawn: out}).ThenError(t, refused(domain.Forbidden, "draw.authority.foreign"))
}

func TestReplacing(t *testing.T) {
	t.Parallel()
	const out = "91540124MA6TCRX899"
	done := append(both(), drawn(both()...))
	next := func(number uint64) sortition.Replacement {
		return sortition.Replacement{Number: number, SubjectOut: out, Reason: "deregistered", ReplacedBy: selection("91540400MA6TCRTU30")}
	}
	cmd := Replace{By: planner, SubjectOut: out, Reason: Deregistered, Next: next(1)}
	given(done...).When(cmd).Then(t, replaced(1, out))
	given(append(done, replaced(1, out))...).When(cmd).ThenNothing(t)

	with := func(change func(*Replace)) Replace {
		c := cmd
		change(&c)
		return c
	}
	given(both()...).When(cmd).ThenError(t, refused(domain.Precondition, "draw.replace.undrawn"))
	given(done...).When(with(func(c *Replace) { c.Reason = "disliked" })).ThenError(t, refused(domain.Invalid, "draw.replace.reason"))
	given(append(done, replaced(1, out))...).When(with(func(c *Replace) { c.Reason = MovedOut })).
		ThenError(t, refused(domain.Conflict, "draw.replace.replaced"))
	given(done...).When(with(func(c *Replace) { c.Inspected = true })).ThenError(t, refused(domain.Precondition, "draw.replace.inspected"))
	overtaken := refused(domain.Conflict, "draw.replace.overtaken")
	given(append(done, replaced(1, "91540125MA6TCRU04L"))...).When(cmd).ThenError(t, overtaken)
	given(done...).When(with(func(c *Replace) { c.Next.SubjectOut = "other" })).ThenError(t, overtaken)
	given(done...).When(with(func(c *Replace) { c.By.Authority = fire })).ThenError(t, refused(domain.Forbidden, "draw.authority.foreign"))
	for _, r := range []Reason{Deregistered, MovedOut, Merged, Closed, NotInScope} {
		if r.Label() == "" {
			t.Errorf("%s has no label", r)
		}
	}
}

func TestPhases(t *testing.T) {
	t.Parallel()
	history := both()
	want := []Phase{PhaseFrozen, PhaseFixed, PhaseFixed, PhaseSealed, PhaseSealed, PhaseSealed, PhaseReady}
	for i, phase := range want {
		if got := fold(history[:i+1]...).Phase(); got != phase {
			t.Errorf("after %T: %s, want %s", history[i], got, phase)
		}
	}
	if got := fold().Phase(); got != "" {
		t.Errorf("nothing is %q", got)
	}
	if got := fold(append(history, drawn(history...))...).Phase(); got != PhaseDrawn {
		t.Errorf("drawn is %s", got)
	}
	if got := fold(frozen(), Aborted{Reason: "r"}).Phase(); got != PhaseAborted {
		t.Errorf("aborted is %s", got)
	}
}
