package main

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// BenchmarkPast is the cost of a look-up as of a moment beside the same look-up of the present, both over gRPC.
func BenchmarkPast(b *testing.B) {
	bench(b, func(w *benched) {
		ctx, public := b.Context(), mingjianv1.NewPublicServiceClient(w.conn)
		cost := func(id, what string, most float64, ask func(asOf string) error) {
			rate, _ := w.compare(callers(func(int) error { return ask("release:60") }), callers(func(int) error { return ask("") }))
			w.print(ratio.Goal{ID: id, What: what + " as of a moment: cost, of the present one", AtMost: most}, rate)
		}
		cost("P30", "one record", 2.5, func(asOf string) error {
			_, err := public.GetReleased(ctx, &mingjianv1.GetReleasedRequest{DisclosureId: "penalty.7", AsOf: asOf})
			return err
		})
		cost("P30b", "a page of public penalties", 4, func(asOf string) error {
			_, err := public.ListPublicPenalties(ctx, &mingjianv1.ListPublicPenaltiesRequest{PageSize: 50, AsOf: asOf})
			return err
		})
		cost("P30c", "the record of an enterprise", 3, func(asOf string) error {
			_, err := public.GetEnterprise(ctx, &mingjianv1.GetEnterpriseRequest{Id: benchFirm, AsOf: asOf})
			return err
		})
	})
}
