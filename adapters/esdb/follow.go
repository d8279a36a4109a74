package esdb

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// The server looks at searchWindow events at a time and tells how far it is after every tenth: a follower's checkpoint passes
// what is not for it without being written too often.
const (
	searchWindow       = 512
	checkpointInterval = 10
	ahead              = 64 // messages that are received before the caller takes them
)

// follower is one Follow at work.
type follower struct {
	*Store
	through es.Position
	head    es.Position // the last record when the subscription began
	behind  bool        // the server said that the subscription fell behind
	told    bool        // the caller knows that it is caught up
}

// Follow implements es.Source.
func (s *Store) Follow(ctx context.Context, after es.Position) iter.Seq2[es.Batch, error] {
	return func(yield func(es.Batch, error) bool) {
		f := &follower{Store: s, through: after}
		if err := f.run(ctx, yield); !errors.Is(err, errStopped) {
			yield(es.Batch{}, fmt.Errorf("esdb: follow after %s: %w", f.through, err))
		}
	}
}

// run keeps a subscription, beginning another after what was yielded whenever one is lost.
func (f *follower) run(ctx context.Context, yield func(es.Batch, error) bool) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(f.ctx, func() { cancel(ErrClosed) })()
	for pause := pauses(); ; {
		before := f.through
		err := f.subscribe(ctx, yield)
		switch {
		case errors.Is(err, errStopped):
			return err
		case ctx.Err() != nil:
			return ended(ctx)
		case judge(err) == final:
			return err
		}
		if f.through != before {
			pause.Reset()
		}
		f.opt.Log.WarnContext(ctx, "EventStoreDB dropped a subscription; subscribing again", slog.Any("error", err))
		if err := f.wait(ctx, pause.NextBackOff()); err != nil {
			return ended(ctx)
		}
	}
}

// ended is ErrClosed if the store's end is what ended ctx.
func ended(ctx context.Context) error {
	if errors.Is(context.Cause(ctx), ErrClosed) {
		return ErrClosed
	}
	return ctx.Err()
}

// lostTailError says that a position is beyond the log.
type lostTailError struct{ end es.Position }

func (e *lostTailError) Error() string { return "the log ends at " + e.end.String() }

// subscribe follows until the subscription is lost; the error is never nil.
func (f *follower) subscribe(ctx context.Context, yield func(es.Batch, error) bool) error {
	if err := f.look(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c, err := f.pool.take(ctx)
	if err != nil {
		return err
	}
	err = f.receive(ctx, c, yield)
	f.handBack(ctx, c, err)
	return err
}

// look finds the end of the log, and that it is not before what was yielded. A server may take a subscription that begins
// beyond its end and wait, so this is asked again once the subscription stands: a log that is cut later drops it.
func (f *follower) look(ctx context.Context) error {
	head, end, err := f.find(ctx)
	if err != nil {
		return err
	}
	if f.through.Compare(end) > 0 {
		return &lostTailError{end}
	}
	f.head, f.behind = head, false
	return nil
}

// receive opens the subscription on a client and folds its messages into batches.
func (f *follower) receive(ctx context.Context, c *client.Client, yield func(es.Batch, error) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	late := time.AfterFunc(f.opt.Deadline, cancel)
	sub, err := c.SubscribeToAll(leading(ctx), f.options())
	if !late.Stop() && err == nil {
		err = errors.Join(errUnconfirmed, sub.Close())
	}
	if err != nil {
		cancel()
		return err
	}
	messages := make(chan *client.SubscriptionEvent, ahead)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			m := sub.Recv()
			select {
			case messages <- m:
			case <-ctx.Done():
				return
			}
			if m.SubscriptionDropped != nil {
				return
			}
		}
	}()
	defer func() { // before the client is lent to somebody else
		cancel()
		_ = sub.Close()
		<-done
	}()
	if err := f.look(ctx); err != nil {
		return err
	}
	if f.caughtUp() && !f.told {
		f.told = true
		if !yield(es.Batch{Through: f.through, CaughtUp: true}, nil) {
			return errStopped
		}
	}
	for {
		if err := f.batch(ctx, messages, yield); err != nil {
			return err
		}
	}
}

var errUnconfirmed = errors.New("the subscription was not confirmed in time")

func (f *follower) options() client.SubscribeToAllOptions {
	o := client.SubscribeToAllOptions{
		From: client.Start{}, MaxSearchWindow: searchWindow, CheckpointInterval: checkpointInterval, RequiresLeader: true,
		Filter: &client.SubscriptionFilter{Type: client.StreamFilterType, Regex: `^[^$]`},
	}
	if f.names.namespace != "" {
		o.Filter = &client.SubscriptionFilter{Type: client.StreamFilterType, Prefixes: []string{f.names.namespace}}
	}
	if f.through != (es.Position{}) {
		commit, prepare := f.through.Pair()
		o.From = client.Position{Commit: commit, Prepare: prepare}
	}
	return o
}

func (f *follower) caughtUp() bool { return !f.behind && f.through.Compare(f.head) >= 0 }

// batch waits for a message and yields it with what else is there.
func (f *follower) batch(ctx context.Context, messages <-chan *client.SubscriptionEvent, yield func(es.Batch, error) bool) error {
	var b es.Batch
	var err error
	before, size := f.through, 0
	take := func(m *client.SubscriptionEvent) {
		var r *es.Record
		if r, err = f.take(m); r != nil {
			b.Records = append(b.Records, *r)
			size += len(r.Data) + len(r.Meta)
		}
	}
	select {
	case m := <-messages:
		take(m)
	case <-ctx.Done():
		return ctx.Err()
	}
	drained := false
	for err == nil && !drained && len(b.Records) < maxPageRecords && size < maxPageBytes {
		select {
		case m := <-messages:
			take(m)
		default:
			drained = true
		}
	}
	b.Through, b.CaughtUp = f.through, drained && f.caughtUp()
	if f.through != before || b.CaughtUp && !f.told {
		f.told = b.CaughtUp
		if !yield(b, nil) {
			return errStopped
		}
	}
	return err
}

// take folds one message, which is one of five cases.
func (f *follower) take(m *client.SubscriptionEvent) (*es.Record, error) {
	switch {
	case m.SubscriptionDropped != nil:
		return nil, m.SubscriptionDropped.Error
	case m.EventAppeared != nil:
		e := m.EventAppeared.OriginalEvent()
		if es.At(e.Position.Commit, e.Position.Prepare).Compare(f.through) <= 0 {
			return nil, nil
		}
		r, _, err := f.record(e)
		if err != nil {
			return nil, err
		}
		f.through = r.Position
		return &r, nil
	case m.CheckPointReached != nil:
		if p := es.At(m.CheckPointReached.Commit, m.CheckPointReached.Prepare); p.Compare(f.through) > 0 {
			f.through = p
		}
	case m.CaughtUp != nil:
		f.behind, f.head = false, f.through
	case m.FellBehind != nil:
		f.behind = true
	}
	return nil, nil
}
