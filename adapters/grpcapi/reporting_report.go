package grpcapi

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/reporting"
	"github.com/mingjian-ledger/mingjian/domain/returns"
	deliveryview "github.com/mingjian-ledger/mingjian/projections/delivery"
	"github.com/mingjian-ledger/mingjian/projections/release"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// reportFile writes the monthly report (双公示月报): the figures of each authority, what came late, was rejected or is missing, and what
// the proof ends in. Nothing of it is kept in memory but the figures: the decisions are gone through once for these and once for
// the list.
func (s ReportingServer) reportFile(ctx context.Context, m monthly, format string, to io.Writer) error {
	book, err := s.Books.New(format, to)
	if err != nil {
		return err
	}
	defer book.Discard()
	c, err := s.prove(ctx, m, io.Discard, nil)
	if err == nil {
		err = figureSheet(book, m, c)
	}
	if err == nil {
		err = s.caseSheet(ctx, book, m)
	}
	if err == nil {
		err = s.proofSheet(ctx, book, m, c)
	}
	if err == nil {
		err = book.Close()
	}
	return err
}

func column(key, title string, kind returns.CellKind) returns.Column {
	return returns.Column{Key: key, Title: title, Kind: kind}
}

// figureSheet writes the figures by authority and kind.
func figureSheet(book returns.Book, m monthly, c counted) error {
	err := book.Sheet(returns.Sheet{Name: "汇总", Above: [][]string{
		{"双公示信息报送月报", m.named()}, {"机关", m.name, m.authority}, {"报送平台", m.platform}, {"统计日", m.today.String()}, {"截至", m.shown()},
		{"统计口径", "按处罚、许可决定日期归入月份；应自决定之日起7个工作日内报送（发改办财金〔2018〕424号）"},
		{"合规率", "平台已回执的决定中，未经退回即入库的"}, {"迟报率", "已入库的决定中，入库的数据在截止日以后报送的"},
		{"瞒报率", "应报送的决定中，截止日已过而平台没有数据的，含漏报；截止日以后才撤回、不予公示的仍计入"},
	}, Columns: []returns.Column{
		column("authority", "机关", returns.Text), column("authority_id", "机关代码", returns.Text), column("kind", "类别", returns.Text),
		column("decisions", "决定数", returns.Count), column("exempt", "无需报送", returns.Count), column("no_period", "其中：规则未设报送期限", returns.Count),
		column("due", "应报送", returns.Count), column("in_time", "按期报送并入库", returns.Count), column("late", "迟报", returns.Count),
		column("waiting", "待回执", returns.Count), column("open", "未到期", returns.Count), column("omitted", "逾期未报", returns.Count),
		column("rejected", "曾被退回", returns.Count), column("held", "待补正", returns.Count),
		column("compliance", "合规率", returns.Text), column("lateness", "迟报率", returns.Text), column("omission", "瞒报率", returns.Text),
	}})
	for _, f := range append(c.figures, figure(office{"", "合计"}, "", c.total)) {
		if err == nil {
			err = book.Row(figureCells(f))
		}
	}
	return err
}

// shown is the state that a report tells of.
func (m monthly) shown() string {
	if m.head.Recorded == "" {
		return "尚无记录"
	}
	return "事件 " + m.head.Position.String() + "（" + m.head.Recorded + "）"
}

func figureCells(f *viewv1.ReportingFigure) []returns.Cell {
	cells := []returns.Cell{words(f.GetAuthorityName()), words(f.GetAuthorityId()), words(kindLabel(f.GetKind()))}
	for _, n := range []int64{
		f.GetDecisions(), f.GetExempt(), f.GetNoPeriod(), f.GetDue(), f.GetInTime(), f.GetLate(), f.GetWaiting(), f.GetOpen(), f.GetOmitted(),
		f.GetRejected(), f.GetHeld(),
	} {
		cells = append(cells, numberCell(n, true))
	}
	for _, r := range []*viewv1.ReportingRate{f.GetCompliance(), f.GetLateness(), f.GetOmission()} {
		cells = append(cells, words(r.GetText()))
	}
	return cells
}

func kindLabel(kind string) string {
	switch delivery.Kind(kind) {
	case delivery.Penalty:
		return "行政处罚"
	case delivery.Licence:
		return "行政许可"
	}
	return "合计"
}

// caseSheet writes what came late, was rejected or is missing, and why.
func (s ReportingServer) caseSheet(ctx context.Context, book returns.Book, m monthly) error {
	err := book.Sheet(returns.Sheet{Name: "迟报、退回、未报明细", Above: nil, Columns: []returns.Column{
		column("authority", "机关", returns.Text), column("kind", "类别", returns.Text), column("document", "决定文书号", returns.Text),
		column("record", "记录编号", returns.Text), column("decided", "决定日期", returns.Day), column("due", "报送截止日", returns.Day),
		column("class", "情形", returns.Text), column("why", "原因", returns.Text), column("released", "公示日期", returns.Day),
		column("sent", "报送日期", returns.Day), column("row", "报送行号", returns.Text), column("code", "退回代码", returns.Text),
	}})
	if err != nil {
		return err
	}
	_, err = s.prove(ctx, m, io.Discard, func(a office, v *viewv1.ReportedDecision, line reporting.Line) error {
		if !unsound(line) {
			return nil
		}
		var last reporting.Row
		var codes []string
		for _, r := range line.Rows {
			if r.Number == line.Pair || line.Pair == 0 {
				last = r
			}
		}
		for _, d := range v.GetDeliveries() {
			for _, r := range d.GetRows() {
				if d.GetPlatform() == m.platform && r.GetVerdict() == reporting.Rejected {
					codes = append(codes, r.GetCode())
				}
			}
		}
		row := ""
		if last.Number > 0 {
			row = strconv.FormatUint(last.Number, 10)
		}
		return book.Row([]returns.Cell{
			words(a.name), words(kindLabel(v.GetKind())), words(v.GetDocumentNo()), words(v.GetRecordId()), dayCell(v.GetDecidedOn()), dayCell(v.GetDueOn()),
			words(line.Class.Label()), words(reporting.WhyLabel(line.Why)), dayCell(v.GetReleasedOn()), dayCell(last.SentOn.String()), words(row),
			words(strings.Join(codes, "；")),
		})
	})
	return err
}

// proofSheet writes what whoever checks the proof compares: the end of its list, of the platform's rows and of the public feed.
func (s ReportingServer) proofSheet(ctx context.Context, book returns.Book, m monthly, c counted) error {
	feed, err := release.Head(ctx, s.Views)
	if err != nil {
		return err
	}
	lines := [][2]string{
		{"清单行数", strconv.FormatUint(c.tail.Lines, 10)}, {"清单链式摘要", c.tail.Chain.String()}, {"清单格式", reporting.Schema}, {"统计日", m.today.String()},
		{"截至事件", m.head.Position.String()},
	}
	for _, kind := range []delivery.Kind{delivery.Penalty, delivery.Licence} {
		head, err := deliveryview.Head(ctx, s.Views, deliveryview.Sequence{Platform: m.platform, Kind: kind})
		if err != nil {
			return err
		}
		f, name := c.kinds[string(kind)], kindLabel(string(kind))
		lines = append(lines,
			[2]string{name + "：决定、应报送、已入库、逾期未报", fmt.Sprintf("%d、%d、%d、%d", f.Decisions, f.Due, f.InTime+f.Late, f.Omitted)},
			[2]string{name + "：报送序列末行号", strconv.FormatUint(head.GetNumber(), 10)}, [2]string{name + "：报送序列链式摘要", head.GetChain()})
	}
	lines = append(lines, [2]string{"公示信息末编号", strconv.FormatUint(feed.Sequence, 10)}, [2]string{"公示信息链式摘要", feed.Chain.String()})
	return table(book, "证明", "内容", lines)
}
