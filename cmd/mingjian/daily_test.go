package main

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/licence"
)

// turnable is a clock that a test turns.
type turnable struct{ at atomic.Pointer[time.Time] }

func (c *turnable) turn(text string) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	c.at.Store(&at)
}

func (c *turnable) now() time.Time { return *c.at.Load() }

// grant records a licence until a day.
func (in *instance) grant(t *testing.T, ctx context.Context, no, until string) string {
	t.Helper()
	by := domain.Actor{Account: "wang", Role: domain.Clerk, Authority: homeBureau}
	id := licence.ID(homeBureau, no, "")
	_, err := es.Transact(ctx, in.store(), licence.Decider, id, licence.Command(licence.Grant{By: by, Today: calendar.DateOf(in.config.now()), Grant: licence.Granted{
		Authority: homeBureau, AuthorityName: "子虚市市场监督管理局", Holder: licence.Holder{Kind: licence.Legal, Name: "子虚市甲店"},
		DocumentTitle: "准予食品经营许可决定书", Category: licence.Ordinary, CertificateName: "食品经营许可证", LicenceNo: no, Content: "销售",
		DecidedOn: calendar.MustParse("2026-01-05"), ValidFrom: calendar.MustParse("2026-01-05"), ValidTo: calendar.MustParse(until),
	}}), es.Metadata{Command: es.DeriveID("", "grant", no), Actor: "wang", RecordedAt: in.config.now().UTC()})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// expiries are the licences that were marked, each with the day from which it is over.
func (in *instance) expiries(t *testing.T, ctx context.Context, ids ...string) (out []string) {
	t.Helper()
	for _, id := range ids {
		l, err := es.Load(ctx, in.store(), licence.Decider, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range l.State.Decisions {
			if d.Action == licence.ActExpire {
				out = append(out, d.LicenceNo+" "+d.On.String())
			}
		}
	}
	return out
}

// TestLicencesLapseOnTheirDay does the jobs on several days, more than once, with days left out, and after a restart.
func TestLicencesLapseOnTheirDay(t *testing.T) {
	t.Parallel()
	clock := &turnable{}
	clock.turn("2026-01-05T04:00:00Z")
	c := onTier(t, config{Data: t.TempDir(), HTTP: "127.0.0.1:0", Patience: 10 * time.Second, Drain: 20 * time.Second, clock: clock.now})
	var ids []string
	for part, days := range [][]struct {
		at   string
		want []string
	}{
		{
			{"2026-03-01T15:59:00Z", nil}, // the last minute of the day in Shanghai
			{"2026-03-01T16:00:00Z", []string{"JY1 2026-03-02"}},
			{"2026-03-01T23:00:00Z", []string{"JY1 2026-03-02"}},
		},
		{
			{"2026-03-05T04:00:00Z", []string{"JY1 2026-03-02", "JY2 2026-03-03", "JY3 2026-03-05"}},
			{"2030-01-01T04:00:00Z", []string{"JY1 2026-03-02", "JY2 2026-03-03", "JY3 2026-03-05"}},
		},
	} {
		err := withInstance(t.Context(), c, slog.New(slog.DiscardHandler), func(in *instance) error {
			in.awaitViews(t.Context())
			if part == 0 {
				for no, until := range map[string]string{"JY1": "2026-03-01", "JY2": "2026-03-02", "JY3": "2026-03-04", "JY4": "2099-12-31"} {
					ids = append(ids, in.grant(t, t.Context(), no, until))
				}
			}
			done := map[string]calendar.Date{}
			for _, day := range days {
				clock.turn(day.at)
				for range 2 {
					in.doDaily(t.Context(), done)
					clear(done) // as if nobody remembered
				}
				if got := in.expiries(t, t.Context(), ids...); !slices.Equal(sorted(got), day.want) {
					t.Errorf("at %s: %v, want %v", day.at, got, day.want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

// TestAServerDoesTheDaysJobs starts one on the day after a licence's last and waits for the mark in the log.
func TestAServerDoesTheDaysJobs(t *testing.T) {
	t.Parallel()
	clock := &turnable{}
	clock.turn("2026-01-05T04:00:00Z")
	c := onTier(t, config{Data: t.TempDir(), HTTP: "127.0.0.1:0", Patience: 10 * time.Second, Drain: 20 * time.Second, clock: clock.now})
	log := slog.New(slog.DiscardHandler)
	err := withInstance(t.Context(), c, log, func(in *instance) error {
		in.grant(t, t.Context(), "JY1", "2026-03-01")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	clock.turn("2026-03-02T04:00:00Z")
	err = serve(t.Context(), c, log, func(ctx context.Context, in *instance, _ *doors) error {
		for batch, err := range in.events.Follow(ctx, es.Position{}) {
			if err != nil {
				return err
			}
			for _, r := range batch.Records {
				if r.Type != (licence.Expired{}).EventType() {
					continue
				}
				if meta, err := r.Metadata(); err != nil || meta.Actor != "daily" || meta.Authority != string(homeBureau) || meta.CommandDigest == "" {
					t.Errorf("marked by %+v, %v", meta, err)
				}
				return nil
			}
		}
		t.Error("nothing was marked")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
