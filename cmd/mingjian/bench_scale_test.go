package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
)

// subjects is how many subjects BenchmarkScale works on at most; a tenth of them comes first.
var subjects = flag.Int("subjects", 20_000, "subjects that BenchmarkScale imports, classifies and freezes, after a tenth of them")

// cost is what one step took. The processor's time tells more than the clock's on a machine that others use as well.
type cost struct {
	worked, took time.Duration
	peakKB       int64 // resident memory of the process at most
}

func costOf(p *os.ProcessState, begun time.Time) cost {
	c := cost{worked: p.UserTime() + p.SystemTime(), took: time.Since(begun)}
	if usage, ok := p.SysUsage().(*syscall.Rusage); ok {
		c.peakKB = usage.Maxrss
	}
	return c
}

// BenchmarkScale measures goal P14 over the program as users have it: what ten times the subjects cost to import, to classify
// for a month and to freeze a pool of, and in how much more memory.
func BenchmarkScale(b *testing.B) {
	program := built(b)
	for b.Loop() {
		few, many := scale(b, program, *subjects/10), scale(b, program, *subjects)
		for _, step := range []string{"import", "classify", "classify again", "freeze"} {
			f, m := few[step], many[step]
			row := func(id, what string, most, limit, subject float64) {
				figure := ratio.Figure{Median: subject / limit, Low: subject / limit, High: subject / limit, Limit: limit, Subject: subject}
				_, _ = fmt.Fprintln(os.Stdout, ratio.Goal{Tier: "program", ID: id, What: what, AtMost: most}.Line(figure))
				b.Logf("%s: %.6g and %.6g", what, limit, subject)
				b.ReportMetric(figure.Median, strings.ReplaceAll(step, " ", "-")+"-"+id+"-ratio")
			}
			b.Logf("%s took %s and %s", step, f.took, m.took)
			row("P14", fmt.Sprintf("processor time of %s, %d subjects / a tenth of them (9 to 12)", step, *subjects), 12, f.worked.Seconds(), m.worked.Seconds())
			row("P14b", fmt.Sprintf("peak memory of %s, %d subjects / a tenth of them", step, *subjects), 1.2, float64(f.peakKB), float64(m.peakKB))
		}
	}
	b.ReportMetric(0, "ns/op")
}

// scale is one directory with so many subjects.
func scale(b *testing.B, program string, n int) map[string]cost {
	b.Helper()
	w := &scaled{B: b, program: program, work: b.TempDir(), costs: map[string]cost{}}
	roster, classes := fictional(b, w.work, n)
	one := write(b, filepath.Join(w.work, "s.yaml"),
		"kind: subjects\ncolumns: {code: {column: code}, name: {column: name}, district: {column: district}, address: {column: address}, scope: {column: scope}}\n")
	two := write(b, filepath.Join(w.work, "c.yaml"), "kind: classes\ncolumns: {code: {column: code}, risk_class: {column: class}}\n")
	w.step("import", "import", "subjects", "--data", w.data(), "--authority", "SCJG", "--mapping", one, roster)
	classify := []string{"import", "classes", "--data", w.data(), "--authority", "SCJG", "--month", "2026-03", "--class-source", "省级平台", "--mapping", two, classes}
	w.step("classify", classify...)
	w.step("classify again", classify...)
	w.freeze(n)
	return w.costs
}

type scaled struct {
	*testing.B
	program, work string
	costs         map[string]cost
}

func (w *scaled) data() string { return filepath.Join(w.work, "d") }

// step runs the program and notes what it took.
func (w *scaled) step(name string, args ...string) {
	w.Helper()
	child := exec.CommandContext(w.Context(), w.program, args...) //nolint:gosec // this program
	begun := time.Now()
	if out, err := child.CombinedOutput(); err != nil {
		w.Fatalf("%s: %v\n%s", name, err, out)
	}
	w.costs[name] = costOf(child.ProcessState, begun)
}

// freeze serves the directory, opens a task over it and freezes its pool, which is by far the most of what the server does.
func (w *scaled) freeze(n int) {
	w.Helper()
	token := func(account, role string) string {
		out, err := exec.CommandContext(w.Context(), w.program, //nolint:gosec // this program
			"token", "create", "--data", w.data(), "--account", account, "--role", role, "--authority", "SCJG").Output()
		if err != nil {
			w.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	planner, approver := token("zhao", "planner"), token("sun", "approver")
	begun := time.Now()
	s, err := launch(w.program, w.work, os.Environ(), "--data", w.data(), "--patience", "10m")
	if err != nil {
		w.Fatal(err)
	}
	year := time.Now().In(time.FixedZone("CST", 8*3600)).Year()
	inspector := `{"inspector": {"id": "SC-%d", "name": "检查员", "department": "监管科", "licenceNo": "ZF-%d", "licenceValidUntil": "2099-12-31", "lines": ["登记"], "districts": ["540000"]}}`
	post := func(token, path, body string) (answer struct{ Receipt struct{ Position string } }) {
		w.post(s.url+path, token, body, &answer)
		return answer
	}
	for i := range 2 {
		post(planner, "/v1/inspectors", fmt.Sprintf(inspector, i, i))
	}
	post(planner, "/v1/catalogues/QD/versions", `{"version": 1, "title": "抽查事项清单", "items": [{"no": "1", "field": "登记", "matter": "公示信息",
		"subjectKind": "企业", "level": "key", "manners": ["on_site"], "line": "登记", "basis": ["条例"]}]}`)
	post(approver, "/v1/catalogues/QD/versions/1:publish", `{"documentNo": "〔1〕号"}`)
	post(planner, "/v1/plans", fmt.Sprintf(`{"planId": "JH", "year": %d, "title": "计划", "catalogueId": "QD", "catalogueVersion": 1}`, year))
	post(approver, "/v1/plans/JH:approve", `{}`)
	post(planner, "/v1/plans/JH:publish", `{"documentNo": "〔2〕号"}`)
	last := post(planner, "/v1/plans/JH/tasks", fmt.Sprintf(`{"taskId": "JH-1", "number": 1, "title": "抽查", "kind": "untargeted", "items": ["1"], "line": "登记",
		"strata": [{"name": "A", "ratioPpm": "1000"}, {"name": "B", "ratioPpm": "1000"}, {"name": "C", "ratioPpm": "1000"}, {"name": "D", "ratioPpm": "1000"}],
		"departments": [{"name": "监管科", "teamSize": 2}], "windowStart": "%d-12-01", "windowEnd": "%d-12-31"}`, year, year))
	made := post(planner, "/v1/draws", fmt.Sprintf(`{"planId": "JH", "taskId": "JH-1", "after": %q}`, last.Receipt.Position))
	var frozen struct {
		Draw struct{ Subjects struct{ Count string } }
	}
	w.get(s.url+"/v1/draws/JH-1-1?after="+made.Receipt.Position, planner, &frozen)
	if log, err := s.stop(syscall.SIGTERM); err != nil || frozen.Draw.Subjects.Count != fmt.Sprint(n) {
		w.Fatalf("%s of %d subjects are frozen, %v\n%s", frozen.Draw.Subjects.Count, n, err, log)
	}
	w.costs["freeze"] = costOf(s.cmd.ProcessState, begun)
}

func (w *scaled) post(url, token, body string, answer any) {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	w.do(req, answer)
}

func (w *scaled) get(url, token string, answer any) {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	w.do(req, answer)
}

func (w *scaled) do(req *http.Request, answer any) {
	w.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil || resp.StatusCode != http.StatusOK {
		w.Fatalf("%s: %s, %v\n%s", req.URL, resp.Status, err, body)
	}
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(answer); err != nil {
		w.Fatalf("%s: %v\n%s", req.URL, err, body)
	}
}

// fictional writes a register of so many firms that don't exist and a month's classes of them, a line at a time.
func fictional(b *testing.B, dir string, n int) (roster, classes string) {
	b.Helper()
	files := [2]*os.File{}
	out := [2]*bufio.Writer{}
	for i, name := range []string{"s.csv", "c.csv"} {
		f, err := os.Create(filepath.Join(dir, name)) //nolint:gosec // of the benchmark
		if err != nil {
			b.Fatal(err)
		}
		files[i], out[i] = f, bufio.NewWriterSize(f, 1<<16)
	}
	fmt.Fprintln(out[0], "code,name,district,address,scope")
	fmt.Fprintln(out[1], "code,class")
	for i := range n {
		code := fictionalCode(i)
		fmt.Fprintf(out[0], "%s,%s,5409%02d,子虚市乌有区无名路%d号,日用百货零售；食品销售；餐饮服务\n", code, fictionalName(i), 1+i%9, i%997)
		fmt.Fprintf(out[1], "%s,%c\n", code, "ABCD"[i*7%4])
	}
	for i := range files {
		if err := errors.Join(out[i].Flush(), files[i].Close()); err != nil {
			b.Fatal(err)
		}
	}
	return files[0].Name(), files[1].Name()
}

func fictionalName(i int) string { return fmt.Sprintf("子虚市第%d号商贸有限公司", i) }

// fictionalCode is the i-th code of a district that never issued any, with both check characters (GB 11714, GB 32100).
func fictionalCode(i int) string {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	body := "91540999" + fmt.Sprintf("%08d", i)
	sum := 0
	for k, weight := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(body[8+k]-'0') * weight
	}
	body += string("0123456789X"[(11-sum%11)%11])
	sum = 0
	for k, weight := 0, 1; k < len(body); k, weight = k+1, weight*3%31 {
		sum += strings.IndexByte(alphabet, body[k]) * weight
	}
	return body + string(alphabet[(31-sum%31)%31])
}
