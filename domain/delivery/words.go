package delivery

import "strings"

// Kind is what kind of rows a platform takes.
type Kind string

// The kinds.
const (
	Penalty Kind = "penalty" // 行政处罚
	Licence Kind = "licence" // 行政许可
)

// Action is what the platform is to do with a row.
type Action string

// The actions.
const (
	Add    Action = "add"    // 新增
	Modify Action = "modify" // 修改
	Delete Action = "delete" // 删除
)

// Cause is why a row was prepared.
type Cause string

// The causes.
const (
	ByAct    Cause = "act"    // an act changed what is public
	ByFact   Cause = "fact"   // what the row lacked was recorded, or a name was chosen
	ByResend Cause = "resend" // a person sends the same again
	ByPerson Cause = "person" // a person had it prepared, e.g. what was public before the platform was set up
)

// DropWhy is why nothing is sent any more.
type DropWhy string

// The reasons.
const (
	NeverThere   DropWhy = "never_there"   // the platform never had what is to be taken away
	ThereAlready DropWhy = "there_already" // the platform has what is to be sent
)

// GiveUpWhy is why a delivery was given up.
type GiveUpWhy string

// The reasons.
const (
	TooManyRows GiveUpWhy = "rejections"  // the last of MaxRows rows for one act was rejected
	NeverTaken  GiveUpWhy = "submissions" // a row was submitted MaxSubmissions times without an answer
	NoAnswer    GiveUpWhy = "no_answer"   // none came within AnswerDays
	Decided     GiveUpWhy = "decided"     // a person said so
)

// Limits.
const (
	MaxRows        = 5  // prepared for one act
	MaxSubmissions = 5  // of one row
	AnswerDays     = 30 // from the first submission of a row
)

// Verdict is what a platform says of a row.
type Verdict string

// The verdicts.
const (
	Taken     Verdict = "accepted"
	Duplicate Verdict = "duplicate"
	Refused   Verdict = "rejected"
)

// Status is how a delivery stands.
type Status string

// The statuses. None is that of no delivery.
const (
	None         Status = ""
	WasPrepared  Status = "prepared"  // 待报送
	WasHeld      Status = "held"      // 待补正
	WasDropped   Status = "dropped"   // 无需报送
	WasSubmitted Status = "submitted" // 待回执
	WasAccepted  Status = "accepted"  // 已入库
	WasRejected  Status = "rejected"  // 被退回
	WasGivenUp   Status = "given_up"  // 已停止报送
)

// Statuses are all of a delivery.
func Statuses() []Status {
	return []Status{WasPrepared, WasHeld, WasDropped, WasSubmitted, WasAccepted, WasRejected, WasGivenUp}
}

// Natural is the kind of a party that is a natural person.
const Natural = "natural"

// ID names the delivery of a disclosure to a platform.
func ID(platform, disclosure string) string { return platform + "." + disclosure }

// ParseID is its inverse; a platform holds no ".".
func ParseID(id string) (platform, disclosure string) {
	platform, disclosure, _ = strings.Cut(id, ".")
	return platform, disclosure
}

// IsPlatform tells whether a text can name a platform: 2 to 32 small letters, digits, hyphens or low lines.
func IsPlatform(text string) bool {
	return len(text) >= 2 && len(text) <= 32 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}
