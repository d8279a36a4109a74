package redaction

// RuleID names a rule. It stands in events and never changes its meaning.
type RuleID string

// The rules.
const (
	Resident  RuleID = "id.resident"     // 公民身份号码
	Permit    RuleID = "id.permit"       // 护照、往来港澳台通行证等
	Bank      RuleID = "bank.account"    // 银行卡号、账号, of organisations too
	Mobile    RuleID = "phone.mobile"    // 移动电话
	Landline  RuleID = "phone.fixed"     // 固定电话
	Mail      RuleID = "contact.mail"    // 电子邮箱
	Messenger RuleID = "contact.account" // 微信号、QQ号
	Home      RuleID = "address.home"    // 自然人住址
	Plate     RuleID = "vehicle.plate"   // 机动车号牌
	Health    RuleID = "health"          // 健康状况
	Third     RuleID = "person.third"    // 被处罚人以外的自然人姓名
	Operator  RuleID = "person.operator" // 名称后所附的经营者姓名
	Punished  RuleID = "person.party"    // 作为当事人的自然人姓名
	Manual    RuleID = "manual"          // 审核人另行遮盖
)

// Rule is one rule with the article that it follows.
type Rule struct {
	ID      RuleID
	Label   string // in Chinese
	Article string
	Hard    bool // nobody may lift it
}

const (
	order45 = "《市场监督管理行政处罚信息公示规定》第六条"
	pipl    = "《个人信息保护法》第二十八条"
)

// Rules is the table of rules, the strictest first.
func Rules() []Rule {
	return []Rule{
		{Resident, "公民身份号码", order45, true},
		{Permit, "护照及往来港澳台证件号码", order45, true},
		{Bank, "银行账号", order45, true},
		{Mobile, "移动电话号码", order45, true},
		{Health, "健康状况", pipl, false},
		{Home, "自然人住址", order45, false},
		{Landline, "固定电话号码", order45, false},
		{Mail, "电子邮箱", order45, false},
		{Messenger, "网络联系方式", order45, false},
		{Plate, "机动车号牌", order45, false},
		{Third, "其他自然人姓名", order45, false},
		{Operator, "名称后所附经营者姓名", order45, false},
		{Punished, "自然人当事人姓名", order45, false},
		{Manual, "审核人遮盖", order45, false},
	}
}

// RuleOf finds a rule.
func RuleOf(id RuleID) (Rule, bool) {
	for _, r := range Rules() {
		if r.ID == id {
			return r, true
		}
	}
	return Rule{}, false
}

// rank orders rules by strictness, the strictest lowest.
func rank(id RuleID) int {
	for n, r := range Rules() {
		if r.ID == id {
			return n
		}
	}
	return len(Rules())
}

func hard(id RuleID) bool {
	r, _ := RuleOf(id)
	return r.Hard
}
