package sheet

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	t.Parallel()
	content := "文号,当事人,机关,日期,内容,种类,罚款\n" +
		"1号,甲店,江城局,2024-01-02,罚款2000元。,,\n" +
		"2号,<乙>店,江城局,2024-13-02,罚款2000元。,,\n" +
		"3号,丙店,江城局,2024-01-02,罚款100元；另罚款200元。,,\n"
	r := open(t, tempFile(t, "罚.csv", content), Options{Mapping: mustMapping(t, penaltyMapping)})
	var out bytes.Buffer
	report, err := NewReport(&out, r)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range all(t, r) {
		outcome, later := Accepted, []Problem(nil)
		if i == 0 {
			outcome, later = Duplicate, nil
		}
		if err := report.Row(row, outcome, later...); err != nil {
			t.Fatal(err)
		}
	}
	if err := report.Row(Row{Line: 9, LastLine: 9}, Refused, Problem{Line: 9, Rule: "penalty.decided.twice", Severity: Refuse, Text: Text{"已有", "there"}}); err != nil {
		t.Fatal(err)
	}
	summary, err := report.Close(r.Counts(), true)
	if err != nil {
		t.Fatal(err)
	}
	if summary.Accepted != 1 || summary.Duplicate != 1 || summary.Refused != 2 || summary.Warned != 1 || summary.LastLine != 9 || summary.Counts.Read != 3 {
		t.Errorf("%+v", summary)
	}
	var types []string
	for lines := bufio.NewScanner(&out); lines.Scan(); {
		var line struct {
			Type, Rule, Value, ZH, EN string
			Line                      int
			File                      FileInfo
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("%s: %v", lines.Bytes(), err)
		}
		types = append(types, line.Type)
		if line.Rule == RuleDate && (line.Line != 3 || line.Value != "2024-13-02" || line.ZH == "" || line.EN == "") {
			t.Errorf("%s", lines.Bytes())
		}
		if line.Type == "file" && (line.File.Encoding != UTF8 || len(line.File.SHA256) != 64) {
			t.Errorf("%s", lines.Bytes())
		}
	}
	if got := strings.Join(types, " "); got != "file problem problem problem summary" {
		t.Errorf("lines %s", got)
	}
}

func TestReportForPeople(t *testing.T) {
	t.Parallel()
	s := Summary{File: FileInfo{Name: "罚.csv", Format: FormatCSV, Encoding: GB18030, SHA256: "00", Absent: []string{"行业 (industry)"}}, Refused: 21,
		Rules: map[string]int{RuleDate: 21}, LastLine: 22}
	for i := range firstProblems {
		s.first = append(s.first, Problem{Line: i + 2, Column: "日期", Value: "x", Rule: RuleDate, Text: Text{"不是日期", "not a date"}})
	}
	for lang, want := range map[Lang][]string{
		Chinese: {"罚.csv", "gb18030", "拒绝 21", "date：21", "第 2 行 日期 \"x\"：不是日期", "另有 1 个问题", "导入未完成，已处理到第 22 行", "行业 (industry)"},
		English: {"罚.csv", "gb18030", "21 refused", "date: 21", "line 2 日期 \"x\": not a date", "1 more problems", "did not end; it reached line 22"},
	} {
		var out strings.Builder
		if err := s.WriteText(&out, lang); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%s: %q is not in\n%s", lang, w, out.String())
			}
		}
	}
	if err := s.WriteText(failing{}, Chinese); !errors.Is(err, errFull) {
		t.Errorf("a full disk gave %v", err)
	}
}

type failing struct{}

var errFull = errors.New("full")

func (failing) Write([]byte) (int, error) { return 0, errFull }
