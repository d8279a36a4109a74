package listing_test

import (
	"errors"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/listing"
)

const bureau = domain.AuthorityID("11320100MB0000001X")

var (
	day      = calendar.MustParse
	today    = day("2026-04-30")
	scenario = estest.Of(listing.Decider)
	clerk    = domain.Actor{Account: "wang", Role: domain.Clerk, Authority: bureau}
	approver = domain.Actor{Account: "sun", Role: domain.Approver, Authority: bureau}
	policy   = domain.Actor{Account: "policy", Authority: bureau}
	stranger = domain.Actor{Account: "ma", Role: domain.Approver, Authority: "other"}
	firm     = listing.Subject{ID: "91320105780688132K", Name: "宁安市惠民食品有限公司", Kind: "enterprise"}
	trader   = listing.Subject{ID: "reg:320105600000001", Name: "甲店", Kind: "individual_business"}
	sha      = strings.Repeat("ab", 32)
)

func find(changes ...func(*listing.Find)) listing.Find {
	c := listing.Find{
		By: clerk, Today: today, List: listing.Abnormal, Subject: firm, Ground: listing.Unreachable, Facts: "两次邮寄\n均退回", Evidence: []string{sha}, On: day("2026-03-02"),
	}
	for _, change := range changes {
		change(&c)
	}
	return c
}

// found is the event of a finding.
func found(c listing.Find, number int, changes ...func(*listing.Found)) listing.Found {
	table, _ := listing.TableOn(c.List, c.On)
	f := listing.Found{
		Listing: listing.ID(c.List, c.Subject.ID), List: c.List, Authority: c.By.Authority, Subject: c.Subject, Finding: number, Ground: c.Ground,
		Table: table.Version, Facts: c.Facts, Evidence: c.Evidence, Inspection: c.Inspection, Penalty: c.Penalty, On: c.On, By: c.By.Account,
	}
	for _, change := range changes {
		change(&f)
	}
	return f
}

func serious(c *listing.Find) {
	c.List, c.Ground, c.Penalty, c.PenaltyKnown = listing.Serious, listing.FoodSafety, "p1", true
}

func decision(no, on string) listing.Decision {
	return listing.Decision{AuthorityName: "宁安市市场监督管理局", DocumentNo: no, On: day(on), By: "sun"}
}

func entered(number int, ground listing.Ground, findings ...int) listing.Entered {
	return listing.Entered{Entry: number, Findings: findings, Ground: ground, Table: "abnormal-2014", Decision: decision("异〔2026〕1号", "2026-03-10")}
}

// listed is a firm that was entered for being out of reach.
func listed() []listing.Event {
	return []listing.Event{found(find(), 1), entered(1, listing.Unreachable, 1)}
}

func applied() listing.RemovalApplied {
	return listing.RemovalApplied{Entry: 1, Application: 1, Statement: "已变更住所", Evidence: []string{sha}, ReceivedOn: day("2026-04-01"), By: "wang"}
}

func removed(application int) listing.Removed {
	return listing.Removed{Entry: 1, Application: application, Remedies: []listing.Remedy{listing.Reached}, Decision: decision("移〔2026〕1号", "2026-04-03")}
}

func rescinded() listing.Rescinded {
	return listing.Rescinded{Entry: 1, Reason: "送达地址有误", Decision: decision("撤〔2026〕1号", "2026-04-20")}
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
