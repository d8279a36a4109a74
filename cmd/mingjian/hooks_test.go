package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// mailbox is a receiver of webhooks.
type mailbox struct {
	mu   sync.Mutex
	cond *sync.Cond
	got  map[string]json.RawMessage // data, by the id of the message
	last map[string]posted          // by type
}

// posted is a request that a mailbox got.
type posted struct {
	header http.Header
	body   []byte
}

func newMailbox(t *testing.T) (m *mailbox, url string) {
	t.Helper()
	m = &mailbox{got: map[string]json.RawMessage{}, last: map[string]posted{}}
	m.cond = sync.NewCond(&m.mu)
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	return m, server.URL
}

func (m *mailbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var event struct {
		ID, Type string
		Data     json.RawMessage
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || json.Unmarshal(body, &event) != nil || event.ID != r.Header.Get("webhook-id") || r.Header.Get("webhook-signature") == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.got[event.ID], m.last[event.Type] = event.Data, posted{r.Header, body}
	m.cond.Broadcast()
}

// await waits for so many different messages.
func (m *mailbox) await(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.got) < n {
		m.cond.Wait()
	}
}

// pushLicences publishes licences by events, and answers the ids that their messages have.
func pushLicences(ctx context.Context, t *testing.T, in *instance, from, n int) (ids []string) {
	t.Helper()
	for i := from; i < from+n; i++ {
		id := fmt.Sprintf("r%03d", i)
		raw, digest, err := disclosure.Canonical(disclosure.Document{
			Schema: disclosure.Schema, Kind: disclosure.Licence, RecordID: id, Title: id, Date: calendar.MustParse("2026-03-16"),
			Authority: disclosure.Authority{ID: homeBureau, Name: "市场监管局"}, Subjects: []disclosure.Subject{{Name: "某某商店"}},
			Licence: &disclosure.LicenceBody{Action: "granted"},
		})
		if err != nil {
			t.Fatal(err)
		}
		proposed, err := es.Propose(es.Metadata{Command: es.DeriveID("", id), RecordedAt: time.Now().UTC()},
			disclosure.Published{Document: disclosure.Raw(raw), Digest: digest, Number: 1})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := in.events.Append(ctx, es.Stream{Category: "disclosure", ID: "licence." + id}, es.NoStream{}, proposed...); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, string(es.DeriveID(proposed[0].ID, outbox.TypePublished)))
	}
	return ids
}

// TestWebhooksFollowTheFeed: each release comes as the feed has it and under the id that the bus gives it, over restarts, a rotation of
// the master key, and a backup, which waits until it is told to take over.
func TestWebhooksFollowTheFeed(t *testing.T) {
	t.Parallel()
	box, url := newMailbox(t)
	port := netip.MustParseAddrPort(url[len("http://"):]).Port()
	c := onTier(t, config{
		Data: t.TempDir(), HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Patience: 10 * time.Second, Drain: 20 * time.Second,
		Push: push{Networks: "127.0.0.0/8, 10.1.0.0/16", Ports: fmt.Sprintf("443,%d", port), Plain: true},
	})
	run := func(c config, work func(ctx context.Context, in *instance, conn grpc.ClientConnInterface)) {
		t.Helper()
		if err := serve(t.Context(), c, slog.New(slog.DiscardHandler), func(ctx context.Context, in *instance, d *doors) error {
			_, token, err := in.identity.Create(ctx, domain.Actor{Account: "credit.platform", Role: domain.Integrator}, time.Hour)
			if err != nil {
				return err
			}
			conn, ok := openGRPC(t, d.grpcAddr.String()).(grpcDoor)
			if !ok {
				t.Fatal("no gRPC")
			}
			work(ctx, in, bearerConn(conn.conn, token))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	var ids []string
	var endpoint string
	run(c, func(ctx context.Context, in *instance, conn grpc.ClientConnInterface) {
		ids = pushLicences(ctx, t, in, 0, 5)
		if err := in.group.Settle(ctx); err != nil {
			t.Fatal(err)
		}
		resp, err := mingjianv1.NewWebhookServiceClient(conn).CreateEndpoint(ctx, &mingjianv1.CreateEndpointRequest{Url: url, Contact: "值班室", From: 1})
		if err != nil {
			t.Fatal(err)
		}
		endpoint = resp.GetEndpoint().GetId()
		box.await(5)
		if _, err := mingjianv1.NewWebhookServiceClient(conn).TestEndpoint(ctx, &mingjianv1.TestEndpointRequest{EndpointId: endpoint}); err != nil {
			t.Fatal(err)
		}
		box.await(6)
		box.described(t, "mingjian.release.published.v1", "mingjian.webhook.test.v1")
		ids = append(ids, pushLicences(ctx, t, in, 5, 5)...)
		box.await(11)
	})
	copied := filepath.Join(t.TempDir(), "copy")
	run(c, func(ctx context.Context, in *instance, conn grpc.ClientConnInterface) {
		if _, err := in.vault.Rotate(ctx, nil); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, pushLicences(ctx, t, in, 10, 5)...)
		box.await(16)
		feed, err := mingjianv1.NewFeedServiceClient(conn).ListReleases(ctx, &mingjianv1.ListReleasesRequest{})
		if err != nil || len(feed.GetReleases()) != 15 {
			t.Fatalf("%d releases, %v", len(feed.GetReleases()), err)
		}
		box.mu.Lock()
		for i, r := range feed.GetReleases() {
			want, err := protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(r)
			var compact bytes.Buffer
			if err != nil || json.Compact(&compact, want) != nil || compact.String() != string(box.got[ids[i]]) {
				t.Errorf("release %d came as %s, the feed has %s", r.GetSequence(), box.got[ids[i]], &compact)
			}
		}
		box.mu.Unlock()
		b := &backup{config: c, withKey: true, screen: io.Discard, clock: time.Now}
		if _, err := b.to(ctx, copied); err != nil {
			t.Fatal(err)
		}
	})
	again := config{Data: filepath.Join(t.TempDir(), "new"), HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Patience: 10 * time.Second, Drain: 20 * time.Second, Push: c.Push}
	r := &restoring{config: again, from: copied, screen: io.Discard, begin: newEpoch{by: "ops", reason: "演练"}}
	if err := r.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	run(again, func(ctx context.Context, in *instance, conn grpc.ClientConnInterface) {
		client := mingjianv1.NewWebhookServiceClient(conn)
		got, err := client.GetEndpoint(ctx, &mingjianv1.GetEndpointRequest{EndpointId: endpoint})
		if err != nil || got.GetEndpoint().GetState() != viewv1.WebhookState_WEBHOOK_STATE_PAUSED || got.GetEndpoint().GetThrough() != 15 {
			t.Errorf("restored: %v, %v", got.GetEndpoint(), err)
		}
		pushLicences(ctx, t, in, 15, 1)
		if _, err := client.ResumeEndpoint(ctx, &mingjianv1.ResumeEndpointRequest{EndpointId: endpoint, Reason: "接替"}); err != nil {
			t.Fatal(err)
		}
		box.await(17)
	})
}

func TestWhereWebhooksMayGo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		push push
		good bool
	}{
		{push{}, true}, {push{Ports: "443"}, true}, {push{Networks: "10.0.0.0/8,fd00::/8", Ports: "443, 8443", Plain: true}, true},
		{push{Networks: "10.0.0.1/8"}, false}, {push{Networks: "10.0.0.1"}, false}, {push{Networks: "anywhere"}, false},
		{push{Ports: "0"}, false}, {push{Ports: "65536"}, false}, {push{Ports: "https"}, false},
	} {
		if _, err := c.push.targets(); (err == nil) != c.good {
			t.Errorf("%+v: %v", c.push, err)
		}
	}
}
