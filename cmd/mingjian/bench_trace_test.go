package main

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/telemetry/telemetrytest"
	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// BenchmarkTracing is what tracing costs calls: an instance that traces, to a receiver in the same process, beside one that
// doesn't.
func BenchmarkTracing(b *testing.B) {
	collector := telemetrytest.New(b)
	bench(b, func(off *benched) {
		for kept, least := range map[float64]float64{0.01: 0.9, 1: 0.5} {
			bench(b, func(on *benched) {
				on.cost(least, fmt.Sprintf("a write, %g of traces kept: rate, of untraced", kept), off, func(w *benched) func(int) error {
					var n atomic.Int64
					client := mingjianv1.NewRosterServiceClient(bearerConn(w.conn, w.token))
					return func(int) error {
						_, err := client.RecordSubject(b.Context(), &mingjianv1.RecordSubjectRequest{Subject: &mingjianv1.SubjectRow{
							Id: fmt.Sprintf("reg:%015d", n.Add(1)), Name: "林芝市巴宜区某某商贸有限公司", District: "540402", Address: "西藏林芝市巴宜区八一镇某某路12号",
						}})
						return err
					}
				})
				on.cost(least, fmt.Sprintf("a page of public penalties, %g of traces kept: rate, of untraced", kept), off, func(w *benched) func(int) error {
					client := mingjianv1.NewPublicServiceClient(w.conn)
					return func(int) error {
						_, err := client.ListPublicPenalties(b.Context(), &mingjianv1.ListPublicPenaltiesRequest{PageSize: 50})
						return err
					}
				})
			}, func(c *config) { c.Traces = traces{URL: collector.URL, Ratio: kept} })
		}
	})
}

func (w *benched) cost(least float64, what string, off *benched, call func(*benched) func(int) error) {
	w.Helper()
	rate, _ := w.compare(callers(call(off)), callers(call(w)))
	w.print(ratio.Goal{ID: "TRACE", What: what, AtLeast: least}, rate)
}
