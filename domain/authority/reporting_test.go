package authority_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

func TestReporting(t *testing.T) {
	t.Parallel()
	bare := registered()
	bare.Code = ""
	known := estest.Of(authority.Decider).Given(bare)
	c := authority.ArrangeReporting{By: admin, Code: "11230500001755309F", Reason: "双公示报送"}
	event := authority.ReportingArranged{Code: "11230500001755309F", Reason: "双公示报送"}
	known.When(c).Then(t, event)
	estest.Of(authority.Decider).Given(bare, event).When(c).ThenNothing(t)
	estest.Of(authority.Decider).Given(registered()).When(c).ThenNothing(t)

	fold := func(events ...authority.Event) (s authority.State) {
		for _, e := range events {
			s = authority.Decider.Evolve(s, e)
		}
		return s
	}
	if name, code := fold(bare, event).Source(); name != bare.Name || code != c.Code {
		t.Errorf("the source is %s %s", name, code)
	}
	c.SourceName, c.SourceCode = "市局", "11230500001755309F"
	event.SourceName, event.SourceCode = c.SourceName, c.SourceCode
	known.When(c).Then(t, event)
	if name, code := fold(bare, event).Source(); name != "市局" || code != c.SourceCode {
		t.Errorf("the source is %s %s", name, code)
	}

	known.When(authority.ArrangeReporting{By: admin, SourceCode: "x"}).ThenError(t, faults("authority.code.required", "authority.reason.required",
		"authority.source_name.required", "authority.source_code.unsound"))
	known.When(authority.ArrangeReporting{By: admin, Code: "11230500001755309G", SourceName: "市局", Reason: "错"}).ThenError(t,
		faults("authority.code.unsound", "authority.source_code.required"))
	c.By.Role = domain.Clerk
	known.When(c).ThenError(t, faults("authority.role"))
	estest.Of(authority.Decider).When(authority.ArrangeReporting{By: admin}).ThenError(t, faults("authority.missing"))
}
