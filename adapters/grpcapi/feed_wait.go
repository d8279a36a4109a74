package grpcapi

import (
	"context"
	"sync"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/release"
)

const (
	feedPoll = 2 * time.Second // longest time without a look for what the watcher did not hear of, since others were not heard for a while
	feedBusy = 5 * time.Second // after which one who was refused a seat may ask again
)

// Waiting is where those wait who want what is released next, all of them on one watch and one look at the view, however
// many they are. There are seats for so many; whoever comes then is refused with a Fault of kind Throttled at once.
type Waiting struct {
	views projections.Reader
	poll  time.Duration
	seats chan struct{}
	mu    sync.Mutex
	news  chan struct{} // closed at the next release
	head  uint64        // when it was last looked at
	look  time.Time     // when to look again
}

// WaitingOptions are of a place to wait.
type WaitingOptions struct {
	Seats int           // at least 1
	Poll  time.Duration // longest time without a look at the view; 0 for 2 seconds
}

// NewWaiting opens the place; stop ends the watching.
func NewWaiting(r projections.Reader, w projections.Watcher, o WaitingOptions) (room *Waiting, stop func()) {
	if o.Poll == 0 {
		o.Poll = feedPoll
	}
	room = &Waiting{views: r, poll: o.Poll, seats: make(chan struct{}, o.Seats), news: make(chan struct{})}
	return room, w.Watch(func(keys []projections.Key) {
		for _, k := range keys {
			if k.Table == release.Table {
				room.call()
				return
			}
		}
	})
}

// sit takes a seat, if one is free. It is left by calling leave.
func (w *Waiting) sit() (leave func(), err error) {
	select {
	case w.seats <- struct{}{}:
		return func() { <-w.seats }, nil
	default:
	}
	f := domain.Refuse(domain.Throttled, "feed.wait.busy", "wait", "等待新公示信息的连接过多，请稍后重试，或不带 wait 查询",
		"too many are waiting for what is released next; try again in a moment, or ask without wait")
	f.Again = feedBusy
	return nil, f
}

// Seated is how many wait.
func (w *Waiting) Seated() int { return len(w.seats) }

// next is closed once something more is released. It is asked for before the feed is read, so that nothing is missed between.
func (w *Waiting) next() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.news
}

func (w *Waiting) call() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.news)
	w.news = make(chan struct{})
}

// peek looks at the view, unless another just did, and calls everybody if there is more than at the last look.
func (w *Waiting) peek(ctx context.Context) error {
	w.mu.Lock()
	now := time.Now()
	if now.Before(w.look) {
		w.mu.Unlock()
		return nil
	}
	w.look = now.Add(w.poll / 2) // sooner than the next tick of whoever looks now
	w.mu.Unlock()
	end, err := release.Head(ctx, w.views)
	if err != nil {
		return err
	}
	w.mu.Lock()
	more := end.Sequence != w.head
	w.head = end.Sequence
	w.mu.Unlock()
	if more {
		w.call()
	}
	return nil
}

// errClosing ends the waiting of those whose server goes down.
func errClosing() error {
	return domain.Refuse(domain.Unavailable, "feed.closing", "", "服务正在停止，请重新连接", "the server is going down; connect again")
}

// until waits for news, for the time to be over, for the caller to leave or for the server to close. It answers nil for news.
func (w *Waiting) until(ctx context.Context, news <-chan struct{}, over <-chan time.Time, closing <-chan struct{}) (isOver bool, err error) {
	look := time.NewTicker(w.poll)
	defer look.Stop()
	for {
		select {
		case <-news:
			return false, nil
		case <-look.C:
			if err := w.peek(ctx); err != nil {
				return false, err
			}
		case <-over:
			return true, nil
		case <-ctx.Done():
			return false, ctx.Err()
		case <-closing:
			return false, errClosing()
		}
	}
}
