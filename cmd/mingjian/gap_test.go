package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/roster"
)

// acrossGap is an inner and an outer ledger, each worked on by processes of its own, with a folder between them.
type acrossGap struct {
	*testing.T
	dir          string
	inner, outer string // data directories
	n            int    // records that were made public
	lost         int    // of them, since the inner ledger was restored
	restored     int
}

func newAcrossGap(t *testing.T) *acrossGap {
	t.Helper()
	g := &acrossGap{T: t, dir: t.TempDir()}
	g.inner, g.outer = filepath.Join(g.dir, "inner"), filepath.Join(g.dir, "outer")
	for _, side := range []string{"in", "out"} {
		public := g.run(exitOK, "gap", "key", "--gap-key", filepath.Join(g.dir, side+".key"))
		if err := os.WriteFile(filepath.Join(g.dir, side+".pem"), []byte(public), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(g.inner, 0o700); err != nil {
		t.Fatal(err)
	}
	return g
}

// run runs a process of the program to its end.
func (g *acrossGap) run(code int, args ...string) string {
	g.Helper()
	cmd := exec.CommandContext(g.Context(), itself, args...) //nolint:gosec // the program
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if got := cmd.ProcessState.ExitCode(); got != code {
		g.Fatalf("%s: exit code %d, want %d, %v\n%s%s", strings.Join(args, " "), got, code, err, out, said.String())
	}
	return string(out) + said.String()
}

func (g *acrossGap) send(more ...string) string {
	g.Helper()
	return g.run(exitOK, append([]string{
		"gap", "send", "--data", g.inner, "--gap-state", filepath.Join(g.dir, "state"), "--gap-folder", filepath.Join(g.dir, "gap"),
		"--gap-key", filepath.Join(g.dir, "in.key"), "--gap-peer", filepath.Join(g.dir, "out.pem"),
	}, more...)...)
}

func (g *acrossGap) receive(code int) string {
	g.Helper()
	return g.run(code, append([]string{"gap", "receive", "--gap-again", "0s", "--data", g.outer}, g.outerFlags()...)...)
}

func (g *acrossGap) outerFlags() []string {
	return []string{"--gap-folder", filepath.Join(g.dir, "gap"), "--gap-key", filepath.Join(g.dir, "out.key"), "--gap-peer", filepath.Join(g.dir, "in.pem")}
}

// settled sends and receives until nothing is lacking.
func (g *acrossGap) settled() {
	g.Helper()
	said := ""
	for range 5 {
		sent := g.send()
		acts := sent[:strings.Index(sent, " acts\n")]
		said = g.receive(exitOK)
		if strings.Contains(said, "; "+acts[strings.LastIndexByte(acts, ' ')+1:]+" acts\n") && !strings.Contains(said, "lacks") {
			return
		}
	}
	g.Fatalf("it does not settle: %s", said)
}

// public makes records public in the inner ledger while no process has it, and takes every third away again.
func (g *acrossGap) public(records int) {
	g.Helper()
	store, err := sqlite.Open(g.Context(), filepath.Join(g.inner, eventsFile), sqlite.Options{})
	if err != nil {
		g.Fatal(err)
	}
	by := domain.Actor{Account: "root", Role: domain.Admin, Authority: "11320100MB0000001X"}
	day := calendar.MustParse("2026-03-20")
	for range records {
		g.n++
		id, subject := fmt.Sprint("gap", g.n), domain.SubjectID("91320105780688132K")
		doc := disclosure.Document{
			Schema: disclosure.Schema, Kind: disclosure.Penalty, RecordID: id,
			Authority: disclosure.Authority{ID: by.Authority, Name: "宁安市市场监督管理局"},
			Subjects:  []disclosure.Subject{{ID: subject, Name: "宁安市惠民食品有限公司", Kind: "legal"}},
			Date:      calendar.MustParse("2026-03-16"), Title: "宁市监处罚〔2026〕" + id + "号",
			Penalty: &disclosure.PenaltyBody{
				DecisionNo: id, Procedure: "ordinary", Violation: "标价之外加价出售商品", Facts: "事实", Basis: "《价格法》第四十二条",
				Kinds: []disclosure.Labelled{{Code: "fine", Label: "罚款"}}, Content: "罚款", FineFen: 200000, DecidedOn: calendar.MustParse("2026-03-16"), Status: "in_force",
			},
		}
		commands := []disclosure.Command{disclosure.Adopt{By: by, Today: day, Document: doc, Source: "旧系统", PublishedOn: day}}
		if g.n%3 == 0 {
			commands = append(commands, disclosure.Withdraw{By: by, Today: day, Ground: disclosure.GroundError, Reason: "有误"})
		}
		for i, cmd := range commands {
			transacted(g, store, disclosure.Decider, doc.Record().Disclosure(), cmd, fmt.Sprint(id, i))
		}
		if g.n == 1 {
			transacted(g, store, roster.Subjects, string(subject), roster.SubjectCommand(roster.RecordSubject{
				By: by, ID: subject, Name: "宁安市惠民食品有限公司", Kind: roster.Enterprise, District: "320100", Status: roster.Active, Address: "PLANTED路1号",
			}), "subject")
			transacted(g, store, authority.Decider, string(by.Authority), authority.Command(authority.Register{
				By: by, ID: by.Authority, Name: "宁安市市场监督管理局", District: "320100", Level: authority.City,
			}), "authority")
		}
	}
	if err := store.Close(); err != nil {
		g.Fatal(err)
	}
}

func transacted[S, C any, E es.Event](g *acrossGap, store es.Store, d es.Decider[S, C, E], id string, cmd C, about string) {
	g.Helper()
	command := es.DeriveID("", "gap test", about)
	_, err := es.Transact(g.Context(), store, d, id, cmd, es.Metadata{
		Command: command, Correlation: command, Causation: command, Actor: "PLANTED.account", Authority: "11320100MB0000001X",
		RecordedAt: time.Date(2026, 3, 20, 8, 0, g.n, 0, time.UTC),
	})
	if err != nil {
		g.Fatal(err)
	}
}

// bundle is the path of the only bundle in the folder, or the first.
func (g *acrossGap) bundle() string {
	g.Helper()
	paths, err := filepath.Glob(filepath.Join(g.dir, "gap", "bundles", "*.bundle"))
	if err != nil || len(paths) == 0 {
		g.Fatalf("no bundle is there: %v", err)
	}
	return paths[0]
}

// alter changes a file; nil removes it.
func (g *acrossGap) alter(path string, change func([]byte) []byte) {
	g.Helper()
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		g.Fatal(err)
	}
	if text = change(text); text == nil {
		err = os.Remove(path)
	} else {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		g.Fatal(err)
	}
}

// kept backs a ledger up and tells how to put it back; what was there is gone then.
func (g *acrossGap) kept(data *string) (restore func()) {
	g.Helper()
	g.restored++
	to := filepath.Join(g.dir, fmt.Sprint("kept", g.restored))
	g.run(exitOK, "backup", to, "--data", *data)
	return func() {
		former := *data
		*data = to + ".data"
		g.run(exitOK, "restore", to, "--data", *data, "--by", "he.ops", "--reason", "机房断电后恢复")
		if err := os.RemoveAll(former); err != nil {
			g.Fatal(err)
		}
	}
}

// equal serves both ledgers and demands that what the public reads is the same.
func (g *acrossGap) equal() {
	g.Helper()
	inside, outside := g.run(exitOK, "gap", "status", "--data", g.inner, "--gap-state", filepath.Join(g.dir, "state")), g.run(exitOK, "gap", "status", "--data", g.outer)
	at := inside[strings.Index(inside, "bundles\n")+len("bundles\n"):]
	if !strings.Contains(outside, strings.TrimSpace(strings.SplitAfter(at, "\n")[0])) {
		g.Errorf("inside\n%s\noutside\n%s", inside, outside)
	}
	if diff := cmp.Diff(g.served(g.inner), g.served(g.outer)); diff != "" {
		g.Errorf("outside the public reads otherwise (-inside +outside):\n%s", diff)
	}
	if verified := g.run(exitOK, "verify", "--data", g.outer); !strings.Contains(verified, "clean") {
		g.Error(verified)
	}
	for _, name := range []string{eventsFile, eventsFile + "-wal"} {
		if b, err := os.ReadFile(filepath.Join(g.outer, name)); err == nil && bytes.Contains(b, []byte("PLANTED")) {
			g.Errorf("%s outside holds what is not public", name)
		}
	}
}

// served is what a server of a ledger answers everybody, without what each log has of its own.
func (g *acrossGap) served(data string) map[string]any {
	g.Helper()
	s, err := launch(itself, g.dir, os.Environ(), "--data", data, "--patience", "20s")
	if err != nil {
		g.Fatal(err)
	}
	head := g.run(exitOK, "log", "head", "--data", data)
	_, position, _ := strings.Cut(head, "to position ")
	position, _, _ = strings.Cut(position, "\n")
	all := map[string]any{}
	for _, path := range []string{"/v1/feed/releases?limit=1000", "/v1/public/enterprises/91320105780688132K?", "/v1/public/authorities/11320100MB0000001X?", "/v1/public/penalties?pageSize=100"} {
		var answer map[string]any
		fetch(g.T, s.url+path+"&after="+url.QueryEscape(afterOf(path, position)), &answer)
		all[path] = without(answer, "position", "epoch", "nextPageToken")
	}
	if len(all["/v1/feed/releases?limit=1000"].(map[string]any)["releases"].([]any)) < g.n-g.lost {
		g.Errorf("the feed of %s is short of releases", data)
	}
	if log, err := s.stop(syscall.SIGTERM); err != nil {
		g.Errorf("%v\n%s", err, log)
	}
	return all
}

// afterOf is what a read waits for: a position, but for the feed, whose after is a number.
func afterOf(path, position string) string {
	if strings.HasPrefix(path, "/v1/feed") {
		return "0"
	}
	return position
}

// without takes members out of a document, however deep.
func without(v any, names ...string) any {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range names {
			delete(v, name)
		}
		for k := range v {
			v[k] = without(v[k], names...)
		}
	case []any:
		for i := range v {
			v[i] = without(v[i], names...)
		}
	}
	return v
}

// TestAnOuterServerTakesAndRefuses has a server take bundles while it serves, and refuse what is the inner ledger's to write.
func TestAnOuterServerTakesAndRefuses(t *testing.T) {
	if os.Getenv("MINGJIAN_TEST_TIER") != "" {
		t.Skip("the ledgers of this test are data directories")
	}
	t.Parallel()
	g := newAcrossGap(t)
	token, _, _ := strings.Cut(g.run(exitOK, "token", "create", "--data", g.outer, "--account", "root", "--role", "admin", "--authority", "11320100MB0000001X"), "\n")
	serving := append([]string{"--data", g.outer, "--gap-receive", "--gap-every", "20ms"}, g.outerFlags()...)
	s, err := launch(itself, g.dir, os.Environ(), serving...)
	if err != nil {
		t.Fatal(err)
	}
	g.public(4)
	g.send()
	await(t, func() bool { return strings.Contains(g.send(), "the outer side has 7 acts") })
	var feed struct{ Head string }
	await(t, func() bool { fetch(t, s.url+"/v1/feed/releases", &feed); return feed.Head == "5" })
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/v1/authorities",
		strings.NewReader(`{"id":"xz-bureau","name":"宁安市另一局","district":"320100","level":"city"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(resp.Body); err != nil || resp.StatusCode/100 != 4 || !strings.Contains(body.String(), `"code":"ledger.outer"`) {
		t.Errorf("%s, %v: %s", resp.Status, err, body.String())
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	if log, err := s.stop(syscall.SIGTERM); err != nil {
		t.Errorf("%v\n%s", err, log)
	}
	g.equal()
	said := g.run(exitUsage, append([]string{"serve", "--http", "127.0.0.1:0", "--data", g.inner, "--gap-receive"}, g.outerFlags()...)...)
	demand(t, said, "--gap-receive: ", "the ledger has acts of its own")
}

// await waits for something that another process does.
func await(t *testing.T, so func() bool) {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !so() {
		select {
		case <-look.C:
		case <-t.Context().Done():
			t.Fatal("it does not come")
		}
	}
}
