package grpcapi_test

import (
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// Fictional data that no public byte may hold; the numbers check.
const (
	plantedID      = "330106198503120028"
	plantedMobile  = "13912345678"
	plantedCard    = "6222021234567890128"
	plantedAddress = "宁安市东湖区文苑路88号翠苑小区3幢2单元501室"
	plantedHome    = "东湖区临湖村三组12号"
	plantedName    = "欧阳小满"
	plantedOwner   = "尉迟大年"
)

func plantedDecision(no string) *mingjianv1.PenaltyDecision {
	d := penaltyDecision()
	d.DecisionNo = no
	d.Parties = []*mingjianv1.DecidedParty{
		{Kind: "natural", Name: plantedName},
	}
	d.Facts = "经营者：" + plantedOwner + "，公民身份号码" + plantedID + "，住址：" + plantedAddress + "，电话１３９１２３４５６７８，账号" + plantedCard + "。\n" +
		plantedName + "，女，身份证330106 19850312 0028，家住" + plantedHome + "，称由" + plantedOwner + "收款。"
	d.Content = "罚款2000元，由" + plantedOwner + "（139-1234-5678）缴至6222 0212 3456 7890 128"
	return d
}

func (w *matrixWorld) redaction(id string, by caller) *mingjianv1.GetRedactionResponse {
	w.Helper()
	resp, err := w.send(by, "", &mingjianv1.GetRedactionRequest{DisclosureId: id})
	if err != nil {
		w.Fatal(err)
	}
	return resp.(*mingjianv1.GetRedactionResponse)
}

func (w *matrixWorld) decide(d *mingjianv1.PenaltyDecision) (record, id string) {
	w.Helper()
	w.do(clerk, &mingjianv1.DecidePenaltyRequest{Decision: d}, "penalty")
	return w.ids["penalty"], "penalty." + w.ids["penalty"]
}

func (w *matrixWorld) underWay(id string) disclosure.State {
	w.Helper()
	d, err := es.Load(w.Context(), w.store, disclosure.Decider, id)
	if err != nil {
		w.Fatal(err)
	}
	return d.State
}

func pieceOf(t *testing.T, r *mingjianv1.GetRedactionResponse, field, served string) *mingjianv1.TextPiece {
	t.Helper()
	for _, text := range r.GetTexts() {
		was, is := "", ""
		for _, p := range text.GetPieces() {
			was, is = was+p.GetServed(), is+p.GetPublished()
		}
		if is != text.GetPublished() {
			t.Errorf("%s: the pieces are %q, the text is %q", text.GetField(), is, text.GetPublished())
		}
		for _, p := range text.GetPieces() {
			if text.GetField() == field && p.GetServed() == served {
				return p
			}
		}
	}
	t.Fatalf("%s: no piece %q: %v", field, served, r)
	return nil
}

// The reviewer sees what was taken out, lifts a name and hides another; the document begins its way anew, and who changed it
// can neither review nor approve it. What a hard rule hides stays hidden.
func TestAReviewerChangesARedaction(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	authorities(w)
	record, id := w.decide(plantedDecision("宁市监处罚〔2026〕61号"))
	first := w.redaction(id, reviewer)
	draft := w.underWay(id).Draft
	if !first.GetOpen() || len(first.GetCommitment()) != 64 || first.GetDigest() != draft.Digest || first.GetMinor() != "" {
		t.Errorf("%v", first)
	}
	name := pieceOf(t, first, "parties[0].name", plantedName)
	if name.GetHard() || name.GetRule() != "person.party" || name.GetPublished() != "欧阳某" || name.GetArticle() == "" || name.GetRuleLabel() == "" {
		t.Errorf("%v", name)
	}
	number := pieceOf(t, first, "facts", plantedID)
	if !number.GetHard() || number.GetFrom() != int32(len([]rune("经营者："+plantedOwner+"，公民身份号码"))) || number.GetTo() != number.GetFrom()+18 {
		t.Errorf("%v", number)
	}

	w.do(reviewer, &mingjianv1.ReviewDisclosureRequest{DisclosureId: id, Digest: draft.Digest, SecrecyClear: true})
	redact := func(digest, field string, spans ...*mingjianv1.ProposedSpan) *mingjianv1.RedactDisclosureRequest {
		return &mingjianv1.RedactDisclosureRequest{DisclosureId: id, Digest: digest, Reason: "姓名依法公开",
			Texts: []*mingjianv1.ProposedRedaction{{Field: field, Spans: spans}}}
	}
	another := home(domain.Reviewer, "qian")
	for code, req := range map[string]*mingjianv1.RedactDisclosureRequest{
		"redaction.hard":       redact(draft.Digest, "facts"),
		"redaction.digest":     redact(strings.Repeat("ab", 32), "parties[0].name"),
		"penalty.redact.field": redact(draft.Digest, "procedure"),
		"redaction.spans":      redact(draft.Digest, "parties[0].name", &mingjianv1.ProposedSpan{From: 0, To: 9, Replacement: "某"}),
	} {
		if _, err := w.send(another, "", req); faultOf(err) != code {
			t.Errorf("%v, want %s", err, code)
		}
	}
	if _, err := w.send(another, "", redact(draft.Digest, "parties[0].name", &mingjianv1.ProposedSpan{From: 0, To: 1, Replacement: "13800138000"})); faultOf(err) != "redaction.hard" {
		t.Errorf("a replacement brings a number in: %v", err)
	}
	w.do(another, redact(draft.Digest, "parties[0].name"))
	now := w.underWay(id).Draft
	doc, err := disclosure.ParseDocument([]byte(now.Document))
	if err != nil || now.Stage != disclosure.Awaiting || now.Author != "qian" || doc.Subjects[0].Name != plantedName || strings.Contains(doc.Penalty.Facts, plantedID) {
		t.Errorf("%+v, %+v, %v", now, doc, err)
	}
	for who, by := range map[string]caller{"who changed it": another, "who made the record": home(domain.Reviewer, "wang")} {
		if _, err := w.send(by, "", &mingjianv1.ReviewDisclosureRequest{DisclosureId: id, Digest: now.Digest, SecrecyClear: true}); faultOf(err) != "disclosure.reviewer.same" {
			t.Errorf("%s reviews: %v", who, err)
		}
	}
	w.do(reviewer, &mingjianv1.ReviewDisclosureRequest{DisclosureId: id, Digest: now.Digest, SecrecyClear: true})
	if _, err := w.send(approver, "", &mingjianv1.ApproveDisclosureRequest{DisclosureId: id, Digest: draft.Digest}); faultOf(err) != "disclosure.digest.other" {
		t.Errorf("the former masks are approved: %v", err)
	}
	w.do(clerk, &mingjianv1.ServePenaltyRequest{PenaltyId: record, On: "2026-01-18", PublicationNotice: true})
	w.do(approver, &mingjianv1.ApproveDisclosureRequest{DisclosureId: id, Digest: now.Digest})
	w.do(approver, &mingjianv1.PublishDisclosureRequest{DisclosureId: id, Digest: now.Digest})
	if s := w.underWay(id); s.Release.Digest != now.Digest {
		t.Errorf("%+v", s.Release)
	}
	if got, _ := es.Load(t.Context(), w.store, penalty.Decider, record); got.State.Decision.Redaction.Served.Commitment != first.GetCommitment() {
		t.Error("the commitment to what was served changed")
	}
}

// What no rule found is hidden by a person, and sealed then.
func TestAReviewerHidesWhatNoRuleFound(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	authorities(w)
	d := penaltyDecision()
	d.Parties, d.Facts = d.Parties[:1], "阿土在场"
	_, id := w.decide(d)
	if r := w.redaction(id, clerk); len(r.GetTexts()) > 0 || r.GetCommitment() != "" {
		t.Errorf("%v", r)
	}
	w.do(reviewer, &mingjianv1.RedactDisclosureRequest{DisclosureId: id, Digest: w.underWay(id).Draft.Digest, Reason: "漏遮姓名",
		Texts: []*mingjianv1.ProposedRedaction{{Field: "facts", Spans: []*mingjianv1.ProposedSpan{{From: 0, To: 2, Replacement: "某人"}}}}})
	if p := pieceOf(t, w.redaction(id, clerk), "facts", "阿土"); p.GetRule() != "manual" || p.GetConfidence() != 0 {
		t.Errorf("%v", p)
	}
	if doc := string(w.underWay(id).Draft.Document); !strings.Contains(doc, "某人在场") || strings.Contains(doc, "阿土") {
		t.Error(doc)
	}
}

// A minor's record does not go to the public.
func TestARecordOfAMinorStays(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	authorities(w)
	d := penaltyDecision()
	d.Facts = "当事人身份证号码330106201203120020"
	record, id := w.decide(d)
	if s := w.underWay(id); s.ID != "" {
		t.Errorf("it was submitted: %+v", s.Draft)
	}
	if _, err := w.send(clerk, "", &mingjianv1.SubmitDisclosureRequest{RecordKind: "penalty", RecordId: record}); faultOf(err) != "penalty.publish.minor" {
		t.Errorf("%v", err)
	}
}

// Without a vault nothing with personal data is taken in, and nothing of it is said in the refusal.
func TestNoVaultNoPersonalData(t *testing.T) {
	c := newCounter(t)
	before := len(c.store.All())
	server := grpcapi.PenaltyServer{Base: c.base}
	_, err := server.DecidePenalty(c.clerk(), &mingjianv1.DecidePenaltyRequest{Decision: plantedDecision("宁市监处罚〔2026〕62号")})
	c.refused(err, "redaction.vault")
	if len(c.store.All()) != before || strings.Contains(err.Error(), plantedID) {
		t.Errorf("%v", err)
	}
}
