package authority_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

var (
	admin = domain.Actor{Account: "root", Role: domain.Admin, Authority: "540000"}
	day   = calendar.MustParse("2026-01-05")
)

func register() authority.Register {
	return authority.Register{
		By: admin, ID: "xz", Name: "藏区市场监督管理局", Code: "11230500001755309F", District: "540000",
		Level: authority.Province, Departments: []string{"市场监管", "消防"},
	}
}

func registered() authority.Registered {
	return authority.Registered{
		ID: "xz", Name: "藏区市场监督管理局", Code: "11230500001755309F", District: "540000",
		Level: authority.Province, Departments: []string{"市场监管", "消防"},
	}
}

func faults(codes ...string) func(error) bool {
	return func(err error) bool { return strings.Join(codesOf(err), " ") == strings.Join(codes, " ") }
}

func codesOf(err error) []string {
	if joined, many := err.(interface{ Unwrap() []error }); many {
		var out []string
		for _, e := range joined.Unwrap() {
			out = append(out, codesOf(e)...)
		}
		return out
	}
	if f := (*domain.Fault)(nil); errors.As(err, &f) {
		return []string{f.Code}
	}
	return []string{err.Error()}
}

func TestRegistering(t *testing.T) {
	scenario := estest.Of(authority.Decider)
	scenario.When(register()).Then(t, registered())
	scenario.Given(registered()).When(register()).ThenNothing(t)

	changed := register()
	changed.Name = "另一个局"
	scenario.Given(registered()).When(changed).ThenError(t, faults("authority.exists"))

	planner := register()
	planner.By.Role = domain.Planner
	scenario.When(planner).ThenError(t, faults("authority.role"))
}

func TestRegisteringIsRefused(t *testing.T) {
	scenario := estest.Of(authority.Decider)
	scenario.When(authority.Register{By: admin}).ThenError(t, faults("authority.id.required", "authority.name.required",
		"authority.district.form", "authority.level.unknown"))
	c := register()
	c.Code, c.Name, c.Departments = "11230500001755309G", "局\n局", []string{"a", "a", ""}
	scenario.When(c).ThenError(t, faults("authority.name.text.control", "authority.code.unsound", "authority.departments.twice",
		"authority.departments.required"))
	c = register()
	c.Departments = nil
	for n := range 200 {
		c.Departments = append(c.Departments, fmt.Sprintf("%03d", n)+strings.Repeat("局", 97))
	}
	scenario.When(c).ThenError(t, faults("authority.departments.size"))
	c.Departments = []string{strings.Repeat("局", 101)}
	scenario.When(c).ThenError(t, faults("authority.departments.text.length"))
	c = register()
	c.Departments = make([]string, 201)
	scenario.When(c).ThenError(t, faults("authority.departments.count"))
}

func TestRenaming(t *testing.T) {
	known := estest.Of(authority.Decider).Given(registered())
	c := authority.Rename{By: admin, Name: "藏区市场监管局", Reason: "机构改革", EffectiveOn: day}
	known.When(c).Then(t, authority.Renamed{Name: "藏区市场监管局", Reason: "机构改革", EffectiveOn: day})
	c.Name = registered().Name
	known.When(c).ThenNothing(t)
	known.When(authority.Rename{By: admin, Name: strings.Repeat("局", 201)}).
		ThenError(t, faults("authority.name.text.length", "authority.reason.required", "authority.effective_on.required"))
	estest.Of(authority.Decider).When(c).ThenError(t, faults("authority.missing"))
}

func TestDepartments(t *testing.T) {
	known := estest.Of(authority.Decider).Given(registered())
	known.When(authority.OpenDepartment{By: admin, Name: "文旅"}).Then(t, authority.DepartmentOpened{Name: "文旅"})
	known.When(authority.OpenDepartment{By: admin, Name: "消防"}).ThenNothing(t)
	known.When(authority.OpenDepartment{By: admin}).ThenError(t, faults("authority.departments.required"))
	known.When(authority.CloseDepartment{By: admin, Name: "消防", Reason: "撤并"}).
		Then(t, authority.DepartmentClosed{Name: "消防", Reason: "撤并"})
	known.When(authority.CloseDepartment{By: admin, Name: "文旅", Reason: "撤并"}).ThenNothing(t)
	known.When(authority.CloseDepartment{By: admin, Name: "消防"}).ThenError(t, faults("authority.reason.required"))

	closed := estest.Of(authority.Decider).Given(registered(), authority.DepartmentClosed{Name: "消防", Reason: "撤并"})
	closed.When(authority.OpenDepartment{By: admin, Name: "消防"}).Then(t, authority.DepartmentOpened{Name: "消防"})
}

func TestSuccession(t *testing.T) {
	known := estest.Of(authority.Decider).Given(registered())
	c := authority.Succeed{By: admin, Successor: "xz-2", SuccessorStands: true, Reason: "机构改革", EffectiveOn: day}
	event := authority.Succeeded{By: "xz-2", Reason: "机构改革", EffectiveOn: day}
	known.When(c).Then(t, event)
	known.When(authority.Succeed{By: admin, Successor: "xz-2"}).ThenError(t,
		faults("authority.reason.required", "authority.effective_on.required", "authority.successor.missing"))
	written, recorded := c, event
	written.DocumentNo, recorded.DocumentNo = "藏政发〔2026〕1号", "藏政发〔2026〕1号"
	known.When(written).Then(t, recorded)
	written.DocumentNo = strings.Repeat("号", 129)
	known.When(written).ThenError(t, faults("authority.document_no.text.length"))
	self := c
	self.Successor = "xz"
	known.When(self).ThenError(t, faults("authority.successor.same"))

	gone := estest.Of(authority.Decider).Given(registered(), event)
	gone.When(c).ThenNothing(t)
	again := c
	again.Successor = "xz-3"
	gone.When(again).ThenError(t, faults("authority.succeeded"))
	gone.When(authority.OpenDepartment{By: admin, Name: "文旅"}).ThenError(t, faults("authority.succeeded"))
	gone.When(authority.CloseDepartment{By: admin, Name: "消防", Reason: "x"}).ThenError(t, faults("authority.succeeded"))
	gone.When(authority.Rename{By: admin, Name: "x", Reason: "x", EffectiveOn: day}).ThenError(t, faults("authority.succeeded"))
	planner := c
	planner.By.Role = domain.Planner
	gone.When(planner).ThenError(t, faults("authority.role"))
}

func examples() []authority.Event {
	return []authority.Event{
		registered(),
		authority.Renamed{Name: "藏区市场监管局", Reason: "机构改革", EffectiveOn: day},
		authority.DepartmentOpened{Name: "文旅"},
		authority.DepartmentClosed{Name: "消防", Reason: "撤并"},
		authority.Succeeded{By: "xz-2", Reason: "机构改革", EffectiveOn: day},
		authority.Succeeded{By: "xz-2", Reason: "机构改革", EffectiveOn: day, DocumentNo: "藏政发〔2026〕1号"},
		authority.ReviewArranged{Layers: layers(), Reason: "层层审批"},
		authority.ReportingArranged{Code: "11230500001755309F", SourceName: "市局", SourceCode: "11230500001755309F", Reason: "双公示报送"},
	}
}

func TestGoldens(t *testing.T) {
	estest.Golden(t, "testdata/events", authority.Codec(), examples()...)
}

func TestAnyHistoryFolds(t *testing.T) { estest.Fold(t, authority.Decider, examples()...) }

func FuzzDecode(f *testing.F) {
	types := authority.Codec().Types()
	f.Add(0, []byte(`{"name":"文旅"}`))
	f.Add(3, []byte(`{"name":"文旅","effective_on":"2026-01-05"}`))
	f.Fuzz(func(_ *testing.T, typ int, data []byte) {
		if e, err := authority.Decider.Decode(types[uint(typ)%uint(len(types))], data); err == nil {
			authority.Decider.Evolve(authority.Decider.Initial, e)
		}
	})
}
