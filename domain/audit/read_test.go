package audit_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/audit"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

func read() audit.Read {
	return audit.Read{
		Account: "he.clerk", Role: domain.Clerk, Authority: "xz", Method: "mingjian.v1.PenaltyService/GetPenalty", Class: audit.Unpublished,
		Record: "penalty_id=3f", Purpose: "核对处罚决定", RequestID: "8c1d",
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	estest.Golden(t, "testdata/events", audit.Codec(), audit.Event(read()))
}

func TestEntering(t *testing.T) {
	t.Parallel()
	day := estest.Of(audit.Decider)
	day.When(audit.Enter{Read: read()}).Then(t, read())
	day.Given(read()).When(audit.Enter{Read: read()}).Then(t, read()) // each answer is an entry
	for name, c := range map[string]struct {
		change func(*audit.Read)
		want   string
	}{
		"nobody":                     {func(r *audit.Read) { r.Account = "" }, "audit.account.required"},
		"no method":                  {func(r *audit.Read) { r.Method = "" }, "audit.method.required"},
		"no class":                   {func(r *audit.Read) { r.Class = "" }, "audit.class.unknown"},
		"an identity number":         {func(r *audit.Read) { r.Purpose = "核对11010119900307001X" }, "audit.purpose.number"},
		"a phone number":             {func(r *audit.Read) { r.Purpose = "回电 139-0000-0000" }, "audit.purpose.number"},
		"a phone number, wide":       {func(r *audit.Read) { r.Purpose = "１３９００００００００" }, "audit.purpose.number"},
		"a purpose with a line feed": {func(r *audit.Read) { r.Purpose = "a\nb" }, "audit.purpose.text.control"},
		"a long purpose":             {func(r *audit.Read) { r.Purpose = strings.Repeat("长", 501) }, "audit.purpose.text.length"},
	} {
		changed := read()
		c.change(&changed)
		day.When(audit.Enter{Read: changed}).ThenError(t, func(err error) bool {
			fault := (*domain.Fault)(nil)
			if !errors.As(err, &fault) || fault.Code != c.want || strings.Contains(err.Error(), "0000") {
				t.Logf("%s: %v", name, err)
				return false
			}
			return true
		})
	}
}

func TestWhatAnEntryMayNotHoldIsLeftOut(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"subject_id=11010119900307109X", "a\nb", strings.Repeat("x", 1000)} {
		given, want := read(), read()
		given.Record, given.RequestID, want.Record, want.RequestID = text, text, "(withheld)", "(withheld)"
		estest.Of(audit.Decider).When(audit.Enter{Read: given}).Then(t, want)
	}
	firm := read()
	firm.Record, firm.Purpose = "subject_id=91320105780688132K", "复核〔2026〕12345号决定"
	estest.Of(audit.Decider).When(audit.Enter{Read: firm}).Then(t, firm)
}

func TestDayNamesAStream(t *testing.T) {
	t.Parallel()
	on := calendar.MustParse("2026-11-28")
	if got := audit.Day("xz", on) + " " + audit.Day("", on); got != "xz:2026-11-28 -:2026-11-28" {
		t.Error(got)
	}
	s := audit.Decider.Evolve(audit.Decider.Evolve(audit.State{}, read()), read())
	if s.Reads != 2 {
		t.Errorf("%d reads", s.Reads)
	}
}
