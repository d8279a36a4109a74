package inspection

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

func visited(change func(*RecordResult)) RecordResult {
	cmd := result(inspector("XZ-001", bureau), market, NoProblem)
	cmd.Visit = visit()
	change(&cmd)
	return cmd
}

func TestRecordingAVisit(t *testing.T) {
	t.Parallel()
	e := recorded("XZ-001", market, NoProblem)
	e.Visit = visit()
	keep := func(*RecordResult) {}
	given(assigned()).When(visited(keep)).Then(t, e)
	given(assigned(), e).When(visited(keep)).ThenNothing(t)
	// A certificate that was renewed since makes no other record of it; other people do.
	given(assigned(), e).When(visited(func(c *RecordResult) { c.Visit.Present[1].No = "新证" })).ThenNothing(t)
	again := refused(domain.Precondition, "inspection.department.recorded")
	given(assigned(), e).When(visited(func(c *RecordResult) { c.Visit.Present = c.Visit.Present[:1] })).ThenError(t, again)
	given(assigned(), e).When(visited(func(c *RecordResult) { c.Visit.Met[0].Name = "卓玛" })).ThenError(t, again)

	absent := e
	absent.Visit = Visit{Place: "八一路1号", Signature: Signature{State: NobodyToSign, Reason: "大门紧闭"}}
	absent.Outcomes, absent.Findings = []Outcome{Unreachable}, nil
	given(assigned()).When(visited(func(c *RecordResult) { c.Visit, c.Outcomes, c.Findings = absent.Visit, absent.Outcomes, nil })).Then(t, absent)
}

func TestRecordedLongAfterTheVisit(t *testing.T) {
	t.Parallel()
	cmd := result(inspector("XZ-001", bureau), market, NoProblem)
	cmd.Now = now.AddDate(0, 2, 0) // the device was off line
	given(assigned()).When(cmd).Then(t, recorded("XZ-001", market, NoProblem))
}

func TestWhatAVisitMustSatisfy(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		change func(*RecordResult)
		kind   domain.Kind
		code   string
	}{
		"another department's inspector": {func(c *RecordResult) { c.Visit.Present = certificates("XZ-001", "XZ-003") }, domain.Invalid, "inspection.visit.present_unassigned"},
		"one inspector twice":            {func(c *RecordResult) { c.Visit.Present = certificates("XZ-001", "XZ-001") }, domain.Invalid, "inspection.visit.present_twice"},
		"without who records it":         {func(c *RecordResult) { c.Visit.Present = certificates("XZ-002") }, domain.Invalid, "inspection.visit.present_self"},
		"a certificate that had run out": {func(c *RecordResult) { c.Visit.Present[1].ValidUntil = calendar.DateOf(began).AddDays(-1) }, domain.Precondition, "inspection.visit.uncertified"},
		"no certificate":                 {func(c *RecordResult) { c.Visit.Present[1] = Certificate{Inspector: "XZ-002"} }, domain.Precondition, "inspection.visit.uncertified"},
		"somebody without a name":        {func(c *RecordResult) { c.Visit.Met[0].Name = "" }, domain.Invalid, "inspection.person.required"},
		"somebody without a role":        {func(c *RecordResult) { c.Visit.Met[0].Role = "" }, domain.Invalid, "inspection.person.required"},
		"a crowd":                        {func(c *RecordResult) { c.Visit.Met = make([]Person, 21) }, domain.Invalid, "inspection.visit.met_count"},
		"a person's number":              {func(c *RecordResult) { c.Visit.Met[0].Name = "11010519491231002X" }, domain.Invalid, "inspection.personal_data"},
		"a mobile number":                {func(c *RecordResult) { c.Visit.Met[0].Role = "店长，电话138 0013 8000" }, domain.Invalid, "inspection.personal_data"},
		"a mobile number in a statement": {func(c *RecordResult) { c.Visit.Statement = "请打＋86-１３９００１３９０００" }, domain.Invalid, "inspection.personal_data"},
		"a signature of nobody":          {func(c *RecordResult) { c.Visit.Met = nil }, domain.Invalid, "inspection.signature.nobody"},
		"a refusal without a reason":     {func(c *RecordResult) { c.Visit.Signature = Signature{State: SigningRefused} }, domain.Invalid, "inspection.signature.required"},
		"nobody there, without a reason": {func(c *RecordResult) { c.Visit.Signature = Signature{State: NobodyToSign} }, domain.Invalid, "inspection.signature.required"},
		"a reason without need":          {func(c *RecordResult) { c.Visit.Signature.Reason = "不识字" }, domain.Invalid, "inspection.signature.reason_idle"},
		"a reason without a state":       {func(c *RecordResult) { c.Visit.Signature = Signature{Reason: "不识字"} }, domain.Invalid, "inspection.signature.required"},
		"an unknown state":               {func(c *RecordResult) { c.Visit.Signature.State = "nodded" }, domain.Invalid, "inspection.signature.unknown"},
		"a place that hides":             {func(c *RecordResult) { c.Visit.Place = "a\u202eb" }, domain.Invalid, "inspection.visit.text.control"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			given(assigned()).When(visited(c.change)).ThenError(t, refused(c.kind, c.code))
		})
	}
}

func TestMobileNumbersAreTold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": false, "0891-6323456": false, "12315": false, "13800138000": true, "(+86) 138-0013-8000": true, "12800138000": false, "138001380001": false,
		"注册号540103448669": false, "１３８００１３８０００": true,
	} {
		if holdsMobile(text) != want {
			t.Errorf("%q: %t", text, !want)
		}
	}
}
