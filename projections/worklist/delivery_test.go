package worklist_test

import (
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections/worklist"
)

// Seven working days from 20 May 2026 end on the 29th.
func TestADeliveryWaitsForAPerson(t *testing.T) {
	t.Parallel()
	about := delivery.About{
		Delivery: "credit_china.penalty.p1", Platform: "credit_china", Kind: delivery.Penalty, Disclosure: "penalty.p1", Record: "p1", Authority: bureau,
		Match: delivery.Match{DocumentNo: "罚〔2026〕1号", Party: "甲公司", DecidedOn: calendar.MustParse("2026-05-20")},
	}
	held := delivery.Held{About: about, Act: 1, On: done, Problems: []delivery.Problem{{Field: "CF_YJ", Rule: "required", ZH: "处罚依据：必填"}, {Field: "CF_SY", Rule: "required"}}}
	row := func(n int) delivery.Prepared {
		return delivery.Prepared{About: about, Row: n, Act: 1, Action: delivery.Add, On: done}
	}
	answer := func(n int) delivery.Answer {
		return delivery.Answer{Row: n, Number: uint64(n), Code: "1001", Text: strings.Repeat("查", 200), On: done}
	}
	const mend, resolve, look = "mend_delivery clerk 2026-05-29", "resolve_rejection clerk 2026-05-29", "resolve_rejection approver 2026-05-29"
	steps(t, "delivery", about.Delivery, []struct {
		e     es.Event
		waits string
	}{
		{held, mend},
		{row(1), ""},
		{delivery.Submitted{Row: 1, Number: 1, On: done}, ""},
		{delivery.Rejected{Answer: answer(1)}, resolve},
		{delivery.NameChosen{Name: "甲商贸公司", AsOf: done, On: done}, resolve},
		{row(2), ""},
		{delivery.Rejected{Answer: answer(1)}, ""}, // another row stands for it
		{delivery.Rejected{Answer: answer(2)}, resolve},
		{delivery.GivenUp{Act: 1, Why: delivery.TooManyRows, On: done}, look},
		{delivery.Accepted{Answer: answer(2)}, ""},
		{delivery.GivenUp{Act: 1, Why: delivery.NoAnswer, On: done}, look},
		{delivery.GivenUp{Act: 1, Why: delivery.Decided, On: done}, ""},
		{held, mend},
		{delivery.Rejected{Answer: answer(2)}, mend},
		{delivery.Dropped{Act: 2, Why: delivery.NeverThere, On: done}, ""},
		{delivery.Rejected{Answer: answer(2)}, ""},
	})

	l := newLog(t)
	l.add("delivery", about.Delivery, held)
	list, _, err := worklist.List(t.Context(), l.live(), worklist.Filter{Authority: bureau, PageSize: 10})
	if err != nil || list[0].GetTitle() != "罚〔2026〕1号：处罚依据：必填（共2项）" || list[0].GetRecordId() != about.Delivery || list[0].GetDisclosureId() != "penalty.p1" {
		t.Errorf("%v, %v", list, err)
	}
	l = newLog(t)
	l.add("delivery", about.Delivery, row(1), delivery.Rejected{Answer: answer(1)})
	list, _, err = worklist.List(t.Context(), l.live(), worklist.Filter{Authority: bureau, PageSize: 10})
	if err != nil || !strings.HasPrefix(list[0].GetTitle(), "罚〔2026〕1号：1001 查查") || !strings.HasSuffix(list[0].GetTitle(), "…") {
		t.Errorf("%v, %v", list, err)
	}
}
