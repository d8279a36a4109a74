package sampling

// Kind is the law that a campaign works under.
type Kind string

// The kinds.
const (
	Product       Kind = "product"        // 产品质量监督抽查, in circulation too (流通领域商品质量抽检)
	Food          Kind = "food"           // 食品安全监督抽检
	Drug          Kind = "drug"           // 药品质量抽查检验
	MedicalDevice Kind = "medical_device" // 医疗器械监督抽检
)

// Label is the kind in Chinese, empty for one that is none.
func (k Kind) Label() string {
	switch k {
	case Product:
		return "产品质量监督抽查"
	case Food:
		return "食品安全监督抽检"
	case Drug:
		return "药品质量抽查检验"
	case MedicalDevice:
		return "医疗器械监督抽检"
	}
	return ""
}

// Act is one of the four publications (四公开).
type Act string

// The acts.
const (
	ActPlan         Act = "plan"         // 工作计划
	ActScheme       Act = "scheme"       // 抽查方案
	ActLaboratories Act = "laboratories" // 检验机构的确定
	ActResults      Act = "results"      // 抽查结果
)

// Acts lists all four.
func Acts() []Act { return []Act{ActPlan, ActScheme, ActLaboratories, ActResults} }

// Label is the act in Chinese, empty for one that is none.
func (a Act) Label() string {
	switch a {
	case ActPlan:
		return "工作计划"
	case ActScheme:
		return "抽查方案"
	case ActLaboratories:
		return "检验机构"
	case ActResults:
		return "抽查结果"
	}
	return ""
}

// Manner is how it was settled who tests.
type Manner string

// The manners.
const (
	Tendered   Manner = "tendered"   // 招标
	Designated Manner = "designated" // 指定, with a reason
)

// Label is the manner in Chinese, empty for one that is none.
func (m Manner) Label() string {
	switch m {
	case Tendered:
		return "招标"
	case Designated:
		return "指定"
	}
	return ""
}

// Stage is where a product was sampled (抽样环节).
type Stage string

// The stages.
const (
	Production  Stage = "production"  // 生产
	Circulation Stage = "circulation" // 流通
	Catering    Stage = "catering"    // 餐饮
	Use         Stage = "use"         // 使用, of drugs and medical devices
	Online      Stage = "online"      // 网络销售
)

// Label is the stage in Chinese, empty for one that is none.
func (s Stage) Label() string {
	switch s {
	case Production:
		return "生产环节"
	case Circulation:
		return "流通环节"
	case Catering:
		return "餐饮环节"
	case Use:
		return "使用环节"
	case Online:
		return "网络销售"
	}
	return ""
}

// Role is in what role a party may object.
type Role string

// The roles.
const (
	SampledParty Role = "sampled_party" // 被抽样单位
	Producer     Role = "producer"      // 标称生产企业
)

// Label is the role in Chinese, empty for one that is none.
func (r Role) Label() string {
	switch r {
	case SampledParty:
		return "被抽样单位"
	case Producer:
		return "标称生产企业"
	}
	return ""
}

// Matter is what an objection is about.
type Matter string

// The matters.
const (
	MatterResult       Matter = "result"       // 检验结论: asks for a re-test
	MatterProcess      Matter = "process"      // 抽样过程
	MatterAuthenticity Matter = "authenticity" // 样品真实性
	MatterMethod       Matter = "method"       // 检验方法、标准适用
)

// Label is the matter in Chinese, empty for one that is none.
func (m Matter) Label() string {
	switch m {
	case MatterResult:
		return "检验结论（申请复检）"
	case MatterProcess:
		return "抽样过程"
	case MatterAuthenticity:
		return "样品真实性"
	case MatterMethod:
		return "检验方法、标准适用"
	}
	return ""
}

// ObjectionState is what came of an objection.
type ObjectionState string

// The states.
const (
	Pending   ObjectionState = "pending"   // 待处理
	Retesting ObjectionState = "retesting" // 复检中
	Withdrawn ObjectionState = "withdrawn" // 已撤回
	Refused   ObjectionState = "refused"   // 不予受理或不予认可
	Upheld    ObjectionState = "upheld"    // 异议成立
	Dismissed ObjectionState = "dismissed" // 复检维持不合格
)

// Label is the state in Chinese, empty for one that is none.
func (s ObjectionState) Label() string {
	switch s {
	case Pending:
		return "待处理"
	case Retesting:
		return "复检中"
	case Withdrawn:
		return "已撤回"
	case Refused:
		return "不予受理或不予认可"
	case Upheld:
		return "异议成立"
	case Dismissed:
		return "复检维持不合格结论"
	}
	return ""
}

// open tells an objection that nothing has come of yet.
func (s ObjectionState) open() bool { return s == Pending || s == Retesting }
