package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/prometheus/common/expfmt"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/adapters/webhook"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func faultOf(err error) string {
	if fault := (*domain.Fault)(nil); errors.As(err, &fault) {
		return fault.Code
	}
	return fmt.Sprint(err)
}

func TestAnEndpointIsMadeOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, at string) {
		r := newReceiver(t, nil)
		w := newWorld(t, at, r)
		w.publish(3, "a")
		spec := func() *viewv1.WebhookEndpoint {
			return &viewv1.WebhookEndpoint{Url: r.url, Contact: "c", RecordKinds: []string{"penalty", "licence"}}
		}
		made, secret, err := w.hooks.Create(t.Context(), integrator(), "k-1", spec(), 2)
		if err != nil || secret.GetSecret() == "" || made.GetThrough() != 1 {
			t.Fatalf("%v, %v", made, err)
		}
		again, none, err := w.hooks.Create(t.Context(), integrator(), "k-1", spec(), 2)
		if diff := cmp.Diff(made, again, protocmp.Transform()); err != nil || diff != "" || none.GetSecret() != "" || !cmp.Equal(none.GetKey(), secret.GetKey(), protocmp.Transform()) {
			t.Errorf("again: %s, %v, %v", diff, none, err)
		}
		other := spec()
		other.Contact = "d"
		if reused := (*es.ReusedError)(nil); !errors.As(func() error { _, _, err := w.hooks.Create(t.Context(), integrator(), "k-1", other, 2); return err }(), &reused) {
			t.Error("a command made two endpoints")
		}
		if _, _, err := w.hooks.Create(t.Context(), integrator(), "k-2", spec(), 5); faultOf(err) != "webhook.from.ahead" {
			t.Errorf("beyond the feed: %v", err)
		}
		if _, err := w.hooks.Replay(t.Context(), integrator(), made.GetId(), 3, "r"); faultOf(err) != "webhook.from.ahead" {
			t.Errorf("replay beyond its place: %v", err)
		}
		for _, err := range []error{
			func() error { _, _, err := w.hooks.Get(t.Context(), "none"); return err }(),
			func() error { _, err := w.hooks.Pause(t.Context(), integrator(), "none", "r"); return err }(),
			func() error { _, err := w.hooks.Test(t.Context(), "k", "none"); return err }(),
			func() error { _, _, err := w.hooks.Rotate(t.Context(), integrator(), "k", "none", 0, "r"); return err }(),
			w.hooks.Delete(t.Context(), "none"),
		} {
			if faultOf(err) != "webhook.unknown" {
				t.Errorf("of none: %v", err)
			}
		}
	})
}

func TestEndpointsAreCountedAndListed(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, nil)
	w := newWorld(t, "", r)
	for n := range 21 {
		_, _, err := w.hooks.Create(t.Context(), integrator(), es.DeriveID("", fmt.Sprint(n)), &viewv1.WebhookEndpoint{Url: r.url, Contact: "c"}, 0)
		if (faultOf(err) == "webhook.many") != (n == 20) {
			t.Errorf("endpoint %d: %v", n, err)
		}
	}
	other := domain.Actor{Account: "other", Role: domain.Admin}
	if _, _, err := w.hooks.Create(t.Context(), other, "k", &viewv1.WebhookEndpoint{Url: r.url, Contact: "c"}, 0); err != nil {
		t.Fatal(err)
	}
	for account, want := range map[string]int{"": 21, "credit.platform": 20, "other": 1, "nobody": 0} {
		n, pages := 0, 0
		for token := ""; pages == 0 || token != ""; pages++ {
			list, next, err := w.hooks.List(t.Context(), account, token, 6)
			if err != nil || len(list) > 6 {
				t.Fatal(len(list), err)
			}
			n, token = n+len(list), next
		}
		if n != want || pages != max(1, (want+5)/6) {
			t.Errorf("%q has %d endpoints on %d pages", account, n, pages)
		}
	}
}

// TestRotation: former secrets sign beside the new one until their time is over, and no longer.
func TestRotation(t *testing.T) {
	everywhere(t, func(t *testing.T, at string) {
		r := newReceiver(t, nil)
		w := newWorld(t, at, r)
		id := w.create(r, 1)
		w.publish(1, "a")
		w.push()
		w.settled(1)
		rotate := func(command es.ID, overlap time.Duration) (*viewv1.WebhookEndpoint, *viewv1.WebhookSecret) {
			e, s, err := w.hooks.Rotate(t.Context(), integrator(), command, id, overlap, "定期轮换")
			if err != nil {
				t.Fatal(err)
			}
			return e, s
		}
		e, second := rotate("r-1", 24*time.Hour)
		r.learn(second)
		if len(e.GetKeys()) != 2 || e.GetKeys()[0].GetUntil() == "" || e.GetKeys()[1].GetUntil() != "" || e.GetKeys()[1].GetPublicKey() != second.GetKey().GetPublicKey() {
			t.Errorf("keys: %v", e.GetKeys())
		}
		if e, again := rotate("r-1", 24*time.Hour); again.GetSecret() != "" || len(e.GetKeys()) != 2 {
			t.Errorf("the same rotation again: %v, %v", e, again)
		}
		signs := func(n int, want ...bool) {
			t.Helper()
			w.publish(1, "a")
			w.settled(n)
			d := r.asked[n-1]
			for i, s := range r.secrets {
				if d.signedBy(s) != want[i] || d.signedWith(r.publics[i]) != want[i] {
					t.Errorf("release %d: secret %d signs %t", n, i+1, d.signedBy(s))
				}
			}
			if one := d.of("v1"); len(one) != len(d.of("v1a")) || !bytes.Equal(one[0], signature(r.secrets[len(r.secrets)-1], d)) {
				t.Errorf("release %d: the newest does not sign first", n)
			}
		}
		signs(2, true, true)
		w.clock.timer(24*time.Hour - time.Second)
		signs(3, true, true)
		w.clock.timer(time.Second)
		signs(4, false, true)
		_, third := rotate("r-2", time.Hour)
		r.learn(third)
		_, fourth := rotate("r-3", time.Hour)
		r.learn(fourth)
		signs(5, false, true, true, true)
		if _, _, err := w.hooks.Rotate(t.Context(), integrator(), "r-4", id, time.Hour, "r"); faultOf(err) != "webhook.rotation.crowded" {
			t.Errorf("four secrets at once: %v", err)
		}
		_, fifth := rotate("r-5", 0)
		r.learn(fifth)
		signs(6, false, false, false, false, true)
	})
}

// TestSecretsAreSealed under the newest master key, and anew before a former one goes.
func TestSecretsAreSealed(t *testing.T) {
	everywhere(t, func(t *testing.T, at string) {
		r := newReceiver(t, nil)
		w := newWorld(t, at, r)
		w.create(r, 1)
		master, err := w.keys.Rotate(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		boom := errors.New("boom")
		if err := w.options.Store.Retire(t.Context(), master, func(context.Context) error { return boom }); !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if err := w.options.Store.Retire(t.Context(), master, func(ctx context.Context) error { return w.keys.Retire(ctx, master) }); err != nil {
			t.Fatal(err)
		}
		w.push()
		w.publish(1, "a")
		if got := w.settled(1); got[0] != "delivered" {
			t.Error(got)
		}
		if err := w.options.Store.Retire(t.Context(), "another", func(context.Context) error { t.Error("retired"); return nil }); err == nil {
			t.Error("secrets were sealed under a key that is not the newest")
		}
	})
}

// TestBackup goes from each technology into each, and what was restored rests until somebody says otherwise.
func TestBackup(t *testing.T) {
	for name, from := range places() {
		everywhere(t, func(t *testing.T, to string) {
			r := newReceiver(t, nil)
			w := newWorld(t, from(t), r)
			id := w.create(r, 1)
			w.push()
			w.publish(2, "a", "b")
			w.settled(4)
			if _, _, err := w.hooks.Rotate(t.Context(), integrator(), "r", id, time.Hour, "轮换"); err != nil {
				t.Fatal(err)
			}
			w.halt()
			w.publish(1, "c")
			before, attempts := w.get(id)
			file := t.TempDir() + "/webhooks.db"
			if err := w.options.Store.Backup(t.Context(), file); err != nil {
				t.Fatal(err)
			}
			if err := w.options.Store.Backup(t.Context(), file); err == nil {
				t.Error("a backup was overwritten")
			}
			if err := w.options.Store.Restore(t.Context(), file); !errors.Is(err, webhook.ErrNotEmpty) {
				t.Errorf("restored over endpoints: %v", err)
			}
			if err := w.options.Store.Close(); err != nil {
				t.Fatal(err)
			}
			w.at = to
			w.open()
			if is, err := w.options.Store.Vacant(t.Context()); err != nil || !is {
				t.Fatalf("vacant: %t, %v", is, err)
			}
			if err := w.options.Store.Restore(t.Context(), file); err != nil {
				t.Fatal(err)
			}
			after, same := w.get(id)
			if n := len(after.GetActs()); after.GetState() != viewv1.WebhookState_WEBHOOK_STATE_PAUSED || n != 3 || after.GetActs()[n-1].GetAct() != "paused" {
				t.Errorf("restored: %v", after)
			}
			after.State, after.Reason, after.Acts = before.GetState(), "", before.GetActs()
			if diff := cmp.Diff(before, after, protocmp.Transform()) + cmp.Diff(attempts, same, protocmp.Transform()); diff != "" {
				t.Error(diff)
			}
			w.push()
			if _, err := w.hooks.Resume(t.Context(), integrator(), id, "接替原系统"); err != nil {
				t.Fatal(err)
			}
			if got := w.settled(5); got[4] != "delivered" || len(r.asked) != 5 {
				t.Errorf("from %s: %v, %d requests", name, got, len(r.asked))
			}
		})
	}
}

func TestATestIsSentAtOnce(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, nil)
	w := newWorld(t, "", r)
	id := w.create(r, 1)
	if _, err := w.hooks.Pause(t.Context(), integrator(), id, "维护"); err != nil {
		t.Fatal(err)
	}
	a, err := w.hooks.Test(t.Context(), "t-1", id)
	if err != nil || a.GetOutcome() != "delivered" || a.GetStatus() != 200 || a.GetSequence() != 0 || len(r.asked) != 1 || r.asked[0].typ != webhook.TypeTest || r.asked[0].id != a.GetMessageId() {
		t.Errorf("%v, %v", a, err)
	}
	if _, err := w.hooks.Test(t.Context(), "t-2", id); faultOf(err) != "webhook.test.often" {
		t.Errorf("at once again: %v", err)
	}
	w.clock.timer(10 * time.Second)
	r.kill() // with the connection that was used before, which is no failure by itself
	if a, err := w.hooks.Test(t.Context(), "t-3", id); err != nil || a.GetOutcome() != "unreachable" {
		t.Errorf("%v, %v", a, err)
	}
	if _, attempts := w.get(id); len(attempts) != 2 || attempts[1].GetMessageId() == "" {
		t.Errorf("attempts: %v", attempts)
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, nil)
	w := newWorld(t, "", r)
	w.create(r, 1)
	w.push()
	w.publish(2, "a")
	w.settled(2)
	registry := prometheus.NewPedanticRegistry()
	if err := registry.Register(w.hooks.Collector()); err != nil {
		t.Fatal(err)
	}
	all, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	for _, m := range all {
		if _, err := expfmt.MetricFamilyToText(&text, m); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{
		`mingjian_webhook_attempts_total{outcome="delivered"} 2`, `mingjian_webhook_attempts_total{outcome="forbidden"} 0`,
		`mingjian_webhook_endpoints{state="active"} 1`, `mingjian_webhook_endpoints{state="paused"} 0`, "mingjian_webhook_waiting 0",
		"mingjian_webhook_failing_seconds 0",
		"mingjian_webhook_attempt_seconds_count 2",
	} {
		if !bytes.Contains(text.Bytes(), []byte(want+"\n")) {
			t.Errorf("no %s in\n%s", want, text.String())
		}
	}
	if problems, err := promlint.New(&text).Lint(); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}
