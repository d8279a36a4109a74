package disclosure

import (
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// Applicant is who asks for a credit repair.
type Applicant string

// The applicants.
const (
	Party         Applicant = "party"         // 当事人
	Agent         Applicant = "agent"         // 受托代理人
	Administrator Applicant = "administrator" // 破产管理人
)

// Material is one paper of an application, kept elsewhere: its title and the hex SHA-256 of it.
type Material struct {
	Title  string `json:"title"`
	Digest string `json:"digest"`
}

// RepairApplied: the party asks that the publication end before its term (信用修复申请).
type RepairApplied struct {
	Repair      string        `json:"repair"` // id of the application
	Applicant   Applicant     `json:"applicant"`
	Outlets     []rule.Outlet `json:"outlets"`
	Materials   []Material    `json:"materials"`
	Commitment  Material      `json:"commitment"` // 信用承诺书
	Statement   string        `json:"statement,omitempty"`
	Digest      string        `json:"digest"` // of the document that is public
	By          string        `json:"by"`
	On          calendar.Date `json:"on"`              // day on which it was received
	DueOn       calendar.Date `json:"due_on,omitzero"` // last day of the decision
	DueRule     string        `json:"due_rule,omitempty"`
	DueVersion  string        `json:"due_version,omitempty"` // of the tables
	Calendar    string        `json:"calendar,omitempty"`    // version of the calendar
	Provisional bool          `json:"provisional,omitempty"` // the calendar does not know the days up to DueOn yet
}

// Verdict is what a condition came to.
type Verdict string

// The verdicts.
const (
	Met      Verdict = "met"      // 符合
	Unmet    Verdict = "unmet"    // 不符合
	Attested Verdict = "attested" // a person says so, on what Rests names: this ledger can't know
)

// Condition is one condition of a repair with what it rests on.
type Condition struct {
	Code    string  `json:"code"`
	Verdict Verdict `json:"verdict"`
	Rests   string  `json:"rests"` // the fact or record that the verdict rests on
	Basis   string  `json:"basis"` // article
}

// RepairChecked: the conditions were asked one by one (信用修复核查).
type RepairChecked struct {
	Repair     string        `json:"repair"`
	Conditions []Condition   `json:"conditions"`
	By         string        `json:"by"`
	On         calendar.Date `json:"on"`
}

// RepairDecided: the application was granted or refused by another person than the one who checked it (信用修复决定).
type RepairDecided struct {
	Repair  string        `json:"repair"`
	Granted bool          `json:"granted"`
	Reason  string        `json:"reason"`
	By      string        `json:"by"`
	On      calendar.Date `json:"on"`
}
