package main

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/holiday"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/projections/deadline"
)

// TestANoticeReachesEveryOpenPeriod: the view from which the policy takes what is open runs beside it, and may be behind when the
// notice comes; nothing that was decided before may be left out.
func TestANoticeReachesEveryOpenPeriod(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 18, 2, 0, 0, 0, time.UTC)
	c := onTier(t, config{Data: t.TempDir(), Patience: 10 * time.Second, Drain: 20 * time.Second, clock: func() time.Time { return now }})
	by := domain.Actor{Account: "wang", Role: domain.Clerk, Authority: homeBureau}
	const decisions = 40
	err := withInstance(t.Context(), c, slog.New(slog.DiscardHandler), func(in *instance) error {
		for n := range decisions {
			d := penalty.Decided{
				Authority: homeBureau, AuthorityName: "西藏某局", DecisionNo: fmt.Sprintf("藏市监处罚〔2026〕%d号", n), Procedure: penalty.Ordinary,
				Parties:   []penalty.Party{{Kind: penalty.Legal, Name: fmt.Sprintf("第%d商店", n), LegalRepresentative: "张三"}},
				Violation: "v", Facts: "f", Basis: "b", Kinds: []penalty.Kind{penalty.Fine}, Content: "罚款1000元", FineFen: 1000_00,
				DecidedOn: calendar.MustParse("2026-12-17"), EffectiveUntil: calendar.MustParse("2027-12-17"),
			}
			id := penalty.ID(homeBureau, d.DecisionNo, d.Parties[0].Name, d.DecidedOn)
			cmd := penalty.Command(penalty.Decide{By: by, Today: c.today(), Decision: d})
			if _, err := es.Transact(t.Context(), in.store(), penalty.Decider, id, cmd, es.Metadata{Command: es.DeriveID("", "decide", id), RecordedAt: now}); err != nil {
				return err
			}
		}
		_, err := es.Transact(t.Context(), in.store(), holiday.Decider, holiday.Stream, holiday.Command(holiday.RecordNotice{
			By: by, Today: c.today(), Year: 2027, Number: "测试〔2026〕1号", IssuedOn: calendar.MustParse("2026-12-01"),
			Table: "off 2026-12-31..2027-01-02\nwork 2026-12-27\n",
		}), es.Metadata{Command: es.DeriveID("", "notice"), RecordedAt: now})
		if err != nil {
			return err
		}
		if err := in.group.Settle(t.Context()); err != nil {
			return err
		}
		recounted := 0
		for token := ""; ; {
			page, next, err := deadline.List(t.Context(), in.views, deadline.Filter{State: deadline.Open, PageSize: 100, PageToken: token})
			if err != nil {
				return err
			}
			for _, v := range page {
				if v.GetProvisional() {
					t.Errorf("%s of %s is provisional still", v.GetRule(), v.GetRecordId())
				}
				recounted += len(v.GetRecounts())
			}
			if token = next; token == "" {
				break
			}
		}
		if recounted != 4*decisions {
			t.Errorf("%d periods were counted again, of %d", recounted, 4*decisions)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
