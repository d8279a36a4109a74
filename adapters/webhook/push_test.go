package webhook_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/adapters/webhook"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func TestEveryReleaseIsDelivered(t *testing.T) {
	everywhere(t, func(t *testing.T, at string) {
		r := newReceiver(t, nil)
		w := newWorld(t, at, r)
		w.publish(10, "a", "b", "c")
		id := w.create(r, 1)
		w.push()
		r.took(30)
		w.publish(50, "a", "b", "c", "d")
		got := r.took(230)
		w.settled(230)
		inOrder(t, got, w.feed, all)
		if len(got) != 230 {
			t.Errorf("%d deliveries of 230 releases", len(got))
		}
		m, err := w.feed.Message(t.Context(), 7)
		if err != nil {
			t.Fatal(err)
		}
		want, err := bus.Encode(t.Context(), "", m)
		if err != nil {
			t.Fatal(err)
		}
		at7 := slices.IndexFunc(got, func(d delivery) bool { return d.sequence == 7 })
		if diff := cmp.Diff(string(want), string(got[at7].body)); diff != "" || got[at7].id != m.ID {
			t.Errorf("what was sent is not what the bus has: %s, id %s", diff, got[at7].id)
		}
		e, attempts := w.get(id)
		if e.GetThrough() != 230 || e.GetWaiting() != 0 || e.GetFailing() != 0 || e.GetEpoch() != "1-0a" || e.GetUrl() != r.url+"/in?…" {
			t.Errorf("endpoint: %v", e)
		}
		if len(attempts) != 200 || attempts[0].GetNumber() != 230 || attempts[0].GetOutcome() != "delivered" || attempts[0].GetStatus() != 200 || attempts[0].GetAttempt() != 1 {
			t.Errorf("%d attempts: %v", len(attempts), attempts[0])
		}
	})
}

func TestAnEndpointGetsWhatItsFilterLetsThrough(t *testing.T) {
	t.Parallel()
	some, none, later := newReceiver(t, nil), newReceiver(t, nil), newReceiver(t, nil)
	w := newWorld(t, "", some, none, later)
	for n := range 700 {
		w.feed.publish(fmt.Sprint("d", n%11), []string{"penalty", "licence"}[n%2], []string{"xz-bureau", "nx-bureau", "qh-bureau"}[n%3])
	}
	w.create(some, 1, func(e *viewv1.WebhookEndpoint) {
		e.RecordKinds, e.AuthorityIds = []string{"licence"}, []string{"nx-bureau", "qh-bureau"}
	})
	nothing := w.create(none, 1, func(e *viewv1.WebhookEndpoint) { e.RecordKinds = []string{"listing"} })
	w.create(later, 0)
	w.push()
	wants := func(n int) bool {
		return w.feed.items[n-1].Kind == "licence" && w.feed.items[n-1].Authority != "xz-bureau"
	}
	want := 0
	for n := 1; n <= 700; n++ {
		if wants(n) {
			want++
		}
	}
	some.took(want)
	w.publish(1, "new")
	inOrder(t, later.took(1), w.feed, func(n int) bool { return n == 701 })
	inOrder(t, some.took(want), w.feed, wants)
	w.halt()
	if e, attempts := w.get(nothing); e.GetWaiting() != 0 || len(attempts) != 0 || len(none.asked) != 0 {
		t.Errorf("nothing is wanted: %v, %v", e, attempts)
	}
}

// TestWhileOneSubjectFailsOthersGoOn, and of the one nothing is sent before what failed.
func TestWhileOneSubjectFailsOthersGoOn(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	broken, seen := true, map[uint64]int{}
	r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request, d delivery) {
		mu.Lock()
		defer mu.Unlock()
		seen[d.sequence]++
		if broken && d.disclosure == "sick" {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	w := newWorld(t, "", r)
	id := w.create(r, 1)
	w.publish(20, "a", "sick", "b")
	w.clock.freeze() // else days pass while the others go on
	w.push()
	w.delivered(40)
	w.clock.step(3)
	w.settled(43)
	mu.Lock()
	for _, i := range w.feed.items {
		if n := seen[i.Sequence]; i.Disclosure == "sick" && (i.Sequence > 2) == (n > 0) {
			t.Errorf("release %d was sent %d times", i.Sequence, n)
		}
	}
	broken = false
	mu.Unlock()
	w.clock.thaw()
	w.delivered(60)
	inOrder(t, r.took(60), w.feed, all)
	if e, _ := w.get(id); e.GetWaiting() != 0 || e.GetState() != viewv1.WebhookState_WEBHOOK_STATE_ACTIVE {
		t.Errorf("endpoint: %v", e)
	}
}

// TestAProducerThatIsKilledLosesNothing starts it again and again on what it kept, while the receiver is killed too.
func TestAProducerThatIsKilledLosesNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, at string) {
		r := newReceiver(t, nil)
		w := newWorld(t, at, r)
		id := w.create(r, 1)
		w.push()
		for n := range 8 {
			w.publish(3, "a", "b", "c", "d", "e")
			r.wasAsked((n + 1) * 9)
			if n%4 == 3 {
				r.kill()
				w.restart()
				r.revive()
				continue
			}
			w.restart()
		}
		inOrder(t, r.took(120), w.feed, all)
		w.halt()
		if e, _ := w.get(id); e.GetThrough() != 120 {
			t.Errorf("endpoint: %v", e)
		}
	})
}

func TestNoMoreThanFourTriesAtOnce(t *testing.T) {
	t.Parallel()
	board, now, most := newBoard(), 0, 0
	release := false
	r := newReceiver(t, func(http.ResponseWriter, *http.Request, delivery) {
		board.change(func() {
			now++
			most = max(most, now)
		})
		board.until(func() bool { return release })
		board.change(func() { now-- })
	})
	w := newWorld(t, "", r)
	w.options.Timeout = time.Minute
	w.hooks = webhook.New(w.options)
	w.create(r, 1)
	w.publish(3, "a", "b", "c", "d", "e", "f", "g", "h")
	w.push()
	board.until(func() bool { return now == 4 })
	w.publish(3, "i", "j") // news makes it look again, and begin nothing
	board.change(func() { release = true })
	inOrder(t, r.took(30), w.feed, all)
	if most != 4 {
		t.Errorf("%d tries at once", most)
	}
}

// TestWhatIsWithheldIsWithheldWhenItIsSent, also in a replay, which has the ids of before.
func TestWhatIsWithheldIsWithheldWhenItIsSent(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, nil)
	w := newWorld(t, "", r)
	id := w.create(r, 1)
	w.publish(3, "a", "b")
	w.push()
	before := r.took(6)
	w.settled(6)
	w.feed.mu.Lock()
	w.feed.withheld[3] = true
	w.feed.mu.Unlock()
	e, err := w.hooks.Replay(t.Context(), integrator(), id, 3, "对账")
	if err != nil || e.GetActs()[1].GetAct() != "replayed" || e.GetActs()[1].GetReason() != "3: 对账" || e.GetActs()[1].GetAccount() != "credit.platform" {
		t.Fatalf("%v, %v", e, err)
	}
	w.settled(10)
	again := r.took(6)[6:]
	ids := map[uint64]string{}
	for _, d := range before {
		ids[d.sequence] = d.id
		if d.document != "全文" {
			t.Errorf("release %d came without its document", d.sequence)
		}
	}
	if len(again) != 4 {
		t.Fatalf("%d releases of 4 came again", len(again))
	}
	for _, d := range again {
		if d.sequence < 3 || d.id != ids[d.sequence] || (d.document == "") != (d.sequence == 3) {
			t.Errorf("release %d came again as %s, document %q", d.sequence, d.id, d.document)
		}
	}
}

// TestAMessageThatCantBeMadeIsNoFailureOfTheReceiver and waits, with all of its subject.
func TestAMessageThatCantBeMadeIsNoFailureOfTheReceiver(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, nil)
	w := newWorld(t, "", r)
	id := w.create(r, 1)
	w.feed.away = 30
	w.publish(2, "a", "b")
	w.push()
	inOrder(t, r.took(4), w.feed, all)
	w.settled(34)
	if e, attempts := w.get(id); e.GetState() != viewv1.WebhookState_WEBHOOK_STATE_ACTIVE || len(attempts) != 4 || attempts[3].GetAttempt() != 1 {
		t.Errorf("%v, %v", e, attempts)
	}
}

// TestARestoredLedgerIsFollowedFromWhatBothHave: numbers are given anew, and none is taken for delivered.
func TestARestoredLedgerIsFollowedFromWhatBothHave(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request, d delivery) {
		if d.disclosure == "lost" {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	w := newWorld(t, "", r)
	id := w.create(r, 1)
	w.publish(4, "a", "lost")
	w.clock.freeze() // what fails is tried once
	w.push()
	w.delivered(4)
	w.halt()
	w.feed.items, w.feed.epoch = w.feed.items[:3:3], "2-1b" // of the eight the backup had three, of which one still waits
	w.feed.common["1-0a"] = 3
	w.publish(2, "a")
	got := len(r.taken)
	w.push()
	w.delivered(6)
	w.halt()
	e, _ := w.get(id)
	if e.GetThrough() != 5 || e.GetEpoch() != "2-1b" || e.GetWaiting() != 1 || e.GetFailing() != 1 || e.GetActs()[len(e.GetActs())-1].GetAct() != "rewound" {
		t.Errorf("endpoint: %v", e)
	}
	for i, d := range r.taken[got:] {
		if d.sequence != uint64(4+i) || d.id != messageID("2-1b", d.sequence) {
			t.Errorf("release %d as %s", d.sequence, d.id)
		}
	}
}

// TestWhateverTheReceiverAnswers: answers by chance, over and over, and servers that end in their midst; what comes is whole and in order.
func TestWhateverTheReceiverAnswers(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	chance := rand.New(rand.NewPCG(6, 2026)) //nolint:gosec // the same at every run
	r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request, _ delivery) {
		mu.Lock()
		n := chance.IntN(24)
		mu.Unlock()
		switch n {
		case 0, 1:
			w.WriteHeader(http.StatusInternalServerError)
		case 2:
			w.WriteHeader(http.StatusTooManyRequests)
		case 3:
			w.WriteHeader(http.StatusNotFound)
		case 4:
			w.WriteHeader(http.StatusFound)
		case 5:
			panic(http.ErrAbortHandler)
		}
	})
	w := newWorld(t, "", r)
	id := w.create(r, 1)
	w.push()
	for n := range 6 {
		w.publish(5, "a", "b", "c", "d", "e", "f")
		w.settled((n + 1) * 30)
		w.restart()
	}
	inOrder(t, r.took(180), w.feed, all)
	w.halt()
	if e, _ := w.get(id); e.GetThrough() != 180 || e.GetState() != viewv1.WebhookState_WEBHOOK_STATE_ACTIVE {
		t.Errorf("endpoint: %v", e)
	}
}
