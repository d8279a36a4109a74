package disclosure_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

const (
	bureau = "11320100MB0000001X"
	other  = "11320200MB0000002X"
)

var (
	today    = calendar.MustParse("2026-03-20")
	scenario = estest.Of(disclosure.Decider)
	clerk    = person("wang", domain.Clerk)
	reviewer = person("li", domain.Reviewer)
	approver = person("zhao", domain.Approver)
	admin    = person("root", domain.Admin)
)

func person(account string, role domain.Role) domain.Actor {
	return domain.Actor{Account: account, Role: role, Authority: bureau}
}

func elsewhere(a domain.Actor) domain.Actor {
	a.Authority = other
	return a
}

// penalty is a document whose content is c.
func penalty(c string) disclosure.Document {
	return disclosure.Document{
		Schema: disclosure.Schema, Kind: disclosure.Penalty, RecordID: "7b0c",
		Authority: disclosure.Authority{ID: bureau, Name: "宁安市市场监督管理局"},
		Subjects:  []disclosure.Subject{{ID: "91320105780688132K", Name: "宁安市惠民食品有限公司", Kind: "legal"}},
		Date:      calendar.MustParse("2026-03-16"), Title: "宁市监处罚〔2026〕45号",
		Penalty: &disclosure.PenaltyBody{
			DecisionNo: "宁市监处罚〔2026〕45号", Procedure: "ordinary", Violation: "标价之外加价出售商品",
			Facts: "第一段\n第二段 <a> & “引号” \"q\" \\ \u2028 😀", Basis: "《价格法》第四十二条",
			Kinds:   []disclosure.Labelled{{Code: "fine", Label: "罚款"}},
			Content: c, FineFen: 200000, DecidedOn: calendar.MustParse("2026-03-16"), Status: "in_force",
		},
	}
}

func raw(t testing.TB, d disclosure.Document) (disclosure.Raw, string) {
	t.Helper()
	b, digest, err := disclosure.Canonical(d)
	if err != nil {
		t.Fatal(err)
	}
	return disclosure.Raw(b), digest
}

func submitted(t testing.TB, d disclosure.Document, reason string) disclosure.Submitted {
	t.Helper()
	b, digest := raw(t, d)
	return disclosure.Submitted{
		Disclosure: d.Record().Disclosure(), Record: d.Record(), Authority: bureau, Document: b, Digest: digest, By: "wang", Reason: reason,
	}
}

// way is the history of d up to its publication as release n.
func way(t testing.TB, d disclosure.Document, n int) []disclosure.Event {
	t.Helper()
	b, digest := raw(t, d)
	return []disclosure.Event{
		submitted(t, d, ""),
		disclosure.Reviewed{Digest: digest, By: "li", SecrecyClear: true},
		disclosure.Approved{Digest: digest, By: "zhao"},
		disclosure.Published{Document: b, Digest: digest, Number: n, By: "zhao", On: today},
	}
}

// terms are those of a penalty that stands a year on the portal and three on GSXT.
var terms = []rule.Term{
	{
		Outlet: rule.Portal, From: today, Until: calendar.MustParse("2027-03-20"), Earliest: calendar.MustParse("2026-06-20"),
		Early: rule.EarlyAllowed, Rule: "portal.penalty", Version: "1",
	},
	{Outlet: rule.GSXT, From: today, Until: calendar.MustParse("2029-03-20"), Early: rule.EarlyForbidden, Rule: "gsxt.penalty", Version: "1"},
}

// stone is the tombstone of a penalty, written by hand: canonical JSON sorts its names.
func stone(t testing.TB, act, cause, reason string, number int, on calendar.Date, outlets ...rule.Outlet) disclosure.Stone {
	t.Helper()
	names := make([]string, len(outlets))
	for i, o := range outlets {
		names[i] = strconv.Quote(string(o))
	}
	if cause != "" {
		cause = `"cause":"` + cause + `",`
	}
	text := fmt.Sprintf(`{"act":%q,"authority":{"id":"11320100MB0000001X","name":"宁安市市场监督管理局"},%s"kind":"penalty","number":%d,"on":%q,`+
		`"outlets":[%s],"reason":"%s","record_id":"7b0c","schema":"mingjian.tombstone.v1"}`, act, cause, number, on, strings.Join(names, ","), reason)
	sum := sha256.Sum256([]byte(text))
	return disclosure.Stone{Tombstone: disclosure.Raw(text), TombstoneDigest: hex.EncodeToString(sum[:])}
}

func faulty(code string) func(error) bool {
	return func(err error) bool { return hasCode(err, code) }
}

func hasCode(err error, code string) bool {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			if hasCode(e, code) {
				return true
			}
		}
		return false
	}
	f, ok := errors.AsType[*domain.Fault](err)
	return ok && f.Code == code
}

func long(n int) string { return strings.Repeat("字", n) }
