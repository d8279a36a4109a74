package delivery_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

const bureau domain.AuthorityID = "bs"

const (
	firm    = "高原牧场有限公司"
	receipt = "00000000000000000000000000000000000000000000000000000000000000aa"
)

var (
	policy   = domain.Actor{Account: "policy", Authority: bureau}
	clerk    = domain.Actor{Account: "wang", Role: domain.Clerk, Authority: bureau}
	approver = domain.Actor{Account: "zhao", Role: domain.Approver, Authority: bureau}
	carrier  = domain.Actor{Account: "exchange", Role: domain.Integrator, Authority: "city"}
	today    = calendar.MustParse("2026-03-20")
	scenario = estest.Of(delivery.Decider)
)

func about() delivery.About {
	return delivery.About{
		Delivery: "credit_china.penalty.p1", Platform: "credit_china", Kind: delivery.Penalty, Disclosure: "penalty.p1", Record: "p1", Authority: bureau,
		Match: delivery.Match{DocumentNo: "罚〔2026〕1号", Party: firm, DecidedOn: calendar.MustParse("2026-03-10")},
	}
}

func content(of string) delivery.Content {
	return delivery.Content{Version: "2018", Table: "all", Party: "legal", Columns: []delivery.Column{{Key: "CF_XDR_MC", Value: firm}, {Key: "CF_NR", Value: of}}}
}

// act is the command of an act that the platform is to show, or not.
func act(n int, of string) delivery.Prepare {
	a := about()
	a.Delivery = ""
	return delivery.Prepare{
		By: policy, Today: today, About: a, Act: n, Wanted: of != "", Withdrawal: delivery.Delete, Content: content(of), Cause: delivery.ByAct,
	}
}

func unfit(n int) delivery.Prepare {
	c := act(n, "x")
	c.Content, c.Problems = delivery.Content{Version: "2018"}, []delivery.Problem{lacking}
	return c
}

var lacking = delivery.Problem{Field: "CF_CFJGDM", Rule: "required", ZH: "处罚机关统一社会信用代码：必填", EN: "CF_CFJGDM is required"}

func prepared(row, act int, action delivery.Action, of string) delivery.Prepared {
	c := content(of)
	return delivery.Prepared{
		About: about(), Content: c, Row: row, Act: act, Action: action, Digest: domain.DigestOf(c), Cause: delivery.ByAct, On: today, By: "policy",
	}
}

func held(act int) delivery.Held {
	return delivery.Held{About: about(), Act: act, Version: "2018", Problems: []delivery.Problem{lacking}, On: today, By: "policy"}
}

// digest stands for that of the canonical row of a number.
func digest(number uint64) string { return strings.Repeat("0", 62) + "b" + string(rune('0'+number%10)) }

func submitted(row int, batch string) delivery.Submitted {
	n := uint64(row) + 10
	return delivery.Submitted{Row: row, Number: n, Digest: digest(n), Batch: batch, Channel: "folder", On: today, By: "exchange"}
}

func submit(row int, batch, of string) delivery.Submit {
	n := uint64(row) + 10
	return delivery.Submit{By: carrier, Today: today, Row: row, Number: n, Content: domain.DigestOf(content(of)), Digest: digest(n), Batch: batch, Channel: "folder"}
}

func answer(row int, code string) delivery.Answer {
	return delivery.Answer{Row: row, Number: uint64(row) + 10, Code: code, Receipt: receipt, On: today, By: "exchange"}
}

func accepted(row int) delivery.Accepted { return delivery.Accepted{Answer: answer(row, "")} }

func rejected(row int) delivery.Rejected { return delivery.Rejected{Answer: answer(row, "1001")} }

func receive(row int, v delivery.Verdict, code string) delivery.Receive {
	return delivery.Receive{By: carrier, Today: today, Row: row, Number: uint64(row) + 10, Verdict: v, Code: code, Receipt: receipt}
}

func givenUp(act int, why delivery.GiveUpWhy, by string) delivery.GivenUp {
	return delivery.GivenUp{Act: act, Why: why, On: today, By: by}
}

func fault(codes ...string) func(error) bool {
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

// given is a history with the events of each row that was submitted.
func given(events ...delivery.Event) []delivery.Event { return events }

func TestEvents(t *testing.T) {
	t.Parallel()
	full := prepared(1, 1, delivery.Add, "罚款")
	full.Stood, full.Gone, full.Reason, full.Personal = true, true, "重新报送", []string{"CF_XDR_ZJHM"}
	full.Identity = &domain.Sealed{Item: "i", Persons: []string{"n"}, Commitment: receipt}
	full.Warnings = []delivery.Problem{lacking}
	set := held(1)
	set.Stood = true
	set.Row, set.Number = 1, 11
	a := answer(1, "1001")
	a.Text = "未查询到主体"
	up := givenUp(1, delivery.Decided, "zhao")
	up.Reason = "平台已停用"
	estest.Golden[delivery.Event](t, "testdata/events", delivery.Codec(),
		full, prepared(1, 1, delivery.Delete, "罚款"), held(2), set,
		delivery.Dropped{Act: 2, Why: delivery.NeverThere, On: today, By: "policy"}, submitted(1, "b1"),
		delivery.Accepted{Answer: a, Duplicate: true}, accepted(1), delivery.Rejected{Answer: a},
		delivery.NameChosen{Name: "高原牧业有限公司", Former: firm, Known: true, AsOf: today, Reason: "更名", On: today, By: "wang"}, up,
		delivery.RepresentativeRecorded{Name: "王某", Reason: "按登记机关记载", On: today, By: "wang"})
}

func FuzzDecode(f *testing.F) {
	for _, typ := range delivery.Codec().Types() {
		f.Add(typ, []byte(`{"row":1}`))
	}
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		e, err := delivery.Codec().Decode(typ, data)
		if (e == nil) == (err == nil) {
			t.Fatalf("%#v and %v", e, err)
		}
		if err == nil {
			delivery.Decider.Evolve(delivery.Decider.Evolve(delivery.State{}, e), e)
		}
	})
}
