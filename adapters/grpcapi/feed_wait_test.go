package grpcapi_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// waiter is a call that waits for what comes after a number.
type waiter struct {
	page *mingjianv1.ListReleasesResponse
	err  error
}

func (p *press) waits(ctx context.Context, after uint64, seconds int32) <-chan waiter {
	out := make(chan waiter, 1)
	go func() {
		page, err := p.server.ListReleases(ctx, &mingjianv1.ListReleasesRequest{After: after, Wait: seconds})
		out <- waiter{page, err}
	}()
	return out
}

// seated returns when so many wait.
func (p *press) seated(n int) {
	p.Helper()
	for p.server.Waiting.Seated() != n {
		if p.Context().Err() != nil {
			p.Fatal("the test is over")
		}
		runtime.Gosched()
	}
}

func TestWhoWaitsIsToldAtOnce(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.publish(2)
	if got := <-p.waits(t.Context(), 1, 60); got.err != nil || got.page.GetNext() != 2 {
		t.Errorf("there was something: %v, %v", got.page, got.err)
	}
	var all []<-chan waiter
	for range 20 {
		all = append(all, p.waits(t.Context(), 2, 60))
	}
	p.seated(20)
	p.publish(1)
	for _, w := range all {
		got := <-w
		if got.err != nil || len(got.page.GetReleases()) != 1 || got.page.GetNext() != 3 || got.page.GetChain() != got.page.GetReleases()[0].GetChain() {
			t.Errorf("%v, %v", got.page, got.err)
		}
	}
	p.seated(0)
	mark, err := p.server.GetFeedHead(t.Context(), &mingjianv1.GetFeedHeadRequest{})
	if got := <-p.waits(t.Context(), 3, 1); err != nil || got.err != nil || len(got.page.GetReleases()) != 0 || got.page.GetNext() != 3 || got.page.GetChain() != mark.GetChain() {
		t.Errorf("nothing came: %v, %v, head %v", got.page, got.err, mark)
	}
}

// TestWhoWaitsHearsWhatTheWatcherMissed: the look at the view finds it.
func TestWhoWaitsHearsWhatTheWatcherMissed(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	deaf := p.views.Process()
	p.server.Waiting = p.room(p.views, deaf, grpcapi.WaitingOptions{Seats: 3, Poll: time.Millisecond})
	p.publish(1)
	one, other := p.waits(t.Context(), 1, 60), p.waits(t.Context(), 1, 60)
	p.seated(2)
	p.publish(1)
	for _, w := range []<-chan waiter{one, other} {
		if got := <-w; got.err != nil || got.page.GetNext() != 2 {
			t.Errorf("%v, %v", got.page, got.err)
		}
	}
}

func TestSeatsAreLimitedAndGivenBack(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.server.Waiting = p.room(p.views, p.views, grpcapi.WaitingOptions{Seats: 2})
	p.publish(1)
	ctx, leave := context.WithCancel(t.Context())
	waiting := p.waits(ctx, 1, 60)
	_, following := p.follow(ctx, 1)
	p.seated(2)
	refused := func(err error) {
		t.Helper()
		if f := (*domain.Fault)(nil); !errors.As(err, &f) || f.Code != "feed.wait.busy" || f.Kind != domain.Throttled || f.Again <= 0 {
			t.Errorf("one too many: %v", err)
		}
	}
	refused((<-p.waits(t.Context(), 1, 60)).err)
	_, ended := p.follow(t.Context(), 1)
	refused(<-ended)
	if got := <-p.waits(t.Context(), 1, 0); got.err != nil {
		t.Errorf("who does not wait needs no seat: %v", got.err)
	}
	if got := <-p.waits(t.Context(), 0, 60); got.err != nil || got.page.GetNext() != 1 {
		t.Errorf("who need not wait needs no seat: %v", got.err)
	}
	leave()
	if got := <-waiting; !errors.Is(got.err, context.Canceled) {
		t.Errorf("left with %v", got.err)
	}
	if err := <-following; !errors.Is(err, context.Canceled) {
		t.Errorf("left with %v", err)
	}
	p.seated(0)
}

func TestWhoWaitsLeavesWhenTheServerGoesDown(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	closing := make(chan struct{})
	p.server.Closing = closing
	p.publish(1)
	waiting := p.waits(t.Context(), 1, 60)
	p.seated(1)
	close(closing)
	if got := <-waiting; got.err != nil || len(got.page.GetReleases()) != 0 || got.page.GetNext() != 1 {
		t.Errorf("%v, %v", got.page, got.err)
	}
}

func TestTheHeadIsToldAtEveryNumber(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	at := func(n *uint64) *mingjianv1.GetFeedHeadResponse {
		t.Helper()
		got, err := p.server.GetFeedHead(t.Context(), &mingjianv1.GetFeedHeadRequest{At: n})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	zero := strings.Repeat("0", 64)
	if got := at(nil); got.GetSequence() != 0 || got.GetChain() != zero || got.GetTime() != "" {
		t.Errorf("an empty feed: %v", got)
	}
	p.publish(3)
	page, err := p.server.ListReleases(t.Context(), &mingjianv1.ListReleasesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	chains := []string{zero}
	for _, r := range page.GetReleases() {
		chains = append(chains, r.GetChain())
	}
	for n := range uint64(4) {
		if got := at(&n); got.GetSequence() != n || got.GetChain() != chains[n] || got.GetHead() != 3 || (got.GetTime() == "") != (n == 0) {
			t.Errorf("at %d: %v, want %s", n, got, chains[n])
		}
	}
	if got := at(nil); got.GetSequence() != 3 || got.GetChain() != chains[3] {
		t.Errorf("the end: %v", got)
	}
	beyond := uint64(4)
	_, err = p.server.GetFeedHead(t.Context(), &mingjianv1.GetFeedHeadRequest{At: &beyond})
	if f := (*domain.Fault)(nil); !errors.As(err, &f) || f.Code != "feed.after.ahead" || f.Field != "at" {
		t.Errorf("beyond the end: %v", err)
	}
}
