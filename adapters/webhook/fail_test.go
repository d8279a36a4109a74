package webhook_test

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/adapters/webhook"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// oncePer answers the first request of each release as told, and then 200.
func oncePer(first http.HandlerFunc) func(http.ResponseWriter, *http.Request, delivery) {
	var mu sync.Mutex
	seen := map[string]bool{}
	return func(w http.ResponseWriter, r *http.Request, d delivery) {
		mu.Lock()
		again := seen[d.id]
		seen[d.id] = true
		mu.Unlock()
		if !again {
			first(w, r)
		}
	}
}

// TestOutcomes holds how each answer is taken, and that the release comes again when it should.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	elsewhere := newReceiver(t, nil)
	code := func(n int) http.HandlerFunc { return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(n) } }
	with := func(n int, header, value string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(header, value)
			w.WriteHeader(n)
		}
	}
	dated := func(date []string, after string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Date"] = date
			w.Header().Set("Retry-After", after)
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	for name, c := range map[string]struct {
		answer  http.HandlerFunc
		outcome string
		status  uint32
		waits   time.Duration // at least, before it comes again; a quarter more at most
	}{
		"500":          {answer: code(500), outcome: "failed", status: 500, waits: 5 * time.Second},
		"502 and when": {answer: with(502, "Retry-After", "600"), outcome: "failed", status: 502, waits: 10 * time.Minute},
		"404":          {answer: code(404), outcome: "refused", status: 404, waits: 5 * time.Second},
		"429":          {answer: code(429), outcome: "throttled", status: 429, waits: 5 * time.Second},
		"429 and when": {answer: with(429, "Retry-After", "7200"), outcome: "throttled", status: 429, waits: 2 * time.Hour},
		"429 for ever": {answer: with(429, "Retry-After", "4000000000"), outcome: "throttled", status: 429, waits: 24 * time.Hour},
		"429 nonsense": {answer: with(429, "Retry-After", "soon"), outcome: "throttled", status: 429, waits: 5 * time.Second},
		"429 beyond":   {answer: with(429, "Retry-After", strings.Repeat("9", 30)), outcome: "throttled", status: 429, waits: 24 * time.Hour},
		"503 at":       {answer: dated(nil, "Mon, 02 Nov 2026 09:00:00 GMT"), outcome: "throttled", status: 503, waits: time.Hour},
		"503 by another clock": {
			answer: dated([]string{"Fri, 03 Jan 2020 08:00:00 GMT"}, "Fri, 03 Jan 2020 09:00:00 GMT"), outcome: "throttled", status: 503, waits: time.Hour,
		},
		"503 at a time that is over": {
			answer: dated([]string{"Fri, 03 Jan 2020 08:00:00 GMT"}, "Fri, 03 Jan 2020 07:00:00 GMT"), outcome: "throttled", status: 503, waits: 5 * time.Second,
		},
		"another protocol": {outcome: "failed", status: 101, waits: 5 * time.Second, answer: func(w http.ResponseWriter, _ *http.Request) {
			if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_, _ = conn.Write([]byte("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: any\r\n\r\n"))
				<-hang
				_ = conn.Close()
			}
		}},
		"a redirect":    {answer: with(307, "Location", elsewhere.url), outcome: "redirected", status: 307, waits: 5 * time.Second},
		"a long header": {answer: with(200, "X", strings.Repeat("x", 1<<20)), outcome: "unreachable", waits: 5 * time.Second},
		"cut off": {outcome: "failed", waits: 5 * time.Second, answer: func(w http.ResponseWriter, _ *http.Request) {
			panic(http.ErrAbortHandler)
		}},
		"a hang": {outcome: "timeout", waits: 5 * time.Second, answer: func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-hang:
			case <-r.Context().Done():
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReceiver(t, oncePer(c.answer))
			w := newWorld(t, "", r, elsewhere)
			if c.outcome == "timeout" {
				w.options.Timeout = 200 * time.Millisecond
				w.hooks = webhook.New(w.options)
			}
			id := w.create(r, 1)
			w.publish(1, "a")
			w.push()
			tries := w.settled(2)
			_, attempts := w.get(id)
			if tries[0] != c.outcome || tries[1] != "delivered" || attempts[1].GetOutcome() != c.outcome || attempts[1].GetStatus() != c.status || attempts[0].GetAttempt() != 2 {
				t.Errorf("%v, %v", tries, attempts)
			}
			asked := r.wasAsked(2)
			if d := asked[1].at.Sub(asked[0].at); d < c.waits-time.Second || d > c.waits+c.waits/4+time.Second || asked[0].id != asked[1].id {
				t.Errorf("it came again after %s, wanted %s", d, c.waits)
			}
			if len(elsewhere.asked) > 0 {
				t.Error("a redirect was followed")
			}
		})
	}
}

// TestAnAnswerNeedNotEnd: what follows the headers of a 200 is not waited for.
func TestAnAnswerNeedNotEnd(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(w http.ResponseWriter, r *http.Request, _ delivery) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<10)); err != nil {
				return
			}
		}
	})
	w := newWorld(t, "", r)
	w.create(r, 1)
	w.publish(2, "a", "b")
	w.push()
	for _, outcome := range w.settled(4) {
		if outcome != "delivered" {
			t.Error(outcome)
		}
	}
}

func TestAReceiverThatIsNotThereIsAskedSeldom(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, nil)
	w := newWorld(t, "", r)
	w.options.Chance = func() float64 { return 0 }
	w.hooks = webhook.New(w.options)
	id := w.create(r, 1)
	r.kill()
	w.publish(5, "a", "b", "c", "d", "e", "f")
	w.push()
	w.settled(20)
	w.clock.freeze()
	w.halt()
	_, attempts := w.get(id)
	for i, a := range attempts[:len(attempts)-4] { // four were under way when the first failed
		at, err := time.Parse(time.RFC3339, a.GetAt())
		before, err2 := time.Parse(time.RFC3339, attempts[i+1].GetAt())
		if err != nil || err2 != nil || a.GetOutcome() != "unreachable" {
			t.Fatal(a)
		}
		if d := at.Sub(before); d < 4*time.Second || len(attempts)-i > 10 && d < 29*time.Minute {
			t.Errorf("try %d came %s after the one before", a.GetNumber(), d)
		}
	}
	r.revive()
	w.clock.thaw()
	w.push()
	inOrder(t, r.took(30), w.feed, all)
}

func TestGoneDisables(t *testing.T) {
	t.Parallel()
	var gone atomic.Bool
	gone.Store(true)
	r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request, _ delivery) {
		if gone.Load() {
			w.WriteHeader(http.StatusGone)
		}
	})
	w := newWorld(t, "", r)
	id := w.create(r, 1)
	w.publish(1, "a")
	w.push()
	w.settled(1)
	w.publish(3, "a", "b")
	e, attempts := w.get(id)
	if e.GetState() != viewv1.WebhookState_WEBHOOK_STATE_DISABLED || !strings.Contains(e.GetReason(), "410") || len(attempts) != 1 || e.GetWaiting() != 1 ||
		e.GetActs()[1].GetAct() != "disabled" || e.GetActs()[1].GetAccount() != "" {
		t.Errorf("%v, %v", e, attempts)
	}
	gone.Store(false)
	if e, err := w.hooks.Pause(t.Context(), integrator(), id, "多余"); err != nil || e.GetState() != viewv1.WebhookState_WEBHOOK_STATE_DISABLED {
		t.Errorf("a disabled endpoint was paused: %v, %v", e, err)
	}
	if _, err := w.hooks.Resume(t.Context(), integrator(), id, "已修复"); err != nil {
		t.Fatal(err)
	}
	inOrder(t, r.took(7), w.feed, all)
}

// TestWhatFailsForDaysPausesTheEndpoint, with its place and all that waits.
func TestWhatFailsForDaysPausesTheEndpoint(t *testing.T) {
	everywhere(t, func(t *testing.T, at string) {
		var broken atomic.Bool
		broken.Store(true)
		r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request, d delivery) {
			if broken.Load() && d.disclosure == "poison" {
				w.WriteHeader(http.StatusUnprocessableEntity)
			}
		})
		w := newWorld(t, at, r)
		id := w.create(r, 1)
		w.publish(4, "a", "poison")
		began := w.clock.read()
		w.push()
		var tries int
		for state := viewv1.WebhookState_WEBHOOK_STATE_ACTIVE; state == viewv1.WebhookState_WEBHOOK_STATE_ACTIVE; {
			tries = len(w.settled(tries + 1))
			e, _ := w.get(id)
			state = e.GetState()
		}
		e, attempts := w.get(id)
		if e.GetState() != viewv1.WebhookState_WEBHOOK_STATE_PAUSED || !strings.Contains(e.GetReason(), "release 2 has failed") || e.GetWaiting() != 4 || e.GetThrough() != 8 {
			t.Errorf("endpoint: %v", e)
		}
		if d := r.asked[len(r.asked)-1].at.Sub(began); d < webhook.GiveUp || d > webhook.GiveUp+15*time.Hour || len(attempts) != tries || tries < 4+10 || tries > 4+20 {
			t.Errorf("it was paused after %s and %d tries", d, tries)
		}
		w.publish(1, "a", "poison")
		broken.Store(false)
		if _, err := w.hooks.Resume(t.Context(), integrator(), id, "接收方已修复"); err != nil {
			t.Fatal(err)
		}
		inOrder(t, r.took(10), w.feed, all)
	})
}

func TestPausedAndDeletedEndpointsGetNothing(t *testing.T) {
	t.Parallel()
	r, other := newReceiver(t, nil), newReceiver(t, nil)
	w := newWorld(t, "", r, other)
	id, second := w.create(r, 1), w.create(other, 1)
	if _, err := w.hooks.Pause(t.Context(), integrator(), id, "维护"); err != nil {
		t.Fatal(err)
	}
	w.push()
	w.publish(2, "a", "b")
	other.took(4)
	if e, _ := w.get(id); e.GetThrough() != 0 || len(r.asked) > 0 || e.GetReason() != "维护" {
		t.Errorf("a paused endpoint: %v", e)
	}
	if err := w.hooks.Delete(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.hooks.Get(t.Context(), second); domain.KindOf(err) != domain.NotFound {
		t.Errorf("a deleted endpoint: %v", err)
	}
	if _, err := w.hooks.Resume(t.Context(), integrator(), id, "维护结束"); err != nil {
		t.Fatal(err)
	}
	w.publish(2, "a", "b")
	inOrder(t, r.took(8), w.feed, all)
	if n := len(other.asked); n != 4 {
		t.Errorf("a deleted endpoint got %d releases", n)
	}
}

// rebinding answers a public address at first, and one within at every later look-up.
type rebinding struct{ asked atomic.Int32 }

func (r *rebinding) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	if r.asked.Add(1) == 1 {
		return []netip.Addr{netip.MustParseAddr("93.184.216.34")}, nil
	}
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

// TestTheAddressIsAskedAboutAtTheDial: a name that led to a public host when it was set up leads within when it is connected to.
func TestTheAddressIsAskedAboutAtTheDial(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, nil)
	w := newWorld(t, "", r)
	resolver := &rebinding{}
	w.options.Resolver, w.options.Targets.Networks = resolver, nil
	w.hooks = webhook.New(w.options)
	r.url = strings.Replace(r.url, "127.0.0.1", "hooks.example", 1)
	id := w.create(r, 1)
	w.publish(1, "a")
	w.push()
	if got := w.settled(1)[0]; got != "forbidden" {
		t.Errorf("outcome %q", got)
	}
	a, err := w.hooks.Test(t.Context(), es.DeriveID("", "test"), id)
	if err != nil || a.GetOutcome() != "forbidden" || a.GetStatus() != 0 {
		t.Errorf("test: %v, %v", a, err)
	}
	if resolver.asked.Load() < 2 || len(r.asked) > 0 {
		t.Errorf("%d look-ups, %d requests", resolver.asked.Load(), len(r.asked))
	}
}

func TestWaitsGrowWithinTheirBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		failed, chance := rapid.IntRange(-3, 1<<20).Draw(t, "failed"), rapid.Float64Range(0, 0.999).Draw(t, "chance")
		all := webhook.Waits()
		base := all[min(max(failed, 1), len(all))-1]
		d := webhook.Wait(failed, chance)
		if d < base || d >= base+base/4 {
			t.Errorf("wait %d, %g: %s for %s", failed, chance, d, base)
		}
		if next := webhook.Wait(failed+1, chance); next < d {
			t.Errorf("wait %d is %s, then %s", failed, d, next)
		}
		if p := webhook.Pause(failed, chance); p > time.Hour || p > d || p <= 0 {
			t.Errorf("pause %d: %s", failed, p)
		}
	})
}
