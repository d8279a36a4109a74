package grpcapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/returns"
	authorityview "github.com/mingjian-ledger/mingjian/projections/authority"
	returnsview "github.com/mingjian-ledger/mingjian/projections/returns"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// form is one return about to be made.
type form struct {
	row       returns.Row
	plan      returns.Plan
	period    returns.Period
	from, to  calendar.Date
	due       calendar.Deadline
	authority string
	name      string   // of the authority, at present
	group     []string // the authority and those whose tasks it holds
	since     string   // place of what the return before showed; empty without one
	sinceAsOf string   // the same as a position
}

// tries is how often a form is made anew because something changed meanwhile.
const tries = 5

// ExportReturn streams the form of a period as it is now.
func (s ReturnServer) ExportReturn(req *mingjianv1.ExportReturnRequest, stream grpc.ServerStreamingServer[mingjianv1.ExportReturnResponse]) error {
	ctx := stream.Context()
	f, err := s.form(ctx, req.GetRow(), ownOr(ctx, req.GetAuthorityId()), req.GetPeriod())
	if err != nil {
		return err
	}
	spool, _, err := s.make(ctx, f, cmp.Or(req.GetFormat(), "xlsx"))
	if err != nil {
		return err
	}
	defer spool.remove()
	return sent(spool.reader(), func(piece []byte) error { return stream.Send(&mingjianv1.ExportReturnResponse{Chunk: piece}) })
}

// DownloadReturn streams the file that was delivered. One whose bytes don't have their digest breaks off.
func (s ReturnServer) DownloadReturn(req *mingjianv1.DownloadReturnRequest, stream grpc.ServerStreamingServer[mingjianv1.DownloadReturnResponse]) error {
	ctx := stream.Context()
	authority := ownOr(ctx, req.GetAuthorityId())
	if err := mayRead(ctx, authority); err != nil {
		return err
	}
	row, err := returnRow(req.GetRow())
	if err != nil {
		return err
	}
	res, err := es.Load(ctx, s.Store, returns.Decider, returns.ID(row.No, domain.AuthorityID(authority)))
	if err != nil {
		return err
	}
	delivered, found := res.State.Delivered[req.GetPeriod()]
	if !found {
		return domain.Refuse(domain.NotFound, "return.unsubmitted", "period", "该期尚未报送", "this period was not submitted yet")
	}
	blob, err := s.Blobs.Open(ctx, delivered.File().Digest)
	if err != nil {
		return fmt.Errorf("grpcapi: return %s: %w", req.GetPeriod(), err)
	}
	defer func() { _ = blob.Close() }() // read only
	return sent(blob, func(piece []byte) error { return stream.Send(&mingjianv1.DownloadReturnResponse{Chunk: piece}) })
}

// form finds out what the return of a period is.
func (s ReturnServer) form(ctx context.Context, no, authority, period string) (f form, err error) {
	if err := mayRead(ctx, authority); err != nil {
		return f, err
	}
	if f.row, err = returnRow(no); err != nil {
		return f, err
	}
	res, err := es.Load(ctx, s.Store, returns.Decider, returns.ID(no, domain.AuthorityID(authority)))
	if err != nil {
		return f, err
	}
	if f.period, f.plan, err = res.State.PeriodOf(f.row, period); err != nil {
		return f, err
	}
	f.authority = authority
	f.from, f.to = f.plan.Span(f.period)
	f.due = f.plan.Due(f.period, calendar.Embedded())
	if before, found := res.State.Before(f.from); found {
		f.sinceAsOf = before.File().AsOf
		f.since, _ = returnsview.Place(f.sinceAsOf)
	}
	f.group, f.name, err = s.group(ctx, authority)
	return f, err
}

// group is an authority with those whose tasks it holds, and its name.
func (b Base) group(ctx context.Context, authority string) (ids []string, name string, err error) {
	ids = []string{authority}
	if b.Succession != nil {
		before, err := b.Succession.Predecessors(ctx, authority, b.Today())
		if err != nil {
			return nil, "", err
		}
		for _, p := range before {
			ids = append(ids, p.GetId())
		}
	}
	view, err := authorityview.Get(ctx, b.Views, authority)
	return ids, view.GetName(), err
}

// make writes the form. Between two equal heads nothing changed, so that it shows one state; where something always does, it
// is given up.
func (s ReturnServer) make(ctx context.Context, f form, format string) (*spool, returns.File, error) {
	for range tries {
		before, err := returnsview.HeadOf(ctx, s.Views, f.group, f.kinds())
		if err != nil {
			return nil, returns.File{}, err
		}
		out, counted, err := s.written(ctx, f, format, before)
		if err != nil {
			return nil, returns.File{}, err
		}
		after, err := returnsview.HeadOf(ctx, s.Views, f.group, f.kinds())
		if err == nil && before == after {
			return out, returns.File{
				Digest: out.digest(), Format: format, Rows: counted.rows, Late: counted.late, Carried: counted.carried,
				AsOf: before.Position.String(), AsOfAt: recordedAt(before, s.Clock()),
			}, nil
		}
		out.remove()
		if err != nil {
			return nil, returns.File{}, err
		}
	}
	return nil, returns.File{}, moving()
}

// recordedAt is when the last event was recorded; before the first it is now.
func recordedAt(h returnsview.Head, now time.Time) time.Time {
	if at, err := time.Parse(time.RFC3339, h.Recorded); err == nil {
		return at
	}
	return now.UTC()
}

func (f form) kinds() (kinds []string) {
	if len(f.row.Select.Lines) > 0 {
		kinds = append(kinds, returnsview.Inspection)
	}
	if len(f.row.Select.Sampling) > 0 {
		kinds = append(kinds, returnsview.Sampling)
	}
	if f.row.Select.Licences {
		kinds = append(kinds, returnsview.Licence)
	}
	return kinds
}

func (s ReturnServer) written(ctx context.Context, f form, format string, head returnsview.Head) (out *spool, counted tally, err error) {
	if out, err = newSpool(); err != nil {
		return nil, counted, err
	}
	defer func() {
		if err != nil {
			out.remove()
		}
	}()
	book, err := s.Books.New(format, out)
	if err != nil {
		return nil, counted, err
	}
	defer book.Discard()
	err = book.Sheet(returns.Sheet{Name: "报送表", Columns: f.row.Columns, Above: [][]string{
		{f.row.Title}, {"报送单位", f.name, f.authority}, {"牵头部门", f.row.Lead},
		{"报送期", f.period.String(), f.from.String() + " 至 " + f.to.String()}, {"截至", asOf(head)},
	}})
	if err == nil {
		counted, err = s.fill(ctx, f, book)
	}
	if err == nil {
		err = table(book, "查询口径", "说明", f.definition(head, counted))
	}
	if err == nil {
		err = book.Close()
	}
	return out, counted, err
}

// asOf says which event was the last to change what is shown, and when it was recorded.
func asOf(h returnsview.Head) string {
	if h.Recorded == "" {
		return "尚无记录"
	}
	return "事件 " + h.Position.String() + "（" + h.Recorded + "）"
}

// table writes a sheet of names and what they stand for.
func table(book returns.Book, name, second string, lines [][2]string) error {
	err := book.Sheet(returns.Sheet{Name: name, Above: nil, Columns: []returns.Column{
		{Key: "name", Title: "项目", Kind: returns.Text}, {Key: "value", Title: second, Kind: returns.Text},
	}})
	for _, l := range lines {
		if err != nil {
			return err
		}
		err = book.Row([]returns.Cell{words(l[0]), words(l[1])})
	}
	return err
}

// definition says what the form shows, in words and as a query.
func (f form) definition(head returnsview.Head, t tally) [][2]string {
	due := f.due.Date.String()
	if f.due.Provisional {
		due += "（暂定：该年度放假安排尚未公布）"
	}
	lines := [][2]string{
		{"编号", f.row.No}, {"公开内容", f.row.Title}, {"公开要素", strings.Join(f.row.Elements, "；")}, {"报送时间（原文）", f.row.Printed},
		{"本期报送截止日", due}, {"性质", "报送时间是内部报送期限，不是公开期限"}, {"统计口径", f.inWords()}, {"查询", f.query()}, {"截至", asOf(head)},
		{"行数", strconv.Itoa(t.rows)}, {"其中补报", strconv.Itoa(t.late)}, {"其中结转", strconv.Itoa(t.carried)},
	}
	if f.plan.OverrideBy != "" {
		lines = append(lines, [2]string{"报送安排依据", f.plan.OverrideBy}, [2]string{"抄送", f.plan.CopyTo})
	}
	if f.plan.WithoutInspectors {
		lines = append(lines, [2]string{"未列内容", "检查人员（按报送安排不列）"})
	}
	for _, m := range f.row.Missing {
		lines = append(lines, [2]string{"未列内容", m + "：台账无此记录，请牵头部门填写"})
	}
	return append(lines, [2]string{"许可证号和检查人员", "以制表时的名录为准"})
}

func (f form) inWords() string {
	var parts []string
	if len(f.row.Select.Lines) > 0 {
		parts = append(parts, "完成日期在统计时段内、所属条线为"+strings.Join(f.plan.Lines, "、")+"的检查")
	}
	if len(f.row.Select.Sampling) > 0 {
		parts = append(parts, "报告日期在统计时段内的抽检结果，以及此前报告、核查处置在时段开始时尚未办结的抽检结果（结转）")
	}
	if f.row.Select.Licences {
		parts = append(parts, "决定日期在统计时段内的全部许可决定（台账不区分许可所属条线）")
	}
	text := strings.Join(parts, "；") + "；不含由旧系统迁移的记录"
	if f.since != "" {
		text += "；另含日期在时段之前、在上期报送（事件 " + f.sinceAsOf + "）之后录入的记录（补报）"
	}
	return text + "；时段为" + f.from.String() + "至" + f.to.String()
}

// query is the definition for a machine; the fields stand in the order of the type.
func (f form) query() string {
	q := struct {
		Return      string          `json:"return"`
		Authorities []string        `json:"authorities"`
		From        string          `json:"from"`
		To          string          `json:"to"`
		Lines       []string        `json:"inspection_lines,omitempty"`
		Sampling    []returns.Scope `json:"sampling,omitempty"`
		Licences    bool            `json:"licences,omitempty"`
		LateSince   string          `json:"late_since,omitempty"`
		TakenOver   bool            `json:"taken_over"`
	}{f.row.No, f.group, f.from.String(), f.to.String(), f.plan.Lines, f.row.Select.Sampling, f.row.Select.Licences, f.sinceAsOf, false}
	b, err := json.Marshal(q)
	if err != nil {
		return "" // texts always encode
	}
	return string(b)
}
