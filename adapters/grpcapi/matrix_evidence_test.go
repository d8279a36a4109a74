package grpcapi_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"

	"google.golang.org/protobuf/proto"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// plantedPlace stands in the Exif and in a comment of the test's pictures.
const plantedPlace = "GPS 29.6500N 91.1000E"

// photo is a picture of one shade with a place in it.
func photo(shade byte) []byte {
	m := image.NewGray(image.Rect(0, 0, 16, 8))
	for i := range m.Pix {
		m.Pix[i] = color.Gray{Y: shade}.Y
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err) // a buffer takes everything
	}
	out := bytes.Clone(b.Bytes()[:2])
	for _, s := range []struct {
		marker byte
		text   string
	}{{0xE1, "Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00" + plantedPlace}, {0xFE, plantedPlace}} {
		out = append(append(out, 0xFF, s.marker, 0, byte(len(s.text)+2)), s.text...) //nolint:gosec // short
	}
	return append(out, b.Bytes()[2:]...)
}

func newEvidence(w *matrixWorld, shade byte) *mingjianv1.AttachEvidenceRequest {
	return &mingjianv1.AttachEvidenceRequest{
		DisclosureId: "penalty." + w.ids["penalty"], Content: photo(shade), Caption: "货架标价", Publish: true,
	}
}

// attachedEvidence is a picture on a penalty whose disclosure is published.
func attachedEvidence(w *matrixWorld) {
	publishedDisclosure(w)
	w.attach(newEvidence(w, 90))
}

func (w *matrixWorld) attach(req *mingjianv1.AttachEvidenceRequest) {
	w.Helper()
	resp, err := w.send(clerk, "", req)
	if err != nil {
		w.Fatal(err)
	}
	w.ids["evidence"] = resp.(*mingjianv1.AttachEvidenceResponse).GetEvidenceId()
	w.ids["copy"] = resp.(*mingjianv1.AttachEvidenceResponse).GetDigest()
	w.follow()
}

func evidenceCases() map[string]writeCase {
	const foreign = "evidence.authority.foreign"
	return map[string]writeCase{
		"AttachEvidence": {by: clerk, given: decidedPenalty, foreign: foreign,
			alter: map[string]string{"content": string(photo(200)), "disclosure_id": "penalty.other"},
			req:   func(w *matrixWorld) proto.Message { return newEvidence(w, 90) }},
		"RemoveEvidence": {by: clerk, given: attachedEvidence, foreign: foreign,
			req: of(func(w *matrixWorld, m *mingjianv1.RemoveEvidenceRequest) {
				m.DisclosureId, m.EvidenceId = w.ids["disclosure"], w.ids["evidence"]
			}, &mingjianv1.RemoveEvidenceRequest{Reason: "拍到路人"})},
	}
}

func evidenceReads() map[string]readCase {
	return map[string]readCase{
		"EvidenceService/ListEvidence": {given: attachedEvidence, shows: made("copy"), reqs: []func(*matrixWorld) proto.Message{
			of(func(w *matrixWorld, m *mingjianv1.ListEvidenceRequest) { m.DisclosureId = w.ids["disclosure"] }, &mingjianv1.ListEvidenceRequest{})}},
		"EvidenceService/GetEvidence": {given: attachedEvidence, shows: always("image/jpeg"), reqs: []func(*matrixWorld) proto.Message{
			of(func(w *matrixWorld, m *mingjianv1.GetEvidenceRequest) {
				m.DisclosureId, m.EvidenceId = w.ids["disclosure"], w.ids["evidence"]
			}, &mingjianv1.GetEvidenceRequest{})}},
	}
}
