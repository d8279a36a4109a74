package grpcapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"google.golang.org/grpc"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/returns"
	returnsview "github.com/mingjian-ledger/mingjian/projections/returns"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// annual is the report of one year about to be made.
type annual struct {
	authority, name string
	group           []string
	year            uint32
}

// annualKinds are what is counted.
var annualKinds = []string{returnsview.Licence, returnsview.Penalty, returnsview.Inspection}

// licenceDecisions are the actions that count as decisions of the year; that a term runs out is decided by nobody, and a
// certificate made anew decides nothing.
func licenceDecisions() []licence.Action {
	return []licence.Action{
		licence.ActGrant, licence.ActAmend, licence.ActRenew, licence.ActSuspend, licence.ActResume, licence.ActRevoke, licence.ActCancel,
	}
}

func (s ReturnServer) annual(ctx context.Context, authority string, year uint32) (a annual, err error) {
	a.authority, a.year = ownOr(ctx, authority), year
	if err := mayRead(ctx, a.authority); err != nil {
		return a, err
	}
	a.group, a.name, err = s.group(ctx, a.authority)
	return a, err
}

// GetAnnualReport counts what was decided and done in a year.
func (s ReturnServer) GetAnnualReport(ctx context.Context, req *mingjianv1.GetAnnualReportRequest) (*mingjianv1.GetAnnualReportResponse, error) {
	a, err := s.annual(ctx, req.GetAuthorityId(), req.GetYear())
	if err != nil {
		return nil, err
	}
	for range tries {
		head, err := returnsview.HeadOf(ctx, s.Views, a.group, annualKinds)
		if err != nil {
			return nil, err
		}
		counts, err := s.annualCounts(ctx, a)
		if err != nil {
			return nil, err
		}
		if again, err := returnsview.HeadOf(ctx, s.Views, a.group, annualKinds); err != nil || again == head {
			return &mingjianv1.GetAnnualReportResponse{
				AuthorityId: a.authority, Year: a.year, Counts: counts, DueOn: a.due(), AsOf: head.Position.String(),
				AsOfAt: recordedAt(head, s.Clock()).Format(time.RFC3339),
			}, err
		}
	}
	return nil, moving()
}

func moving() error {
	return domain.Refuse(domain.Unavailable, "return.moving", "", "相关记录正在变动，请稍后重试", "the records are changing right now; try again")
}

// due is January 31 of the next year (政府信息公开条例 art. 49).
func (a annual) due() string { return fmt.Sprintf("%04d-01-31", a.year+1) }

func (s ReturnServer) annualCounts(ctx context.Context, a annual) ([]*viewv1.AnnualCount, error) {
	sums, err := returnsview.Counts(ctx, s.Views, a.authority, a.year)
	if err != nil {
		return nil, err
	}
	var parts []*viewv1.AnnualPart
	var actions []string
	total := int64(0)
	for _, action := range licenceDecisions() {
		n := sums[returnsview.Licence+"/"+string(action)]
		total += n
		actions = append(actions, string(action))
		parts = append(parts, &viewv1.AnnualPart{Code: string(action), Label: action.Label(), Count: n})
	}
	decided, revoked := sums[returnsview.Penalty+"/decided"], sums[returnsview.Penalty+"/revoked"]
	concluded := sums[returnsview.Inspection+"/concluded"]
	year, migrated := strconv.Itoa(int(a.year))+"年", "；不含由旧系统迁移的记录"
	return []*viewv1.AnnualCount{
		{
			Measure: "licence", Place: "第二十条第（五）项 行政许可", Label: "本年处理决定数量", Count: &total, Parts: parts,
			Definition: "决定日期在" + year + "内的许可决定，含核发、变更、延续、暂扣、恢复、吊销或撤销、注销；期满不是决定，补发只是证书，不计；每一决定计一次" + migrated,
			Query:      a.query(returnsview.Licence, actions),
		},
		{
			Measure: "penalty", Place: "第二十条第（六）项 行政处罚", Label: "本年处理决定数量", Count: &decided,
			Parts:      []*viewv1.AnnualPart{{Code: "revoked", Label: "其中此后被撤销、确认违法或无效", Count: revoked}},
			Definition: "处罚决定日期在" + year + "内的处罚决定；一份决定有几个当事人的计一次，以第一当事人的记录为准；此后被撤销的仍计入本年并单列" + migrated,
			Query:      a.query(returnsview.Penalty, nil),
		},
		{
			Measure: "compulsion", Place: "第二十条第（六）项 行政强制", Label: "本年处理决定数量", Count: nil, Parts: nil,
			Definition: "台账无行政强制记录，请按其他台账填写", Query: "",
		},
		{
			Measure: "inspection", Place: "统计表以外", Label: "本年完成行政检查户次", Count: &concluded, Parts: nil,
			Definition: "完成日期在" + year + "内已办结的检查，按一次检查一个对象计一次；联合检查计入发起机关" + migrated,
			Query:      a.query(returnsview.Inspection, nil),
		},
	}, nil
}

// query is the definition for a machine: over the exported rows of the kind, how many there are with such an action.
func (a annual) query(kind string, actions []string) string {
	b, err := json.Marshal(struct {
		Count       string   `json:"count"`
		Actions     []string `json:"actions,omitempty"`
		From        string   `json:"from"`
		To          string   `json:"to"`
		Authorities []string `json:"authorities"`
		TakenOver   bool     `json:"taken_over"`
	}{kind, actions, a.day("01-01"), a.day("12-31"), a.group, false})
	if err != nil {
		return "" // texts always encode
	}
	return string(b)
}

func (a annual) day(of string) string { return fmt.Sprintf("%04d-%s", a.year, of) }

// ExportAnnualReport streams a file of the counts, their definitions, and every record that was counted.
func (s ReturnServer) ExportAnnualReport(req *mingjianv1.ExportAnnualReportRequest, stream grpc.ServerStreamingServer[mingjianv1.ExportAnnualReportResponse]) error {
	ctx := stream.Context()
	a, err := s.annual(ctx, req.GetAuthorityId(), req.GetYear())
	if err != nil {
		return err
	}
	for range tries {
		head, err := returnsview.HeadOf(ctx, s.Views, a.group, annualKinds)
		if err != nil {
			return err
		}
		out, err := s.annualFile(ctx, a, cmp.Or(req.GetFormat(), "xlsx"), head)
		if err != nil {
			return err
		}
		again, err := returnsview.HeadOf(ctx, s.Views, a.group, annualKinds)
		if err == nil && again == head {
			defer out.remove()
			return sent(out.reader(), func(piece []byte) error { return stream.Send(&mingjianv1.ExportAnnualReportResponse{Chunk: piece}) })
		}
		out.remove()
		if err != nil {
			return err
		}
	}
	return moving()
}

func (s ReturnServer) annualFile(ctx context.Context, a annual, format string, head returnsview.Head) (out *spool, err error) {
	if out, err = newSpool(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			out.remove()
		}
	}()
	book, err := s.Books.New(format, out)
	if err != nil {
		return nil, err
	}
	defer book.Discard()
	counts, err := s.annualCounts(ctx, a)
	if err == nil {
		err = countSheet(book, a, counts, head)
	}
	for _, kind := range annualKinds {
		if err == nil {
			err = s.annualRows(ctx, book, a, kind)
		}
	}
	if err == nil {
		err = book.Close()
	}
	return out, err
}

// countSheet writes the counts with what each counts.
func countSheet(book returns.Book, a annual, counts []*viewv1.AnnualCount, head returnsview.Head) error {
	err := book.Sheet(returns.Sheet{Name: "计数", Above: [][]string{
		{"政府信息公开工作年度报告有关数据", strconv.Itoa(int(a.year)) + "年"}, {"机关", a.name, a.authority}, {"报告截止日", a.due()}, {"截至", asOf(head)},
	}, Columns: []returns.Column{
		{Key: "place", Title: "所属内容", Kind: returns.Text}, {Key: "label", Title: "指标", Kind: returns.Text}, {Key: "count", Title: "数量", Kind: returns.Count},
		{Key: "definition", Title: "统计口径", Kind: returns.Text}, {Key: "query", Title: "查询", Kind: returns.Text},
	}})
	for _, c := range counts {
		if err == nil {
			err = book.Row([]returns.Cell{words(c.GetPlace()), words(c.GetLabel()), numberCell(c.GetCount(), c.Count != nil), words(c.GetDefinition()), words(c.GetQuery())})
		}
		for _, p := range c.GetParts() {
			if err == nil {
				err = book.Row([]returns.Cell{words(c.GetPlace()), words("其中：" + p.GetLabel()), numberCell(p.GetCount(), true), words(""), words("")})
			}
		}
	}
	return err
}

// annualRows writes every record of a kind that was counted.
func (s ReturnServer) annualRows(ctx context.Context, book returns.Book, a annual, kind string) error {
	sheet := returns.Sheet{Name: map[string]string{
		returnsview.Licence: "许可决定", returnsview.Penalty: "处罚决定", returnsview.Inspection: "行政检查",
	}[kind], Above: nil, Columns: []returns.Column{
		{Key: "kind", Title: "类别", Kind: returns.Text}, {Key: "id", Title: "记录编号", Kind: returns.Text}, {Key: "authority", Title: "机关", Kind: returns.Text},
		{Key: "date", Title: "日期", Kind: returns.Day}, {Key: "document", Title: "决定文书号", Kind: returns.Text}, {Key: "action", Title: "代码", Kind: returns.Text},
		{Key: "revoked", Title: "已撤销", Kind: returns.Count}, {Key: "fine", Title: "罚款（元）", Kind: returns.Money}, {Key: "fen", Title: "罚款（分）", Kind: returns.Count},
		{Key: "confiscated", Title: "没收（元）", Kind: returns.Money}, {Key: "confiscated_fen", Title: "没收（分）", Kind: returns.Count},
	}}
	if err := book.Sheet(sheet); err != nil {
		return err
	}
	decisions := licenceDecisions()
	scopeOf := map[string]string{returnsview.Licence: returnsview.Decided, returnsview.Penalty: returnsview.Decided} // of inspections all lines
	filter := returnsview.Filter{Authority: a.authority, Kind: kind, Scope: scopeOf[kind], From: a.day("01-01"), To: a.day("12-31"), ClosedBy: "", Since: ""}
	for v, err := range returnsview.Rows(ctx, s.Views, filter) {
		if err == nil && (kind != returnsview.Licence || slices.Contains(decisions, licence.Action(v.GetAction()))) {
			err = book.Row(annualCells(v))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func annualCells(v *viewv1.ReturnRow) []returns.Cell {
	penalty := v.GetKind() == returnsview.Penalty
	yuan := func(fen int64) returns.Cell {
		c := numberCell(0, penalty)
		c.Fen = domain.Fen(fen)
		return c
	}
	revoked := int64(0)
	if v.GetRevoked() {
		revoked = 1
	}
	return []returns.Cell{
		words(v.GetKind()), words(v.GetId()), words(v.GetAuthorityId()), dayCell(v.GetDate()), words(v.GetDocumentNo()), words(v.GetAction()),
		numberCell(revoked, penalty), yuan(v.GetFineFen()), numberCell(v.GetFineFen(), penalty), yuan(v.GetConfiscatedFen()), numberCell(v.GetConfiscatedFen(), penalty),
	}
}
