package grpcapi_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func (c *counter) follows() grpcapi.PenaltyFollowServer {
	return grpcapi.PenaltyFollowServer{Base: c.base}
}

func TestWhatIsDueOfAFine(t *testing.T) {
	c := newCounter(t)
	id := c.decide(penaltyDecision())
	served, err := c.penalties.ServePenalty(c.clerk(), &mingjianv1.ServePenaltyRequest{PenaltyId: id, On: "2026-01-17", PayBy: "2026-01-18"})
	must(c.office, served, err)
	for _, receipt := range []string{"票1", "票2", "票2"} {
		paid, err := c.penalties.RecordPerformance(c.clerk(), &mingjianv1.RecordPerformanceRequest{
			PenaltyId: id, Kind: "paid", AmountFen: 50000, On: "2026-01-19", ReceiptNo: receipt,
		})
		must(c.office, paid, err)
	}
	c.follow()
	for asOf, want := range map[string]*viewv1.PenaltyDue{
		"2026-01-18": {AsOf: "2026-01-18", PayBy: "2026-01-18", FineFen: 200000, UnpaidFen: 200000},
		"2026-01-19": {AsOf: "2026-01-19", PayBy: "2026-01-18", FineFen: 200000, PaidFen: 100000, LateFen: 6000, UnpaidFen: 106000},
		"":           {AsOf: "2026-01-21", PayBy: "2026-01-18", FineFen: 200000, PaidFen: 100000, LateFen: 12000, UnpaidFen: 112000},
		"2027-01-01": {AsOf: "2027-01-01", PayBy: "2026-01-18", FineFen: 200000, PaidFen: 100000, LateFen: 200000, UnpaidFen: 300000},
	} {
		got, err := c.penalties.GetPenalty(c.clerk(), &mingjianv1.GetPenaltyRequest{PenaltyId: id, AsOf: asOf})
		if diff := cmp.Diff(want, must(c.office, got, err).GetDue(), protocmp.Transform()); diff != "" {
			t.Errorf("as of %q: %s", asOf, diff)
		}
	}
	_, err = c.penalties.GetPenalty(c.clerk(), &mingjianv1.GetPenaltyRequest{PenaltyId: id, AsOf: "2026-02-30"})
	c.refused(err, "date.form")
}

func TestPenaltyFollowService(t *testing.T) {
	c := newCounter(t)
	id := c.decide(penaltyDecision())
	served, err := c.penalties.ServePenalty(c.clerk(), &mingjianv1.ServePenaltyRequest{PenaltyId: id, On: "2026-01-17"})
	must(c.office, served, err)
	follow := c.follows()
	for _, err := range []error{
		second(follow.NotifyPublication(c.clerk(), &mingjianv1.NotifyPublicationRequest{PenaltyId: id, On: "2026-01-18"})),
		second(follow.GrantInstalments(c.clerk(), &mingjianv1.GrantInstalmentsRequest{PenaltyId: id, Reason: "困难", DocumentNo: "1", On: "2026-01-18",
			Instalments: []*mingjianv1.Instalment{{DueOn: "2026-02-18", AmountFen: 200000}}})),
		second(follow.ChallengePenalty(c.clerk(), &mingjianv1.ChallengePenaltyRequest{PenaltyId: id, Kind: "litigation", DocumentNo: "2", From: "2026-01-19", Until: "2026-01-20"})),
		second(follow.PushPenalty(c.clerk(), &mingjianv1.PushPenaltyRequest{PenaltyId: id, Province: "32", Authority: "某局", Channel: "系统", On: "2026-01-18"})),
		second(follow.ReceivePush(c.clerk(), &mingjianv1.ReceivePushRequest{PenaltyId: id, ReceiptNo: "回1", On: "2026-01-19"})),
		second(follow.PublishPush(c.clerk(), &mingjianv1.PublishPushRequest{PenaltyId: id, On: "2026-01-20", Address: "https://example.org"})),
	} {
		must(c.office, 0, err)
	}
	c.follow()
	got, err := c.penalties.GetPenalty(c.as(domain.Auditor, "shen"), &mingjianv1.GetPenaltyRequest{PenaltyId: id})
	p := must(c.office, got, err).GetPenalty()
	push := &viewv1.PenaltyPush{Province: "32", Authority: "某局", PushedOn: "2026-01-18", Channel: "系统", ReceiptNo: "回1", ReceivedOn: "2026-01-19",
		PublishedOn: "2026-01-20", Address: "https://example.org"}
	if diff := cmp.Diff(push, p.GetPush(), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	if p.GetNotifiedOn() != "2026-01-18" || p.GetInstalments().GetInstalments()[0].GetDueOn() != "2026-02-18" || p.GetInstalments().GetReason() != "困难" ||
		p.GetChallenges()[0].GetUntil() != "2026-01-20" || p.GetUnready() != "" || got.GetDue().GetPayBy() != "2026-02-18" {
		t.Error(p)
	}
	_, err = follow.GrantInstalments(c.clerk(), &mingjianv1.GrantInstalmentsRequest{PenaltyId: id, On: "2026-01-18",
		Instalments: []*mingjianv1.Instalment{{DueOn: "2026-02-30"}, {DueOn: "x"}}})
	c.refused(err, "date.form date.form")
	_, err = follow.ChallengePenalty(c.clerk(), &mingjianv1.ChallengePenaltyRequest{PenaltyId: id, From: "x", Until: "y"})
	c.refused(err, "date.form date.form")
	_, err = follow.PushPenalty(c.clerk(), &mingjianv1.PushPenaltyRequest{PenaltyId: id, On: "x"})
	c.refused(err, "date.form")
	_, err = follow.ReceivePush(c.at(otherBureau, domain.Clerk, "ma"), &mingjianv1.ReceivePushRequest{PenaltyId: id, ReceiptNo: "回2", On: "2026-01-19"})
	c.refused(err, "penalty.authority.foreign")
}

// TestThePartyIsToldBeforeThePublic holds the publication of a penalty to Order 45 art. 8.
func TestThePartyIsToldBeforeThePublic(t *testing.T) {
	c := newCounter(t)
	record := c.decide(penaltyDecision())
	id, err := c.submit("penalty", record, "")
	digest := c.disclosure(must(c.office, id, err)).GetDraft().GetDigest()
	publish := func() error {
		return second(c.disclosures.PublishDisclosure(c.as(domain.Approver, "zhao"), &mingjianv1.PublishDisclosureRequest{DisclosureId: id, Digest: digest}))
	}
	must(c.office, 0, second(c.disclosures.ReviewDisclosure(c.as(domain.Reviewer, "li"), &mingjianv1.ReviewDisclosureRequest{DisclosureId: id, Digest: digest, SecrecyClear: true})))
	must(c.office, 0, second(c.disclosures.ApproveDisclosure(c.as(domain.Approver, "zhao"), &mingjianv1.ApproveDisclosureRequest{DisclosureId: id, Digest: digest})))
	c.refused(publish(), "penalty.publish.unserved")
	served, err := c.penalties.ServePenalty(c.clerk(), &mingjianv1.ServePenaltyRequest{PenaltyId: record, On: "2026-01-17"})
	must(c.office, served, err)
	c.refused(publish(), "penalty.publish.notice")
	told, err := c.follows().NotifyPublication(c.clerk(), &mingjianv1.NotifyPublicationRequest{PenaltyId: record, On: "2026-01-18"})
	must(c.office, told, err)
	must(c.office, 0, publish())
	if v := c.disclosure(id); !v.GetPublic() {
		t.Error(v)
	}
}
