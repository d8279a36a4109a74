package inspection

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

func notice(by domain.Actor) IssueNotice {
	e := issued()
	return IssueNotice{
		By: by, Today: today, No: e.No, Manner: e.Manner, VisitFrom: e.VisitFrom, VisitTo: e.VisitTo, Place: e.Place, Materials: e.Materials,
		Contact: e.Contact, Inspectors: e.Inspectors,
	}
}

func TestIssuingANotice(t *testing.T) {
	t.Parallel()
	cmd := notice(clerk(bureau))
	given(assigned()).When(cmd).Then(t, issued())
	byInspector := issued()
	byInspector.By = "acc-XZ-003"
	given(assigned()).When(notice(inspector("XZ-003", fire))).Then(t, byInspector)
	// The same again is nothing new, though a certificate was renewed; other content takes another number.
	later := cmd
	later.Today, later.Inspectors = today.AddDays(1), certificates("XZ-001")
	given(assigned(), issued()).When(later).ThenNothing(t)
	later.Place = "别处"
	given(assigned(), issued()).When(later).ThenError(t, refused(domain.Conflict, "inspection.notice.exists"))
	later.No = "藏市监抽通〔2026〕8号"
	second := issued()
	second.No, second.Place, second.On, second.Inspectors = later.No, later.Place, later.Today, later.Inspectors
	given(assigned(), issued()).When(later).Then(t, second)
}

func TestWhatANoticeMustSatisfy(t *testing.T) {
	t.Parallel()
	a := assigned()
	a.OpensOn = today.AddDays(2)
	cases := map[string]struct {
		change func(*IssueNotice)
		kind   domain.Kind
		code   string
	}{
		"no number":                     {func(c *IssueNotice) { c.No = "" }, domain.Invalid, "inspection.notice.required"},
		"no day":                        {func(c *IssueNotice) { c.VisitFrom = calendar.Date{} }, domain.Invalid, "inspection.notice.visit_required"},
		"an end before the beginning":   {func(c *IssueNotice) { c.VisitTo = c.VisitFrom.AddDays(-1) }, domain.Invalid, "inspection.notice.visit_order"},
		"a day that is over":            {func(c *IssueNotice) { c.VisitFrom = today.AddDays(-1) }, domain.Invalid, "inspection.notice.visit_past"},
		"a day before the task's":       {func(c *IssueNotice) { c.VisitFrom = today.AddDays(1) }, domain.Precondition, "inspection.notice.visit_early"},
		"an unknown manner":             {func(c *IssueNotice) { c.Manner = "phone" }, domain.Invalid, "inspection.manner.unknown"},
		"no contact":                    {func(c *IssueNotice) { c.Contact = "" }, domain.Invalid, "inspection.notice.required"},
		"a person's number as contact":  {func(c *IssueNotice) { c.Contact = "王某 13800138000" }, domain.Invalid, "inspection.personal_data"},
		"too many materials":            {func(c *IssueNotice) { c.Materials = slices.Repeat([]string{"账簿"}, 31) }, domain.TooLarge, "inspection.notice.count"},
		"materials without a name":      {func(c *IssueNotice) { c.Materials = []string{""} }, domain.Invalid, "inspection.notice.required"},
		"nobody who can go":             {func(c *IssueNotice) { c.Inspectors = nil }, domain.Precondition, "inspection.notice.nobody"},
		"materials that are a treatise": {func(c *IssueNotice) { c.Materials = []string{strings.Repeat("长", 501)} }, domain.Invalid, "inspection.notice.text.length"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := notice(clerk(bureau))
			c.change(&cmd)
			given(a).When(cmd).ThenError(t, refused(c.kind, c.code))
		})
	}
	many := []Event{a}
	for n := range maxNotices {
		e := issued()
		e.No = fmt.Sprint(n)
		many = append(many, e)
	}
	given(many...).When(notice(clerk(bureau))).ThenError(t, refused(domain.TooLarge, "inspection.notice.count"))
}

func TestServingANotice(t *testing.T) {
	t.Parallel()
	e := served()
	cmd := ServeNotice{By: inspector("XZ-001", bureau), Today: today, No: e.No, How: e.How, On: e.On, To: e.To, Note: e.Note}
	given(assigned(), issued()).When(cmd).Then(t, e)
	given(assigned(), issued(), e).When(cmd).ThenNothing(t)
	again := cmd
	again.How = Direct
	given(assigned(), issued(), e).When(again).ThenError(t, refused(domain.Conflict, "inspection.notice.served"))
	given(assigned()).When(cmd).ThenError(t, refused(domain.NotFound, "inspection.notice.missing"))
	if s := fold(assigned(), issued(), e); s.Notices[0].Served == nil || *s.Notices[0].Served != e {
		t.Errorf("%+v", s.Notices)
	}

	cases := map[string]struct {
		change func(*ServeNotice)
		code   string
	}{
		"served tomorrow":             {func(c *ServeNotice) { c.On = today.AddDays(1) }, "inspection.on.future"},
		"served before it was there":  {func(c *ServeNotice) { c.On = today.AddDays(-1) }, "inspection.notice.on_early"},
		"in an unknown way":           {func(c *ServeNotice) { c.How = "shouted" }, "inspection.notice.how_unknown"},
		"left without a word":         {func(c *ServeNotice) { c.Note = "" }, "inspection.notice.required"},
		"announced without a word":    {func(c *ServeNotice) { c.How, c.Note = Announced, "" }, "inspection.notice.required"},
		"handed to nobody":            {func(c *ServeNotice) { c.How, c.To = Direct, Person{} }, "inspection.notice.required"},
		"handed to whoever that is":   {func(c *ServeNotice) { c.To.Role = "" }, "inspection.person.required"},
		"with a number of the person": {func(c *ServeNotice) { c.To.Name = "扎西 13800138000" }, "inspection.personal_data"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bad := cmd
			c.change(&bad)
			given(assigned(), issued()).When(bad).ThenError(t, refused(domain.Invalid, c.code))
		})
	}
}

func TestWhoTellsTheSubject(t *testing.T) {
	t.Parallel()
	whole := CalledOff{Reason: "检查人员不足", By: "clerk"}
	for name, c := range map[string]struct {
		history []Event
		by      domain.Actor
		kind    domain.Kind
		code    string
	}{
		"a clerk of another authority": {[]Event{assigned()}, clerk(fire), domain.Forbidden, "inspection.authority.foreign"},
		"an inspector of no team":      {[]Event{assigned()}, inspector("XZ-009", bureau), domain.Forbidden, "inspection.assignment.foreign"},
		"of what is not there":         {nil, clerk(bureau), domain.NotFound, "inspection.missing"},
		"of an older system's record":  {[]Event{takenOver()}, clerk(bureau), domain.Forbidden, "inspection.assignment.foreign"},
		"of what was released":         {[]Event{assigned(), Released{Reason: "closed"}}, clerk(bureau), domain.Precondition, "inspection.released"},
		"of what was called off":       {[]Event{assigned(), whole}, clerk(bureau), domain.Precondition, "inspection.called_off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			given(c.history...).When(notice(c.by)).ThenError(t, refused(c.kind, c.code))
			given(c.history...).When(ServeNotice{By: c.by}).ThenError(t, refused(c.kind, c.code))
		})
	}
	given(assigned(), concluded(NoProblem)).When(notice(clerk(bureau))).ThenError(t, refused(domain.Precondition, "inspection.notice.concluded"))
}
