package exchange_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/mingjian-ledger/mingjian/adapters/exchange"
	"github.com/mingjian-ledger/mingjian/adapters/sheet"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// desk takes answers as the ledger does.
type desk struct {
	exchange.Inbox
	now   time.Time
	took  []string
	calls int
	fail  func(a exchange.Answer) error
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{now: time.Now().Add(time.Hour)}
	d.Inbox = exchange.Inbox{
		Dir: t.TempDir(), Sheets: sheet.Books{Dir: t.TempDir()}, Settle: time.Minute, Clock: func() time.Time { return d.now },
		Number: func(_ context.Context, file string, line int) (uint64, error) {
			if file != firstBatch+".add.legal.csv" || line > 3 {
				return 0, domain.Refuse(domain.NotFound, "exchange.line.unknown", "line", "该文件没有这一行", "the file that was sent has no such line")
			}
			return uint64(2*line - 3), nil
		},
		Take: func(_ context.Context, receipt string, a exchange.Answer) error {
			d.calls++
			if d.fail != nil {
				if err := d.fail(a); err != nil {
					return err
				}
			}
			line := fmt.Sprintf("%s %s %d %s %q %q", a.Platform, a.Kind, a.Number, a.Verdict, a.Code, a.Text)
			if !slices.Contains(d.took, line) {
				d.took = append(d.took, line)
			}
			return nil
		},
	}
	return d
}

func (d *desk) put(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(d.Dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) must(t testing.TB) []exchange.Taken {
	t.Helper()
	all, err := d.Receive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// names are the files below the desk, without their digests.
func (d *desk) names(t testing.TB) []string {
	t.Helper()
	var out []string
	for name := range maps.Keys(tree(t, d.Dir)) {
		dir, base := filepath.Split(name)
		if _, rest, ok := strings.Cut(base, "-"); ok && dir != "" {
			base = rest
		}
		out = append(out, dir+base)
	}
	slices.Sort(out)
	return out
}

const answers = "批次,序号,处理结果,错误代码,退回原因\r\n" +
	firstBatch + ",1,成功,,\r\n" +
	firstBatch + ",2,退回,,\"验证规则代码:1001; 未查询到主体或查询到的主体信息不匹配\"\r\n" +
	firstBatch + ",3,退回,,有重复信息，最近推送入库时间【2024-05-07】，无需继续推送\r\n" +
	firstBatch + ",4,重复,,\r\n" +
	firstBatch + ",6,失败,E7,证件号码" + plantedToo + "有误，手机13800004321\r\n"

func wanted() []string {
	return []string{
		`lake_city penalty 1 accepted "" ""`, `lake_city penalty 2 rejected "1001" "验证规则代码:1001; 未查询到主体或查询到的主体信息不匹配"`,
		`lake_city penalty 3 duplicate "" "有重复信息，最近推送入库时间【2024-05-07】，无需继续推送"`, `lake_city penalty 4 duplicate "" ""`,
	}
}

// TestAnEarlyReceiptWaits has a platform answer a batch before the ledger was told that it is there, since the sender broke off between.
func TestAnEarlyReceiptWaits(t *testing.T) {
	t.Parallel()
	s, d := newSender(t, "csv", mixed()), newDesk(t)
	copies := s.copies()
	d.Sending, d.Number = copies.Sending, copies.Number
	s.w.fail = func(step string) error {
		if step == "tell" {
			return errors.New("killed")
		}
		return nil
	}
	if _, err := s.run(t); err == nil {
		t.Fatal("it was told")
	}
	if _, found := s.check(t, s.out, firstBatch); len(found) > 0 {
		t.Fatal(found)
	}
	d.put(t, "回执.csv", answers)
	d.put(t, "行.csv", "文件,行号,结果\n"+firstBatch+".add.legal.csv,2,成功\n")
	d.put(t, "无批次.csv", "决定书文号,行政相对人名称,结果\n子虚市监处罚〔2026〕1号,乙公司,成功\n")
	d.put(t, "别的.csv", strings.ReplaceAll(answers, firstBatch, "lake_city-penalty-0000000007-0000000012"))
	if all := d.must(t); len(all) != 1 || all[0].Name != "别的.csv" || !slices.Equal(d.names(t)[2:], []string{"回执.csv", "无批次.csv", "行.csv"}) {
		t.Errorf("took %+v, there are %q", all, d.names(t))
	}
	s.w.fail = nil
	s.must(t)
	if all := d.must(t); len(all) != 3 || slices.ContainsFunc(all, func(one exchange.Taken) bool { return one.Accepted != 1 || one.Err != nil }) {
		t.Errorf("took %+v", all)
	}
}

func TestAReceiptIsTakenOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.put(t, "回执.csv", answers)
	all := d.must(t)
	if len(all) != 1 || all[0].Err != nil || all[0].Accepted != 1 || all[0].Twice != 2 || all[0].Rejected != 2 {
		t.Fatalf("taken %+v", all)
	}
	if !slices.Equal(d.took[:4], wanted()) {
		t.Errorf("took %q", d.took)
	}
	last := d.took[4]
	if !strings.HasPrefix(last, `lake_city penalty 6 rejected "E7" "证件号码`) || strings.Contains(last, plantedToo) || strings.Contains(last, "13800004321") {
		t.Errorf("took %q", last)
	}
	if got := d.names(t); !slices.Equal(got, []string{"read/回执.csv"}) {
		t.Errorf("left %v", got)
	}
	d.put(t, "again.csv", answers)
	if all := d.must(t); len(all) != 1 || !all[0].Repeated || d.calls != 5 {
		t.Errorf("again: %+v, %d calls", all, d.calls)
	}
	if got := d.names(t); !slices.Equal(got, []string{"read/again.csv", "read/回执.csv"}) {
		t.Errorf("left %v", got)
	}
}

// TestAReceiptAsAWorkbook is one whose numbers are numbers and whose rows are named by file and line.
func TestAReceiptAsAWorkbook(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	book := excelize.NewFile()
	file := firstBatch + ".add.legal.csv"
	for i, row := range [][]any{{"数据校验结果"}, {"文件名", "行号", "状态", "原因"}, {file, 2, "已入库"}, {}, {file, 3, "不通过", "名称不符"}} {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(book.SaveAs(filepath.Join(d.Dir, "r.xlsx")), book.Close()); err != nil {
		t.Fatal(err)
	}
	all := d.must(t)
	if want := []string{`lake_city penalty 1 accepted "" ""`, `lake_city penalty 3 rejected "" "名称不符"`}; len(all) != 1 || all[0].Err != nil || !slices.Equal(d.took, want) {
		t.Errorf("taken %+v: %q", all, d.took)
	}
}

// TestTheNameOfAReceiptTellsTheBatch where no column does, and so in GB 18030.
func TestTheNameOfAReceiptTellsTheBatch(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var out bytes.Buffer
	out.WriteString("\xd0\xf2\xba\xc5,\xbd\xe1\xb9\xfb\n1,\xb3\xc9\xb9\xa6\n") // 序号,结果 1,成功
	d.put(t, firstBatch+".回执.csv", out.String())
	if all := d.must(t); len(all) != 1 || all[0].Err != nil || all[0].Accepted != 1 {
		t.Errorf("taken %+v", all)
	}
}

// TestAReceiptNamesDecisions, as it comes from a platform that returns its own columns.
func TestAReceiptNamesDecisions(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var got []exchange.Answer
	d.fail = func(a exchange.Answer) error {
		got = append(got, a)
		return nil
	}
	d.put(t, "数据校验.csv", "行政相对人名称,行政处罚决定书文号,处罚决定日期,入库状态,错误信息\r\n"+
		"甲公司,虚市监处罚〔2024〕1号,2024/5/6,已入库,\r\n乙公司,虚市监处罚〔2024〕2号,2024年05月06日,退回,验证规则代码:1001; 不匹配\r\n丙公司,虚市监处罚〔2024〕3号,,重复,\r\n")
	d.put(t, firstBatch+".回执.csv", "CF_WSH,CF_XDR_MC,CF_JDRQ,序号,结果\r\n罚4号,丁,2024-05-06 00:00:00,,成功\r\n罚5号,戊,20240506,5,成功\r\n")
	for _, taken := range d.must(t) {
		if taken.Err != nil {
			t.Fatal(taken.Err)
		}
	}
	day := calendar.MustParse("2024-05-06")
	want := []exchange.Answer{
		{Line: 2, Platform: "lake_city", Kind: "penalty", From: 1, To: 6, Decision: exchange.Decision{DocumentNo: "罚4号", Party: "丁", On: day}, Verdict: exchange.Accepted},
		{Line: 3, Platform: "lake_city", Kind: "penalty", From: 1, To: 6, Number: 5, Decision: exchange.Decision{DocumentNo: "罚5号", Party: "戊"}, Verdict: exchange.Accepted},
		{Line: 2, Decision: exchange.Decision{DocumentNo: "虚市监处罚〔2024〕1号", Party: "甲公司", On: day}, Verdict: exchange.Accepted},
		{Line: 3, Decision: exchange.Decision{DocumentNo: "虚市监处罚〔2024〕2号", Party: "乙公司", On: day}, Verdict: exchange.Rejected, Code: "1001", Text: "验证规则代码:1001; 不匹配"},
		{Line: 4, Decision: exchange.Decision{DocumentNo: "虚市监处罚〔2024〕3号", Party: "丙公司"}, Verdict: exchange.Duplicate},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestAReceiptOnItsWayIsLeft(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.put(t, "r.csv", answers[:200])
	for _, name := range []string{"r.csv.part", "r.csv.tmp", ".r.csv"} {
		d.put(t, name, "x")
	}
	late := d.now
	d.now = time.Now()
	if all := d.must(t); len(all) != 0 || len(d.names(t)) != 4 {
		t.Errorf("taken %+v, left %v", all, d.names(t))
	}
	d.put(t, "r.csv", answers)
	d.now = late
	if all := d.must(t); len(all) != 1 || all[0].Err != nil || d.calls != 5 {
		t.Errorf("taken %+v", all)
	}
	if got := d.names(t); !slices.Equal(got, []string{".r.csv", "r.csv.part", "r.csv.tmp", "read/r.csv"}) {
		t.Errorf("left %v", got)
	}
}

func TestABadReceiptIsPutAside(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"no table":       {"\x00\x01", "no XLSX or CSV"},
		"half a book":    {"PK\x03\x04....", "no XLSX or CSV"},
		"no heading":     {"a,b\n1,2\n", "no heading"},
		"verdict":        {"批次,序号,结果\n" + firstBatch + ",1,也许\n", "line 2: the verdict"},
		"no batch":       {"序号,结果\n1,成功\n", "line 2: it does not tell the batch"},
		"batch":          {"批次,序号,结果\nlake_city-penalty-1-6,1,成功\n", "line 2: it does not tell the batch"},
		"number":         {"批次,序号,结果\n" + firstBatch + ",7,成功\n", "line 2: no such row was sent"},
		"line":           {"文件,行号,结果\n" + firstBatch + ".add.legal.csv,9,成功\n", "line 2: no such row was sent"},
		"neither":        {"批次,序号,结果\n" + firstBatch + ",,成功\n", "line 2: no such row was sent"},
		"a second line":  {"批次,序号,结果\n" + firstBatch + ",1,成功\n" + firstBatch + ",x,成功\n", "line 3: no such row was sent"},
		"a day":          {"文号,名称,决定日期,结果\n罚1号,甲,某日,成功\n", "line 2: the day"},
		"half a name":    {"文号,名称,结果\n罚1号,,成功\n", "line 2: it does not tell the batch"},
		"a wrong batch":  {"批次,文号,名称,结果\nx,罚1号,甲,成功\n", "line 2: it does not tell the batch"},
		"several lines":  {"批次,序号,结果\n" + firstBatch + ",7,成功\n" + firstBatch + ",1,处理中\n", "line 3: the verdict"},
		"an open quote":  {"批次,序号,结果\n\"" + firstBatch + ",1,成功\n", "no XLSX or CSV"},
		"a web page":     {"<html><table>", "no XLSX or CSV"},
		"an empty table": {"", "no"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.put(t, "r.csv", c.text)
			d.put(t, "s.csv", answers)
			all := d.must(t)
			if len(all) != 2 || all[0].Err == nil || !strings.Contains(all[0].Err.Error(), c.want) || all[1].Err != nil {
				t.Fatalf("taken %+v, want %q", all, c.want)
			}
			if d.calls != 5 {
				t.Errorf("%d answers were taken, those of a bad receipt too", d.calls)
			}
			if got := d.names(t); !slices.Equal(got, []string{"bad/r.csv", "bad/r.csv.txt", "read/s.csv"}) {
				t.Errorf("left %v", got)
			}
		})
	}
}

// TestAnAnswerIsRefused: the others are taken, the receipt is put aside, and put back it is taken again.
func TestAnAnswerIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.put(t, "r.csv", answers)
	d.fail = func(a exchange.Answer) error {
		if a.Number == 2 {
			return domain.Refuse(domain.Precondition, "delivery.answered", "", "已有回执", "it was answered already")
		}
		return nil
	}
	all := d.must(t)
	if len(all) != 1 || all[0].Err == nil || all[0].Accepted != 1 || len(d.took) != 4 {
		t.Fatalf("taken %+v", all)
	}
	bad := slices.Sorted(maps.Keys(tree(t, d.Dir)))
	if text, err := os.ReadFile(filepath.Join(d.Dir, bad[1])); err != nil || string(text) != "3\t已有回执\tit was answered already [delivery.answered]\n" {
		t.Errorf("%s says %q, %v", bad[1], text, err)
	}
	d.fail = nil
	if err := os.Rename(filepath.Join(d.Dir, bad[0]), filepath.Join(d.Dir, "r.csv")); err != nil {
		t.Fatal(err)
	}
	if all := d.must(t); len(all) != 1 || all[0].Err != nil || len(d.took) != 5 {
		t.Errorf("taken %+v", all)
	}
}

// TestTheReceiverIsKilled at each answer in turn: the receipt stays, and in the end each answer was taken.
func TestTheReceiverIsKilled(t *testing.T) {
	t.Parallel()
	for n := range 5 {
		d := newDesk(t)
		d.put(t, "r.csv", answers)
		d.fail = func(exchange.Answer) error {
			if d.calls == n+1 {
				return errors.New("killed")
			}
			return nil
		}
		if _, err := d.Receive(t.Context()); err == nil {
			t.Fatal("not killed")
		}
		if got := d.names(t); !slices.Equal(got, []string{"r.csv"}) {
			t.Errorf("left %v", got)
		}
		if all := d.must(t); len(all) != 1 || all[0].Err != nil || len(d.took) != 5 {
			t.Errorf("taken %+v: %q", all, d.took)
		}
	}
}
