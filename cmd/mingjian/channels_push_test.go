package main

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// hookReceiver is a receiver of webhooks, and the integrator who minds it.
type hookReceiver struct {
	*channels
	port, url string // at the bad end of the way to it
	endpoint  string
	shared    []byte
	public    ed25519.PublicKey
}

func newHookReceiver(c *channels) *hookReceiver {
	c.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed by the cleanup
	if err != nil {
		c.Fatal(err)
	}
	h := &hookReceiver{channels: c}
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }() // until it is closed
	c.Cleanup(func() { _ = server.Close() })
	way := c.network.way("webhook", l.Addr().String())
	_, h.port, _ = net.SplitHostPort(way)
	h.url = "http://" + way + "/releases"
	return h
}

// register sets the endpoint up.
func (h *hookReceiver) register() {
	h.Helper()
	made := &mingjianv1.CreateEndpointResponse{}
	if err := h.ask(h.Context(), "http://"+h.address, "/v1/webhooks", fmt.Sprintf(`{"url":%q,"contact":"值班室","from":"1"}`, h.url), made); err != nil {
		h.Fatal(err)
	}
	h.endpoint = made.GetEndpoint().GetId()
	var errs [2]error
	h.shared, errs[0] = base64.StdEncoding.DecodeString(strings.TrimPrefix(made.GetSecret().GetSecret(), "whsec_"))
	h.public, errs[1] = base64.StdEncoding.DecodeString(strings.TrimPrefix(made.GetSecret().GetKey().GetPublicKey(), "whpk_"))
	if err := errors.Join(errs[:]...); err != nil || len(h.shared) == 0 || len(h.public) != ed25519.PublicKeySize {
		h.Fatalf("%v, %d and %d bytes of keys", err, len(h.shared), len(h.public))
	}
}

// ask asks as the integrator, who reads without a body and writes with one.
func (h *hookReceiver) ask(ctx context.Context, base, path, body string, into proto.Message) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	method := http.MethodPost
	if body == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(ctx, method, base+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+h.people["platform"].token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", fmt.Sprintf("hook-%d", time.Now().UnixNano()))
	resp, err := h.client.Do(req)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s\n%s", path, resp.Status, text)
	}
	return protojson.Unmarshal(text, into)
}

// ServeHTTP takes a release. Some it takes and says that it failed.
func (h *hookReceiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		h.pushed.broke()
		return
	}
	id := r.Header.Get("webhook-id")
	content := append([]byte(id+"."+r.Header.Get("webhook-timestamp")+"."), body...)
	if !h.signed(content, r.Header.Get("webhook-signature")) {
		h.pushed.fault("a signature is not the ledger's: %v", r.Header)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var event struct {
		ID   string
		Data json.RawMessage
	}
	if err := json.Unmarshal(body, &event); err != nil || event.ID != id {
		h.pushed.fault("%v: %q is not message %s", err, event.ID, id)
	}
	h.pushed.take(event.Data, id)
	if h.lot(6) == 0 {
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// signed demands both signatures.
func (h *hookReceiver) signed(content []byte, header string) bool {
	mac := hmac.New(sha256.New, h.shared)
	mac.Write(content)
	shared, own := false, false
	for one := range strings.FieldsSeq(header) {
		form, text, _ := strings.Cut(one, ",")
		signature, err := base64.StdEncoding.DecodeString(text)
		switch {
		case err != nil:
		case form == "v1":
			shared = shared || hmac.Equal(signature, mac.Sum(nil))
		case form == "v1a":
			own = own || ed25519.Verify(h.public, content, signature)
		}
	}
	return shared && own
}

// mind has the ledger try again at once what failed, as who put a receiver right does.
func (h *hookReceiver) mind(ctx context.Context) {
	path := "/v1/webhooks/" + h.endpoint
	for ; ctx.Err() == nil; pause(ctx, 5*askAgain) {
		seen := &mingjianv1.GetEndpointResponse{}
		if err := h.ask(ctx, h.feed, path, "", seen); err != nil {
			continue
		}
		if e := seen.GetEndpoint(); e.GetFailing() > 0 || e.GetNotBefore() != "" || e.GetState() != viewv1.WebhookState_WEBHOOK_STATE_ACTIVE {
			_ = h.ask(ctx, h.feed, path+":resume", `{"reason":"接收端已恢复"}`, &mingjianv1.ResumeEndpointResponse{}) // it is asked again
		}
	}
}

// replay asks for what comes after the last release that is whole, and for some before it, again.
func (h *hookReceiver) replay(ctx context.Context) {
	from := h.from(h.pushed) + 1
	for ctx.Err() == nil {
		err := h.ask(ctx, h.feed, "/v1/webhooks/"+h.endpoint+":replay", fmt.Sprintf(`{"from":"%d","reason":"核对"}`, from), &mingjianv1.ReplayEndpointResponse{})
		if err == nil {
			return
		}
		pause(ctx, askAgain)
	}
}

// browse reads the broker, again and again over a new connection.
func (c *channels) browse(ctx context.Context) {
	way := "nats://" + c.network.way("broker", c.nats.Addr())
	for ctx.Err() == nil {
		if err := c.subscribe(ctx, way); err != nil && ctx.Err() == nil {
			c.brokered.broke()
			pause(ctx, askAgain)
		}
	}
}

// subscribe takes messages from the broker one at a time, and leaves some of them or gives them back, so that they come again.
func (c *channels) subscribe(ctx context.Context, way string) error {
	conn, err := nats.Connect(way, nats.NoReconnect(), nats.Timeout(2*time.Second))
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := jetstream.New(conn, jetstream.WithDefaultTimeout(2*time.Second))
	if err != nil {
		return err
	}
	reader, err := js.CreateOrUpdateConsumer(ctx, "MINGJIAN_V1_PUBLIC", jetstream.ConsumerConfig{
		Durable: "integrator", FilterSubject: "mingjian.v1.public.release.>", DeliverPolicy: jetstream.DeliverAllPolicy,
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: 500 * time.Millisecond, MaxAckPending: 1,
	})
	if err != nil {
		return err
	}
	for ctx.Err() == nil && conn.IsConnected() {
		m, err := reader.Next(jetstream.FetchMaxWait(2 * time.Second))
		if errors.Is(err, nats.ErrTimeout) {
			continue
		}
		if err != nil {
			return err
		}
		if err := c.message(m); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (c *channels) message(m jetstream.Msg) error {
	var event struct {
		ID, PartitionKey string
		Data             json.RawMessage
	}
	var told releaseTold
	if err := errors.Join(json.Unmarshal(m.Data(), &event), json.Unmarshal(event.Data, &told)); err != nil {
		c.brokered.fault("%v: %q", err, m.Data())
		return m.Ack()
	}
	if once, _, _ := strings.Cut(m.Headers().Get("Nats-Msg-Id"), "/"); event.PartitionKey != "disclosure-"+told.DisclosureID || once != event.ID {
		c.brokered.fault("%s of %s came as %v", event.ID, event.PartitionKey, m.Headers())
	}
	c.brokered.take(event.Data, event.ID)
	switch c.lot(24) {
	case 0:
		return nil
	case 1, 2, 3:
		return m.Nak()
	}
	return m.Ack()
}
