package dispute_test

import (
	"errors"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

const bureau = domain.AuthorityID("11320100MB0000001X")

var (
	day      = calendar.MustParse
	today    = day("2026-04-30")
	replies  = estest.Of(dispute.Replies)
	requests = estest.Of(dispute.Decider)
	clerk    = domain.Actor{Account: "wang", Role: domain.Clerk, Authority: bureau}
	reviewer = domain.Actor{Account: "li", Role: domain.Reviewer, Authority: bureau}
	approver = domain.Actor{Account: "sun", Role: domain.Approver, Authority: bureau}
	stranger = domain.Actor{Account: "ma", Role: domain.Clerk, Authority: "other"}
	nobody   = domain.Actor{}
	firm     = dispute.Replier{Subject: "91320105780688132K", Name: "宁安市惠民食品有限公司"}
	shop     = dispute.Replier{Name: "甲店（个体）"}
	record   = dispute.Record{Disclosure: "penalty.p1", Authority: bureau, Digest: strings.Repeat("cd", 32), Release: 2}
	sha      = strings.Repeat("ab", 32)
)

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
