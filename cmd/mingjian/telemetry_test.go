package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/adapters/telemetry/telemetrytest"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/profile"
	"github.com/mingjian-ledger/mingjian/projections/enterprise"
	"github.com/mingjian-ledger/mingjian/projections/roster"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

var writeMetrics = flag.Bool("write-metrics", false, "write deploy/monitoring/metrics.txt anew")

// watched serves an instance with tracing and works with it as a clerk.
func watched(t *testing.T, otlp string, work func(ctx context.Context, in *instance, url string, conn grpc.ClientConnInterface)) {
	t.Helper()
	c := config{
		Data: t.TempDir(), HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Patience: 10 * time.Second, Drain: 20 * time.Second,
		Traces: traces{URL: otlp, Ratio: 1}, Bus: location{bus.Embedded},
		Platforms: platforms{Names: []string{"credit_china"}},
	}
	err := serve(t.Context(), c, slog.New(slog.DiscardHandler), func(ctx context.Context, in *instance, d *doors) error {
		conn, err := grpc.NewClient(d.grpcAddr.String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return err
		}
		_, token, err := in.identity.Create(ctx, domain.Actor{Account: "clerk", Role: domain.Clerk, Authority: homeBureau}, time.Hour)
		if err != nil {
			return err
		}
		work(ctx, in, d.url(), bearerConn(conn, token))
		return conn.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
}

func recordFirm(ctx context.Context, t *testing.T, conn grpc.ClientConnInterface, id string) {
	t.Helper()
	_, err := mingjianv1.NewRosterServiceClient(conn).RecordSubject(ctx, &mingjianv1.RecordSubjectRequest{Subject: &mingjianv1.SubjectRow{
		Id: id, Name: "林芝市巴宜区某某商贸有限公司", District: "540402", Address: "西藏林芝市巴宜区八一镇某某路12号",
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// A write over the served program is one trace, from the call to every view that changes.
func TestAWriteIsOneTrace(t *testing.T) {
	t.Parallel()
	collector := telemetrytest.New(t)
	watched(t, collector.URL, func(ctx context.Context, in *instance, _ string, conn grpc.ClientConnInterface) {
		ctx = metadata.AppendToOutgoingContext(ctx, grpcapi.KeyIdempotency, "k-1")
		recordFirm(ctx, t, conn, benchFirm)
		if err := in.group.Settle(ctx); err != nil {
			t.Error(err)
		}
	})
	all := collector.All() // the stop sent them
	at := slices.IndexFunc(all, func(s telemetrytest.Span) bool { return s.Name == "mingjian.v1.RosterService/RecordSubject" })
	if at < 0 {
		t.Fatalf("no span of the call in %+v", all)
	}
	call := all[at]
	var appended string
	parents := map[string]string{}
	for _, s := range telemetrytest.Trace(all, call.Trace) {
		if s.Name == "append subject" {
			appended = s.ID
		}
		parents[s.Name] = s.Parent
	}
	for name, parent := range map[string]string{
		"append subject": call.ID, "project " + roster.Projection().Name: appended, "project " + enterprise.Projection().Name: appended,
	} {
		if got, there := parents[name]; !there || got != parent {
			t.Errorf("%q: %t, under %s, want %s; the trace has %v", name, there, got, parent, parents)
		}
	}
	for _, s := range all {
		if text := strings.Join(append(slices.Collect(valuesOf(s.Attributes)), s.Name), " "); strings.Contains(text, "某某") || strings.Contains(text, benchFirm) {
			t.Errorf("a span tells what it must not: %+v", s)
		}
	}
}

func valuesOf(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

var sample = regexp.MustCompile(`^([a-z_]+)(\{[^}]*\})? `)

// What /metrics tells keeps to Prometheus' naming, and no caller can put a text of his own into a label.
func TestMetricsHaveClosedLabels(t *testing.T) {
	t.Parallel()
	const planted = "planted-by-the-caller"
	var text []byte
	var members []string
	watched(t, "", func(ctx context.Context, in *instance, url string, conn grpc.ClientConnInterface) {
		members = slices.Concat(in.group.Names(), in.outward.group.Names())
		recordFirm(ctx, t, conn, benchFirm)
		_ = conn.Invoke(ctx, "/mingjian.v1."+planted+"/"+planted, &mingjianv1.RecordSubjectRequest{}, &mingjianv1.Receipt{})
		for _, path := range []string{"/v1/" + planted, "/v1/subjects/" + planted + "?q=" + planted, "/v1/public/enterprises/" + planted, "/v1/public/enterprises/" + benchFirm, "/" + planted} {
			fetched(ctx, t, planted, url+path)
		}
		if err := in.group.Settle(ctx); err != nil {
			t.Error(err)
		}
		text = fetched(ctx, t, planted, url+"/metrics")
	})
	problems, err := promlint.New(bytes.NewReader(text)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("promlint: %v, %+v", err, problems)
	}
	tables := map[string]bool{}
	for _, p := range allProjections() {
		for _, table := range p.Tables {
			tables[table.Name] = true
		}
	}
	closed := map[string]func(string) bool{
		"method":     func(v string) bool { _, ok := grpcapi.AllAccess()[v]; return ok },
		"code":       regexp.MustCompile(`^[A-Z][A-Za-z]+$`).MatchString,
		"projection": func(v string) bool { return slices.Contains(members, v) },
		"table":      func(v string) bool { return tables[v] },
		"answer":     regexp.MustCompile(`^(ready|rendered)$`).MatchString,
		"pool":       regexp.MustCompile(`^(events|views_read|views_write)$`).MatchString,
		"state":      regexp.MustCompile(`^(used|idle|opening|active|paused|disabled)$`).MatchString,
		"outcome":    regexp.MustCompile(`^(stored|conflict|reused|cancelled|failed|sent|lost|taken|delivered|refused|gone|throttled|redirected|timeout|unreachable|forbidden|unready|held|repeated|aside)$`).MatchString,
		"platform":   func(v string) bool { return slices.Contains(profile.Embedded().Platforms(), v) },
		"kind":       func(v string) bool { return v == string(delivery.Penalty) || v == string(delivery.Licence) },
		"status":     func(v string) bool { return slices.Contains(delivery.Statuses(), delivery.Status(v)) },
		"verdict":    regexp.MustCompile(`^(accepted|duplicate|rejected)$`).MatchString,
		"version":    func(string) bool { return true }, // of the build
		"le":         func(string) bool { return true },
	}
	label := regexp.MustCompile(`([a-z_]+)="([^"]*)"`)
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		found := sample.FindStringSubmatch(lines.Text())
		if strings.Contains(lines.Text(), planted) {
			t.Errorf("the caller's text is in %s", lines.Text())
		}
		if found == nil || !strings.HasPrefix(found[1], "mingjian_") {
			continue
		}
		for _, l := range label.FindAllStringSubmatch(found[2], -1) {
			if in, known := closed[l[1]]; !known || !in(l[2]) {
				t.Errorf("%s: %s is no value of a closed set", found[1], l[0])
			}
		}
	}
	listMetrics(t, text)
}

func fetched(ctx context.Context, t *testing.T, agent, url string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("User-Agent", agent)
	req.Header.Set("X-Request-Id", agent)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return body
}

var runtimes = []string{
	"go_goroutines", "process_cpu_seconds_total", "process_max_fds", "process_open_fds", "process_resident_memory_bytes", "process_start_time_seconds",
}

// listMetrics holds the list of metrics that dashboards and alerts are checked against (make lint-deploy) to what is there.
func listMetrics(t *testing.T, text []byte) {
	t.Helper()
	var names []string
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		// Of the runtime's only those that are the same with every version of Go.
		if found := sample.FindStringSubmatch(lines.Text()); found != nil && (strings.HasPrefix(found[1], "mingjian_") || slices.Contains(runtimes, found[1])) {
			names = append(names, found[1])
		}
	}
	slices.Sort(names)
	list := strings.Join(slices.Compact(names), "\n") + "\n"
	path := filepath.Join("..", "..", "deploy", "monitoring", "metrics.txt")
	if *writeMetrics {
		if err := os.WriteFile(path, []byte(list), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(path); err != nil || string(have) != list {
		t.Errorf("%s is not what the program tells (%v); go test ./cmd/mingjian -run ClosedLabels -write-metrics writes it", path, err)
	}
}
