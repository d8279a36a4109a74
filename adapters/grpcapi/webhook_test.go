package grpcapi_test

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/adapters/vault"
	"github.com/mingjian-ledger/mingjian/adapters/webhook"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// noReleases is a feed of three that nobody asks for.
type noReleases struct{}

func (noReleases) Head(context.Context) (uint64, string, error) { return 3, "1-0a", nil }

func (noReleases) Page(_ context.Context, _ string, after uint64, _ int) (webhook.Page, error) {
	return webhook.Page{After: after}, nil
}

func (noReleases) Message(context.Context, uint64) (outbox.Message, error) {
	return outbox.Message{}, fmt.Errorf("no releases here")
}

// withWebhooks is the world of these services alone, over the store that an instance has; what is posted goes nowhere.
func withWebhooks(t *testing.T) *matrixWorld {
	t.Helper()
	w := newMatrixWorld(t)
	clock := func() time.Time { return w.now }
	dir := t.TempDir()
	store, err := webhook.Open(t.Context(), filepath.Join(dir, "webhooks.db"), vault.NewKeyFile(filepath.Join(dir, "master.key"), clock), clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	hooks := webhook.New(webhook.Options{
		Store: store, Feed: noReleases{}, Clock: clock, Timeout: time.Second,
		Targets: webhook.Targets{Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Ports: []uint16{1}, Plain: true},
		Encode:  func(ctx context.Context, m outbox.Message) ([]byte, error) { return bus.Encode(ctx, "", m) },
	})
	chain, err := matrixChain()
	if err != nil {
		t.Fatal(err)
	}
	w.conn = grpcapi.NewServer(chain, func(r grpc.ServiceRegistrar) {
		mingjianv1.RegisterWebhookServiceServer(r, grpcapi.WebhookServer{Webhooks: hooks})
	}).InProcess
	return w
}

var (
	platform = caller{role: domain.Integrator, account: "credit.platform"}
	stranger = caller{role: domain.Integrator, account: "another.platform"}
	watching = caller{role: domain.Auditor, account: "shen"}
)

func newEndpoint() *mingjianv1.CreateEndpointRequest {
	return &mingjianv1.CreateEndpointRequest{
		Url: "http://127.0.0.1:1/in?token=geheim", Contact: "值班室", RecordKinds: []string{"penalty", "licence"}, AuthorityIds: []string{"xz-bureau"}, From: 2,
	}
}

// made creates an endpoint of the platform.
func (w *matrixWorld) endpoint() (string, *viewv1.WebhookSecret) {
	w.Helper()
	resp, err := w.send(platform, "k-1", newEndpoint())
	if err != nil {
		w.Fatal(err)
	}
	made := resp.(*mingjianv1.CreateEndpointResponse)
	return made.GetEndpoint().GetId(), made.GetSecret()
}

// TestAnEndpointIsItsAccounts sends each request about an endpoint as its account, as others of each role, and of none.
func TestAnEndpointIsItsAccounts(t *testing.T) {
	t.Parallel()
	for name, req := range map[string]func(id string) proto.Message{
		"get": func(id string) proto.Message { return &mingjianv1.GetEndpointRequest{EndpointId: id} },
		"pause": func(id string) proto.Message {
			return &mingjianv1.PauseEndpointRequest{EndpointId: id, Reason: "维护"}
		},
		"resume": func(id string) proto.Message {
			return &mingjianv1.ResumeEndpointRequest{EndpointId: id, Reason: "维护结束"}
		},
		"rotate": func(id string) proto.Message {
			return &mingjianv1.RotateEndpointRequest{EndpointId: id, Reason: "轮换"}
		},
		"replay": func(id string) proto.Message {
			return &mingjianv1.ReplayEndpointRequest{EndpointId: id, From: 1, Reason: "对账"}
		},
		"test":   func(id string) proto.Message { return &mingjianv1.TestEndpointRequest{EndpointId: id} },
		"delete": func(id string) proto.Message { return &mingjianv1.DeleteEndpointRequest{EndpointId: id} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := withWebhooks(t)
			id, _ := w.endpoint()
			if _, err := w.send(stranger, "", req(id)); faultOf(err) != "webhook.foreign" {
				t.Errorf("another integrator is told %v", err)
			}
			if _, err := w.send(watching, "", req(id)); faultOf(err) != map[bool]string{false: "access.role"}[name == "get"] {
				t.Errorf("an auditor is told %v", err)
			}
			if _, err := w.send(clerk, "", req(id)); faultOf(err) != "access.role" {
				t.Errorf("a clerk is told %v", err)
			}
			if _, err := w.send(platform, "", req("none")); faultOf(err) != "webhook.unknown" {
				t.Errorf("of none its account is told %v", err)
			}
			for _, by := range []caller{platform, rootOf} {
				if name == "delete" && by == rootOf || name == "test" && by == rootOf {
					continue // it is gone, or was tested a moment ago
				}
				if _, err := w.send(by, "", req(id)); err != nil {
					t.Errorf("%s is told %v", by.role, err)
				}
			}
		})
	}
}

func TestEndpointsAreListedToTheirAccount(t *testing.T) {
	t.Parallel()
	w := withWebhooks(t)
	w.endpoint()
	for _, c := range []struct {
		by    caller
		asked string
		n     int
		fault string
	}{
		{by: platform, n: 1}, {by: platform, asked: "credit.platform", n: 1}, {by: platform, asked: "another.platform", fault: "webhook.foreign"},
		{by: stranger, n: 0}, {by: stranger, asked: "credit.platform", fault: "webhook.foreign"},
		{by: watching, n: 1}, {by: rootOf, asked: "credit.platform", n: 1}, {by: rootOf, asked: "another.platform", n: 0},
	} {
		resp, err := w.send(c.by, "", &mingjianv1.ListEndpointsRequest{Account: c.asked})
		if n := len(resp.(*mingjianv1.ListEndpointsResponse).GetEndpoints()); n != c.n || faultOf(err) != c.fault {
			t.Errorf("%s asks for %q: %d endpoints, %v", c.by.account, c.asked, n, err)
		}
	}
}

// TestTheSecretIsShownOnce, and what is shown later holds no secret, nor what follows the "?" of the address.
func TestTheSecretIsShownOnce(t *testing.T) {
	t.Parallel()
	w := withWebhooks(t)
	id, secret := w.endpoint()
	if !strings.HasPrefix(secret.GetSecret(), "whsec_") || !strings.HasPrefix(secret.GetKey().GetPublicKey(), "whpk_") {
		t.Fatal("no secret was shown")
	}
	if again, same := w.endpoint(); again != id || same.GetSecret() != "" || same.GetKey().GetPublicKey() != secret.GetKey().GetPublicKey() {
		t.Errorf("the same request again made %s and shows %v", again, same)
	}
	other := newEndpoint()
	other.Contact = "他人"
	if _, err := w.send(platform, "k-1", other); faultOf(err) != "command.reused" {
		t.Errorf("another request under the key: %v", err)
	}
	rotate := &mingjianv1.RotateEndpointRequest{EndpointId: id, OverlapHours: 48, Reason: "轮换"}
	resp, err := w.send(platform, "k-2", rotate)
	rotated := resp.(*mingjianv1.RotateEndpointResponse)
	if err != nil || rotated.GetSecret().GetKey().GetNumber() != 2 || rotated.GetEndpoint().GetKeys()[0].GetUntil() != w.now.Add(48*time.Hour).Format(time.RFC3339) {
		t.Fatalf("%v, %v", rotated.GetEndpoint(), err)
	}
	rotate.AtOnce = true
	if _, err := w.send(platform, "", rotate); faultOf(err) != "webhook.overlap.both" {
		t.Errorf("at once and after an overlap: %v", err)
	}
	rotate.OverlapHours = 0
	resp, err = w.send(platform, "", rotate)
	if at := resp.(*mingjianv1.RotateEndpointResponse).GetEndpoint(); err != nil || len(at.GetKeys()) != 1 || at.GetKeys()[0].GetNumber() != 3 {
		t.Errorf("at once: %v, %v", at, err)
	}
	for _, req := range []proto.Message{&mingjianv1.GetEndpointRequest{EndpointId: id}, &mingjianv1.ListEndpointsRequest{}, &mingjianv1.ReplayEndpointRequest{EndpointId: id, From: 1, Reason: "对账"}} {
		shown, err := w.send(platform, "", req)
		text := protojson.Format(shown)
		if err != nil || !strings.Contains(text, "127.0.0.1:1/in?…") || strings.Contains(text, "whsec_") || strings.Contains(text, "geheim") {
			t.Errorf("%T shows %s, %v", req, text, err)
		}
	}
}

func TestWhatAnEndpointMayNotBe(t *testing.T) {
	t.Parallel()
	w := withWebhooks(t)
	for want, change := range map[string]func(*mingjianv1.CreateEndpointRequest){
		"webhook.url.address":          func(r *mingjianv1.CreateEndpointRequest) { r.Url = "http://127.0.0.2:1/" },
		"webhook.url.port":             func(r *mingjianv1.CreateEndpointRequest) { r.Url = "http://127.0.0.1/" },
		"webhook.url.credentials":      func(r *mingjianv1.CreateEndpointRequest) { r.Url = "http://a:b@127.0.0.1:1/" },
		"webhook.contact.text.control": func(r *mingjianv1.CreateEndpointRequest) { r.Contact = "a\u202eb" },
		"webhook.from.ahead":           func(r *mingjianv1.CreateEndpointRequest) { r.From = 5 },
		"request.string.min_len":       func(r *mingjianv1.CreateEndpointRequest) { r.Url = "" },
		"request.string.pattern":       func(r *mingjianv1.CreateEndpointRequest) { r.RecordKinds = []string{"a b"} },
	} {
		req := newEndpoint()
		change(req)
		if _, err := w.send(platform, "", req); faultOf(err) != want {
			t.Errorf("%s: %v", want, err)
		}
	}
}
