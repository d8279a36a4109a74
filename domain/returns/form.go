package returns

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// CellKind is what the cells of a column hold.
type CellKind string

// The kinds. Codes and numbers of documents are text: a spreadsheet must not take them for numbers.
const (
	Text  CellKind = "text"
	Day   CellKind = "day"   // a date
	Count CellKind = "count" // a whole number
	Money CellKind = "money" // yuan with two decimals, from whole 分
)

// Column is one column of a form.
type Column struct {
	Key   string
	Title string
	Kind  CellKind
}

// Cell is what stands in one place; the field of the column's kind counts. Blank stays empty, whatever the kind.
type Cell struct {
	Blank bool
	Text  string
	Day   calendar.Date
	Count int64
	Fen   domain.Fen
}

// Sheet is one table of a form: its name, what stands above it, and its columns.
type Sheet struct {
	Name    string
	Above   [][]string
	Columns []Column
}

// Book is a file of tables being written, sheet by sheet and row by row.
//
// The same calls MUST give the same bytes, and memory MUST NOT grow with the rows. Sheet begins a table and may be called again;
// Row takes one cell for each of its columns; Close writes the end, and without it the file is worth nothing. After an error
// nothing is called but Discard, which frees what a file that is given up holds and does nothing after Close.
type Book interface {
	Sheet(s Sheet) error
	Row(cells []Cell) error
	Close() error
	Discard()
}

func text(key, title string) Column { return Column{key, title, Text} }

func foodColumns() []Column {
	return []Column{
		text("what", "类别"), text("stage", "环节"), {"date", "日期", Day}, text("name", "企业名称"), text("code", "统一社会信用代码或标识"),
		text("product", "产品名称"), {"drawn", "抽检批次数", Count}, {"failing", "不合格批次数", Count}, text("failures", "不合格项目"),
		text("handling", "核查处置情况"), text("matter", "检查事项"), text("outcome", "检查结果"), text("remark", "备注"),
	}
}

func drugColumns() []Column {
	return []Column{
		{"date", "检查时间", Day}, text("name", "企业名称"), text("licence", "许可证号"), text("matter", "检查类型"), text("inspectors", "检查人员"),
		text("outcome", "检查结论"), text("remark", "备注"),
	}
}

func checkColumns() []Column {
	return []Column{
		{"date", "检查日期", Day}, text("name", "企业名称"), text("code", "统一社会信用代码或标识"), text("matter", "检查事项"), text("outcome", "监督检查结果"),
		text("remark", "备注"),
	}
}

func sampleColumns() []Column {
	return []Column{
		{"date", "报告日期", Day}, text("product", "产品名称"), text("name", "企业名称"), text("code", "统一社会信用代码或标识"), {"drawn", "抽检批次数", Count},
		{"failing", "不合格批次数", Count}, text("failures", "不合格项目"), text("handling", "核查处置情况"), text("remark", "备注"),
	}
}

func productColumns() []Column {
	return []Column{
		text("product", "抽查产品名称"), {"drawn", "抽查批次数", Count}, {"failing", "不合格批次数", Count}, text("name", "企业名称"),
		text("failures", "不合格项目"), text("remark", "备注"),
	}
}

func indicatorColumns() []Column {
	return []Column{text("indicator", "指标"), {"number", "数量", Count}, text("remark", "口径或说明")}
}

func licenceColumns() []Column {
	return []Column{
		text("title", "许可事项或证书名称"), text("action", "办理类型"), text("name", "企业名称"), text("code", "统一社会信用代码或标识"), text("licence", "许可编号"),
		text("document", "决定文书号"), {"date", "决定日期", Day}, {"from", "有效期自", Day}, {"to", "有效期至", Day}, text("content", "许可内容"),
		text("remark", "备注"),
	}
}
