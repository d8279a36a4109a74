package disclosure

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/rule"
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

// Published: the public sees the document from now on (公示). One that stands on some outlets already goes to further ones by
// the same event.
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
	Stone
}

// Stone is what the public sees from an act on in the place of the document.
type Stone struct {
	Tombstone       Raw    `json:"tombstone,omitempty"`        // canonical JSON of a Tombstone
	TombstoneDigest string `json:"tombstone_digest,omitempty"` // hex SHA-256 of it
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
	Terms       []rule.Term        `json:"terms,omitempty"` // as of Published
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
	Stone
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
	Stone
}
