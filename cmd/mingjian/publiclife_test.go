package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/identity"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

const lifeSubject = "91320105780688132K"

// life is an instance with its REST door, people with their tokens, and a clock that the test turns.
type life struct {
	*testing.T
	in    *instance
	clock atomic.Pointer[time.Time]
	admin, clerk, reviewer,
	approver, public *person
}

func (l *life) turn(day string) {
	at := calendar.MustParse(day).StartsAt().Add(9 * time.Hour)
	l.clock.Store(&at)
}

func (l *life) hire(base string) {
	l.Helper()
	client := &restClient{base: base, http: &http.Client{Timeout: time.Minute}}
	l.Cleanup(client.http.CloseIdleConnections)
	if err := client.begin(l.Context()); err != nil {
		l.Fatal(err)
	}
	hire := func(account string, role domain.Role) *person {
		_, secret, err := l.in.identity.Create(l.Context(), domain.Actor{Account: account, Role: role, Authority: homeBureau}, identity.MaxLife)
		if err != nil {
			l.Fatal(err)
		}
		return &person{client: client, name: account, token: secret}
	}
	l.admin, l.clerk = hire("root", domain.Admin), hire("wang", domain.Clerk)
	l.reviewer, l.approver = hire("li", domain.Reviewer), hire("zhao", domain.Approver)
	l.public = &person{client: client, name: "public"}
}

func (l *life) settle() {
	l.Helper()
	if err := l.in.group.Settle(l.Context()); err != nil {
		l.Fatal(err)
	}
}

func (l *life) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

// decide has a penalty decided and served today, reviewed and approved.
func (l *life) decide(number, day string) (id, at string, digest string) {
	l.Helper()
	decided := &mingjianv1.DecidePenaltyResponse{}
	l.must(l.clerk.post(l.Context(), "/v1/penalties", &mingjianv1.DecidePenaltyRequest{Decision: &mingjianv1.PenaltyDecision{
		AuthorityName: "子虚市市场监督管理局", DecisionNo: number, Procedure: "ordinary", Violation: "标价之外加价", Facts: "收取未标明的费用",
		Basis: "《价格法》第四十二条", Kinds: []string{"fine"}, Content: "罚款2000元", FineFen: 200000, DecidedOn: day,
		Parties: []*mingjianv1.DecidedParty{{Kind: "legal", Name: "子虚市甲店", SubjectId: lifeSubject}},
	}}, decided))
	id = decided.GetReceipt().GetId()
	at = "/v1/disclosures/penalty." + id
	l.must(l.clerk.post(l.Context(), "/v1/penalties/"+id+":serve", &mingjianv1.ServePenaltyRequest{PenaltyId: id, On: day, PublicationNotice: true}, &mingjianv1.ServePenaltyResponse{}))
	l.settle()
	digest = l.staff(at).GetDraft().GetDigest()
	l.must(l.reviewer.post(l.Context(), at+":review", &mingjianv1.ReviewDisclosureRequest{DisclosureId: "penalty." + id, Digest: digest, SecrecyClear: true}, &mingjianv1.ReviewDisclosureResponse{}))
	l.must(l.approver.post(l.Context(), at+":approve", &mingjianv1.ApproveDisclosureRequest{DisclosureId: "penalty." + id, Digest: digest}, &mingjianv1.ApproveDisclosureResponse{}))
	return id, at, digest
}

func (l *life) staff(at string) *viewv1.Disclosure {
	l.Helper()
	resp := &mingjianv1.GetDisclosureResponse{}
	l.must(l.clerk.get(l.Context(), at, nil, resp))
	return resp.GetDisclosure()
}

func (l *life) publish(id, at, digest string, outlets ...string) {
	l.Helper()
	l.must(l.approver.post(l.Context(), at+":publish", &mingjianv1.PublishDisclosureRequest{DisclosureId: "penalty." + id, Digest: digest, Outlets: outlets}, &mingjianv1.PublishDisclosureResponse{}))
	l.settle()
}

// outlets are the outlets with their ends.
func (l *life) outlets(at string) string {
	l.Helper()
	var out []string
	for _, o := range l.staff(at).GetOutlets() {
		out = append(out, strings.TrimSpace(o.GetOutlet()+" "+o.GetUntil()+" "+o.GetEnded()))
	}
	return strings.Join(out, ", ")
}

// sees demands what the public sees of a penalty: everywhere, or nowhere and at the old address why.
func (l *life) sees(id, gone string) {
	l.Helper()
	l.settle()
	listed, record := &mingjianv1.ListPublicPenaltiesResponse{}, &mingjianv1.GetEnterpriseResponse{}
	l.must(l.public.get(l.Context(), "/v1/public/penalties", nil, listed))
	inList := slices.ContainsFunc(listed.GetPenalties(), func(r *viewv1.Released) bool { return r.GetRelease().GetRecordId() == id })
	err := l.public.get(l.Context(), "/v1/public/enterprises/"+lifeSubject, nil, record)
	refused := (*refusal)(nil)
	if errors.As(err, &refused) && refused.problem.Status != http.StatusNotFound || err != nil && refused == nil {
		l.Fatal(err)
	}
	inRecord := slices.ContainsFunc(record.GetEnterprise().GetEntries(), func(e *viewv1.EnterpriseEntry) bool {
		return e.GetRecordId() == id && e.GetDocument() != ""
	})
	err = l.public.get(l.Context(), "/v1/public/records/penalty."+id, nil, &mingjianv1.GetReleasedResponse{})
	code := ""
	if refused = nil; errors.As(err, &refused) {
		code = refused.problem.Code
		if refused.problem.Status != http.StatusGone {
			l.Errorf("the address answers %v", err)
		}
	} else if err != nil {
		l.Fatal(err)
	}
	if inList != (gone == "") || inRecord != (gone == "") || code != gone {
		l.Errorf("listed %t, on the record %t, at its address %q, want %q", inList, inRecord, code, gone)
	}
}

// stone is the tombstone at an address, as the problem shows it.
func (l *life) stone(id string) string {
	l.Helper()
	err, refused := l.public.get(l.Context(), "/v1/public/records/penalty."+id, nil, &mingjianv1.GetReleasedResponse{}), (*refusal)(nil)
	if !errors.As(err, &refused) {
		l.Fatal(err)
	}
	return string(refused.problem.Tombstone)
}

// feed are the acts of a disclosure, each with its number and what it left.
func (l *life) feed(id string) (acts []*viewv1.Release) {
	l.Helper()
	resp := &mingjianv1.ListReleasesResponse{}
	l.must(l.public.get(l.Context(), "/v1/feed/releases", url.Values{"after": {"0"}, "limit": {"1000"}}, resp))
	for i, r := range resp.GetReleases() {
		if r.GetSequence() != uint64(i+1) {
			l.Errorf("release %d stands at %d", r.GetSequence(), i+1)
		}
		if r.GetRecordId() == id {
			acts = append(acts, r)
			if int(r.GetNumber()) != len(acts) {
				l.Errorf("act %d of %s has the number %d", len(acts), id, r.GetNumber())
			}
		}
	}
	return acts
}

func living(t *testing.T, work func(*life)) {
	l := &life{T: t}
	l.turn("2026-09-01")
	c := config{
		Data: t.TempDir(), HTTP: "127.0.0.1:0", Patience: 10 * time.Second, Drain: 20 * time.Second,
		clock: func() time.Time { return *l.clock.Load() },
	}
	err := serve(t.Context(), c, slog.New(slog.DiscardHandler), func(_ context.Context, in *instance, d *doors) error {
		l.in = in
		l.hire(d.url())
		l.must(l.admin.post(l.Context(), "/v1/authorities", &mingjianv1.RegisterAuthorityRequest{
			Id: string(homeBureau), Name: "子虚市市场监督管理局", District: "540100", Level: "city",
		}, &mingjianv1.RegisterAuthorityResponse{}))
		work(l)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestWithdrawalIsSeenAtOnce goes to two outlets with two ends, and back: lists and record drop it, the address tells why, the
// feed carries the tombstone.
func TestWithdrawalIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	living(t, func(l *life) {
		id, at, digest := l.decide("子虚市监处罚〔2026〕1号", "2026-08-31")
		l.publish(id, at, digest, "portal", "credit_china")
		if got := l.outlets(at); got != "portal 2029-09-01, credit_china 2027-08-31" {
			t.Errorf("outlets %s", got)
		}
		l.sees(id, "")
		l.turn("2026-09-02")
		l.must(l.approver.post(t.Context(), at+":withdraw", &mingjianv1.WithdrawDisclosureRequest{
			DisclosureId: "penalty." + id, Ground: "revoked", Reason: "复议决定撤销原处罚",
		}, &mingjianv1.WithdrawDisclosureResponse{}))
		l.sees(id, "record.withdrawn")
		acts := l.feed(id)
		if len(acts) != 2 || acts[1].GetTombstone() == "" || acts[1].GetTombstone() != l.stone(id) || acts[1].GetDocument() != "" {
			t.Fatalf("the feed holds %v, the address %s", acts, l.stone(id))
		}
		for _, want := range []string{`"reason":"复议决定撤销原处罚"`, `"outlets":["portal","credit_china"]`, `"on":"2026-09-02"`, `"number":2`} {
			if !strings.Contains(acts[1].GetTombstone(), want) {
				t.Errorf("the tombstone lacks %s: %s", want, acts[1].GetTombstone())
			}
		}
		if strings.Contains(acts[1].GetTombstone(), "甲店") || strings.Contains(acts[1].GetTombstone(), "1号") {
			t.Errorf("the tombstone tells whom it was about: %s", acts[1].GetTombstone())
		}
	})
}

// TestAMaskComesAndGoes also leaves other outlets alone.
func TestAMaskComesAndGoes(t *testing.T) {
	t.Parallel()
	living(t, func(l *life) {
		id, at, digest := l.decide("子虚市监处罚〔2026〕2号", "2026-08-31")
		l.publish(id, at, digest)
		mask := &mingjianv1.MaskDisclosureRequest{DisclosureId: "penalty." + id, Outlets: []string{"gsxt"}, Reason: "法院裁定重整", DocumentNo: "（2026）某01破1号"}
		l.must(l.approver.post(t.Context(), at+":mask", mask, &mingjianv1.MaskDisclosureResponse{}))
		l.sees(id, "")
		mask.Outlets = nil
		l.must(l.approver.post(t.Context(), at+":mask", mask, &mingjianv1.MaskDisclosureResponse{}))
		l.sees(id, "record.masked")
		l.must(l.approver.post(t.Context(), at+":unmask", &mingjianv1.UnmaskDisclosureRequest{DisclosureId: "penalty." + id, Reason: "重整程序终止"}, &mingjianv1.UnmaskDisclosureResponse{}))
		l.sees(id, "")
		acts := l.feed(id)
		if len(acts) != 4 || acts[3].GetKind() != viewv1.ReleaseKind_RELEASE_KIND_UNMASKED || acts[3].GetDocument() != acts[0].GetDocument() {
			t.Errorf("the feed holds %v", acts)
		}
	})
}

// TestRepairEndsAPublication refuses one application and grants the next.
func TestRepairEndsAPublication(t *testing.T) {
	t.Parallel()
	living(t, func(l *life) {
		id, at, digest := l.decide("子虚市监处罚〔2026〕3号", "2026-08-31")
		l.publish(id, at, digest)
		apply := func(statement string) string {
			t.Helper()
			resp := &mingjianv1.ApplyRepairResponse{}
			l.must(l.clerk.post(t.Context(), at+":applyRepair", &mingjianv1.ApplyRepairRequest{
				DisclosureId: "penalty." + id, Applicant: "party", Outlets: []string{"portal", "gsxt"}, Statement: statement,
				Materials:  []*viewv1.RepairMaterial{{Title: "缴款凭证", Digest: strings.Repeat("ab", 32)}},
				Commitment: &viewv1.RepairMaterial{Title: "信用承诺书", Digest: strings.Repeat("cd", 32)},
			}, resp))
			return resp.GetRepairId()
		}
		check := func(repair string) {
			t.Helper()
			l.must(l.reviewer.post(t.Context(), at+":checkRepair", &mingjianv1.CheckRepairRequest{DisclosureId: "penalty." + id, RepairId: repair, Attested: "整改照片"}, &mingjianv1.CheckRepairResponse{}))
		}
		decide := func(repair string, granted bool) error {
			return l.approver.post(t.Context(), at+":decideRepair", &mingjianv1.DecideRepairRequest{
				DisclosureId: "penalty." + id, RepairId: repair, Granted: granted, Reason: "依条件作出决定",
			}, &mingjianv1.DecideRepairResponse{})
		}
		first := apply("已整改") // before the least time is over, and nothing paid
		check(first)
		if err, refused := decide(first, true), (*refusal)(nil); !errors.As(err, &refused) || refused.problem.Code != "disclosure.repair.unmet" || len(refused.problem.Errors) != 2 {
			t.Errorf("granted too early: %v", err)
		}
		l.must(decide(first, false))
		l.sees(id, "")
		l.turn("2026-12-02") // a day after three months
		l.must(l.clerk.post(t.Context(), "/v1/penalties/"+id+":recordPerformance", &mingjianv1.RecordPerformanceRequest{PenaltyId: id, Kind: "paid", AmountFen: 200000, On: "2026-09-03"}, &mingjianv1.RecordPerformanceResponse{}))
		second := apply("已整改并缴清罚款")
		check(second)
		l.must(decide(second, true))
		l.sees(id, "record.ended")
		if got := l.outlets(at); got != "portal 2029-09-01 repaired, gsxt 2029-09-01 repaired, credit_china 2027-08-31" {
			t.Errorf("outlets %s", got)
		}
		acts := l.feed(id)
		if last := acts[len(acts)-1]; last.GetCause() != "repaired" || last.GetTombstone() != l.stone(id) {
			t.Errorf("the last act is %v", last)
		}
		list := &mingjianv1.ListRepairsResponse{}
		l.must(l.clerk.get(t.Context(), "/v1/repairs", nil, list))
		var states []string
		for _, r := range list.GetRepairs() {
			states = append(states, r.GetState())
		}
		if !slices.Equal(states, []string{"refused", "granted"}) {
			t.Errorf("repairs %v", states)
		}
	})
}

// TestAPublicationEndsOnItsDay turns the clock: the day alone takes the record away, the job records the end, once and as of the
// right day however late it comes.
func TestAPublicationEndsOnItsDay(t *testing.T) {
	t.Parallel()
	living(t, func(l *life) {
		id, at, digest := l.decide("子虚市监处罚〔2026〕4号", "2026-08-31")
		l.publish(id, at, digest)
		l.turn("2029-09-01") // the last day on the portal
		l.sees(id, "")
		l.turn("2029-09-02")
		l.sees(id, "record.ended")
		l.turn("2029-09-20")
		for range 2 {
			l.in.doDaily(t.Context(), map[string]calendar.Date{})
			l.settle()
		}
		l.sees(id, "record.ended")
		var ends []string
		for _, act := range l.feed(id)[1:] {
			ends = append(ends, fmt.Sprint(act.GetOutlets(), " ", act.GetCause(), " ", act.GetReleasedOn()))
		}
		want := []string{"[credit_china] expired 2027-09-01", "[portal] expired 2029-09-02", "[gsxt] expired 2029-09-02"}
		if slices.Sort(ends); !slices.Equal(ends, []string{want[0], want[2], want[1]}) {
			t.Errorf("ends %v, want %v", ends, want)
		}
	})
}
