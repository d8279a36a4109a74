package grpcapi

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/returns"
	"github.com/mingjian-ledger/mingjian/projections"
	returnsview "github.com/mingjian-ledger/mingjian/projections/returns"
	"github.com/mingjian-ledger/mingjian/projections/roster"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// tally counts the rows of a form.
type tally struct{ rows, late, carried int }

// What is said of rows of earlier periods.
const (
	noteLate    = "补报：属以前报送期，上期报送后录入"
	noteCarried = "结转：属以前报送期，核查处置未在期前办结"
)

// fill writes the rows of a form, as they are read.
func (s ReturnServer) fill(ctx context.Context, f form, book returns.Book) (t tally, err error) {
	names := rosterNames{ctx: ctx, views: s.Views, inspectors: map[string]string{}}
	if f.row.Select.Counts {
		return s.indicators(ctx, f, book)
	}
	write := func(v *viewv1.ReturnRow, note string) error {
		t.rows++
		switch note {
		case noteLate:
			t.late++
		case noteCarried:
			t.carried++
		}
		cells, err := f.cells(v, note, names)
		if err != nil {
			return err
		}
		return book.Row(cells)
	}
	for _, scope := range f.scopes() {
		if err := s.scope(ctx, f, scope, write); err != nil {
			return t, err
		}
	}
	return t, nil
}

// scopes are the filters of what a form lists, without days.
func (f form) scopes() (out []returnsview.Filter) {
	add := func(kind, scope string) {
		out = append(out, returnsview.Filter{Authority: f.authority, Kind: kind, Scope: scope, From: "", To: "", ClosedBy: "", Since: ""})
	}
	for _, l := range f.plan.Lines {
		add(returnsview.Inspection, returnsview.LineScope(l))
	}
	for _, sc := range f.row.Select.Sampling {
		add(returnsview.Sampling, returnsview.SampleScope(sc.Kind, sc.Stage))
	}
	if f.row.Select.Licences {
		add(returnsview.Licence, returnsview.Decided)
	}
	return out
}

// scope writes what is of the period, what is carried on from earlier ones, and what was recorded too late for them.
func (s ReturnServer) scope(ctx context.Context, f form, scope returnsview.Filter, write func(*viewv1.ReturnRow, string) error) error {
	from, within := f.from.String(), scope
	within.From, within.To = from, f.to.String()
	for v, err := range returnsview.Rows(ctx, s.Views, within) {
		if err == nil {
			err = write(v, "")
		}
		if err != nil {
			return err
		}
	}
	carried := map[string]bool{}
	if scope.Kind == returnsview.Sampling {
		open := scope
		open.ClosedBy = from
		for v, err := range returnsview.Rows(ctx, s.Views, open) {
			if err == nil && v.GetDate() < from {
				carried[v.GetId()] = true
				err = write(v, noteCarried)
			}
			if err != nil {
				return err
			}
		}
	}
	if f.since == "" {
		return nil
	}
	late := scope
	late.Since = f.since
	for v, err := range returnsview.Rows(ctx, s.Views, late) {
		if err == nil && v.GetDate() < from && !carried[v.GetId()] {
			err = write(v, noteLate)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// indicators are counts instead of records, and a line for each thing that the ledger has no record of.
func (s ReturnServer) indicators(ctx context.Context, f form, book returns.Book) (t tally, err error) {
	total, outcomes := int64(0), map[string]int64{}
	for _, scope := range f.scopes() {
		scope.From, scope.To = f.from.String(), f.to.String()
		for v, err := range returnsview.Rows(ctx, s.Views, scope) {
			if err != nil {
				return t, err
			}
			total++
			outcomes[v.GetOutcome()]++
		}
	}
	line := func(name string, n int64, known bool, remark string) {
		if err == nil {
			t.rows++
			err = book.Row([]returns.Cell{words(name), numberCell(n, known), words(remark)})
		}
	}
	line("监督检查户次", total, true, "条线为"+strings.Join(f.plan.Lines, "、")+"、完成日期在统计时段内的检查")
	for _, o := range slices.Sorted(maps.Keys(outcomes)) {
		line("其中检查结果为“"+o+"”", outcomes[o], true, "")
	}
	for _, m := range f.row.Missing {
		line(m, 0, false, "台账无此记录，请牵头部门填写")
	}
	return t, err
}

func words(s string) returns.Cell {
	return returns.Cell{Blank: false, Text: s, Day: calendar.Date{}, Count: 0, Fen: 0}
}

func numberCell(n int64, known bool) returns.Cell {
	return returns.Cell{Blank: !known, Text: "", Day: calendar.Date{}, Count: n, Fen: 0}
}

func dayCell(text string) returns.Cell {
	day, err := calendar.Parse(text)
	return returns.Cell{Blank: err != nil, Text: "", Day: day, Count: 0, Fen: 0}
}

// cells are those of one row, by the form's columns. What the record does not have stays blank.
func (f form) cells(v *viewv1.ReturnRow, note string, names rosterNames) ([]returns.Cell, error) {
	sample := v.GetKind() == returnsview.Sampling
	remarks := []string{note}
	if sample {
		remarks = append(remarks, v.GetMatter())
	}
	out := make([]returns.Cell, len(f.row.Columns))
	for i, c := range f.row.Columns {
		switch c.Key {
		case "date":
			out[i] = dayCell(v.GetDate())
		case "from":
			out[i] = dayCell(v.GetValidFrom())
		case "to":
			out[i] = dayCell(v.GetValidTo())
		case "drawn":
			out[i] = numberCell(int64(v.GetBatchesDrawn()), sample)
		case "failing":
			out[i] = numberCell(int64(v.GetBatchesFailing()), sample)
		case "licence", "inspectors":
			text, missing, err := f.looked(c.Key, v, names)
			if err != nil {
				return nil, err
			}
			out[i], remarks = words(text), append(remarks, missing)
		case "remark":
		default:
			out[i] = words(plainText(c.Key, v, sample))
		}
	}
	remarks = slices.DeleteFunc(remarks, func(s string) bool { return s == "" })
	if at := slices.IndexFunc(f.row.Columns, func(c returns.Column) bool { return c.Key == "remark" }); at >= 0 {
		out[at] = words(strings.Join(remarks, "；"))
	}
	return out, nil
}

// plainText is what a column shows of the record itself.
func plainText(key string, v *viewv1.ReturnRow, sample bool) string {
	switch key {
	case "what":
		if sample {
			return "监督抽检"
		}
		return "日常监督检查"
	case "stage":
		if !sample {
			return v.GetLine()
		}
		return v.GetStage()
	case "name":
		return v.GetSubjectName()
	case "code":
		return v.GetSubjectId()
	case "product":
		return v.GetProduct()
	case "failures":
		return strings.Join(v.GetFailures(), "；")
	case "handling":
		return v.GetHandling()
	case "matter":
		if sample {
			return ""
		}
		return v.GetMatter()
	case "outcome", "action":
		return v.GetOutcome()
	case "title":
		return v.GetTitle()
	case "document":
		return v.GetDocumentNo()
	case "content":
		return v.GetContent()
	}
	return ""
}

// looked is what a column shows beside the record, and what is to be said where nothing was found.
func (f form) looked(key string, v *viewv1.ReturnRow, names rosterNames) (text, missing string, err error) {
	switch {
	case key == "inspectors" && f.plan.WithoutInspectors:
		return "", "", nil
	case key == "inspectors":
		text, err = names.of(v.GetInspectors())
		return text, "", err
	case v.GetKind() == returnsview.Licence:
		return v.GetLicenceNo(), "", nil
	}
	text, err = names.licences(v.GetSubjectId(), v.GetLine())
	if text == "" {
		missing = "许可证号：名录中未登记"
	}
	return text, missing, err
}

// rosterNames looks the roster up; an inspector's name is asked for once.
type rosterNames struct {
	ctx        context.Context //nolint:containedctx // of the one call that it serves
	views      projections.Reader
	inspectors map[string]string
}

func (n rosterNames) of(ids []string) (string, error) {
	out := make([]string, len(ids))
	for i, id := range ids {
		name, known := n.inspectors[id]
		if !known {
			v, err := roster.GetInspector(n.ctx, n.views, domain.InspectorID(id))
			switch {
			case err != nil && domain.KindOf(err) != domain.NotFound:
				return "", fmt.Errorf("grpcapi: inspector %s: %w", id, err)
			case v.GetName() == "":
				name = id // who is on no roster any more is told by the id
			default:
				name = v.GetName()
			}
			n.inspectors[id] = name
		}
		out[i] = name
	}
	return strings.Join(out, "、"), nil
}

// licences are the numbers that the roster has for a subject in a line.
func (n rosterNames) licences(subject, line string) (string, error) {
	v, err := roster.GetSubject(n.ctx, n.views, domain.SubjectID(subject))
	if err != nil && domain.KindOf(err) != domain.NotFound {
		return "", fmt.Errorf("grpcapi: subject %s: %w", subject, err)
	}
	for _, p := range v.GetProfiles() {
		if p.GetLine() == line {
			return strings.Join(p.GetLicences(), "；"), nil
		}
	}
	return "", nil
}
