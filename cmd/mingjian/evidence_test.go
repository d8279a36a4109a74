package main

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/mingjian-ledger/mingjian/adapters/blob"
	"github.com/mingjian-ledger/mingjian/adapters/picture"
	"github.com/mingjian-ledger/mingjian/domain/evidence"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// secretPlace is what a camera writes about where it was.
const secretPlace = "GPSLatitude 29.6500N GPSLongitude 91.1000E"

// snapshot is a JPEG with a place in its Exif, filled up with it to a size.
func snapshot(t *testing.T, side, size int) []byte {
	t.Helper()
	m, noise := image.NewGray(image.Rect(0, 0, side, side)), rand.New(rand.NewPCG(1, 2)) //nolint:gosec // noise that can be made again
	for i := range m.Pix {
		m.Pix[i] = byte(noise.Uint32())
	}
	var bare bytes.Buffer
	if err := jpeg.Encode(&bare, m, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00" + secretPlace
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(len(exif) + 2)}, exif...)
	out = append(out, bare.Bytes()[2:]...)
	for len(out) < size {
		out = append(out, secretPlace[:min(len(secretPlace), size-len(out))]...)
	}
	return out
}

// TestNoPlaceOfAPictureLeaks attaches pictures that say where they were taken, a small one and the largest there may be, shows them
// to the public, and looks for the place in all answers, in the log of the process, and in every file of the data directory and of
// a backup. Only who opens the original finds it.
func TestNoPlaceOfAPictureLeaks(t *testing.T) {
	t.Parallel()
	dir, logged := t.TempDir(), &listener{}
	c := onTier(t, config{Data: filepath.Join(dir, "data"), HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Patience: 10 * time.Second, Drain: 20 * time.Second})
	if err := os.Mkdir(c.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	var shown []string // digests of the copies
	log := slog.New(slog.NewJSONHandler(logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	err := serve(t.Context(), c, log, func(ctx context.Context, in *instance, d *doors) error {
		l := &leak{T: t, ctx: ctx, in: in, client: &restClient{base: d.url(), http: http.DefaultClient}, ids: map[string][]string{}}
		l.staff()
		l.send(l.root, "/v1/authorities", &mingjianv1.RegisterAuthorityRequest{
			Id: string(homeBureau), Name: "虚构县市场监督管理局", Code: "11540900MB9X00015L", District: "540102", Level: "county",
		}, &mingjianv1.RegisterAuthorityResponse{})
		id := l.decide()
		for _, original := range [][]byte{snapshot(t, 64, 0), snapshot(t, 1600, picture.MaxBytes)} {
			shown = append(shown, l.attachAndOpen(id, original))
		}
		l.tooLarge(id)
		if _, status := l.fetch(http.MethodGet, "/v1/public/evidence/"+id, "", nil); status != http.StatusNotFound {
			t.Errorf("pictures are public before their record: %d", status)
		}
		l.publish(id)
		l.look(id, shown)
		l.backUp(dir)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	holdNoPlace(t, "the log of the process", logged.bytes())
	n, places := 0, 2 // here and in the backup
	if spill(t, c, dir) > 0 {
		places = 1
	}
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		holdNoPlace(t, path, data)
		for _, digest := range shown {
			if filepath.Base(path) == digest {
				n++
			}
		}
		return err
	})
	if err != nil || n != places*len(shown) {
		t.Errorf("%d copies are kept: %v", n, err)
	}
}

func holdNoPlace(t *testing.T, where string, data []byte) {
	t.Helper()
	if bytes.Contains(data, []byte("GPSL")) || bytes.Contains(data, []byte("R1BTT")) { // the same in base64
		t.Errorf("%s tells where a picture was taken", where)
	}
}

// attachAndOpen attaches a picture, opens its original, and gives the digest of the copy.
func (l *leak) attachAndOpen(id string, original []byte) string {
	l.Helper()
	resp := &mingjianv1.AttachEvidenceResponse{}
	l.send(l.clerk, "/v1/evidence/"+id, &mingjianv1.AttachEvidenceRequest{Content: original, Caption: "货架标价", Publish: true}, resp)
	list := &mingjianv1.ListEvidenceResponse{}
	l.ask(l.clerk, "/v1/evidence/"+id, list)
	v := list.GetEvidence()[len(list.GetEvidence())-1]
	body, err := protojson.Marshal(&mingjianv1.OpenPersonalRequest{Purpose: "核对原件", After: resp.GetReceipt().GetPosition()})
	if err != nil {
		l.Fatal(err)
	}
	answer, status := l.fetch(http.MethodPost, "/v1/personal/"+v.GetOriginalItem()+":open", l.clerk.token, bytes.NewReader(body))
	opened := &mingjianv1.OpenPersonalResponse{}
	if err := protojson.Unmarshal(answer, opened); err != nil || status != http.StatusOK || !bytes.Equal(opened.GetContent(), original) {
		l.Errorf("the original does not come back: %d, %v", status, err)
	}
	return resp.GetDigest()
}

// tooLarge sends one byte more than is taken.
func (l *leak) tooLarge(id string) {
	l.Helper()
	body, err := protojson.Marshal(&mingjianv1.AttachEvidenceRequest{Content: snapshot(l.T, 64, picture.MaxBytes+1), Caption: "货架标价"})
	if err != nil {
		l.Fatal(err)
	}
	answer, status := l.fetch(http.MethodPost, "/v1/evidence/"+id, l.clerk.token, bytes.NewReader(body))
	if status != http.StatusBadRequest || !bytes.Contains(answer, []byte("content")) {
		l.Errorf("%d %s", status, answer)
	}
	holdNoPlace(l.T, "a refusal", answer)
}

// look reads what the public sees, and what staff do.
func (l *leak) look(id string, digests []string) {
	l.Helper()
	answer, status := l.fetch(http.MethodGet, "/v1/public/evidence/"+id, "", nil)
	list := &mingjianv1.ListPublicEvidenceResponse{}
	if err := protojson.Unmarshal(answer, list); err != nil || status != http.StatusOK || len(list.GetPictures()) != len(digests) {
		l.Fatalf("%d %s %v", status, answer, err)
	}
	holdNoPlace(l.T, "the list", answer)
	for _, p := range list.GetPictures() {
		for path, token := range map[string]string{"/v1/public/evidence/": "", "/v1/evidence/": l.clerk.token} {
			body, status := l.fetch(http.MethodGet, path+id+"/"+p.GetEvidenceId(), token, nil)
			config, format, err := image.DecodeConfig(bytes.NewReader(body))
			if err != nil || status != http.StatusOK || format != "jpeg" || config.Width != int(p.GetWidth()) || !bytes.Contains(body, []byte("Exif")) {
				l.Errorf("%s: %d %s %v %v", path, status, format, config.Width, err)
			}
			holdNoPlace(l.T, path, body)
		}
	}
}

func TestVerifyReadsThePictures(t *testing.T) {
	t.Parallel()
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	digest, _, err := blobs.Put(t.Context(), strings.NewReader("picture"))
	if err != nil {
		t.Fatal(err)
	}
	v := &verifier{blobs: blobs}
	for at, there := range map[string]bool{digest: true, strings.Repeat("0", 64): false} {
		s := evidence.State{Pictures: []evidence.Picture{{Attached: evidence.Attached{Evidence: "e-1", Copy: evidence.Copy{Digest: at}}}}}
		if err := v.checkEvidence(t.Context(), s); (err == nil) != there {
			t.Errorf("%s: %v", at, err)
		}
	}
}
