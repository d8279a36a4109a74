package main

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/profile"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections"
)

// happened appends events to a stream that ends at a revision; -1 for none.
func (in *instance) happened(t *testing.T, category, id string, last int, events ...es.Event) {
	t.Helper()
	proposed, err := es.Propose(es.Metadata{Command: es.DeriveID("", category, id, events[0].EventType()), Actor: "wang", RecordedAt: in.config.now().UTC()}, events...)
	if err != nil {
		t.Fatal(err)
	}
	want := es.Expected(es.NoStream{})
	if last >= 0 {
		want = es.Exactly(es.Revision(last)) //nolint:gosec // not below zero
	}
	if _, err := in.store().Append(t.Context(), es.Stream{Category: category, ID: id}, want, proposed...); err != nil {
		t.Fatal(err)
	}
}

// publishedPenalty records a penalty that is public on Credit China: released here, or taken over from elsewhere.
func (in *instance) publishedPenalty(t *testing.T, record string, elsewhere bool, change ...func(*penalty.Decided)) string {
	t.Helper()
	on := calendar.MustParse("2026-03-10")
	d := penalty.Decided{
		Penalty: record, Authority: homeBureau, AuthorityName: "子虚市市场监督管理局", DecisionNo: "子市监处罚〔2026〕" + record + "号", Procedure: penalty.Ordinary,
		Parties:   []penalty.Party{{Kind: penalty.Legal, Name: "子虚市甲店有限公司", Subject: "91540321MA6TCRT16N", LegalRepresentative: "王某"}},
		Violation: "无照经营", Facts: "未取得营业执照从事经营", Basis: "《条例》第一条", Kinds: []penalty.Kind{penalty.Fine}, FineFen: 1000_00, Content: "罚款1000元",
		DecidedOn: on, EffectiveUntil: on.AddYears(1), SourceRow: &penalty.SourceRow{FileDigest: strings.Repeat("a", 64), Line: 1},
	}
	for _, c := range change {
		c(&d)
	}
	in.happened(t, "penalty", record, -1, d)
	doc := policy.PenaltyDocument(penalty.State{Decision: d})
	raw, digest, err := disclosure.Canonical(doc)
	if err != nil {
		t.Fatal(err)
	}
	id := doc.Record().Disclosure()
	terms := []rule.Term{{Outlet: rule.CreditChina, From: on, Until: on.AddYears(1), Rule: "r", Version: "v"}}
	if elsewhere {
		in.happened(t, "disclosure", id, -1, disclosure.Adopted{
			Disclosure: id, Record: doc.Record(), Authority: homeBureau, Document: disclosure.Raw(raw), Digest: digest, Source: "旧系统", PublishedOn: on, Number: 1, By: "root", Terms: terms,
		})
		return id
	}
	in.happened(t, "disclosure", id, -1,
		disclosure.Submitted{Disclosure: id, Record: doc.Record(), Authority: homeBureau, Document: disclosure.Raw(raw), Digest: digest, By: "wang"},
		disclosure.Published{Document: disclosure.Raw(raw), Digest: digest, Number: 1, By: "zhao", On: on, Terms: terms})
	return id
}

// TestAPlatformIsGivenWhatIsPublic over a whole instance: what lacks the authority's code is held until it is recorded, and what is not
// answered in time is given up on the day after.
func TestAPlatformIsGivenWhatIsPublic(t *testing.T) {
	t.Parallel()
	clock := &turnable{}
	clock.turn("2026-06-01T04:00:00Z")
	c := onTier(t, config{Data: t.TempDir(), HTTP: "127.0.0.1:0", Patience: 10 * time.Second, Drain: 20 * time.Second, clock: clock.now,
		Platforms: platforms{Names: []string{"credit_china"}, Adopted: true}})
	err := withInstance(t.Context(), c, slog.New(slog.DiscardHandler), func(in *instance) error {
		in.awaitViews(t.Context())
		in.happened(t, "authority", string(homeBureau), -1, authority.Registered{ID: homeBureau, Name: "子虚市市场监督管理局", District: "540100", Level: authority.City})
		id := delivery.ID("credit_china", in.publishedPenalty(t, "p1", true))
		state := func() delivery.State {
			t.Helper()
			if err := in.caughtUp(t.Context(), "deliver.credit_china"); err != nil {
				t.Fatal(err)
			}
			res, err := es.Load(t.Context(), in.store(), delivery.Decider, id)
			if err != nil {
				t.Fatal(err)
			}
			return res.State
		}
		if s := state(); s.Status != delivery.WasHeld || s.Held.Problems[0].Field != "CF_CFJGDM" {
			t.Fatalf("%+v", s)
		}
		in.happened(t, "authority", string(homeBureau), 0, authority.ReportingArranged{Code: "11230500001755309F", Reason: "双公示报送"})
		s := state()
		if s.Status != delivery.WasPrepared || s.Rows[0].Prepared.Cause != delivery.ByFact {
			t.Fatalf("%+v", s)
		}
		_, err := es.Transact(t.Context(), in.store(), delivery.Decider, id, delivery.Command(delivery.Submit{
			By: domain.Actor{Account: "exchange", Role: domain.Integrator}, Today: in.config.today(), Row: 1, Number: 1, Content: s.Rows[0].Prepared.Digest,
			Digest: strings.Repeat("d", 64), Batch: "b1", Channel: "folder",
		}), es.Metadata{Command: es.DeriveID("", "submit"), RecordedAt: in.config.now().UTC()})
		if err != nil {
			t.Fatal(err)
		}
		for _, day := range []struct {
			at   string
			want delivery.Status
		}{{"2026-07-01T15:59:00Z", delivery.WasSubmitted}, {"2026-07-01T16:00:00Z", delivery.WasGivenUp}, {"2026-07-02T16:00:00Z", delivery.WasGivenUp}} {
			clock.turn(day.at)
			in.doDaily(t.Context(), map[string]calendar.Date{})
			if s := state(); s.Status != day.want || s.Status == delivery.WasGivenUp && s.GivenUp.Why != delivery.NoAnswer {
				t.Errorf("at %s: %+v", day.at, s)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestNothingIsPassedByForAPlatform: what is released while nobody is told of a platform, or not by which rules, waits for it.
func TestNothingIsPassedByForAPlatform(t *testing.T) {
	t.Parallel()
	c := config{Data: t.TempDir(), Patience: time.Minute, Drain: time.Minute}
	quiet := slog.New(slog.DiscardHandler)
	in, err := prepare(t.Context(), c, quiet) // nothing follows the log
	if err != nil {
		t.Fatal(err)
	}
	in.happened(t, "authority", string(homeBureau), -1,
		authority.Registered{ID: homeBureau, Name: "子虚市市场监督管理局", District: "540100", Level: authority.City},
		authority.ReportingArranged{Code: "11230500001755309F", Reason: "双公示报送"})
	here, elsewhere := in.publishedPenalty(t, "p1", false), in.publishedPenalty(t, "p2", true)
	if err := in.closeStores(); err != nil {
		t.Fatal(err)
	}
	var screen strings.Builder
	vault := []string{"vault", "rotate", "--data", c.Data}
	if code := run(t.Context(), terminal{args: vault, getenv: func(string) string { return "" }, out: &screen, err: &screen}); code != exitOK {
		t.Fatal(screen.String())
	}
	if in, err = prepare(t.Context(), c, quiet); err != nil {
		t.Fatal(err)
	}
	at, _, err := in.place(t.Context(), projections.Projection{Name: "policy"})
	if err = errors.Join(err, in.closeStores()); err != nil || at != (es.Position{}) {
		t.Fatalf("a command that is not told the rules had the policies go on to %s, %v", at, err)
	}
	// stands tells the causes of the rows of both disclosures, in the form "credit_china/p1 act".
	stands := func(p platforms) (out []string) {
		t.Helper()
		c.Platforms = p
		if err := withInstance(t.Context(), c, quiet, func(in *instance) error {
			if err := in.group.Settle(t.Context()); err != nil {
				return err
			}
			for _, platform := range []string{"credit_china", "provincial"} {
				for _, id := range []string{here, elsewhere} {
					res, err := es.Load(t.Context(), in.store(), delivery.Decider, delivery.ID(platform, id))
					if err != nil {
						return err
					}
					for _, r := range res.State.Rows {
						out = append(out, platform+" "+id+" "+string(r.Prepared.Action)+" by "+string(r.Prepared.Cause))
					}
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return out
	}
	want := []string{}
	for _, step := range []struct {
		given platforms
		more  string
	}{
		{platforms{}, ""},
		{platforms{Names: []string{"credit_china"}}, "credit_china penalty.p1 add by act"},
		{platforms{}, ""},
		{platforms{Names: []string{"credit_china"}, Adopted: true}, "credit_china penalty.p2 add by act"},
		{platforms{Names: []string{"credit_china"}}, ""},
		{platforms{Names: []string{"provincial", "credit_china"}}, "provincial penalty.p1 add by act"},
	} {
		if step.more != "" {
			want = append(want, step.more)
		}
		if got := stands(step.given); !slices.Equal(got, want) {
			t.Fatalf("with %+v: %q, want %q", step.given, got, want)
		}
	}
}

// TestWhatIsHeldIsLookedAtAnew on the next day: the roster names the representative by then.
func TestWhatIsHeldIsLookedAtAnew(t *testing.T) {
	t.Parallel()
	clock := &turnable{}
	clock.turn("2026-06-01T04:00:00Z")
	c := onTier(t, config{Data: t.TempDir(), HTTP: "127.0.0.1:0", Patience: 10 * time.Second, Drain: 20 * time.Second, clock: clock.now,
		Platforms: platforms{Names: []string{"credit_china"}}})
	if err := withInstance(t.Context(), c, slog.New(slog.DiscardHandler), func(in *instance) error {
		in.awaitViews(t.Context())
		in.happened(t, "authority", string(homeBureau), -1,
			authority.Registered{ID: homeBureau, Name: "子虚市市场监督管理局", District: "540100", Level: authority.City},
			authority.ReportingArranged{Code: "11230500001755309F", Reason: "双公示报送"})
		ids := map[string]string{}
		for record, code := range map[string]domain.SubjectID{"p1": "91540321MA6TCRT16N", "p2": "91320105780688132K"} {
			ids[record] = delivery.ID("credit_china", in.publishedPenalty(t, record, false, func(d *penalty.Decided) {
				d.Parties[0].LegalRepresentative, d.Parties[0].Subject = "", code
			}))
		}
		expect := func(record string, status delivery.Status, revision es.Revision) {
			t.Helper()
			res, err := es.Load(t.Context(), in.store(), delivery.Decider, ids[record])
			if err != nil {
				t.Fatal(err)
			}
			if res.State.Status != status || res.Revision != revision {
				t.Errorf("%s is %s at %d, want %s at %d", record, res.State.Status, res.Revision, status, revision)
			}
			if last, sent := res.State.Last(); sent && last.Prepared.Cause != delivery.ByFact {
				t.Errorf("prepared by %s", last.Prepared.Cause)
			}
		}
		if err := in.group.Settle(t.Context()); err != nil {
			return err
		}
		done := map[string]calendar.Date{}
		in.doDaily(t.Context(), done)
		expect("p1", delivery.WasHeld, 0)
		in.happened(t, "subject", "91540321MA6TCRT16N", -1,
			roster.SubjectRegistered{ID: "91540321MA6TCRT16N", Name: "子虚市甲店有限公司", Code: "91540321MA6TCRT16N", Kind: roster.Enterprise, Status: roster.Active, Authority: homeBureau},
			roster.SubjectRepresented{Name: "王某", EffectiveOn: calendar.MustParse("2026-06-01")})
		for _, at := range []string{"2026-06-01T16:00:00Z", "2026-06-02T16:00:00Z"} {
			clock.turn(at)
			in.doDaily(t.Context(), done)
			expect("p1", delivery.WasPrepared, 1)
			expect("p2", delivery.WasHeld, 0) // and nothing more is said of it
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestPlatformsNeedAProfile(t *testing.T) {
	t.Parallel()
	all := profile.Embedded()
	if _, err := (&platforms{Names: []string{"credit_china", "nowhere"}}).read(all); err == nil || !strings.Contains(err.Error(), `--platforms: "nowhere"`) {
		t.Errorf("%v", err)
	}
	if _, err := (&platforms{Names: []string{"provincial", "provincial"}}).read(all); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("%v", err)
	}
	if got, err := (&platforms{}).read(all); err != nil || len(got.Names) > 0 || got.Adopted {
		t.Errorf("%+v, %v", got, err)
	}
}
