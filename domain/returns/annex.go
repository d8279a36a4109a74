package returns

import "slices"

// Every is how often a return is due.
type Every string

// The intervals.
const (
	Month   Every = "month"   // 每月
	Quarter Every = "quarter" // 每季度
	Year    Every = "year"    // 每年
)

// Roll is what becomes of a due date on a day that is not worked.
type Roll string

// The ways. The table does not say which holds. The default is Earlier: whoever delivers then is in time by every reading.
const (
	Earlier Roll = "earlier" // the last working day before
	Later   Roll = "later"   // the next working day
	Stay    Roll = "stay"    // the calendar day itself
)

// Covers is which days a return of a period is about. The table does not say.
type Covers string

// The ways.
const (
	WholePeriod Covers = "period" // the calendar month, quarter or year
	ToDueDay    Covers = "to_due" // from the day after the former due day to this one, before either is moved
)

// Schedule is when a return is due.
type Schedule struct {
	Every  Every  `json:"every"`
	Day    int    `json:"day,omitzero"`   // of the month; 0 for its last day
	After  int    `json:"after,omitzero"` // months after the last month of the period
	Covers Covers `json:"covers"`
	Roll   Roll   `json:"roll"`
}

// Selection is what of the ledger a return lists. Lines are names of business lines of the item lists, which an authority can
// put others in the place of.
type Selection struct {
	Lines    []string // inspections of these lines
	Sampling []Scope  // results of sampling
	Licences bool     // decisions on licences
	Counts   bool     // indicators instead of records
}

// Scope is samples of a kind, taken at a stage; an empty stage is any.
type Scope struct{ Kind, Stage string }

// Row is one row of the table.
type Row struct {
	No       string
	Lead     string   // 牵头部门
	Title    string   // 公开内容, shortened
	Elements []string // 公开要素
	Printed  string   // 报送时间 as printed
	Schedule Schedule
	Select   Selection
	Columns  []Column
	Missing  []string // what the table asks for and the ledger has no record of; it is named in the form, never made up
}

// Annex is the table. Its fourth row has two returns with two due dates, 4a and 4b.
func Annex() []Row {
	food := func(no, lead string, lines, stages []string) Row {
		r := Row{
			No: no, Lead: lead, Title: "食品监督抽检、日常监督检查情况",
			Elements: []string{"监督抽检情况", "不合格产品核查处置情况", "日常监督检查结果"},
			Printed:  "每月25（“日”字原文缺失）", Schedule: Schedule{Every: Month, Day: 25, Covers: ToDueDay, Roll: Earlier},
			Select: Selection{Lines: lines}, Columns: foodColumns(),
		}
		for _, s := range stages {
			r.Select.Sampling = append(r.Select.Sampling, Scope{"food", s})
		}
		return r
	}
	return []Row{
		food("1", "食品流通餐饮科", []string{"食品流通", "食品销售", "餐饮服务"}, []string{"circulation", "catering", "online"}),
		food("2", "食品生产科", []string{"食品生产"}, []string{"production"}),
		{
			No: "3", Lead: "药化监管科", Title: "药品零售企业日常监管、GSP跟踪检查、GSP专项检查",
			Elements: []string{"检查时间", "企业名称", "许可证号", "检查类型", "检查人员", "检查结论"},
			Printed:  "每月10日前", Schedule: Schedule{Every: Month, Day: 10, After: 1, Covers: WholePeriod, Roll: Earlier},
			Select: Selection{Lines: []string{"药品零售", "药品经营"}}, Columns: drugColumns(),
		},
		{
			No: "4a", Lead: "医疗器械科", Title: "医疗器械经营企业监督检查", Elements: []string{"监督检查结果"},
			Printed: "每月5日前", Schedule: Schedule{Every: Month, Day: 5, After: 1, Covers: WholePeriod, Roll: Earlier},
			Select: Selection{Lines: []string{"医疗器械经营", "医疗器械"}}, Columns: checkColumns(),
		},
		{
			No: "4b", Lead: "医疗器械科", Title: "医疗器械监督抽检", Elements: []string{"监督抽检情况"},
			Printed: "每季度末", Schedule: Schedule{Every: Quarter, Covers: WholePeriod, Roll: Earlier},
			Select: Selection{Sampling: []Scope{{"medical_device", ""}}}, Columns: sampleColumns(),
		},
		equipment(),
		{
			No: "6", Lead: "认证产质科", Title: "产品质量监督抽检结果",
			Elements: []string{"抽查产品名称", "抽查批次数", "不合格批次数", "企业名称", "不合格项目"},
			Printed:  "年底", Schedule: Schedule{Every: Year, Covers: WholePeriod, Roll: Earlier},
			Select: Selection{Sampling: []Scope{{"product", ""}}}, Columns: productColumns(),
		},
		licences(),
	}
}

func equipment() Row {
	return Row{
		No: "5", Lead: "特监科", Title: "特种设备安全总体状况",
		Elements: []string{"基本情况（使用、生产单位、检验检测）", "安全状况（事故总体、主要特点、原因分析）", "上年度重点工作及下年度主要工作"},
		Printed:  "每年3月底", Schedule: Schedule{Every: Year, After: 3, Covers: WholePeriod, Roll: Earlier},
		Select: Selection{Lines: []string{"特种设备"}, Counts: true}, Columns: indicatorColumns(),
		Missing: []string{
			"使用单位、生产单位数量", "检验检测情况", "事故总体情况", "主要特点", "原因分析", "上年度重点工作", "下年度主要工作",
		},
	}
}

func licences() Row {
	return Row{
		No: "7", Lead: "注册科", Title: "餐饮服务、药品、医疗器械经营企业开办、变更、注销；计量器具许可证新证、延续、变更；特种设备安装维修改造告知、登记变更",
		Elements: []string{"许可信息"}, Printed: "每月25日前",
		Schedule: Schedule{Every: Month, Day: 25, Covers: ToDueDay, Roll: Earlier},
		Select:   Selection{Licences: true}, Columns: licenceColumns(),
		Missing: []string{"特种设备安装、维修、改造告知", "特种设备登记变更"},
	}
}

// RowOf finds a row by its number.
func RowOf(no string) (Row, bool) {
	rows := Annex()
	if i := slices.IndexFunc(rows, func(r Row) bool { return r.No == no }); i >= 0 {
		return rows[i], true
	}
	return Row{}, false
}
