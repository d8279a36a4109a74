package webhook_test

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// delivery is a request that a receiver got.
type delivery struct {
	id         string
	at         time.Time // webhook-timestamp
	typ        string
	sequence   uint64
	disclosure string
	document   string
	header     http.Header
	body       []byte
}

// receiver is a server on the loopback address that answers as it is told.
type receiver struct {
	t           *testing.T
	url         string
	port        uint16
	certificate *x509.Certificate
	server      *httptest.Server
	board       *board

	mu      sync.Mutex
	secrets []string
	publics []string
	answer  func(w http.ResponseWriter, r *http.Request, d delivery)

	asked []delivery // all requests
	taken []delivery // those that were answered by 200
}

// newReceiver makes one that answers 200, or as it is told.
func newReceiver(t *testing.T, answer func(http.ResponseWriter, *http.Request, delivery)) *receiver {
	t.Helper()
	r := &receiver{t: t, board: newBoard(), answer: answer}
	r.listen("127.0.0.1:0")
	t.Cleanup(func() { r.server.Close() })
	return r
}

func (r *receiver) listen(address string) {
	l, err := (&net.ListenConfig{}).Listen(r.t.Context(), "tcp", address)
	if err != nil {
		r.t.Fatal(err)
	}
	r.server = httptest.NewUnstartedServer(http.HandlerFunc(r.serve))
	r.server.Listener.Close()
	r.server.Listener = l
	r.server.StartTLS()
	r.url, r.certificate = r.server.URL, r.server.Certificate()
	r.port = netip.MustParseAddrPort(l.Addr().String()).Port()
}

// kill ends the server with all its connections; revive starts one at the same address.
func (r *receiver) kill() {
	r.server.CloseClientConnections()
	r.server.Close()
}

func (r *receiver) revive() {
	r.listen(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), r.port).String())
}

func (r *receiver) learn(s *viewv1.WebhookSecret) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets, r.publics = append(r.secrets, s.GetSecret()), append(r.publics, s.GetKey().GetPublicKey())
}

func (r *receiver) serve(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return // the sender was killed
	}
	d, err := parse(req, body)
	if err != nil {
		r.t.Errorf("no message of Standard Webhooks: %v", err)
	}
	r.mu.Lock()
	secrets, publics, answer := slices.Clone(r.secrets), slices.Clone(r.publics), r.answer
	r.mu.Unlock()
	if len(secrets) > 0 && (!d.signedBy(secrets[len(secrets)-1]) || !d.signedWith(publics[len(publics)-1])) {
		r.t.Errorf("release %d is not signed by the newest secret: %s", d.sequence, d.header.Get("webhook-signature"))
	}
	r.board.change(func() { r.asked = append(r.asked, d) })
	if answer != nil {
		note := &status{ResponseWriter: w, code: http.StatusOK}
		answer(note, req, d)
		if note.code != http.StatusOK {
			return
		}
	}
	r.board.change(func() { r.taken = append(r.taken, d) })
}

type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func parse(req *http.Request, body []byte) (d delivery, err error) {
	var event struct {
		ID, Type, Subject, SpecVersion string
		Data                           struct{ Sequence, DisclosureID, Document string }
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return d, err
	}
	d = delivery{id: req.Header.Get("webhook-id"), typ: event.Type, disclosure: event.Data.DisclosureID, document: event.Data.Document, header: req.Header, body: body}
	seconds, err := strconv.ParseInt(req.Header.Get("webhook-timestamp"), 10, 64)
	if err != nil {
		return d, err
	}
	d.at = time.Unix(seconds, 0).UTC()
	if event.Data.Sequence != "" {
		if d.sequence, err = strconv.ParseUint(event.Data.Sequence, 10, 64); err != nil {
			return d, err
		}
	}
	if d.id != event.ID || event.SpecVersion != "1.0" || req.Method != http.MethodPost || req.Header.Get("Content-Type") != "application/cloudevents+json; charset=UTF-8" {
		return d, fmt.Errorf("%s %s with id %q, event %s", req.Method, req.Header.Get("Content-Type"), d.id, body)
	}
	return d, nil
}

// content is what is signed, as the standard has it.
func (d delivery) content() []byte {
	return fmt.Appendf(nil, "%s.%d.%s", d.id, d.at.Unix(), d.body)
}

func (d delivery) of(version string) (out [][]byte) {
	for one := range strings.SplitSeq(d.header.Get("webhook-signature"), " ") {
		if text, ok := strings.CutPrefix(one, version+","); ok {
			if b, err := base64.StdEncoding.DecodeString(text); err == nil {
				out = append(out, b)
			}
		}
	}
	return out
}

func (d delivery) signedBy(secret string) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	mac := hmac.New(sha256.New, key)
	mac.Write(d.content())
	return err == nil && len(key) == 32 && slices.ContainsFunc(d.of("v1"), func(s []byte) bool { return hmac.Equal(s, mac.Sum(nil)) })
}

func (d delivery) signedWith(public string) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(public, "whpk_"))
	return err == nil && len(key) == ed25519.PublicKeySize &&
		slices.ContainsFunc(d.of("v1a"), func(s []byte) bool { return ed25519.Verify(key, d.content(), s) })
}

// took waits until so many different releases were taken, and answers all that were, with repeats.
func (r *receiver) took(n int) (out []delivery) {
	r.board.until(func() bool {
		different := map[string]bool{}
		for _, d := range r.taken {
			different[d.id] = true
		}
		out = slices.Clone(r.taken)
		return len(different) >= n
	})
	return out
}

func (r *receiver) wasAsked(n int) (out []delivery) {
	r.board.until(func() bool {
		out = slices.Clone(r.asked)
		return len(out) >= n
	})
	return out
}

// inOrder holds that the first time that each release came, all earlier ones of its disclosure had come, and that none lacks.
func inOrder(t *testing.T, got []delivery, f *feed, wants func(int) bool) {
	t.Helper()
	have := map[uint64]bool{}
	for _, d := range got {
		for _, i := range f.items[:d.sequence-1] {
			if i.Disclosure == d.disclosure && wants(int(i.Sequence)) && !have[i.Sequence] {
				t.Errorf("release %d of %s came before %d", d.sequence, d.disclosure, i.Sequence)
			}
		}
		have[d.sequence] = true
	}
	for _, i := range f.items {
		if have[i.Sequence] != wants(int(i.Sequence)) {
			t.Errorf("release %d of %s: came %t, wanted %t", i.Sequence, i.Disclosure, have[i.Sequence], wants(int(i.Sequence)))
		}
	}
}

func all(int) bool { return true }
