package licence

import "github.com/mingjian-ledger/mingjian/domain/calendar"

// LongTerm is the last day of licences without an end (长期), as the 双公示 tables write it.
var LongTerm = calendar.MustParse("2099-12-31")

// HolderKind is the category of a holder (行政相对人类别).
type HolderKind string

// The categories.
const (
	Legal              HolderKind = "legal"               // 法人及非法人组织
	IndividualBusiness HolderKind = "individual_business" // 个体工商户
	Natural            HolderKind = "natural"             // 自然人
)

// Label is the category as the tables of 双公示 write it, empty for one that is none.
func (k HolderKind) Label() string {
	switch k {
	case Legal:
		return "法人及非法人组织"
	case IndividualBusiness:
		return "个体工商户"
	case Natural:
		return "自然人"
	}
	return ""
}

// Category is the class of a licence (许可类别).
type Category string

// The classes.
const (
	Ordinary      Category = "ordinary"     // 普通
	Franchise     Category = "franchise"    // 特许
	Recognition   Category = "recognition"  // 认可
	Approval      Category = "approval"     // 核准
	Registration  Category = "registration" // 登记
	OtherCategory Category = "other"        // 其他, with its name
)

// Label is the class as the tables of 双公示 write it, empty for one that is none.
func (c Category) Label() string {
	switch c {
	case Ordinary:
		return "普通"
	case Franchise:
		return "特许"
	case Recognition:
		return "认可"
	case Approval:
		return "核准"
	case Registration:
		return "登记"
	case OtherCategory:
		return "其他"
	}
	return ""
}

// Action is what a decision did.
type Action string

// The actions.
const (
	ActGrant   Action = "granted"   // 核发
	ActAmend   Action = "amended"   // 变更
	ActRenew   Action = "renewed"   // 延续
	ActReissue Action = "reissued"  // 补发
	ActSuspend Action = "suspended" // 暂扣
	ActResume  Action = "resumed"   // 恢复
	ActRevoke  Action = "revoked"   // 吊销、撤销、撤回
	ActCancel  Action = "cancelled" // 注销
	ActExpire  Action = "expired"   // 期满
	ActOther   Action = "other"     // 其他, in taken-over terms
)

// Label is the action in Chinese, empty for one that is none.
func (a Action) Label() string {
	switch a {
	case ActGrant:
		return "核发"
	case ActAmend:
		return "变更"
	case ActRenew:
		return "延续"
	case ActReissue:
		return "补发"
	case ActSuspend:
		return "暂扣"
	case ActResume:
		return "恢复"
	case ActRevoke:
		return "吊销或撤销"
	case ActCancel:
		return "注销"
	case ActExpire:
		return "期满"
	case ActOther:
		return "其他"
	}
	return ""
}

// Status is what a decision left behind.
type Status string

// The statuses.
const (
	StatusInForce   Status = "in_force"  // 有效
	StatusSuspended Status = "suspended" // 暂扣
	StatusRevoked   Status = "revoked"   // 已吊销、撤销
	StatusCancelled Status = "cancelled" // 已注销
	StatusExpired   Status = "expired"   // 已期满
)

// Label is the status in Chinese, empty for one that is none.
func (s Status) Label() string {
	switch s {
	case StatusInForce:
		return "有效"
	case StatusSuspended:
		return "暂扣"
	case StatusRevoked:
		return "已吊销或撤销"
	case StatusCancelled:
		return "已注销"
	case StatusExpired:
		return "已期满"
	}
	return ""
}

// Ground is on what ground a licence was taken away.
type Ground string

// The grounds.
const (
	GroundPunished  Ground = "punished"  // 吊销: as a penalty (行政处罚法 art. 9)
	GroundAnnulled  Ground = "annulled"  // 撤销: it should not have been granted (行政许可法 art. 69)
	GroundRetracted Ground = "retracted" // 撤回: the law or the facts have changed (行政许可法 art. 8)
)

// Label is the ground in Chinese, empty for one that is none.
func (g Ground) Label() string {
	switch g {
	case GroundPunished:
		return "吊销"
	case GroundAnnulled:
		return "撤销"
	case GroundRetracted:
		return "撤回"
	}
	return ""
}

// Why says why a licence is good on a day, or why it isn't.
type Why string

// The answers.
const (
	WhyValid     Why = "valid"     // 有效
	WhyNoTerm    Why = "no_term"   // the day is in no term
	WhySuspended Why = "suspended" // 暂扣期间
	WhyRevoked   Why = "revoked"   // 已吊销、撤销或者撤回
	WhyCancelled Why = "cancelled" // 已注销
	WhyExpired   Why = "expired"   // 已期满
)

// Label is the answer in Chinese.
func (w Why) Label() string {
	switch w {
	case WhyValid:
		return "有效"
	case WhyNoTerm:
		return "不在许可有效期内"
	case WhySuspended:
		return "暂扣期间"
	case WhyRevoked:
		return "已吊销、撤销或者撤回"
	case WhyCancelled:
		return "已注销"
	case WhyExpired:
		return "已期满"
	}
	return ""
}
