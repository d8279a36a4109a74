package delivery_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
)

func TestSubmitting(t *testing.T) {
	t.Parallel()
	row := prepared(1, 1, delivery.Add, "罚款")
	scenario.Given(row).When(submit(1, "b1", "罚款")).Then(t, submitted(1, "b1"))
	scenario.Given(row, submitted(1, "b1")).When(submit(1, "b1", "罚款")).ThenNothing(t)
	scenario.Given(row, submitted(1, "b1")).When(submit(1, "b2", "罚款")).Then(t, submitted(1, "b2"))
	scenario.Given(row, submitted(1, "b1"), accepted(1)).When(submit(1, "b2", "罚款")).ThenNothing(t)
	scenario.Given(row).When(submit(1, "b1", "别的")).ThenError(t, fault("delivery.row.content"))
	scenario.Given(row).When(submit(2, "b1", "罚款")).ThenError(t, fault("delivery.row.missing"))
	other := submit(1, "b2", "罚款")
	other.Number = 99
	scenario.Given(row, submitted(1, "b1")).When(other).ThenError(t, fault("delivery.row.content"))
	bad := submit(1, "", "罚款")
	bad.Digest, bad.Channel = "x", ""
	scenario.Given(row).When(bad).ThenError(t, fault("delivery.sent.form", "delivery.batch.required", "delivery.channel.required"))
	bad = submit(1, "b1", "罚款")
	bad.By = domain.Actor{Account: "x", Role: domain.Clerk, Authority: "other"}
	scenario.Given(row).When(bad).ThenError(t, fault("delivery.authority.foreign"))

	history := given(row)
	for n := range delivery.MaxSubmissions {
		history = append(history, submitted(1, fmt.Sprint("b", n)))
	}
	scenario.Given(history...).When(submit(1, "last", "罚款")).Then(t, givenUp(1, delivery.NeverTaken, "exchange"))
}

func TestReceipts(t *testing.T) {
	t.Parallel()
	sent := given(prepared(1, 1, delivery.Add, "罚款"), submitted(1, "b1"))
	with := func(more ...delivery.Event) []delivery.Event {
		return append(append([]delivery.Event{}, sent...), more...)
	}
	duplicate := delivery.Accepted{Answer: answer(1, ""), Duplicate: true}
	later := receive(1, delivery.Refused, "1001")
	later.Receipt = strings.Repeat("c", 64)
	relapse := rejected(1)
	relapse.Receipt = later.Receipt
	deletion := prepared(2, 2, delivery.Delete, "罚款")
	for name, c := range map[string]struct {
		given []delivery.Event
		when  delivery.Receive
		then  []delivery.Event
	}{
		"accepted":                        {sent, receive(1, delivery.Taken, ""), given(accepted(1))},
		"a duplicate is a success":        {sent, receive(1, delivery.Duplicate, ""), given(duplicate)},
		"rejected":                        {sent, receive(1, delivery.Refused, "1001"), given(rejected(1))},
		"accepted twice":                  {with(accepted(1)), receive(1, delivery.Taken, ""), nil},
		"accepted, then a duplicate":      {with(accepted(1)), receive(1, delivery.Duplicate, ""), nil},
		"rejected twice":                  {with(rejected(1)), receive(1, delivery.Refused, "1001"), nil},
		"rejected again later":            {with(rejected(1)), later, nil},
		"rejected, then accepted":         {with(rejected(1)), receive(1, delivery.Taken, ""), given(accepted(1))},
		"an old receipt is read again":    {with(rejected(1), accepted(1)), receive(1, delivery.Refused, "1001"), nil},
		"accepted, rejected by a new one": {with(accepted(1)), later, given(relapse)},
		"the deletion of what never was": {with(rejected(1), deletion, submitted(2, "b2")), receive(2, delivery.Refused, "1001"),
			given(rejected(2), delivery.Dropped{Act: 2, Why: delivery.NeverThere, On: today, By: "exchange"})},
		"the deletion of what is there":    {with(accepted(1), deletion, submitted(2, "b2")), receive(2, delivery.Refused, "1001"), given(rejected(2))},
		"of a row that another stands for": {with(prepared(2, 2, delivery.Modify, "二")), receive(1, delivery.Refused, "1001"), given(rejected(1))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			scenario.Given(c.given...).When(c.when).Then(t, c.then...)
		})
	}
}

func TestReceiptsAreRefused(t *testing.T) {
	t.Parallel()
	row := prepared(1, 1, delivery.Add, "罚款")
	scenario.Given(row).When(receive(1, delivery.Taken, "")).ThenError(t, func(err error) bool {
		return fault("delivery.receipt.unsent")(err) && strings.Contains(err.Error(), "row 11 ")
	})
	scenario.Given(row).When(receive(2, delivery.Taken, "")).ThenError(t, fault("delivery.row.missing"))
	other := receive(1, delivery.Taken, "")
	other.Digest = digest(9)
	scenario.Given(row, submitted(1, "b")).When(other).ThenError(t, func(err error) bool {
		return fault("delivery.row.content")(err) && strings.Contains(err.Error(), "row 11 ")
	})
	bad := receive(1, "maybe", strings.Repeat("9", 65))
	bad.Receipt, bad.Text = "", "一\u202e二"
	scenario.Given(row, submitted(1, "b")).When(bad).ThenError(t,
		fault("delivery.code.text.length", "delivery.text.text.control", "delivery.verdict.unknown", "delivery.receipt.digest"))
}

// What a platform writes back may tell a person's number.
func TestATextOfAReceiptTellsNoNumber(t *testing.T) {
	t.Parallel()
	c := receive(1, delivery.Refused, "1001")
	c.Text = "证件号码11010519491231002X与基础库不一致"
	events, err := delivery.Decider.Decide(fold(prepared(1, 1, delivery.Add, "罚款"), submitted(1, "b")), c)
	if err != nil || len(events) != 1 {
		t.Fatalf("%v, %v", events, err)
	}
	if text := events[0].(delivery.Rejected).Text; strings.Contains(text, "19491231") || !strings.Contains(text, "与基础库不一致") {
		t.Errorf("%q", text)
	}
}

func fold(events ...delivery.Event) (s delivery.State) {
	for _, e := range events {
		s = delivery.Decider.Evolve(s, e)
	}
	return s
}

func TestNames(t *testing.T) {
	t.Parallel()
	c := delivery.ChooseName{By: clerk, Today: today, Name: "高原牧业有限公司", Known: true, AsOf: today, Reason: "平台基础库为更名前名称"}
	e := delivery.NameChosen{Name: c.Name, Former: firm, Known: true, AsOf: today, Reason: c.Reason, On: today, By: "wang"}
	back := given(prepared(1, 1, delivery.Add, "罚款"), submitted(1, "b"), rejected(1))
	scenario.Given(back...).When(c).Then(t, e)
	scenario.Given(append(back, e)...).When(c).ThenNothing(t)
	scenario.Given(back[:2]...).When(c).ThenError(t, fault("delivery.mend.settled"))
	scenario.Given(append(back, givenUp(1, delivery.NoAnswer, "daily"))...).When(c).ThenError(t, fault("delivery.given_up"))
	c.AsOf, c.Name, c.Reason = today.AddDays(1), "11010519491231002X", ""
	scenario.Given(back...).When(c).ThenError(t, fault("delivery.reason.required"))
	c.Reason = "更名"
	scenario.Given(back...).When(c).ThenError(t, fault("delivery.personal_data", "delivery.as_of.future"))
	natural := prepared(1, 1, delivery.Add, "罚款")
	natural.Party = delivery.Natural
	scenario.Given(natural, submitted(1, "b"), rejected(1)).When(c).ThenError(t, fault("delivery.name.natural"))
}

func TestRepresentatives(t *testing.T) {
	t.Parallel()
	c := delivery.RecordRepresentative{By: clerk, Today: today, Name: "王某", Reason: "按登记机关记载"}
	e := delivery.RepresentativeRecorded{Name: "王某", Reason: c.Reason, On: today, By: "wang"}
	scenario.Given(held(1)).When(c).Then(t, e)
	scenario.Given(held(1), e).When(c).ThenNothing(t)
	scenario.Given(prepared(1, 1, delivery.Add, "罚款"), submitted(1, "b")).When(c).ThenError(t, fault("delivery.mend.settled"))
	given := fold(held(1), givenUp(1, delivery.Decided, "zhao"), e)
	if given.GivenUp != nil || given.Representative != "王某" {
		t.Errorf("%+v", given)
	}
	c.Name = "11010519491231002X"
	scenario.Given(held(1)).When(c).ThenError(t, fault("delivery.personal_data"))
	c.Reason = ""
	scenario.Given(held(1)).When(c).ThenError(t, fault("delivery.reason.required"))
	c.By.Authority = "other"
	scenario.Given(held(1)).When(c).ThenError(t, fault("delivery.authority.foreign"))
}

func TestResending(t *testing.T) {
	t.Parallel()
	c := delivery.Resend{By: clerk, Today: today, Reason: "平台已更新"}
	again := func(row int, action delivery.Action) delivery.Prepared {
		p := prepared(row, row-1, action, "二")
		p.Cause, p.Reason, p.By = delivery.ByResend, c.Reason, "wang"
		return p
	}
	modified := given(prepared(1, 1, delivery.Add, "一"), submitted(1, "b"), accepted(1), prepared(2, 2, delivery.Modify, "二"), submitted(2, "b"), rejected(2))
	scenario.Given(modified...).When(c).Then(t, again(3, delivery.Modify))
	c.As = delivery.Add // the platform says that it does not know the record
	scenario.Given(modified...).When(c).Then(t, again(3, delivery.Add))
	c.As = delivery.Delete
	scenario.Given(modified...).When(c).ThenError(t, fault("delivery.resend.action"))
	scenario.Given(modified[:5]...).When(c).ThenError(t, fault("delivery.resend.nothing"))
	scenario.Given(held(1)).When(c).ThenError(t, fault("delivery.resend.nothing"))
	c.Reason = ""
	scenario.Given(modified...).When(c).ThenError(t, fault("delivery.reason.required"))
}

func TestSettingAside(t *testing.T) {
	t.Parallel()
	row := prepared(1, 1, delivery.Add, "罚款")
	c := delivery.SetAside{By: carrier, Today: today, Row: 1, Number: 11, Problems: []delivery.Problem{lacking}}
	set := held(1)
	set.Row, set.Number, set.By = 1, 11, "exchange"
	scenario.Given(row).When(c).Then(t, set)
	scenario.Given(row, set).When(c).ThenNothing(t)
	scenario.Given(row, submitted(1, "b")).When(c).ThenNothing(t)
	if s := fold(row, set); s.Status != delivery.WasHeld || !s.Rows[0].Left {
		t.Errorf("%+v", s)
	}
	// What comes in its place adds what was never there.
	scenario.Given(row, set).When(act(2, "二")).Then(t, prepared(2, 2, delivery.Add, "二"))
	c.Problems = nil
	scenario.Given(row).When(c).ThenError(t, fault("delivery.problems.count"))
}

// TestAnyHistory: whatever is asked for, rows are numbered without a gap, an act has no more rows than it may, the platform is
// never told to add what it has nor to change what it has not, as far as its answers tell, and every command told twice is
// decided once.
func TestAnyHistory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := delivery.State{}
		per := map[int]int{}
		acts := 0
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			c := anyCommand(t, s, &acts)
			events, err := delivery.Decider.Decide(s, c)
			if err != nil {
				continue
			}
			before := s
			for _, e := range events {
				if p, row := e.(delivery.Prepared); row {
					per[p.Act]++
					if p.Row != len(before.Rows)+1 || per[p.Act] > delivery.MaxRows {
						t.Fatalf("row %d of act %d is the %dth: %+v", p.Row, p.Act, per[p.Act], before.Status)
					}
				}
				s = delivery.Decider.Evolve(s, e)
			}
			if again, err := delivery.Decider.Decide(s, c); err == nil && len(again) > 0 {
				if _, resend := c.(delivery.Resend); !resend {
					t.Fatalf("%#v decided twice: %#v then %#v", c, events, again)
				}
			}
		}
	})
}

func anyCommand(t *rapid.T, s delivery.State, acts *int) delivery.Command {
	row := rapid.IntRange(1, max(1, len(s.Rows))).Draw(t, "row")
	batch := rapid.SampledFrom([]string{"b1", "b2", "b3"}).Draw(t, "batch")
	switch rapid.IntRange(0, 5).Draw(t, "command") {
	case 0:
		*acts++
		return act(*acts, rapid.SampledFrom([]string{"", "一", "二"}).Draw(t, "content"))
	case 1:
		*acts++
		return unfit(*acts)
	case 2:
		c := submit(row, batch, "")
		if row <= len(s.Rows) {
			c.Content = s.Rows[row-1].Prepared.Digest
		}
		return c
	case 3:
		c := receive(row, rapid.SampledFrom([]delivery.Verdict{delivery.Taken, delivery.Duplicate, delivery.Refused}).Draw(t, "verdict"), "1001")
		c.Receipt = strings.Repeat(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "file"), 64)
		return c
	case 4:
		return delivery.Resend{By: clerk, Today: today, Reason: "再试"}
	}
	c := act(max(1, *acts), rapid.SampledFrom([]string{"三", "四"}).Draw(t, "content"))
	c.Cause = delivery.ByFact
	return c
}
