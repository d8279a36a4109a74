package rule

import "github.com/mingjian-ledger/mingjian/domain/calendar"

// Outlet is where a record is made public.
type Outlet string

// The outlets.
const (
	Portal      Outlet = "portal"       // 本机关网站
	GSXT        Outlet = "gsxt"         // 国家企业信用信息公示系统
	CreditChina Outlet = "credit_china" // 信用中国
)

// EarlyEnd says whether a publication may end before its term by credit repair (信用修复).
type EarlyEnd string

// What a rule says of an early end.
const (
	EarlyAllowed   EarlyEnd = "allowed"
	EarlyForbidden EarlyEnd = "forbidden"
)

// Term is how long a document stands on an outlet, and by which rule.
type Term struct {
	Outlet   Outlet        `json:"outlet"`
	From     calendar.Date `json:"from"`              // first day on which it is public
	Until    calendar.Date `json:"until,omitzero"`    // last day; none if no rule ends it
	Earliest calendar.Date `json:"earliest,omitzero"` // first day on which repair may end it, where Early allows that
	Early    EarlyEnd      `json:"early,omitempty"`
	Rule     string        `json:"rule"`    // id of the rule
	Version  string        `json:"version"` // of the tables
}
