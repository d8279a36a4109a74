package linear

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Log is what is put under load.
type Log interface {
	es.Store
	es.Source
}

// Load says how much is done, and how roughly.
type Load struct {
	Seed       uint64 // of the clients' choices; the interleaving is the machine's
	Clients    int    // at once
	Operations int    // of all clients together
	Streams    int
	Mortality  int // one client in so many operations is killed during it
	Kills      int // how often Kill is called, spread over the load
	// Kill ends the log without warning, while clients wait for answers, and brings it back before it returns.
	Kill func(context.Context) error
}

// load is one at work.
type load struct {
	Load
	log       Log
	namespace string
	left      atomic.Int64
	clock     atomic.Int64 // ticks at each call and each return
	tokens    atomic.Uint32
	standing  sync.RWMutex  // held for writing while the log is down
	due       chan struct{} // one for each kill that is due

	mu       sync.Mutex
	observed []observed
	past     []command
}

// observed is one operation with what its client saw of it.
type observed struct {
	asked
	append           bool
	called, returned int64
	answer           answer
	tokens           string // of a read
	position         es.Position
}

// Run puts a log under load, reads it whole in the end and tells what was seen. Several runs may share a log; each keeps to
// streams of its own.
func Run(ctx context.Context, log Log, l Load) (*History, error) {
	w := &load{Load: l, log: log, namespace: fmt.Sprintf("l%x", rand.Uint64()), due: make(chan struct{}, l.Kills+1)}
	w.left.Store(int64(l.Operations))
	start, err := log.Head(ctx)
	if err != nil {
		return nil, fmt.Errorf("linear: head: %w", err)
	}
	failures := make([]error, l.Clients+1)
	var all sync.WaitGroup
	for i := range l.Clients {
		c := &client{load: w, random: rand.New(rand.NewPCG(l.Seed, uint64(i))), known: map[int]int{}} //nolint:gosec // chance, not secrecy
		c.recent = c.stream()                                                                         // were it the same for all, the checker would have to try every order of 64
		all.Go(func() { failures[i] = c.work(ctx) })
	}
	all.Go(func() { failures[l.Clients] = w.kill(ctx) })
	all.Wait()
	if err := errors.Join(failures...); err != nil {
		return nil, err
	}
	h := &History{observed: w.observed}
	return h, w.finish(ctx, start, h)
}

// kill kills the log whenever a share of the operations is done, and holds up clients that it failed until it is back.
func (l *load) kill(ctx context.Context) error {
	for n := range l.Kills {
		select {
		case <-l.due:
		case <-ctx.Done():
			return ctx.Err()
		}
		l.standing.Lock()
		err := l.Kill(ctx)
		l.standing.Unlock()
		if err != nil {
			return fmt.Errorf("linear: kill %d: %w", n, err)
		}
	}
	return nil
}

// standstill holds up a client while the log is down.
func (l *load) standstill() {
	l.standing.RLock()
	defer l.standing.RUnlock()
}

func (l *load) name(stream int) es.Stream {
	return es.Stream{Category: l.namespace, ID: fmt.Sprint(stream)}
}

func (l *load) note(o observed, cmd command) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.observed = append(l.observed, o)
	if o.append {
		l.past = append(l.past, cmd)
	}
}

// repeatable is a command that some client gave before.
func (l *load) repeatable(random *rand.Rand) (command, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.past) == 0 {
		return command{}, false
	}
	return l.past[random.IntN(len(l.past))], true
}

func (l *load) tokenOf(r es.Record) (string, error) {
	var data struct{ N uint32 }
	if err := json.Unmarshal(r.Data, &data); err != nil {
		return "", fmt.Errorf("linear: %s@%d holds %q: %w", r.Stream, r.Revision, r.Data, err)
	}
	return token(data.N), nil
}

// finish reads every stream of the load and the log from where it began. The first reads may still meet a killed log, and an
// append whose client was killed may take effect in between: then all is read anew.
func (l *load) finish(ctx context.Context, start es.Position, h *History) error {
	err := insist(func() (err error) {
		if h.streams, err = l.all(ctx); err != nil {
			return err
		}
		if err := l.follow(ctx, start, h); err != nil {
			return err
		}
		if again, err := l.all(ctx); err != nil || !slices.Equal(again, h.streams) {
			return errors.Join(err, errors.New("the streams don't come to rest"))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("linear: in the end: %w", err)
	}
	for i, tokens := range h.streams {
		h.observed = append(h.observed, observed{
			asked: asked{stream: i}, called: l.clock.Add(1), returned: l.clock.Add(1), answer: seen, tokens: tokens,
		})
	}
	return nil
}

func (l *load) all(ctx context.Context) (streams []string, err error) {
	streams = make([]string, l.Streams)
	for i := range streams {
		if streams[i], err = l.whole(ctx, i); err != nil {
			return nil, err
		}
	}
	return streams, nil
}

// insist tries up to a hundred times.
func insist(try func() error) (err error) {
	for range 100 {
		if err = try(); err == nil {
			return nil
		}
	}
	return err
}

func (l *load) whole(ctx context.Context, stream int) (tokens string, err error) {
	for r, err := range l.log.Read(ctx, l.name(stream), 0) {
		if err != nil {
			return "", err
		}
		t, err := l.tokenOf(r)
		if err != nil {
			return "", err
		}
		tokens += t
	}
	return tokens, nil
}

func (l *load) follow(ctx context.Context, start es.Position, h *History) error {
	h.log, h.last = make([]string, l.Streams), start
	for batch, err := range l.log.Follow(ctx, start) {
		if err != nil {
			return err
		}
		for _, r := range batch.Records {
			if r.Stream.Category != l.namespace {
				continue
			}
			if err := l.take(h, r); err != nil {
				return err
			}
		}
		if batch.CaughtUp {
			break
		}
	}
	return nil
}

func (l *load) take(h *History, r es.Record) error {
	var stream int
	if _, err := fmt.Sscan(r.Stream.ID, &stream); err != nil || stream >= l.Streams {
		return fmt.Errorf("linear: the log holds stream %s", r.Stream)
	}
	t, err := l.tokenOf(r)
	h.log[stream] += t
	if r.Position.Compare(h.last) <= 0 {
		return fmt.Errorf("linear: the log goes from %s to %s", h.last, r.Position)
	}
	h.last = r.Position
	return err
}
