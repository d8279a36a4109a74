package grpcapi_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// clear are the texts that may stand nowhere.
func clear() []string {
	who := somebody()
	return []string{who.GetIdNumber(), who.GetIdNumber()[:17], who.GetPhone(), who.GetAddress()}
}

// tellsNothing searches all that is stored and shown.
func (w *matrixWorld) tellsNothing(more ...proto.Message) {
	w.Helper()
	var all strings.Builder
	for _, r := range w.store.All() {
		all.WriteString(r.Stream.String() + string(r.Data) + string(r.Meta))
	}
	for _, m := range more {
		all.WriteString(protojson.Format(m))
	}
	for _, text := range clear() {
		if strings.Contains(all.String(), text) {
			w.Errorf("%q stands in an event or an answer", text)
		}
	}
}

func decide(change func(*mingjianv1.PenaltyDecision)) *mingjianv1.DecidePenaltyRequest {
	d := naturalDecision()
	change(d)
	return &mingjianv1.DecidePenaltyRequest{Decision: d}
}

func same(*mingjianv1.PenaltyDecision) {}

func TestAnIdentityLeavesNothingButAReference(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	naturalPenalty(w)
	shown, err := w.send(clerk, "", &mingjianv1.GetPenaltyRequest{PenaltyId: w.ids["penalty"]})
	if err != nil {
		t.Fatal(err)
	}
	list, err := w.send(clerk, "", &mingjianv1.ListPersonalRequest{Person: w.ids["person"]})
	if err != nil || len(list.(*mingjianv1.ListPersonalResponse).GetItems()) != 2 {
		t.Fatalf("%v, %v", list, err)
	}
	w.tellsNothing(shown, list)

	opened, err := w.send(reviewer, "", &mingjianv1.OpenPersonalRequest{Item: w.ids["item"], Purpose: "送达处罚决定书"})
	if err != nil || !proto.Equal(opened.(*mingjianv1.OpenPersonalResponse).GetIdentity(), somebody()) {
		t.Fatalf("%v, %v", opened, err)
	}
	if _, err := w.send(at(otherBureau, reviewer.role, "ma"), "", &mingjianv1.OpenPersonalRequest{Item: w.ids["item"], Purpose: "好奇"}); status.Code(err) != codes.PermissionDenied {
		t.Errorf("another authority is told %v", err)
	}
}

// The digest of the command must not tell the number to whoever tries all of them.
func TestTheDigestOfACommandIsNoOracle(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	authorities(w)
	req := decide(same)
	w.do(clerk, req)
	records := w.store.All()
	meta, err := records[len(records)-1].Metadata()
	if err != nil {
		t.Fatal(err)
	}
	guesses := []proto.Message{req, decide(func(d *mingjianv1.PenaltyDecision) { d.Parties[0].Identity = nil })}
	for _, guess := range guesses {
		body, err := proto.MarshalOptions{Deterministic: true}.Marshal(guess)
		if err != nil {
			t.Fatal(err)
		}
		digest := sha256.Sum256(append([]byte("/mingjian.v1.PenaltyService/DecidePenalty\n"), body...))
		if meta.CommandDigest == hex.EncodeToString(digest[:]) {
			t.Errorf("the digest is that of %v: a number can be tried against it", guess)
		}
	}
}

func TestAKeyStandsForOneIdentity(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	authorities(w)
	first, err := w.send(clerk, "k", decide(same))
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.send(clerk, "k", decide(same))
	if err != nil || !receipt(again).GetDuplicate() || receipt(again).GetPosition() != receipt(first).GetPosition() {
		t.Errorf("sent again: %v, %v", again, err)
	}
	for name, change := range map[string]func(*mingjianv1.PersonalIdentity){
		"another number":  func(m *mingjianv1.PersonalIdentity) { m.IdNumber = "110101199003071081" },
		"another phone":   func(m *mingjianv1.PersonalIdentity) { m.Phone = "13900000001" },
		"another address": func(m *mingjianv1.PersonalIdentity) { m.Address = "" },
	} {
		_, err := w.send(clerk, "k", decide(func(d *mingjianv1.PenaltyDecision) { change(d.Parties[0].Identity) }))
		if faultOf(err) != "command.reused" {
			t.Errorf("%s under the same key: %v", name, err)
		}
	}
	if _, err := w.send(clerk, "k", decide(func(d *mingjianv1.PenaltyDecision) { d.Parties[0].Identity = nil })); faultOf(err) != "command.reused" {
		t.Errorf("no identity under the same key: %v", err)
	}
	before := len(w.store.All())
	if _, err := w.send(clerk, "k2", decide(same)); err != nil || len(w.store.All()) != before {
		t.Errorf("the same decision under another key: %v, %d events more", err, len(w.store.All())-before)
	}
	if _, err := w.send(clerk, "k3", decide(func(d *mingjianv1.PenaltyDecision) { d.Parties[0].Identity.IdNumber = "110101199003071081" })); faultOf(err) != "penalty.exists" {
		t.Errorf("the same decision against somebody else: %v", err)
	}
	w.tellsNothing()
}

func TestIdentitiesAreRefusedByFieldAndWithoutTheirText(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	authorities(w)
	for want, change := range map[string]func(*mingjianv1.PenaltyDecision){
		"person.id_number.check":    func(d *mingjianv1.PenaltyDecision) { d.Parties[0].Identity.IdNumber = "110101199003071090" },
		"person.id_number.required": func(d *mingjianv1.PenaltyDecision) { d.Parties[0].Identity.IdNumber = "" },
		"person.id_kind.unknown":    func(d *mingjianv1.PenaltyDecision) { d.Parties[0].Identity.IdKind = "card" },
		"penalty.party.identity":    func(d *mingjianv1.PenaltyDecision) { d.Parties[0].Kind = "legal" },
	} {
		_, err := w.send(clerk, "", decide(change))
		if got := status.Convert(err); faultOf(err) != want && !strings.Contains(got.String(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		said := protojson.Format(status.Convert(err).Proto())
		if !strings.Contains(said, "identity") {
			t.Errorf("%s does not name the field", said)
		}
		for _, text := range append(clear(), "110101199003071090") {
			if strings.Contains(said, text) {
				t.Errorf("%s tells %s", said, text)
			}
		}
	}
	if len(w.store.All()) != 2 { // the two authorities
		t.Errorf("%d events", len(w.store.All()))
	}
}

func TestBatchesAndLicencesSealToo(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	authorities(w)
	rows := &mingjianv1.TakeOverPenaltiesRequest{FileDigest: fileDigest, CheckOnly: true, Rows: []*mingjianv1.TakenOverPenalty{
		{Line: 2, Decision: naturalDecision()},
	}}
	before := len(w.store.All())
	resp, err := w.send(clerk, "", rows)
	if err != nil || len(resp.(*mingjianv1.TakeOverPenaltiesResponse).GetResults()[0].GetRefusals()) > 0 || len(w.store.All()) != before {
		t.Fatalf("checked only: %v, %v", resp, err)
	}
	rows.CheckOnly = false
	w.do(clerk, rows)
	grant := newLicence("2027-11-01")
	grant.Holder = &mingjianv1.Holder{Kind: "natural", Name: "高小满", Identity: somebody()}
	w.do(clerk, grant, "licence")
	stands := licenceOf(t, w, w.ids["licence"])
	if stands.Holder.Person == "" || stands.Holder.Identity == nil {
		t.Errorf("%+v", stands.Holder)
	}
	list, err := w.send(clerk, "", &mingjianv1.ListPersonalRequest{Person: stands.Holder.Person})
	if err != nil || len(list.(*mingjianv1.ListPersonalResponse).GetItems()) < 2 {
		t.Errorf("one person in a penalty and a licence: %v, %v", list, err)
	}
	w.tellsNothing(list)
}

func licenceOf(t *testing.T, w *matrixWorld, id string) (d licence.Decision) {
	t.Helper()
	for _, r := range w.store.All() {
		if r.Stream.ID != id {
			continue
		}
		event, err := licence.Codec().Decode(r.Type, r.Data)
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := event.(licence.Granted); ok {
			d.Holder = e.Holder
		}
	}
	return d
}

func TestShreddingForgetsThePersonAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	requestedShredding(w)
	foreign := at(otherBureau, approver.role, "gao")
	if _, err := w.send(foreign, "", &mingjianv1.RequestShreddingRequest{Person: w.ids["person"], Ground: "unlawful", Reason: "x"}); faultOf(err) != "person.missing" {
		t.Errorf("another authority asks: %v", err)
	}
	before := len(w.store.All())
	w.do(rootOf, &mingjianv1.ConfirmShreddingRequest{Person: w.ids["person"], Ground: "retention_expired"})
	for _, name := range []string{"item", "served"} {
		if _, err := w.send(clerk, "", &mingjianv1.OpenPersonalRequest{Item: w.ids[name], Purpose: "核对"}); faultOf(err) != "vault.shredded" {
			t.Errorf("%s opened after shredding: %v", name, err)
		}
	}
	if len(w.store.All()) != before+1 {
		t.Errorf("%d events more, want one", len(w.store.All())-before)
	}
	if _, err := w.send(clerk, "", &mingjianv1.GetPenaltyRequest{PenaltyId: w.ids["penalty"]}); err != nil {
		t.Errorf("the penalty itself: %v", err)
	}
	list, err := w.send(clerk, "", &mingjianv1.ListShreddingsRequest{State: "shredded"})
	if got := list.(*mingjianv1.ListShreddingsResponse).GetShreddings(); err != nil || len(got) != 1 || got[0].GetAnsweredBy() != "root" {
		t.Errorf("%v, %v", list, err)
	}
}

// A service that is called by another way than the chain must not keep what it gets.
func TestAnIdentityThatPassedNoChainIsNotKept(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	authorities(w)
	base := grpcapi.Base{Store: w.store, Views: w.views, Clock: func() time.Time { return w.now }}
	before := len(w.store.All())
	ctx := grpcapi.WithCall(t.Context(), grpcapi.Call{Command: "8c1d7a54-36a5-5c8e-9a4c-0d2a7f1e2b3c"})
	if _, err := (grpcapi.PenaltyServer{Base: base}).DecidePenalty(ctx, decide(same)); err == nil || len(w.store.All()) != before {
		t.Errorf("%v", err)
	}
}
