package roster_test

import (
	"fmt"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/roster"
)

func profile() roster.ProfileSubject {
	return roster.ProfileSubject{
		By: clerk, Line: "食品经营", Class: "C", KeyUnit: true, Licences: []string{"JY2", "JY1", "JY2"}, Source: "食品条线", Month: "2026-02",
	}
}

func profiled() roster.SubjectProfiled {
	return roster.SubjectProfiled{
		Line: "食品经营", Class: "C", KeyUnit: true, Licences: []string{"JY1", "JY2"}, Source: "食品条线", Month: "2026-02",
	}
}

func TestTheAttributesOfALine(t *testing.T) {
	subjects := estest.Of(roster.Subjects)
	subjects.Given(registered()).When(profile()).Then(t, profiled())
	subjects.Given(registered(), profiled()).When(profile()).ThenNothing(t)
	later, gone := profile(), roster.ProfileSubject{By: clerk, Line: "食品经营", Month: "2026-03"}
	later.Month = "2026-03"
	again := profiled()
	again.Month = "2026-03"
	away := roster.SubjectProfiled{Line: "食品经营", Month: "2026-03"}
	subjects.Given(registered(), profiled()).When(later).Then(t, again)
	subjects.Given(registered(), again).When(profile()).ThenError(t, faults("roster.profile.stale"))
	subjects.Given(registered(), profiled()).When(gone).Then(t, away)
	subjects.Given(registered(), profiled(), away).When(gone).ThenNothing(t)
	subjects.Given(registered()).When(gone).ThenNothing(t)
	other := profile()
	other.Line = "特种设备"
	equipment := profiled()
	equipment.Line = other.Line
	subjects.Given(registered(), again).When(other).Then(t, equipment)

	for name, c := range map[string]struct {
		change func(*roster.ProfileSubject)
		codes  string
	}{
		"no line":           {func(c *roster.ProfileSubject) { c.Line = "" }, "roster.profile.line.required"},
		"a reserved class":  {func(c *roster.ProfileSubject) { c.Class = "none" }, "roster.profile.class.reserved"},
		"a long class":      {func(c *roster.ProfileSubject) { c.Class = "ABCDEFGHIJKLMNOPQ" }, "roster.profile.class.text.length"},
		"a bad month":       {func(c *roster.ProfileSubject) { c.Month = "二月" }, "roster.month.form"},
		"a blank licence":   {func(c *roster.ProfileSubject) { c.Licences[1] = "" }, "roster.profile.licences.required"},
		"a person's number": {func(c *roster.ProfileSubject) { c.Licences[0] = resident }, "roster.personal_data"},
		"too many licences": {func(c *roster.ProfileSubject) {
			for n := range 51 {
				c.Licences = append(c.Licences, fmt.Sprint(n))
			}
		}, "roster.profile.licences.count"},
		"another authority": {func(c *roster.ProfileSubject) { c.By = foreign }, "roster.authority.foreign"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := profile()
			c.change(&cmd)
			subjects.Given(registered()).When(cmd).ThenError(t, faults(c.codes))
		})
	}
	many := []roster.SubjectEvent{registered()}
	for n := range 50 {
		e := profiled()
		e.Line = fmt.Sprint(n)
		many = append(many, e)
	}
	subjects.Given(many...).When(profile()).ThenError(t, faults("roster.profile.count"))
	subjects.When(profile()).ThenError(t, faults("roster.subject.missing"))
}
