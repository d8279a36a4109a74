package penalty

// Kind is a kind of penalty, 行政处罚法 art. 9. Codes are this ledger's own and stable; feeds map them at export.
type Kind string

// The kinds.
const (
	Warning           Kind = "warning"
	Criticism         Kind = "criticism"
	Fine              Kind = "fine"
	ConfiscationGains Kind = "confiscation_gains"
	ConfiscationGoods Kind = "confiscation_goods"
	LicenceSuspended  Kind = "licence_suspended"
	GradeLowered      Kind = "grade_lowered"
	LicenceRevoked    Kind = "licence_revoked"
	ActivityLimited   Kind = "activity_limited"
	BusinessSuspended Kind = "business_suspended"
	Closure           Kind = "closure"
	ProfessionLimited Kind = "profession_limited"
	Detention         Kind = "detention"
	Other             Kind = "other"
)

// KindRow is a kind with its words in the law.
type KindRow struct {
	Code  Kind
	Label string
}

// Kinds is the table of kinds in the order of the law.
func Kinds() []KindRow {
	return []KindRow{
		{Warning, "警告"},
		{Criticism, "通报批评"},
		{Fine, "罚款"},
		{ConfiscationGains, "没收违法所得"},
		{ConfiscationGoods, "没收非法财物"},
		{LicenceSuspended, "暂扣许可证件"},
		{GradeLowered, "降低资质等级"},
		{LicenceRevoked, "吊销许可证件"},
		{ActivityLimited, "限制开展生产经营活动"},
		{BusinessSuspended, "责令停产停业"},
		{Closure, "责令关闭"},
		{ProfessionLimited, "限制从业"},
		{Detention, "行政拘留"},
		{Other, "其他行政处罚"},
	}
}

// Label is the kind's words in the law, empty for a code that is none.
func (k Kind) Label() string {
	for _, row := range Kinds() {
		if row.Code == k {
			return row.Label
		}
	}
	return ""
}

// Procedure is how the decision was made.
type Procedure string

// The procedures.
const (
	Ordinary Procedure = "ordinary" // 普通程序
	Summary  Procedure = "summary"  // 简易程序
)

// PartyKind is the category of a party (行政相对人类别).
type PartyKind string

// The categories.
const (
	Legal              PartyKind = "legal"               // 法人及非法人组织
	IndividualBusiness PartyKind = "individual_business" // 个体工商户
	Natural            PartyKind = "natural"             // 自然人
)

// Label is the category as the tables of 双公示 write it.
func (k PartyKind) Label() string {
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

// Ground is why a decision ended (行政处罚法 art. 48).
type Ground string

// The grounds.
const (
	GroundChanged Ground = "changed" // 依法变更
	GroundRevoked Ground = "revoked" // 撤销
	GroundIllegal Ground = "illegal" // 确认违法
	GroundVoid    Ground = "void"    // 确认无效
)

// PerformanceKind is how a duty was performed.
type PerformanceKind string

// The kinds of performance.
const (
	Paid        PerformanceKind = "paid"        // 缴纳罚款
	Confiscated PerformanceKind = "confiscated" // 没收入库
	OtherDone   PerformanceKind = "other"       // 其他
)

// ProvinceSource is what the province of a party's registration was taken from.
type ProvinceSource string

// The sources.
const (
	FromRegistration ProvinceSource = "registration_authority" // 登记机关
	FromCode         ProvinceSource = "uscc"                   // 统一社会信用代码第三、四位
)

// ChallengeKind is how a decision is challenged.
type ChallengeKind string

// The kinds.
const (
	Reconsideration ChallengeKind = "reconsideration" // 行政复议
	Litigation      ChallengeKind = "litigation"      // 行政诉讼
)

// Label is the kind in Chinese, empty for one that is none.
func (k ChallengeKind) Label() string {
	switch k {
	case Reconsideration:
		return "行政复议"
	case Litigation:
		return "行政诉讼"
	}
	return ""
}
