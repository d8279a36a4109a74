package grpcapi_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func (c *counter) submit(kind, record, reason string) (string, error) {
	answer, err := c.disclosures.SubmitDisclosure(c.clerk(), &mingjianv1.SubmitDisclosureRequest{RecordKind: kind, RecordId: record, Reason: reason})
	return answer.GetReceipt().GetId(), err
}

func (c *counter) disclosure(id string) *viewv1.Disclosure {
	c.Helper()
	c.follow()
	got, err := c.disclosures.GetDisclosure(c.clerk(), &mingjianv1.GetDisclosureRequest{DisclosureId: id})
	return must(c.office, got, err).GetDisclosure()
}

// publish takes a submitted document to the public.
func (c *counter) publish(id string) {
	c.Helper()
	digest := c.disclosure(id).GetDraft().GetDigest()
	for _, err := range []error{
		second(c.disclosures.ReviewDisclosure(c.as(domain.Reviewer, "li"), &mingjianv1.ReviewDisclosureRequest{DisclosureId: id, Digest: digest, SecrecyClear: true})),
		second(c.disclosures.ApproveDisclosure(c.as(domain.Approver, "zhao"), &mingjianv1.ApproveDisclosureRequest{DisclosureId: id, Digest: digest})),
		second(c.disclosures.PublishDisclosure(c.as(domain.Approver, "zhao"), &mingjianv1.PublishDisclosureRequest{DisclosureId: id, Digest: digest})),
	} {
		must(c.office, 0, err)
	}
}

func TestTheWayOfAPenaltyToThePublic(t *testing.T) {
	c := newCounter(t)
	record := c.decide(penaltyDecision())
	id, err := c.submit("penalty", record, "")
	if must(c.office, id, err) != "penalty."+record {
		t.Fatal(id)
	}
	first := c.disclosure(id).GetDraft()
	returned, err := c.disclosures.ReturnDisclosure(c.as(domain.Reviewer, "li"), &mingjianv1.ReturnDisclosureRequest{DisclosureId: id, Digest: first.GetDigest(), Reason: "错字"})
	must(c.office, returned, err)
	if v := c.disclosure(id); v.GetStatus() != "returned" || v.GetDraft().GetReturnReason() != "错字" {
		t.Error(v)
	}
	_, err = c.submit("penalty", record, "")
	must(c.office, 0, err)
	review := &mingjianv1.ReviewDisclosureRequest{DisclosureId: id, Digest: first.GetDigest(), SecrecyClear: true, NegativeListHits: []string{"个人隐私"}, Opinion: "已处理"}
	_, err = c.disclosures.ReviewDisclosure(c.as(domain.Reviewer, "wang"), review)
	c.refused(err, "disclosure.reviewer.same")
	_, err = c.disclosures.ReviewDisclosure(c.as(domain.Reviewer, "li"), review)
	must(c.office, 0, err)
	if r := c.disclosure(id).GetDraft().GetReview(); r.GetBy() != "li" || !r.GetSecrecyClear() || r.GetNegativeListHits()[0] != "个人隐私" || r.GetOpinion() != "已处理" {
		t.Error(r)
	}
	_, err = c.disclosures.PublishDisclosure(c.as(domain.Approver, "zhao"), &mingjianv1.PublishDisclosureRequest{DisclosureId: id, Digest: first.GetDigest()})
	c.refused(err, "disclosure.stage")
	c.serve(record)
	c.publish(id)
	v := c.disclosure(id)
	if !v.GetPublic() || v.GetRelease().GetOn() != "2026-01-21" || v.GetRelease().GetDigest() != first.GetDigest() || v.GetRelease().GetDocument() != first.GetDocument() {
		t.Error(v)
	}
	doc, err := disclosure.ParseDocument([]byte(v.GetRelease().GetDocument()))
	if err != nil || doc.Penalty.FineFen != 200000 || doc.Authority.ID != ownBureau || doc.Subjects[0].Name != "甲公司" {
		t.Errorf("%+v, %v", doc, err)
	}

	amended, err := c.penalties.AmendPenalty(c.clerk(), &mingjianv1.AmendPenaltyRequest{
		PenaltyId: record, Reason: "复议变更", Kinds: []string{"fine"}, Content: "罚款1000元", FineFen: 100000, On: "2026-01-20",
	})
	must(c.office, amended, err)
	_, err = c.submit("penalty", record, "")
	c.refused(err, "disclosure.submit.reason")
	_, err = c.submit("penalty", record, "复议变更")
	must(c.office, 0, err)
	_, err = c.disclosures.ApproveDisclosure(c.as(domain.Approver, "zhao"), &mingjianv1.ApproveDisclosureRequest{DisclosureId: id, Digest: first.GetDigest()})
	c.refused(err, "disclosure.digest.other")
	c.publish(id)
	if v := c.disclosure(id); v.GetRelease().GetNumber() != 2 || v.GetRelease().GetReason() != "复议变更" || !strings.Contains(v.GetRelease().GetDocument(), `"status":"amended"`) {
		t.Error(v)
	}
	withdraw := &mingjianv1.WithdrawDisclosureRequest{DisclosureId: id, Digest: first.GetDigest(), Ground: "void", Reason: "确认无效"}
	_, err = c.disclosures.WithdrawDisclosure(c.as(domain.Approver, "zhao"), withdraw)
	c.refused(err, "disclosure.digest.other")
	withdraw.Digest = ""
	_, err = c.disclosures.WithdrawDisclosure(c.as(domain.Approver, "zhao"), withdraw)
	must(c.office, 0, err)
	if v := c.disclosure(id); v.GetPublic() || v.GetRelease().GetGround() != "void" || v.GetRelease().GetReason() != "确认无效" {
		t.Error(v)
	}
}

func TestWhatIsNotForThePublic(t *testing.T) {
	c := newCounter(t)
	warned := penaltyDecision()
	warned.Kinds, warned.FineFen, warned.ConfiscatedFen, warned.DecisionNo = []string{"warning"}, 0, 0, "1"
	spot := penaltyDecision()
	spot.Procedure, spot.Kinds, spot.FineFen, spot.ConfiscatedFen, spot.DecisionNo = "summary", []string{"fine"}, 100, 0, "2"
	granted, err := c.licences.GrantLicence(c.clerk(), licenceGrant())
	licence := must(c.office, granted, err).GetReceipt().GetId()
	for _, row := range []struct{ kind, record, code string }{
		{"penalty", c.decide(warned), "penalty.publish.warning"},
		{"penalty", c.decide(spot), "penalty.publish.summary"},
		{"penalty", "none", "penalty.missing"},
		{"licence", licence, "licence.record_id.form"},
		{"licence", licence + ".1", "licence.decision.missing"},
		{"licence", "none.0", "licence.decision.missing"},
		{"inspection", "none", "disclosure.inspection.open"},
		{"plan", "none", "disclosure.kind.unknown"},
	} {
		_, err := c.submit(row.kind, row.record, "")
		c.refused(err, row.code)
	}
	_, err = c.disclosures.SubmitDisclosure(c.at(otherBureau, domain.Clerk, "ma"), &mingjianv1.SubmitDisclosureRequest{RecordKind: "licence", RecordId: licence + ".0"})
	c.refused(err, "disclosure.authority.foreign")
	id, err := c.submit("licence", licence+".0", "")
	must(c.office, id, err)
	c.follow()
	_, err = c.disclosures.GetDisclosure(c.at(otherBureau, domain.Reviewer, "ma"), &mingjianv1.GetDisclosureRequest{DisclosureId: id})
	c.refused(err, "authority.foreign")
	for by, want := range map[domain.AuthorityID]int{ownBureau: 1, otherBureau: 0} {
		list, err := c.disclosures.ListDisclosures(c.at(by, domain.Reviewer, "li"), &mingjianv1.ListDisclosuresRequest{Status: "submitted", RecordKind: "licence"})
		if err != nil || len(list.GetDisclosures()) != want {
			t.Errorf("%s sees %v, %v", by, list, err)
		}
	}
}

// What the record doesn't say any more is neither approved nor published.
func TestADocumentThatTheRecordNoLongerGives(t *testing.T) {
	c := newCounter(t)
	record := c.decide(penaltyDecision())
	id, err := c.submit("penalty", record, "")
	must(c.office, id, err)
	digest := c.disclosure(id).GetDraft().GetDigest()
	approve := func() error {
		return second(c.disclosures.ApproveDisclosure(c.as(domain.Approver, "zhao"), &mingjianv1.ApproveDisclosureRequest{DisclosureId: id, Digest: digest}))
	}
	publish := func() error {
		return second(c.disclosures.PublishDisclosure(c.as(domain.Approver, "zhao"), &mingjianv1.PublishDisclosureRequest{DisclosureId: id, Digest: digest}))
	}
	must(c.office, 0, second(c.disclosures.ReviewDisclosure(c.as(domain.Reviewer, "li"),
		&mingjianv1.ReviewDisclosureRequest{DisclosureId: id, Digest: digest, SecrecyClear: true})))
	amend := func(fen int64, on string) {
		must(c.office, 0, second(c.penalties.AmendPenalty(c.clerk(), &mingjianv1.AmendPenaltyRequest{
			PenaltyId: record, Reason: "复议变更", Kinds: []string{"fine"}, Content: "罚款", FineFen: fen, On: on,
		})))
	}
	amend(100000, "2026-01-20")
	c.refused(approve(), "disclosure.record.changed")
	must(c.office, "", second(c.submit("penalty", record, "")))
	digest = c.disclosure(id).GetDraft().GetDigest()
	must(c.office, 0, second(c.disclosures.ReviewDisclosure(c.as(domain.Reviewer, "li"),
		&mingjianv1.ReviewDisclosureRequest{DisclosureId: id, Digest: digest, SecrecyClear: true})))
	must(c.office, 0, approve())
	amend(50000, "2026-01-20")
	c.refused(publish(), "disclosure.record.changed")
	must(c.office, 0, second(c.penalties.RevokePenalty(c.clerk(), &mingjianv1.RevokePenaltyRequest{PenaltyId: record, Ground: "void", Reason: "确认无效", On: "2026-01-21"})))
	c.refused(publish(), "penalty.publish.revoked")
	must(c.office, 0, approve()) // which was done before
}

func TestNothingIsSaidOfAnothersRecord(t *testing.T) {
	c := newCounter(t)
	record := c.decide(penaltyDecision())
	must(c.office, 0, second(c.penalties.RevokePenalty(c.clerk(), &mingjianv1.RevokePenaltyRequest{PenaltyId: record, Ground: "void", Reason: "确认无效", On: "2026-01-21"})))
	_, err := c.disclosures.SubmitDisclosure(c.at(otherBureau, domain.Clerk, "ma"), &mingjianv1.SubmitDisclosureRequest{RecordKind: "penalty", RecordId: record})
	c.refused(err, "disclosure.authority.foreign")
}

// takenOverInspection records an inspection of an older system.
func (c *counter) takenOverInspection(no string) string {
	c.Helper()
	id := inspection.TakenOverID("chi", no)
	_, err := es.Transact(c.Context(), c.store, inspection.Decider, id, inspection.Command(inspection.TakeOver{
		By: domain.Actor{Account: "wang", Role: domain.Clerk, Authority: ownBureau}, Today: calendar.MustParse("2026-01-21"),
		TakenOver: inspection.TakenOver{
			Inspection: id, Source: "chi", RecordNo: no, Subject: "ext:chi:30790", SubjectName: "STAR", Authority: ownBureau, Item: "Canvass",
			CompletedOn: calendar.MustParse("2012-01-02"), Outcomes: []inspection.Outcome{inspection.NoProblem},
		},
	}), es.Metadata{Command: es.DeriveID("", "inspection", no), RecordedAt: time.Unix(0, 0).UTC()})
	must(c.office, 0, err)
	return id
}

func TestAdopting(t *testing.T) {
	c := newCounter(t)
	terms, err := c.licences.TakeOverTerms(c.as(domain.Admin, "root"), &mingjianv1.TakeOverTermsRequest{
		Register: "chi", FileDigest: strings.Repeat("ab", 32), Rows: []*mingjianv1.TakenOverTerm{oldTerm(1, "30790", "30790-2013", "2013-04-16", "2015-04-15", "in_force")},
	})
	must(c.office, terms, err)
	rows := []*mingjianv1.AdoptedRecord{
		{RecordKind: "inspection", RecordId: c.takenOverInspection("1"), PublishedOn: "2012-01-05"},
		{RecordKind: "licence", RecordId: terms.GetResults()[0].GetId(), PublishedOn: "2013-04-16"},
		{RecordKind: "penalty", RecordId: "none", PublishedOn: "2013-04-16"},
		{RecordKind: "inspection", RecordId: c.takenOverInspection("2"), PublishedOn: "never"},
		{RecordKind: "inspection", RecordId: c.takenOverInspection("3"), PublishedOn: "2026-01-22"},
		{RecordKind: "penalty", RecordId: c.decide(penaltyDecision()), PublishedOn: "2026-01-21"},
	}
	req := &mingjianv1.AdoptDisclosuresRequest{Source: "原公示平台", Rows: rows}
	admin := func(ctx context.Context) [][]string {
		got, err := c.disclosures.AdoptDisclosures(ctx, req)
		return came(must(c.office, got, err).GetResults())
	}
	want := [][]string{
		{"ACCEPTED"}, {"ACCEPTED"}, {"REFUSED", "penalty.missing@id"}, {"REFUSED", "date.form@published_on"}, {"REFUSED", "disclosure.adopt.future@published_on"},
		{"REFUSED", "disclosure.adopt.native@record_id"},
	}
	if diff := cmp.Diff(want, admin(c.as(domain.Admin, "root"))); diff != "" {
		t.Fatal(diff)
	}
	n := len(c.store.All())
	want[0][0], want[1][0] = "UNCHANGED", "UNCHANGED"
	if diff := cmp.Diff(want, admin(c.as(domain.Admin, "root"))); diff != "" || len(c.store.All()) != n {
		t.Error(diff)
	}
	v := c.disclosure("inspection.chi:1")
	if !v.GetPublic() || v.GetAuthority().GetName() != "西藏某市场监督管理局" || v.GetRelease().GetSource() != "原公示平台" || v.GetRelease().GetOn() != "2012-01-05" ||
		v.GetRelease().GetKind() != viewv1.ReleaseKind_RELEASE_KIND_ADOPTED {
		t.Error(v)
	}
	got, err := c.disclosures.AdoptDisclosures(c.at(otherBureau, domain.Admin, "root2"), &mingjianv1.AdoptDisclosuresRequest{Source: "x", Rows: rows[:1]})
	if diff := cmp.Diff([][]string{{"REFUSED", "disclosure.authority.foreign@"}}, came(must(c.office, got, err).GetResults())); diff != "" {
		t.Error(diff)
	}
}
