package disclosure

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// Event is what happened to a disclosure.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

const (
	typeSubmittedV1 = "mingjian.disclosure.submitted.v1"
	typeReturnedV1  = "mingjian.disclosure.returned.v1"
	typeReviewedV1  = "mingjian.disclosure.reviewed.v1"
	typeApprovedV1  = "mingjian.disclosure.approved.v1"
	typePublishedV1 = "mingjian.disclosure.published.v1"
	typeCorrectedV1 = "mingjian.disclosure.corrected.v1"
	typeWithdrawnV1 = "mingjian.disclosure.withdrawn.v1"
	typeAdoptedV1   = "mingjian.disclosure.adopted.v1"
	typeMaskedV1    = "mingjian.disclosure.masked.v1"
	typeUnmaskedV1  = "mingjian.disclosure.unmasked.v1"
	typeEndedV1     = "mingjian.disclosure.ended.v1"
)

// Ground is why a release is withdrawn (行政处罚法 art. 48, Order 45 art. 11 and 12).
type Ground string

// The grounds.
const (
	GroundChanged Ground = "changed" // 原决定被依法变更
	GroundRevoked Ground = "revoked" // 原决定被撤销
	GroundIllegal Ground = "illegal" // 原决定被确认违法
	GroundVoid    Ground = "void"    // 原决定被确认无效
	GroundError   Ground = "error"   // 公示信息不准确
)

// Submitted: a document is proposed for the public (报审). It replaces one that was under way.
type Submitted struct {
	Disclosure string             `json:"disclosure"`
	Record     Record             `json:"record"`
	Authority  domain.AuthorityID `json:"authority"`
	Document   Raw                `json:"document"`
	Digest     string             `json:"digest"`           // hex SHA-256 of the document
	By         string             `json:"by"`               // account, or "policy"
	Author     string             `json:"author,omitempty"` // account that made the record, where a policy submitted it
	Reason     string             `json:"reason,omitempty"`
}

// Returned: the reviewer sent the document back (退回), or a policy recalled it since its record is not for the public any more
// (撤回报审).
type Returned struct {
	Digest string `json:"digest"`
	By     string `json:"by"`
	Reason string `json:"reason"`
}

// Reviewed: the document was checked for secrets and against the negative list (审核).
type Reviewed struct {
	Digest           string   `json:"digest"`
	By               string   `json:"by"`
	SecrecyClear     bool     `json:"secrecy_clear"`
	NegativeListHits []string `json:"negative_list_hits,omitempty"`
	Opinion          string   `json:"opinion,omitempty"`
}

// Approved: another person than submitter and reviewer approved it (批准).
type Approved struct {
	Digest string `json:"digest"`
	By     string `json:"by"`
}

// Published: the public sees the document from now on (公示).
type Published struct {
	Document Raw           `json:"document"`
	Digest   string        `json:"digest"`
	Number   int           `json:"number"` // of the release within the disclosure, from 1
	By       string        `json:"by"`
	On       calendar.Date `json:"on,omitzero"`
	// Terms are how long it stands on each outlet. Events without them are of the authority's own portal, without an end.
	Terms []rule.Term `json:"terms,omitempty"`
}

// Corrected: another document took the place of the one that was public (更正).
type Corrected struct {
	Document     Raw           `json:"document"`
	Digest       string        `json:"digest"`
	FormerDigest string        `json:"former_digest"`
	Reason       string        `json:"reason"`
	Number       int           `json:"number"`
	By           string        `json:"by"`
	On           calendar.Date `json:"on,omitzero"`
	Terms        []rule.Term   `json:"terms,omitempty"` // that still run, as they were set at the first publication
}

// Withdrawn: the document is public no more, and the reason is (撤回).
type Withdrawn struct {
	Ground Ground        `json:"ground"`
	Reason string        `json:"reason"`
	Digest string        `json:"digest"` // of the document withdrawn
	Number int           `json:"number"`
	By     string        `json:"by"`
	On     calendar.Date `json:"on,omitzero"`
}

// Adopted: the document was public elsewhere before and is taken over (历史数据迁移).
type Adopted struct {
	Disclosure  string             `json:"disclosure"`
	Record      Record             `json:"record"`
	Authority   domain.AuthorityID `json:"authority"`
	Document    Raw                `json:"document"`
	Digest      string             `json:"digest"`
	Source      string             `json:"source"` // where it was public
	PublishedOn calendar.Date      `json:"published_on"`
	Number      int                `json:"number"`
	By          string             `json:"by"`
}

// Masked: the document is hidden for a time on some outlets (暂停公示), as a court ruled in a reorganisation.
type Masked struct {
	Outlets    []rule.Outlet `json:"outlets"`
	Reason     string        `json:"reason"`
	DocumentNo string        `json:"document_no"` // of the ruling
	Digest     string        `json:"digest"`      // of the document masked
	Number     int           `json:"number"`
	By         string        `json:"by"`
	On         calendar.Date `json:"on"` // first day on which it is hidden
}

// Unmasked: the document is shown again (恢复公示), for what is left of its terms.
type Unmasked struct {
	Outlets    []rule.Outlet `json:"outlets"`
	Reason     string        `json:"reason"`
	DocumentNo string        `json:"document_no,omitempty"`
	Document   Raw           `json:"document"`
	Digest     string        `json:"digest"`
	Number     int           `json:"number"`
	By         string        `json:"by"`
	On         calendar.Date `json:"on"`
}

// EndCause is why a publication ended.
type EndCause string

// The causes.
const (
	Expired  EndCause = "expired"  // 公示期届满
	Repaired EndCause = "repaired" // 信用修复
)

// Ended: the document is public no more on some outlets (停止公示).
type Ended struct {
	Outlets []rule.Outlet `json:"outlets"`
	Cause   EndCause      `json:"cause"`
	Reason  string        `json:"reason"`
	Rule    string        `json:"rule"`             // id of the rule that ended it
	Repair  string        `json:"repair,omitempty"` // id of the application, where it was repaired
	Digest  string        `json:"digest"`           // of the document
	Number  int           `json:"number"`
	By      string        `json:"by"`
	On      calendar.Date `json:"on"` // first day on which it is public no more
}

func (Submitted) EventType() string { return typeSubmittedV1 }
func (Returned) EventType() string  { return typeReturnedV1 }
func (Reviewed) EventType() string  { return typeReviewedV1 }
func (Approved) EventType() string  { return typeApprovedV1 }
func (Published) EventType() string { return typePublishedV1 }
func (Corrected) EventType() string { return typeCorrectedV1 }
func (Withdrawn) EventType() string { return typeWithdrawnV1 }
func (Adopted) EventType() string   { return typeAdoptedV1 }
func (Masked) EventType() string    { return typeMaskedV1 }
func (Unmasked) EventType() string  { return typeUnmaskedV1 }
func (Ended) EventType() string     { return typeEndedV1 }

func (Submitted) event() {}
func (Returned) event()  {}
func (Reviewed) event()  {}
func (Approved) event()  {}
func (Published) event() {}
func (Corrected) event() {}
func (Withdrawn) event() {}
func (Adopted) event()   {}
func (Masked) event()    {}
func (Unmasked) event()  {}
func (Ended) event()     {}
