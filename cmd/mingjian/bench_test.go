package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
	"github.com/mingjian-ledger/mingjian/domain/roster"
)

var measure = ratio.Flags(flag.CommandLine, time.Now)

// atOnce is how many callers there are, each on a connection that it keeps.
const atOnce = 8

const benchFirm = "91540321MA6TCRT16N"

// benched is an instance that serves, with the public record of a firm.
type benched struct {
	*testing.B
	in    *instance
	url   string
	rest  string // address
	conn  *grpc.ClientConn
	token string
}

// bench serves an instance for the time of a benchmark.
func bench(b *testing.B, work func(*benched), change ...func(*config)) {
	b.Helper()
	c := config{Data: b.TempDir(), HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Patience: 10 * time.Second, Drain: 20 * time.Second}
	for _, f := range change {
		f(&c)
	}
	err := serve(b.Context(), c, slog.New(slog.DiscardHandler), func(ctx context.Context, in *instance, d *doors) error {
		conn, err := grpc.NewClient(d.grpcAddr.String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return err
		}
		_, token, err := in.identity.Create(ctx, domain.Actor{Account: "clerk", Role: domain.Clerk, Authority: homeBureau}, time.Hour)
		if err != nil {
			return err
		}
		w := &benched{B: b, in: in, url: d.url(), rest: d.httpAddr.String(), conn: conn, token: token}
		w.disclose(ctx)
		work(w)
		return conn.Close()
	})
	if err != nil {
		b.Fatal(err)
	}
}

// disclose registers the firm and publishes two penalties of it, and sixty of others.
func (w *benched) disclose(ctx context.Context) {
	w.Helper()
	by := domain.Actor{Account: "root", Role: domain.Admin, Authority: homeBureau}
	today := calendar.DateOf(time.Now())
	_, err := es.Transact(ctx, w.in.store(), roster.Subjects, benchFirm, roster.SubjectCommand(roster.RecordSubject{
		By: by, Today: today, ID: benchFirm, Name: "林芝市巴宜区某某商贸有限公司", District: "540402", Address: "西藏林芝市巴宜区八一镇某某路12号",
	}), es.Metadata{Command: es.DeriveID("", "firm"), RecordedAt: time.Now().UTC()})
	for n := 0; err == nil && n < 62; n++ {
		record, of := disclosure.Record{Kind: disclosure.Penalty, ID: strconv.Itoa(n)}, domain.SubjectID(benchFirm)
		if n >= 2 {
			of = domain.SubjectID(fmt.Sprintf("reg:99%011d", n))
		}
		_, err = es.Transact(ctx, w.in.store(), disclosure.Decider, record.Disclosure(), disclosure.Command(disclosure.Adopt{
			By: by, Today: today, Source: "原公示平台", PublishedOn: today, Document: penaltyDocument(n, of, today),
		}), es.Metadata{Command: es.DeriveID("", "adopt", record.ID), RecordedAt: time.Now().UTC()})
	}
	if err == nil {
		err = w.in.group.Settle(ctx)
	}
	if err != nil {
		w.Fatal(err)
	}
}

func penaltyDocument(n int, of domain.SubjectID, on calendar.Date) disclosure.Document {
	return disclosure.Document{
		Schema: disclosure.Schema, Kind: disclosure.Penalty, RecordID: strconv.Itoa(n), Title: fmt.Sprintf("林市监处罚〔2026〕%d号", n), Date: on,
		Authority: disclosure.Authority{ID: homeBureau, Name: "林芝市市场监督管理局"},
		Subjects:  []disclosure.Subject{{ID: of, Name: "林芝市巴宜区某某商贸有限公司"}},
		Penalty: &disclosure.PenaltyBody{
			DecisionNo: fmt.Sprintf("林市监处罚〔2026〕%d号", n), Violation: "未按规定明码标价", Facts: "当事人销售商品未按规定明码标价。", Basis: "《价格法》第四十二条",
			Kinds: []disclosure.Labelled{{Code: "fine", Label: "罚款"}}, Content: "罚款人民币贰仟元整", FineFen: 200_000, DecidedOn: on, Status: "in_force",
		},
	}
}

// readyBytes serves the same bytes by net/http and nothing else.
func (w *benched) readyBytes(body []byte) (addr string, stop func()) {
	w.Helper()
	lis, err := new(net.ListenConfig).Listen(w.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		w.Fatal(err)
	}
	kind, length := []string{"application/json"}, []string{strconv.Itoa(len(body))}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header()["Content-Type"], rw.Header()["Content-Length"] = kind, length
		_, _ = rw.Write(body)
	})}
	go func() { _ = server.Serve(lis) }()
	return lis.Addr().String(), func() { _ = server.Close() }
}

// callers run call, each on its own, until the slice is over.
func callers(call func(w int) error) ratio.Load {
	return func(more func() bool) (done ratio.Done, err error) {
		var mu sync.Mutex
		var all sync.WaitGroup
		for w := range atOnce {
			all.Go(func() {
				var took []time.Duration
				var fault error
				for fault == nil && more() {
					start := time.Now()
					fault = call(w)
					took = append(took, time.Since(start))
				}
				mu.Lock()
				defer mu.Unlock()
				done.Units, done.Took, err = done.Units+len(took), append(done.Took, took...), errors.Join(err, fault)
			})
		}
		all.Wait()
		return done, err
	}
}

// line is a kept connection of a client that does no more than HTTP/1.1 asks of it, so that the server is what is measured.
type line struct {
	net.Conn
	in   *bufio.Reader
	send []byte
}

// lines are asking for a path, one for each caller.
func (w *benched) lines(addr, path string) ratio.Load {
	w.Helper()
	all := make([]*line, atOnce)
	for i := range all {
		conn, err := new(net.Dialer).DialContext(w.Context(), "tcp", addr)
		if err != nil {
			w.Fatal(err)
		}
		w.Cleanup(func() { _ = conn.Close() })
		all[i] = &line{conn, bufio.NewReaderSize(conn, 64<<10), []byte("GET " + path + " HTTP/1.1\r\nHost: " + addr + "\r\nAccept: application/json\r\n\r\n")}
	}
	return callers(func(n int) error { return all[n].ask() })
}

// ask sends the request and reads the answer over.
func (l *line) ask() error {
	if _, err := l.Write(l.send); err != nil {
		return err
	}
	length := -1
	for first := true; ; first = false {
		row, err := l.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		const name = "Content-Length: "
		switch {
		case first && string(row[9:12]) != "200":
			return fmt.Errorf("answered %q", row)
		case len(row) == 2 && length < 0:
			return errors.New("an answer without a length")
		case len(row) == 2:
			_, err := l.in.Discard(length)
			return err
		case len(row) > len(name) && string(row[:len(name)]) == name:
			if length, err = strconv.Atoi(string(row[len(name) : len(row)-2])); err != nil {
				return err
			}
		}
	}
}

// compare measures and prints rows of the table of ratios.
func (w *benched) compare(limit, subject ratio.Load) (rate, p99 ratio.Figure) {
	w.Helper()
	rate, p99, err := measure.Compare(limit, subject)
	if err != nil {
		w.Fatal(err)
	}
	return rate, p99
}

func (w *benched) print(g ratio.Goal, f ratio.Figure) {
	w.Helper()
	g.Tier = "program"
	_, _ = fmt.Fprintln(os.Stdout, g.Line(f))
	w.Logf("%s: limit %.6g, subject %.6g", g.ID, f.Limit, f.Subject)
	w.ReportMetric(f.Median, g.ID+"-ratio")
	w.ReportMetric(0, "ns/op")
}

// BenchmarkP9 is the public record of an enterprise over REST, through the whole served stack, beside net/http that serves
// the same bytes.
func BenchmarkP9(b *testing.B) {
	bench(b, func(w *benched) {
		path := "/v1/public/enterprises/" + benchFirm
		resp, err := http.Get(w.url + path) //nolint:noctx // in a benchmark of the same process
		if err != nil {
			b.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err = errors.Join(err, resp.Body.Close()); err != nil || resp.StatusCode != http.StatusOK {
			b.Fatal(resp.Status, err)
		}
		addr, stop := w.readyBytes(body)
		defer stop()
		rate, p99 := w.compare(w.lines(addr, path), w.lines(w.rest, path))
		w.print(ratio.Goal{ID: "P9", What: fmt.Sprintf("public record over REST, %d bytes, of net/http with ready bytes", len(body)), AtLeast: 0.7}, rate)
		w.print(ratio.Goal{ID: "P9b", What: "its p99, of net/http's", AtMost: 2.5}, p99)
	})
}
