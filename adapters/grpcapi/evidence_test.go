package grpcapi_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/evidence"
	"github.com/mingjian-ledger/mingjian/projections/personal"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

func (w *matrixWorld) evidence() evidence.State {
	w.Helper()
	res, err := es.Load(w.Context(), w.store, evidence.Decider, w.ids["disclosure"])
	if err != nil {
		w.Fatal(err)
	}
	return res.State
}

// The copy is what leaves; the original comes out of the vault alone, byte for byte as it was taken.
func TestTheOriginalIsSealedAndTheCopyIsClean(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	attachedEvidence(w)
	a, ok := w.evidence().Find(w.ids["evidence"])
	if !ok || a.Authority != ownBureau || a.By != clerk.account || a.Copy.Width != 16 || a.Copy.Height != 8 || len(a.Original.Persons) != 1 {
		t.Fatalf("%+v", a)
	}
	for _, ask := range []proto.Message{
		&mingjianv1.GetEvidenceRequest{DisclosureId: w.ids["disclosure"], EvidenceId: w.ids["evidence"]},
		&mingjianv1.GetPublicEvidenceRequest{DisclosureId: w.ids["disclosure"], EvidenceId: w.ids["evidence"]},
	} {
		resp, err := w.send(clerk, "", ask)
		if err != nil {
			t.Fatal(err)
		}
		body := resp.(interface{ GetPicture() *httpbody.HttpBody }).GetPicture()
		sum := sha256.Sum256(body.GetData())
		if bytes.Contains(body.GetData(), []byte("GPS")) || hex.EncodeToString(sum[:]) != a.Copy.Digest || body.GetContentType() != "image/jpeg" {
			t.Errorf("%T: %q", ask, body.GetData())
		}
	}
	list, _, err := personal.List(t.Context(), w.views, personal.Filter{Record: w.ids["disclosure"], PageSize: 10})
	if err != nil || len(list) != 1 || list[0].GetItem() != a.Original.Item || list[0].GetRecordKind() != "evidence" {
		t.Fatalf("%v, %v", list, err)
	}
	resp, err := w.send(clerk, "", &mingjianv1.OpenPersonalRequest{Item: a.Original.Item, Purpose: "核对原件"})
	if err != nil || !bytes.Equal(resp.(*mingjianv1.OpenPersonalResponse).GetContent(), photo(90)) {
		t.Errorf("%v, %v", resp, err)
	}
	w.holdsNothingOf(plantedPlace)
}

// holdsNothingOf demands that no event holds a text.
func (w *matrixWorld) holdsNothingOf(text string) {
	w.Helper()
	for rec, err := range w.store.Read(w.Context(), es.Stream{Category: evidence.Category, ID: w.ids["disclosure"]}, 0) {
		original := sha256.Sum256(photo(90))
		if err != nil || bytes.Contains(rec.Data, []byte(text)) || strings.Contains(string(rec.Data), hex.EncodeToString(original[:])) {
			w.Errorf("%s, %v", rec.Data, err)
		}
	}
}

// Everybody sees what is marked while the record is public, and nothing before, after, or else.
func TestPicturesArePublicAsLongAsTheirRecord(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	approvedDisclosure(w)
	w.attach(newEvidence(w, 90))
	marked := w.ids["evidence"]
	inner := newEvidence(w, 200)
	inner.Publish = false
	w.attach(inner)
	look := func(id string) string {
		_, err := w.send(clerk, "", &mingjianv1.GetPublicEvidenceRequest{DisclosureId: w.ids["disclosure"], EvidenceId: id})
		return faultOf(err)
	}
	listed := func() (int, string) {
		resp, err := w.send(clerk, "", &mingjianv1.ListPublicEvidenceRequest{DisclosureId: w.ids["disclosure"]})
		return len(resp.(*mingjianv1.ListPublicEvidenceResponse).GetPictures()), faultOf(err)
	}
	if n, code := listed(); n != 0 || code != "record.unknown" || look(marked) != "record.unknown" {
		t.Errorf("before: %d, %s", n, code)
	}
	w.do(approver, &mingjianv1.PublishDisclosureRequest{DisclosureId: w.ids["disclosure"], Digest: w.ids["digest"]})
	if n, code := listed(); n != 1 || code != "" || look(marked) != "" || look(w.ids["evidence"]) != "evidence.missing" || look("x") != "evidence.missing" {
		t.Errorf("while it is public: %d, %s, %q, %q", n, code, look(marked), look(w.ids["evidence"]))
	}
	w.do(approver, &mingjianv1.MaskDisclosureRequest{DisclosureId: w.ids["disclosure"], Reason: "重整", DocumentNo: "破1号"})
	if n, code := listed(); n != 0 || code != "record.masked" || look(marked) != "record.masked" {
		t.Errorf("masked: %d, %s", n, code)
	}
}

func TestRemovedPicturesAreGone(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	attachedEvidence(w)
	w.do(clerk, &mingjianv1.RemoveEvidenceRequest{DisclosureId: w.ids["disclosure"], EvidenceId: w.ids["evidence"], Reason: "拍到路人"})
	for _, ask := range []proto.Message{
		&mingjianv1.GetEvidenceRequest{DisclosureId: w.ids["disclosure"], EvidenceId: w.ids["evidence"]},
		&mingjianv1.GetPublicEvidenceRequest{DisclosureId: w.ids["disclosure"], EvidenceId: w.ids["evidence"]},
	} {
		if _, err := w.send(clerk, "", ask); faultOf(err) != "evidence.missing" {
			t.Errorf("%T: %v", ask, err)
		}
	}
	resp, err := w.send(clerk, "", &mingjianv1.ListEvidenceRequest{DisclosureId: w.ids["disclosure"]})
	if list := resp.(*mingjianv1.ListEvidenceResponse).GetEvidence(); err != nil || len(list) != 1 || list[0].GetRemovedReason() != "拍到路人" {
		t.Errorf("%v, %v", resp, err)
	}
}

func TestPicturesThatAreRefusedLeaveNothing(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	attachedEvidence(w)
	other := at(otherBureau, clerk.role, "qian")
	for name, c := range map[string]struct {
		by   caller
		code string
		do   func(*mingjianv1.AttachEvidenceRequest)
	}{
		"another authority's":      {other, "evidence.authority.foreign", func(*mingjianv1.AttachEvidenceRequest) {}},
		"no picture":               {clerk, "evidence.format", func(r *mingjianv1.AttachEvidenceRequest) { r.Content = []byte("x") }},
		"no record":                {clerk, "evidence.record.missing", func(r *mingjianv1.AttachEvidenceRequest) { r.DisclosureId = "penalty.none" }},
		"a licence":                {clerk, "evidence.record.missing", func(r *mingjianv1.AttachEvidenceRequest) { r.DisclosureId = "licence.x" }},
		"a telling caption":        {clerk, "evidence.personal", func(r *mingjianv1.AttachEvidenceRequest) { r.Caption = "店主13912345678" }},
		"the same picture":         {clerk, "evidence.attached", func(r *mingjianv1.AttachEvidenceRequest) { r.Content = photo(90) }},
		"an inspector's elsewhere": {inspectorOf(ownBureau, "XZ-009"), "evidence.record.missing", func(r *mingjianv1.AttachEvidenceRequest) { r.DisclosureId = "penalty.none" }},
		"an inspection of others":  {inspectorOf(ownBureau, "XZ-009"), "inspection.assignment.foreign", func(r *mingjianv1.AttachEvidenceRequest) { r.DisclosureId = "inspection.x" }},
	} {
		req := newEvidence(w, 120)
		c.do(req)
		if _, err := w.send(c.by, "", req); faultOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	w.follow()
	list, _, err := personal.List(t.Context(), w.views, personal.Filter{Record: w.ids["disclosure"], PageSize: 10})
	if err != nil || len(list) != 1 || len(w.evidence().Pictures) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}

// A picture that is sent again with its key is the one that is there.
func TestPicturesSentAgain(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	decidedPenalty(w)
	req := newEvidence(w, 90)
	first, err := w.send(clerk, "5b1c2f3e-0000-4000-8000-000000000001", req)
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.send(clerk, "5b1c2f3e-0000-4000-8000-000000000001", req)
	got, want := again.(*mingjianv1.AttachEvidenceResponse), first.(*mingjianv1.AttachEvidenceResponse)
	if err != nil || !got.GetReceipt().GetDuplicate() || got.GetEvidenceId() != want.GetEvidenceId() || got.GetDigest() != want.GetDigest() {
		t.Errorf("%v, %v", again, err)
	}
}
