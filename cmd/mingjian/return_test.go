package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/mingjian-ledger/mingjian/adapters/sheet/sheettest"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// The firms of these tests: one with a code that is digits alone, one with characters that few fonts have.
const (
	digitsFirm = "914403001922038216"
	rareName   = "䶮㛃𫖯〇·食品"
)

// office is an authority whose records are put into the log as they are, so that a test can say when each became known.
type office struct {
	*reform
	revisions map[es.Stream]es.Revision
	ctx       context.Context //nolint:containedctx // of the one test
	last      es.Position
}

func newOffice(ctx context.Context, t *testing.T, in *instance, both []door) *office {
	r := &reform{T: t, in: in, client: &restClient{base: string(both[1].(restDoor)), http: &http.Client{Timeout: time.Minute}}}
	t.Cleanup(r.client.http.CloseIdleConnections)
	r.must(r.client.begin(ctx))
	r.register("bs", "宝山局")
	r.register("other", "外区局")
	return &office{reform: r, revisions: map[es.Stream]es.Revision{}, ctx: ctx}
}

// add puts events at the end of a stream, and lets the views follow.
func (o *office) add(category, id string, list ...es.Event) {
	o.Helper()
	s := es.Stream{Category: category, ID: id}
	proposed, err := es.Propose(es.Metadata{Command: es.DeriveID("", id, fmt.Sprint(o.revisions[s])), RecordedAt: time.Now().UTC()}, list...)
	o.must(err)
	want := es.Expected(es.NoStream{})
	if n := o.revisions[s]; n > 0 {
		want = es.Exactly(n - 1)
	}
	o.last, err = o.in.events.Append(o.ctx, s, want, proposed...)
	o.must(err)
	o.revisions[s] += es.Revision(len(list))
	o.must(o.in.group.WaitViews(o.ctx, o.last))
}

func onDay(day string) calendar.Date { return calendar.MustParse(day) }

func (o *office) setUp() {
	o.add("plan", "p", plan.Drafted{Plan: "p", Authority: "bs", Year: 2023, Title: "计划", Catalogue: "c", Version: 1, By: "x"})
	for _, t := range []struct{ id, line string }{{"p-1", "餐饮服务"}, {"p-3", "药品零售"}, {"p-5", "特种设备"}} {
		o.add("plan", "p", plan.TaskOpened{Task: plan.Task{
			ID: t.id, Number: 1, Title: t.line + "检查", Kind: plan.Untargeted, Line: t.line, WindowStart: onDay("2023-01-01"), WindowEnd: onDay("2023-12-31"),
		}})
	}
	o.add("inspector", "BS-001", roster.InspectorEnrolled{ID: "BS-001", Name: "王一", Authority: "bs", LicenceNo: "Z1", LicenceValidUntil: onDay("2030-01-01")})
	o.add("subject", digitsFirm, roster.SubjectRegistered{ID: digitsFirm, Name: rareName, Kind: roster.Enterprise, Status: roster.Active, Authority: "bs"},
		roster.SubjectProfiled{Line: "药品零售", Licences: []string{"00123", "沪DA0210001"}})
}

func (o *office) inspect(id, task, day string, outcomes ...inspection.Outcome) {
	o.Helper()
	o.add("inspection", id, inspection.Assigned{
		Inspection: id, Draw: "d", Task: task, Plan: "p", Authority: "bs", Subject: digitsFirm, SubjectName: rareName,
		Teams: []inspection.Team{{Department: "科", Inspectors: []domain.InspectorID{"BS-001", "BS-002"}}}, Items: []inspection.Item{{No: "1", Matter: "GSP专项检查"}},
	}, inspection.Recorded{Department: "科", By: "BS-001", Manner: inspection.OnSite, Outcomes: outcomes, CompletedOn: onDay(day)},
		inspection.Confirmed{Department: "科", By: "BS-002"}, inspection.Concluded{CompletedOn: onDay(day), Outcomes: outcomes, Table: inspection.OutcomeTable})
}

// sampled puts a result into the log; a failing one is being dealt with from then on.
func (o *office) sampled(id string, kind sampling.Kind, stage sampling.Stage, day string, failing int) {
	o.Helper()
	s := sampling.Sample{
		Product: "=cmd|'/c'!A1", Stage: stage, BatchesDrawn: 5, BatchesFailing: failing, SampledFrom: sampling.Party{Name: rareName, Subject: digitsFirm},
		SampledOn: onDay(day), ReportNo: "000" + id, ReportedOn: onDay(day), Laboratory: sampling.Tester{Name: "所"},
	}
	events := []es.Event{}
	if failing > 0 {
		s.Failures = []sampling.Failure{{Item: "菌落总数", Measured: "1", Limit: "0", Standard: "GB"}}
		events = append(events, sampling.HandlingOpened{Number: 1, On: onDay(day)})
	}
	recorded := sampling.ResultRecorded{Result: id, Sampling: "c", Kind: kind, Authority: "bs", AuthorityName: "宝山局", Sample: s, By: "x"}
	o.add(sampling.ResultCategory, id, append([]es.Event{recorded}, events...)...)
}

// file is the body and the headers of a file.
func (o *office) file(who *person, path string, query url.Values) (body []byte, header http.Header) {
	o.Helper()
	req, err := http.NewRequestWithContext(o.ctx, http.MethodGet, o.client.base+path+"?"+query.Encode(), nil)
	o.must(err)
	req.Header.Set("Authorization", "Bearer "+who.token)
	resp, err := o.client.http.Do(req)
	o.must(err)
	defer func() { o.must(resp.Body.Close()) }()
	var out bytes.Buffer
	_, err = out.ReadFrom(resp.Body)
	if o.must(err); resp.StatusCode != http.StatusOK {
		o.Fatalf("%s: %s %s", path, resp.Status, out.Bytes())
	}
	return out.Bytes(), resp.Header
}

// unspoiled reads a CSV and takes off what keeps spreadsheets from spoiling texts.
func (o *office) unspoiled(data []byte) (lines [][]string) {
	o.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\uFEFF"))))
	r.FieldsPerRecord = -1
	lines, err := r.ReadAll()
	o.must(err)
	for _, line := range lines {
		for i, s := range line {
			if s != "" && strings.ContainsAny(s[:1], "'\t") {
				line[i] = s[1:]
			}
		}
	}
	return lines
}

// export is the form of a period, whose two formats have to say the same, by the titles of its columns.
func (o *office) export(row, period string) (rows []map[string]string) {
	o.Helper()
	clerk, q := o.person(domain.Clerk, "bs"), url.Values{"period": {period}, "format": {"csv"}}
	lines := o.unspoiled(first(o.file(clerk, "/v1/returns/"+row+":export", q)))
	q.Set("format", "xlsx")
	book, err := excelize.OpenReader(bytes.NewReader(first(o.file(clerk, "/v1/returns/"+row+":export", q))))
	o.must(err)
	defer func() { _ = book.Close() }()
	var cells [][]string
	for _, sheet := range book.GetSheetList() {
		all, err := book.GetRows(sheet)
		o.must(err)
		cells = append(cells, all...)
	}
	if len(cells) != len(lines) {
		o.Fatalf("%d rows of the workbook, %d of the CSV", len(cells), len(lines))
	}
	for i, line := range lines {
		for len(cells[i]) < len(line) {
			cells[i] = append(cells[i], "")
		}
		if !slices.Equal(cells[i], line) {
			o.Errorf("the workbook has %q, the CSV %q", cells[i], line)
		}
	}
	for _, line := range lines[6:] {
		if line[0] == "项目" {
			break
		}
		m := map[string]string{}
		for i, s := range line {
			m[lines[5][i]] = s
		}
		rows = append(rows, m)
	}
	return rows
}

func first(body []byte, _ http.Header) []byte { return body }

// column joins one column of a form.
func column(rows []map[string]string, title string) string {
	var out []string
	for _, r := range rows {
		out = append(out, r[title])
	}
	return strings.Join(out, "|")
}

func (o *office) columns(rows []map[string]string, want map[string]string) {
	o.Helper()
	for title, text := range want {
		if got := column(rows, title); got != text {
			o.Errorf("%s: %q, want %q", title, got, text)
		}
	}
}

func TestReturnsShowWhatTheTableAsksFor(t *testing.T) {
	t.Parallel()
	serving(t, func(ctx context.Context, in *instance, both []door) {
		o := newOffice(ctx, t, in, both)
		o.setUp()
		o.inspect("i1", "p-1", "2023-05-02", inspection.NoProblem)
		o.inspect("i2", "p-3", "2023-05-30", inspection.ProblemPending)
		o.inspect("i3", "p-5", "2023-05-30", inspection.NoProblem)
		o.sampled("s1", sampling.Food, sampling.Catering, "2023-05-03", 2)
		o.sampled("s2", sampling.Food, sampling.Production, "2023-05-03", 0)
		o.sampled("s3", sampling.Product, sampling.Circulation, "2023-07-03", 1)
		o.sampled("s4", sampling.MedicalDevice, sampling.Use, "2023-06-30", 0)
		o.add("licence", "l1", licence.Granted{
			Licence: "l1", Authority: "bs", AuthorityName: "宝山局", Holder: licence.Holder{Name: rareName, Subject: digitsFirm}, DocumentTitle: "决定书",
			CertificateName: "食品经营许可证", LicenceNo: "00012345", Content: "热食", DecidedOn: onDay("2023-05-26"), ValidFrom: onDay("2023-05-26"), ValidTo: onDay("2028-05-25"),
		})
		o.columns(o.export("1", "2023-05"), map[string]string{
			"类别": "日常监督检查|监督抽检", "环节": "餐饮服务|餐饮环节", "日期": "2023-05-02|2023-05-03", "企业名称": rareName + "|" + rareName,
			"统一社会信用代码或标识": digitsFirm + "|" + digitsFirm, "产品名称": "|=cmd|'/c'!A1", "抽检批次数": "|5", "不合格批次数": "|2", "不合格项目": "|菌落总数",
			"检查结果": "未发现问题|", "备注": "|",
		})
		o.columns(o.export("2", "2023-05"), map[string]string{"环节": "生产环节", "不合格批次数": "0"})
		o.columns(o.export("3", "2023-05"), map[string]string{
			"检查时间": "2023-05-30", "企业名称": rareName, "许可证号": "00123；沪DA0210001", "检查类型": "GSP专项检查", "检查人员": "王一、BS-002",
			"检查结论": inspection.ProblemPending.Label(),
		})
		o.columns(o.export("4b", "2023-Q2"), map[string]string{"报告日期": "2023-06-30", "抽检批次数": "5"})
		o.columns(o.export("5", "2023"), map[string]string{
			"指标": "监督检查户次|其中检查结果为“未发现问题”|使用单位、生产单位数量|检验检测情况|事故总体情况|主要特点|原因分析|上年度重点工作|下年度主要工作", "数量": "1|1|||||||",
		})
		o.columns(o.export("6", "2023"), map[string]string{"抽查批次数": "5", "不合格批次数": "1", "企业名称": rareName, "不合格项目": "菌落总数"})
		o.columns(o.export("7", "2023-06"), map[string]string{"许可编号": "00012345", "决定日期": "2023-05-26", "有效期至": "2028-05-25", "办理类型": "核发"})
		if rows := o.export("7", "2023-05"); len(rows) != 0 {
			t.Errorf("the period before lists %v", rows)
		}
		clerk := o.person(domain.Clerk, "bs")
		body, header := o.file(clerk, "/v1/returns/3:export", url.Values{"period": {"2023-05"}})
		if !bytes.HasPrefix(body, []byte("PK")) || header.Get("Content-Disposition") != `attachment; filename="return-3-2023-05.xlsx"` || !strings.Contains(header.Get("Cache-Control"), "no-store") {
			t.Errorf("headers %v", header)
		}
		for query, code := range map[string]string{
			"period=2023-5": "return.period.form", "period=2023-Q1": "return.period.form", "period=2023-05&authority_id=other": "authority.foreign",
			"period=2023-05&format=ods": "request.string.pattern",
		} {
			_, err := clerk.call(ctx, http.MethodGet, "/v1/returns/3:export?"+query, nil, nil)
			o.refusedWith(err, code)
		}
		_, err := clerk.call(ctx, http.MethodGet, "/v1/returns/9:export?period=2023", nil, nil)
		o.refusedWith(err, "return.row.missing")
	})
}

// TestAnOfficeProgramOpensAReturn has LibreOffice show the form over REST: codes as they are, dates as dates.
func TestAnOfficeProgramOpensAReturn(t *testing.T) {
	t.Parallel()
	serving(t, func(ctx context.Context, in *instance, both []door) {
		o := newOffice(ctx, t, in, both)
		o.setUp()
		o.sampled("s1", sampling.Food, sampling.Catering, "2023-05-03", 2)
		q := url.Values{"period": {"2023-05"}, "format": {"csv"}}
		want := o.unspoiled(first(o.file(o.person(domain.Clerk, "bs"), "/v1/returns/1:export", q)))
		q.Set("format", "xlsx")
		book := first(o.file(o.person(domain.Clerk, "bs"), "/v1/returns/1:export", q))
		shown, err := os.ReadFile(sheettest.Convert(t, book, "xlsx", sheettest.AsShown))
		o.must(err)
		got := o.unspoiled(shown)
		for i := range got { // the first sheet alone
			if !slices.Equal(slices.DeleteFunc(got[i], isBlank), slices.DeleteFunc(want[i], isBlank)) {
				t.Errorf("the office program shows %q, want %q", got[i], want[i])
			}
		}
		if len(got) != 7 || got[6][4] != digitsFirm || got[6][3] != rareName || got[6][2] != "2023-05-03" {
			t.Errorf("%q", got)
		}
	})
}

func isBlank(s string) bool { return s == "" }

// TestWhatIsOpenIsShownUntilItIsClosed, and what is recorded after its return is reported late in the next.
func TestWhatIsOpenIsShownUntilItIsClosed(t *testing.T) {
	t.Parallel()
	serving(t, func(ctx context.Context, in *instance, both []door) {
		o := newOffice(ctx, t, in, both)
		o.setUp()
		o.sampled("s1", sampling.Food, sampling.Catering, "2023-05-03", 2)
		const carried, late = "结转：属以前报送期，核查处置未在期前办结", "补报：属以前报送期，上期报送后录入"
		o.columns(o.export("1", "2023-07"), map[string]string{"备注": carried})
		o.submit("1", "2023-05", "xlsx")
		o.inspect("late", "p-1", "2023-05-04", inspection.NoProblem)
		o.sampled("s2", sampling.Food, sampling.Catering, "2023-05-05", 0)
		o.columns(o.export("1", "2023-06"), map[string]string{"类别": "日常监督检查|监督抽检|监督抽检", "备注": late + "|" + carried + "|" + late})
		o.submit("1", "2023-06", "csv")
		o.columns(o.export("1", "2023-07"), map[string]string{"备注": carried})
		o.add(sampling.ResultCategory, "s1", sampling.HandlingClosed{Outcome: sampling.OutcomeRectified, On: onDay("2023-07-10"), By: "x"})
		o.columns(o.export("1", "2023-07"), map[string]string{"备注": carried, "核查处置情况": "2023-05-03 启动核查处置；2023-07-10 办结：" + sampling.OutcomeRectified.Label()})
		if rows := o.export("1", "2023-08"); len(rows) != 0 {
			t.Errorf("what is closed is still shown: %v", rows)
		}
	})
}

// submit delivers the form that was looked at.
func (o *office) submit(row, period, format string) *viewv1.ReturnFile {
	o.Helper()
	clerk := o.person(domain.Clerk, "bs")
	seen, _ := o.file(clerk, "/v1/returns/"+row+":export", url.Values{"period": {period}, "format": {format}})
	sum := sha256.Sum256(seen)
	resp := &mingjianv1.SubmitReturnResponse{}
	o.must(clerk.post(o.ctx, "/v1/returns/"+row+":submit", &mingjianv1.SubmitReturnRequest{
		Row: row, Period: period, Format: format, ExpectedDigest: hex.EncodeToString(sum[:]),
	}, resp))
	head, err := o.in.events.Head(o.ctx)
	o.must(err)
	o.must(o.in.group.WaitViews(o.ctx, head)) // others than this clerk look next
	if got := resp.GetFile().GetDigest(); got != hex.EncodeToString(sum[:]) {
		o.Errorf("what was delivered has the digest %s", got)
	}
	if kept, _ := o.file(clerk, "/v1/returns/"+row+":download", url.Values{"period": {period}}); !bytes.Equal(kept, seen) {
		o.Error("what is kept is not what was looked at")
	}
	return resp.GetFile()
}

func TestReturnsAreDueDeliveredAndAmended(t *testing.T) {
	t.Parallel()
	serving(t, func(ctx context.Context, in *instance, both []door) {
		o := newOffice(ctx, t, in, both)
		o.setUp()
		clerk, planner := o.person(domain.Clerk, "bs"), o.person(domain.Planner, "bs")
		listed := func(query url.Values) string {
			resp, out := &mingjianv1.ListReturnsResponse{}, []string{}
			o.get(clerk, "/v1/returns", query, resp)
			for _, d := range resp.GetReturns() {
				out = append(out, d.GetRow()+" "+d.GetPeriod()+" "+d.GetDelivery().GetDueOn()+" "+d.GetState())
			}
			return strings.Join(out, "|")
		}
		may := url.Values{"due_from": {"2023-05-01"}, "due_to": {"2023-05-31"}}
		if got, want := listed(may), "4a 2023-04 2023-05-05 overdue|3 2023-04 2023-05-10 overdue|1 2023-05 2023-05-25 overdue|2 2023-05 2023-05-25 overdue|7 2023-05 2023-05-25 overdue"; got != want {
			t.Errorf("in May: %s", got)
		}
		o.submit("1", "2023-05", "csv")
		may.Set("state", "submitted")
		if got := listed(may); got != "1 2023-05 2023-05-25 submitted" {
			t.Errorf("delivered: %s", got)
		}
		o.sampled("s1", sampling.Food, sampling.Catering, "2023-05-03", 0)
		again := &mingjianv1.SubmitReturnRequest{Row: "1", Period: "2023-05", Format: "csv"}
		o.refusedWith(clerk.post(ctx, "/v1/returns/1:submit", again, &mingjianv1.SubmitReturnResponse{}), "return.submitted")
		amend := &mingjianv1.AmendReturnRequest{Row: "1", Period: "2023-05", Format: "csv", Reason: "漏报一批", ExpectedDigest: strings.Repeat("0", 64)}
		o.refusedWith(clerk.post(ctx, "/v1/returns/1:amend", amend, &mingjianv1.AmendReturnResponse{}), "return.form.changed")
		amend.ExpectedDigest = ""
		o.must(clerk.post(ctx, "/v1/returns/1:amend", amend, &mingjianv1.AmendReturnResponse{}))
		next := time.Now().AddDate(0, 2, 0).Format(time.DateOnly)
		override := &mingjianv1.OverrideReturnScheduleRequest{
			Row: "1", From: next, Every: "quarter", Covers: "period", Roll: "stay", OverrideBy: "市局", CopyTo: "党政办公室", Reason: "条线要求",
		}
		o.refusedWith(clerk.post(ctx, "/v1/returns/1:overrideSchedule", override, &mingjianv1.OverrideReturnScheduleResponse{}), "access.role")
		o.must(planner.post(ctx, "/v1/returns/1:overrideSchedule", override, &mingjianv1.OverrideReturnScheduleResponse{}))
		state := &mingjianv1.GetReturnStateResponse{}
		o.get(clerk, "/v1/returns/1", nil, state)
		d := state.GetState().GetDelivered()
		if len(d) != 1 || len(d[0].GetAmendments()) != 1 || d[0].GetFile().GetRows() != 1 || state.GetState().GetOverrides()[0].GetCopyTo() != "党政办公室" || state.GetSchedule().GetEvery() != "month" {
			t.Errorf("%v", state)
		}
		_, err := o.person(domain.Clerk, "other").call(ctx, http.MethodGet, "/v1/returns/1:download?authority_id=bs&period=2023-05", nil, nil)
		o.refusedWith(err, "authority.foreign")
		_, err = clerk.call(ctx, http.MethodGet, "/v1/returns/2:download?period=2023-05", nil, nil)
		o.refusedWith(err, "return.unsubmitted")
	})
}

// TestTheAnnualReportIsCountedAgain counts the exported rows as the queries beside the counts say.
