package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/mingjian-ledger/mingjian/adapters/gateway"
	"github.com/mingjian-ledger/mingjian/adapters/telemetry"
	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// fetch is an ordinary client of the REST door; it reads the answer whole, into room of its size.
func (w *benched) fetch() func(method, path, body string) error {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: atOnce}}
	w.Cleanup(client.CloseIdleConnections)
	ctx := w.Context()
	return func(method, path, body string) error {
		req, err := http.NewRequestWithContext(ctx, method, w.url+path, strings.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+w.token)
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		answer := bytes.NewBuffer(make([]byte, 0, max(resp.ContentLength, 0)+bytes.MinRead))
		_, err = answer.ReadFrom(resp.Body)
		if err = errors.Join(err, resp.Body.Close()); err == nil && resp.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, answer)
		}
		return err
	}
}

// BenchmarkP10 is the cost of a call over REST beside the same call over gRPC, both over TCP with ordinary clients.
func BenchmarkP10(b *testing.B) {
	bench(b, func(w *benched) {
		ctx, rest, conn := b.Context(), w.fetch(), bearerConn(w.conn, w.token)
		cost := func(id, what string, most float64, overREST, overGRPC func() error) {
			rate, _ := w.compare(callers(func(int) error { return overREST() }), callers(func(int) error { return overGRPC() }))
			w.print(ratio.Goal{ID: id, What: what + ": cost over REST, of gRPC", AtMost: most}, rate)
		}
		subjects, public := mingjianv1.NewRosterServiceClient(conn), mingjianv1.NewPublicServiceClient(conn)
		cost("P10", "one subject of the roster", 1.6,
			func() error { return rest(http.MethodGet, "/v1/subjects/"+benchFirm, "") },
			func() error {
				_, err := subjects.GetSubject(ctx, &mingjianv1.GetSubjectRequest{SubjectId: benchFirm})
				return err
			})
		cost("P10b", "a page of public penalties", 1.6,
			func() error { return rest(http.MethodGet, "/v1/public/penalties?page_size=50", "") },
			func() error {
				_, err := public.ListPublicPenalties(ctx, &mingjianv1.ListPublicPenaltiesRequest{PageSize: 50})
				return err
			})
		var n atomic.Int64
		fresh := func() *mingjianv1.RecordSubjectRequest {
			return &mingjianv1.RecordSubjectRequest{Subject: &mingjianv1.SubjectRow{
				Id: fmt.Sprintf("reg:%015d", n.Add(1)), Name: "林芝市巴宜区某某商贸有限公司", District: "540402", Address: "西藏林芝市巴宜区八一镇某某路12号",
				Scope: "食品销售；日用百货销售；五金产品零售", RegisteredOn: "2019-03-04",
			}}
		}
		cost("P10w", "a subject recorded", 1.3,
			func() error {
				body, err := protojson.Marshal(fresh())
				if err != nil {
					return err
				}
				return rest(http.MethodPost, "/v1/subjects", string(body))
			},
			func() error {
				_, err := subjects.RecordSubject(ctx, fresh())
				return err
			})
	})
}

// overPipe is a connection of a gRPC client to the same server through memory.
func (w *benched) overPipe() *grpc.ClientConn {
	w.Helper()
	lis := bufconn.Listen(1 << 20)
	go func() { _ = w.in.server.GRPC.Serve(lis) }()
	conn, err := grpc.NewClient("passthrough:///pipe", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return lis.DialContext(ctx) }))
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { _ = conn.Close() })
	return conn
}

// blotter takes an answer and keeps nothing of it.
type blotter struct {
	header http.Header
	status int
}

func (q *blotter) Header() http.Header         { return q.header }
func (q *blotter) WriteHeader(status int)      { q.status = status }
func (q *blotter) Write(b []byte) (int, error) { return len(b), nil }

// BenchmarkChannel is what chose the channel between the gateway and the services: the whole REST handler without TCP, over
// the in-process channel, beside the same over a gRPC connection through memory.
func BenchmarkChannel(b *testing.B) {
	bench(b, func(w *benched) {
		handler := func(conn grpc.ClientConnInterface) func(int) error {
			h, err := gateway.New(b.Context(), gateway.Options{Conn: conn, Versions: never{}, Metrics: telemetry.New().Handler(), Ready: w.in.ready})
			if err != nil {
				b.Fatal(err)
			}
			return func(int) error {
				req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "/v1/public/penalties?page_size=50", nil)
				if err != nil {
					return err
				}
				out := &blotter{header: http.Header{}, status: http.StatusOK}
				if h.ServeHTTP(out, req); out.status != http.StatusOK {
					return fmt.Errorf("answered %d", out.status)
				}
				return nil
			}
		}
		rate, _ := w.compare(callers(handler(w.overPipe())), callers(handler(w.in.server.InProcess)))
		w.print(ratio.Goal{ID: "CHAN", What: "REST over the in-process channel, of gRPC through memory", AtLeast: 1}, rate)
	})
}

// never knows no version, so that nothing is ready.
type never struct{}

func (never) EnterpriseVersion(context.Context, string) (string, bool, error) { return "", false, nil }
