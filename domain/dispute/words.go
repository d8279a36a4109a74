package dispute

// Channel is how something reached the authority.
type Channel string

// The channels.
const (
	Online   Channel = "online" // 网上
	InPerson Channel = "window" // 窗口
	Post     Channel = "post"   // 信函
	Phone    Channel = "phone"  // 电话
	Other    Channel = "other"  // 其他
)

// Label is the channel in Chinese, empty for a code that is none.
func (c Channel) Label() string {
	switch c {
	case Online:
		return "网上提交"
	case InPerson:
		return "当面提交"
	case Post:
		return "信函"
	case Phone:
		return "电话"
	case Other:
		return "其他"
	}
	return ""
}

// Requester is who asks for a correction; more is not kept.
type Requester string

// The kinds of requesters.
const (
	Party   Requester = "party"   // 当事人
	Citizen Requester = "citizen" // 公民、法人或者其他组织
)

// Label is the kind in Chinese, empty for a code that is none.
func (r Requester) Label() string {
	switch r {
	case Party:
		return "当事人"
	case Citizen:
		return "其他公民、法人或者组织"
	}
	return ""
}

// Point is the stable code of what is said to be wrong.
type Point string

// PointRow is a point with its words.
type PointRow struct {
	Code  Point
	Label string
}

// Points is the table of what may be said to be wrong.
func Points() []PointRow {
	return []PointRow{
		{"subject", "主体名称或者代码有误"},
		{"not_about", "不是该主体的信息"},
		{"date", "日期有误"},
		{"document_no", "文号有误"},
		{"facts", "事实有误"},
		{"amount", "金额有误"},
		{"content", "结果或者内容有误"},
		{"status", "状态未更新（已变更、撤销、移出等）"},
		{"term", "公示期已满仍在公示"},
		{"privacy", "涉及国家秘密、商业秘密或者个人隐私"},
		{"other", "其他"},
	}
}

// Label is the point's words, empty for a code that is none.
func (p Point) Label() string {
	for _, row := range Points() {
		if row.Code == p {
			return row.Label
		}
	}
	return ""
}

// Outcome is what came of a request.
type Outcome string

// The outcomes.
const (
	Granted Outcome = "corrected" // 予以更正
	Partly  Outcome = "partly"    // 部分更正
	Refused Outcome = "refused"   // 不予更正
)

// Label is the outcome in Chinese, empty for a code that is none.
func (o Outcome) Label() string {
	switch o {
	case Granted:
		return "予以更正"
	case Partly:
		return "部分更正"
	case Refused:
		return "不予更正"
	}
	return ""
}

// Stage is how far a request is.
type Stage string

// The stages.
const (
	Received Stage = "received" // 待核实
	Checked  Stage = "verified" // 待决定
	Promised Stage = "decided"  // 待更正
	Closed   Stage = "closed"   // 已办结
	Ended    Stage = "dropped"  // 已撤回
)

// Label is the stage in Chinese.
func (s Stage) Label() string {
	switch s {
	case Received:
		return "已受理，待核实"
	case Checked:
		return "已核实，待决定"
	case Promised:
		return "已决定，待更正"
	case Closed:
		return "已办结"
	case Ended:
		return "申请人已撤回"
	}
	return string(s)
}
