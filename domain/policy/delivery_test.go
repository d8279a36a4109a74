package policy_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	natural "github.com/mingjian-ledger/mingjian/domain/person"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/profile"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

const platform = "credit_china"

// heldInLog finds what is held by reading everything.
type heldInLog struct{ w *world }

func (h heldInLog) Held(_ context.Context, authority domain.AuthorityID, _ string) (ids []string, next string, err error) {
	for _, rec := range h.w.store.All() {
		if rec.Stream.Category != delivery.Category || slices.Contains(ids, rec.Stream.ID) {
			continue
		}
		if s := stateOf(h.w, delivery.Decider, rec.Stream.ID); s.Status == delivery.WasHeld && s.Authority == authority {
			ids = append(ids, rec.Stream.ID)
		}
	}
	return ids, "", nil
}

func newPlatformWorld(t *testing.T) *world {
	w := newWorld(t)
	w.since = day("2026-06-01").StartsAt().UTC()
	w.platforms = policy.Platforms{Names: []string{platform}, Profiles: profile.Embedded()}
	return w
}

// coded records the authority's own code.
func (w *world) coded() {
	w.add("authority", string(bureau), authority.ReportingArranged{Code: "11230500001755309F", Reason: "双公示报送"})
}

func punished(change ...func(*penalty.Decided)) penalty.Decided {
	return fined("1", "2026-03-10", append([]func(*penalty.Decided){func(d *penalty.Decided) {
		d.Parties = []penalty.Party{{Kind: penalty.Legal, Name: "甲公司", Subject: "91540321MA6TCRT16N", LegalRepresentative: "王某"}}
		d.Violation, d.Facts, d.Basis, d.EffectiveUntil = "无照经营", "未取得营业执照从事经营", "《条例》第一条", day("2027-03-10")
	}}, change...)...)
}

// document is what the policy submitted last.
func (w *world) document(id string) disclosure.Draft {
	w.Helper()
	w.react()
	return stateOf(w, disclosure.Decider, id).Draft
}

func terms(outlets ...rule.Outlet) (out []rule.Term) {
	for _, o := range outlets {
		out = append(out, rule.Term{Outlet: o, From: day("2026-03-20"), Until: day("2027-03-20"), Rule: "r", Version: "v"})
	}
	return out
}

func (w *world) released(id string, number int, outlets ...rule.Outlet) disclosure.Published {
	d := w.document(id)
	return disclosure.Published{Document: d.Document, Digest: d.Digest, Number: number, By: "zhao", On: day("2026-03-20"), Terms: terms(outlets...)}
}

// delivered tells the events of a delivery in short.
func (w *world) delivered(id string) string {
	w.Helper()
	w.react()
	var out []string
	for r, err := range w.store.Read(w.Context(), es.Stream{Category: delivery.Category, ID: delivery.ID(platform, id)}, 0) {
		if err != nil {
			w.Fatal(err)
		}
		e, err := delivery.Codec().Decode(r.Type, r.Data)
		if err != nil {
			w.Fatal(err)
		}
		switch e := e.(type) {
		case delivery.Prepared:
			out = append(out, fmt.Sprintf("%s %d by %s", e.Action, e.Act, e.Cause))
		case delivery.Held:
			var rules []string
			for _, p := range e.Problems {
				rules = append(rules, p.Field+" "+p.Rule)
			}
			out = append(out, fmt.Sprintf("held %d: %s", e.Act, strings.Join(rules, ", ")))
		case delivery.Dropped:
			out = append(out, fmt.Sprintf("dropped %d %s", e.Act, e.Why))
		case delivery.Submitted, delivery.Accepted, delivery.Rejected, delivery.NameChosen, delivery.GivenUp, delivery.RepresentativeRecorded:
			out = append(out, strings.TrimSuffix(strings.TrimPrefix(e.EventType(), "mingjian.delivery."), ".v1"))
		}
	}
	return strings.Join(out, "; ")
}

func (w *world) expectDelivered(id, want string) {
	w.Helper()
	if got := w.delivered(id); got != want || len(w.refused) > 0 {
		w.Errorf("%s was given %q, want %q; refused %v", platform, got, want, w.refused)
	}
}

func column(t testing.TB, s delivery.State, key string) string {
	t.Helper()
	last, _ := s.Last()
	for _, c := range last.Prepared.Columns {
		if c.Key == key {
			return c.Value
		}
	}
	t.Errorf("no column %s in %+v", key, last)
	return ""
}

// TestAPlatformFollowsTheActs: each act that changes what Credit China shows is an item; acts elsewhere are none.
func TestAPlatformFollowsTheActs(t *testing.T) {
	t.Parallel()
	const id = "penalty.1"
	w := newPlatformWorld(t)
	w.coded()
	w.add("penalty", "1", punished())
	w.add("disclosure", id, w.released(id, 1, rule.Portal))
	w.expectDelivered(id, "")
	w.add("disclosure", id, w.released(id, 2, rule.CreditChina))
	w.expectDelivered(id, "add 2 by act")
	s := stateOf(w, delivery.Decider, delivery.ID(platform, id))
	for key, want := range map[string]string{
		"CF_XDR_MC": "甲公司", "CF_XDR_SHXYM": "91540321MA6TCRT16N", "CF_NR_FK": "0.100000", "CF_CFJGDM": "11230500001755309F", "CF_SJLYDM": "11230500001755309F",
		"CF_JDRQ": "2026-03-10", "CF_FRDB": "王某",
	} {
		if got := column(t, s, key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	masked := disclosure.Masked{Outlets: []rule.Outlet{rule.Portal}, Number: 3, On: day("2026-04-01")}
	w.add("disclosure", id, masked)
	w.expectDelivered(id, "add 2 by act")
	masked.Outlets, masked.Number = []rule.Outlet{rule.CreditChina}, 4
	w.add("disclosure", id, masked)
	w.expectDelivered(id, "add 2 by act; delete 4 by act")
	again := w.released(id, 0)
	w.add("disclosure", id, disclosure.Unmasked{Outlets: []rule.Outlet{rule.Portal, rule.CreditChina}, Document: again.Document, Digest: again.Digest, Number: 5, On: day("2026-04-02")})
	w.expectDelivered(id, "add 2 by act; delete 4 by act; add 5 by act")

	w.add("penalty", "1", penalty.Amended{Reason: "复议变更", Kinds: []penalty.Kind{penalty.Fine}, Content: "罚款500元", FineFen: 500_00, On: day("2026-05-01")})
	w.expectDelivered(id, "add 2 by act; delete 4 by act; add 5 by act") // what is public has not changed yet
	corrected := w.released(id, 0)
	w.add("disclosure", id, disclosure.Corrected{Document: corrected.Document, Digest: corrected.Digest, Reason: "复议变更", Number: 6})
	w.expectDelivered(id, "add 2 by act; delete 4 by act; add 5 by act; modify 6 by act")
	if got := column(t, stateOf(w, delivery.Decider, delivery.ID(platform, id)), "CF_NR_FK"); got != "0.050000" {
		t.Errorf("the fine is %s", got)
	}
	w.add("disclosure", id, disclosure.Ended{Outlets: []rule.Outlet{rule.CreditChina}, Cause: disclosure.Repaired, Number: 7, On: day("2026-05-20")})
	w.add("disclosure", id, disclosure.Withdrawn{Ground: disclosure.GroundRevoked, Number: 8}) // from the portal alone
	w.expectDelivered(id, "add 2 by act; delete 4 by act; add 5 by act; modify 6 by act; delete 7 by act")
}

// TestWhatIsHeldIsPreparedOnceItIsPossible: an authority without a code, as it was registered.
func TestWhatIsHeldIsPreparedOnceItIsPossible(t *testing.T) {
	t.Parallel()
	const id = "penalty.1"
	w := newPlatformWorld(t)
	w.add("penalty", "1", punished())
	w.add("disclosure", id, w.released(id, 1, rule.CreditChina))
	const held = "held 1: CF_CFJGDM required, CF_SJLYDM required"
	w.expectDelivered(id, held)
	w.coded()
	w.expectDelivered(id, held+"; add 1 by fact")
	w.add("authority", string(bureau), authority.ReportingArranged{Code: "11230500001755309F", SourceName: "市局", SourceCode: "11230500001755309F", Reason: "由市局报送"})
	w.expectDelivered(id, held+"; add 1 by fact") // nothing waits for it
}

// TestWhatIsHeldGoesWithALaterAct: withdrawn before it was ever possible.
func TestWhatIsHeldGoesWithALaterAct(t *testing.T) {
	t.Parallel()
	const id = "penalty.1"
	w := newPlatformWorld(t)
	w.add("penalty", "1", punished())
	w.add("disclosure", id, w.released(id, 1, rule.CreditChina))
	w.react()
	w.add("disclosure", id, disclosure.Withdrawn{Ground: disclosure.GroundRevoked, Number: 2})
	w.coded()
	w.expectDelivered(id, "held 1: CF_CFJGDM required, CF_SJLYDM required; dropped 2 never_there")
}

// Nobody's ledger changes unasked.
func TestWithoutAPlatformNothingIsPrepared(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("penalty", "1", punished())
	w.add("disclosure", "penalty.1", w.released("penalty.1", 1, rule.CreditChina))
	w.coded()
	w.expectDelivered("penalty.1", "")
	for _, rec := range w.store.All() {
		if rec.Stream.Category == delivery.Category {
			t.Errorf("%s of %s", rec.Type, rec.Stream)
		}
	}
}

func TestARenameIsResolvedByTheNameThatWasChosen(t *testing.T) {
	t.Parallel()
	const id = "penalty.1"
	w := newPlatformWorld(t)
	w.coded()
	w.add("penalty", "1", punished())
	w.add("disclosure", id, w.released(id, 1, rule.CreditChina))
	w.react()
	stream := delivery.ID(platform, id)
	w.add("delivery", stream, delivery.Submitted{Row: 1, Number: 1, On: day("2026-03-21")},
		delivery.Rejected{Answer: delivery.Answer{Row: 1, Number: 1, Code: "1001", On: day("2026-03-21")}},
		delivery.NameChosen{Name: "甲商贸公司", Former: "甲公司", AsOf: day("2026-03-21"), Reason: "平台基础库为更名前名称", On: day("2026-03-21"), By: "wang"})
	w.expectDelivered(id, "add 1 by act; submitted; rejected; name_chosen; add 1 by fact")
	s := stateOf(w, delivery.Decider, stream)
	if column(t, s, "CF_XDR_MC") != "甲商贸公司" || s.Rows[0].Prepared.Match.Party != "甲公司" || len(s.Names) != 1 {
		t.Errorf("%+v", s)
	}
	// The name stays chosen for what comes later.
	again := w.released(id, 0)
	w.add("disclosure", id, disclosure.Masked{Outlets: []rule.Outlet{rule.CreditChina}, Number: 2, On: day("2026-04-01")},
		disclosure.Unmasked{Outlets: []rule.Outlet{rule.CreditChina}, Document: again.Document, Digest: again.Digest, Number: 3, On: day("2026-04-02")})
	w.react()
	if name := column(t, stateOf(w, delivery.Decider, stream), "CF_XDR_MC"); name != "甲商贸公司" {
		t.Errorf("named %s", name)
	}
}

// A natural person's number is in no event: the row refers to the sealed identity, as long as it is kept.
func TestAnIdentityIsReferredTo(t *testing.T) {
	t.Parallel()
	sealed := &domain.Sealed{Item: "item", Persons: []string{"person"}, Commitment: strings.Repeat("c", 64)}
	person := func(d *penalty.Decided) {
		d.Parties = []penalty.Party{{Kind: penalty.Natural, Name: "王某", Person: "person", Identity: sealed}}
	}
	const id = "penalty.1"
	w := newPlatformWorld(t)
	w.coded()
	w.add("penalty", "1", punished(person))
	w.add("disclosure", id, w.released(id, 1, rule.CreditChina))
	w.expectDelivered(id, "add 1 by act")
	last, _ := stateOf(w, delivery.Decider, delivery.ID(platform, id)).Last()
	if !slices.Contains(last.Prepared.Personal, "CF_XDR_ZJHM") || last.Prepared.Identity == nil || last.Prepared.Identity.Item != "item" || column(t, stateOf(w, delivery.Decider, delivery.ID(platform, id)), "CF_XDR_ZJHM") != "" {
		t.Errorf("%+v", last.Prepared.Content)
	}
	w.add("person", "person", natural.Shredded{Person: "person"})
	w.add("penalty", "1", penalty.Amended{Reason: "更正", Kinds: []penalty.Kind{penalty.Fine}, Content: "罚款900元", FineFen: 900_00, On: day("2026-05-01")})
	corrected := w.released(id, 0)
	w.add("disclosure", id, disclosure.Corrected{Document: corrected.Document, Digest: corrected.Digest, Reason: "更正", Number: 2})
	w.expectDelivered(id, "add 1 by act; held 2: CF_XDR_ZJLX required, CF_XDR_ZJHM required")
}

func TestALicenceIsMarkedWhereItStandsNoMore(t *testing.T) {
	t.Parallel()
	const id = "licence.l.0"
	w := newPlatformWorld(t)
	w.coded()
	w.add("licence", "l", licence.Granted{
		Licence: "l", Authority: bureau, AuthorityName: "西藏自治区市场监督管理局", Category: licence.Ordinary, DocumentTitle: "准予许可决定书", DocumentNo: "许〔2026〕1号",
		Holder: licence.Holder{Kind: licence.Legal, Name: "甲公司", Subject: "91540321MA6TCRT16N"}, CertificateName: "食品经营许可证", LicenceNo: "JY1", Content: "食品销售",
		DecidedOn: day("2026-03-01"), ValidFrom: day("2026-03-01"), ValidTo: day("2031-02-28"),
	})
	w.add("disclosure", id, w.released(id, 1, rule.CreditChina))
	w.expectDelivered(id, "held 1: XK_FRDB required") // which no licence says
	w.add("delivery", delivery.ID(platform, id), delivery.RepresentativeRecorded{Name: "王某", Reason: "按登记机关记载", On: day("2026-03-21"), By: "wang"})
	w.expectDelivered(id, "held 1: XK_FRDB required; representative_recorded; add 1 by fact")
	w.add("disclosure", id, disclosure.Withdrawn{Ground: disclosure.GroundError, Number: 2})
	w.expectDelivered(id, "held 1: XK_FRDB required; representative_recorded; add 1 by fact; modify 2 by act")
	if s := stateOf(w, delivery.Decider, delivery.ID(platform, id)); !s.Rows[1].Prepared.Gone || column(t, s, "XK_ZT") != "2" || column(t, s, "XK_FRDB") != "王某" {
		t.Errorf("%+v", s)
	}
}

// What was public elsewhere before is on the platform from there, unless the operator says otherwise; a person may ask for it.
func TestWhatWasTakenOver(t *testing.T) {
	t.Parallel()
	const id = "penalty.1"
	adopt := func(w *world) {
		w.coded()
		w.add("penalty", "1", punished())
		d := w.document(id)
		record := disclosure.Record{Kind: disclosure.Penalty, ID: "1"}
		w.add("disclosure", id, disclosure.Adopted{Disclosure: id, Record: record, Authority: bureau, Document: d.Document, Digest: d.Digest, Source: "旧系统",
			PublishedOn: day("2026-03-20"), Number: 1, Terms: terms(rule.CreditChina)})
	}
	w := newPlatformWorld(t)
	adopt(w)
	w.expectDelivered(id, "")
	cmd, err := policy.PrepareDelivery(t.Context(), w.store, w.platforms, platform, id, day("2026-06-01"))
	if err != nil || !cmd.Wanted || cmd.About.Stood || cmd.Cause != delivery.ByPerson || len(cmd.Problems) > 0 {
		t.Errorf("%+v, %v", cmd, err)
	}
	w.add("disclosure", id, disclosure.Ended{Outlets: []rule.Outlet{rule.CreditChina}, Cause: disclosure.Expired, Number: 2, On: day("2026-05-20")})
	w.expectDelivered(id, "delete 2 by act") // it is there, and must not be any more

	w = newPlatformWorld(t)
	w.platforms.Adopted = true
	adopt(w)
	w.expectDelivered(id, "add 1 by act")

	w = newPlatformWorld(t)
	adopt(w)
	w.expectDelivered(id, "")
	w.platforms.Adopted = true // it is said later
	for _, rec := range w.store.All() {
		if err := w.reactions().DeliverAdopted(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
	}
	w.expectDelivered(id, "add 1 by act")

	for name, ask := range map[string][2]string{"platform": {"other", id}, "disclosure": {platform, "penalty.9"}} {
		if _, err := policy.PrepareDelivery(t.Context(), w.store, w.platforms, ask[0], ask[1], day("2026-06-01")); domain.KindOf(err) != domain.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDeliveringTwiceIsDeliveringOnce handles every record again, also where the setting changed meanwhile, and after failures of
// the store.
func TestDeliveringTwiceIsDeliveringOnce(t *testing.T) {
	t.Parallel()
	const id = "penalty.1"
	w := newPlatformWorld(t)
	w.add("penalty", "1", punished())
	w.add("disclosure", id, w.released(id, 1, rule.CreditChina))
	w.store.FailStored(1)
	w.react()
	w.coded()
	w.store.FailNotStored(1)
	want := w.delivered(id)
	if !strings.HasSuffix(want, "add 1 by fact") {
		t.Fatal(want)
	}
	data := func() string {
		out, err := json.Marshal(w.store.All())
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	before := data()
	for range 2 {
		for _, rec := range w.store.All() {
			if err := errors.Join(w.reactions().Deliver(t.Context(), rec), w.reactions().DeliverAdopted(t.Context(), rec)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if data() != before {
		t.Errorf("handled again, the log is another: %s", w.delivered(id))
	}
}
