package listing

import "github.com/mingjian-ledger/mingjian/domain/calendar"

// List is one of the two lists.
type List string

// The lists.
const (
	Abnormal List = "abnormal" // 经营异常名录
	Serious  List = "serious"  // 严重违法失信名单
)

// Label is the list's name, empty for a code that is none.
func (l List) Label() string {
	switch l {
	case Abnormal:
		return "经营异常名录"
	case Serious:
		return "严重违法失信名单"
	}
	return ""
}

// Ground is the stable code of a ground of entry.
type Ground string

// The grounds.
const (
	NoAnnualReport  Ground = "no_annual_report"
	NotPublished    Ground = "not_published"
	FalseInfo       Ground = "false_info"
	Unreachable     Ground = "unreachable"
	FoodSafety      Ground = "food_safety"
	DrugSafety      Ground = "drug_safety"
	QualitySafety   Ground = "quality_safety"
	ConsumerRights  Ground = "consumer_rights"
	FairCompetition Ground = "fair_competition"
	MarketOrder     Ground = "market_order"
	Defiance        Ground = "defiance"
)

// GroundRow is a ground as a version of a table has it.
type GroundRow struct {
	Code        Ground
	Label       string
	Basis       string
	Decision    bool // it rests on a penalty (较重行政处罚, Order 44 art. 2)
	SoleTraders bool // it holds for 个体工商户 too
}

// Table is a version of the grounds of a list.
type Table struct {
	Version string
	List    List
	From    calendar.Date
	Grounds []GroundRow
}

// Tables lists all versions, those of a list by their first day. The revision of Order 44 that was a draft in October 2025 gets a
// version of its own when it is in force.
func Tables() []Table {
	return []Table{
		{
			Version: "abnormal-2014", List: Abnormal, From: calendar.MustParse("2014-10-01"), Grounds: []GroundRow{
				{NoAnnualReport, "未按规定期限公示年度报告", "《企业经营异常名录管理暂行办法》第四条第一项", false, true},
				{NotPublished, "未在责令期限内公示有关企业信息", "《企业经营异常名录管理暂行办法》第四条第二项", false, false},
				{FalseInfo, "公示信息隐瞒真实情况、弄虚作假", "《企业经营异常名录管理暂行办法》第四条第三项", false, true},
				{Unreachable, "通过登记的住所或者经营场所无法联系", "《企业经营异常名录管理暂行办法》第四条第四项", false, true},
			},
		},
		{
			Version: "serious-2021", List: Serious, From: calendar.MustParse("2021-09-01"), Grounds: []GroundRow{
				{FoodSafety, "食品安全领域严重违法", "《市场监督管理严重违法失信名单管理办法》第五条", true, true},
				{DrugSafety, "药品、医疗器械、化妆品领域严重违法", "《市场监督管理严重违法失信名单管理办法》第六条", true, true},
				{QualitySafety, "质量安全领域严重违法", "《市场监督管理严重违法失信名单管理办法》第七条", true, true},
				{ConsumerRights, "侵害消费者权益严重违法", "《市场监督管理严重违法失信名单管理办法》第八条", true, true},
				{FairCompetition, "破坏公平竞争秩序、扰乱市场秩序严重违法", "《市场监督管理严重违法失信名单管理办法》第九条", true, true},
				{MarketOrder, "无证经营、骗取许可或者登记、妨碍监督检查等严重违法", "《市场监督管理严重违法失信名单管理办法》第十条", true, true},
				{Defiance, "有履行能力但拒不履行行政决定", "《市场监督管理严重违法失信名单管理办法》第十一条", true, true},
			},
		},
	}
}

// TableOn is the version of a list's grounds on a day; there may be none.
func TableOn(list List, day calendar.Date) (table Table, ok bool) {
	for _, t := range Tables() {
		if t.List == list && !t.From.After(day) {
			table, ok = t, true
		}
	}
	return table, ok
}

// Row finds a ground.
func (t Table) Row(code Ground) (GroundRow, bool) {
	for _, row := range t.Grounds {
		if row.Code == code {
			return row, true
		}
	}
	return GroundRow{}, false
}

// RowOf is a ground as a version has it; nothing if there is none.
func RowOf(version string, code Ground) GroundRow {
	for _, t := range Tables() {
		if t.Version == version {
			row, _ := t.Row(code)
			return row
		}
	}
	return GroundRow{}
}

// Remedy is the stable code of what a removal rests on.
type Remedy string

// The remedies.
const (
	Reported        Remedy = "reported"
	Published       Remedy = "published"
	Corrected       Remedy = "corrected"
	Reached         Remedy = "reached"
	TermOver        Remedy = "term_over"
	Repaired        Remedy = "repaired"
	DecisionQuashed Remedy = "decision_quashed"
	Deregistered    Remedy = "deregistered"
)

// RemedyRow is a remedy with the grounds that cease by it; none for all grounds of the lists that it is for.
type RemedyRow struct {
	Code  Remedy
	Label string
	Lists []List
	Cures []Ground
}

// Remedies is the table of what a removal may rest on. How long an entry on the list of serious violations lasts, and when it
// may be removed early, is for the authority to apply: the figures are not confirmed.
func Remedies() []RemedyRow {
	return []RemedyRow{
		{Reported, "已补报并公示未报年份的年度报告", []List{Abnormal}, []Ground{NoAnnualReport}},
		{Published, "已履行公示义务", []List{Abnormal}, []Ground{NotPublished}},
		{Corrected, "已更正其公示的信息", []List{Abnormal}, []Ground{FalseInfo}},
		{Reached, "已办理住所或者经营场所变更登记，或者重新取得联系", []List{Abnormal}, []Ground{Unreachable}},
		{TermOver, "列入期限届满", []List{Serious}, nil},
		{Repaired, "准予信用修复，提前移出", []List{Serious}, nil},
		{DecisionQuashed, "所依据的行政决定被撤销、确认违法或者确认无效", []List{Serious}, nil},
		{Deregistered, "已注销登记", []List{Abnormal, Serious}, nil},
	}
}

// Label is the remedy's words, empty for a code that is none.
func (r Remedy) Label() string { return r.row().Label }

func (r Remedy) row() RemedyRow {
	for _, row := range Remedies() {
		if row.Code == r {
			return row
		}
	}
	return RemedyRow{}
}
