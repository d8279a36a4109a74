package bus

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"sync"

	"github.com/ThreeDotsLabs/watermill/message"
)

// local is the transport within the process. It keeps nothing: to publish is to have every handler of the subject take the message, so
// that what was not taken when the process ends is published again by the outbox. Handlers subscribe before. Of a message that is
// given again they know the id, so that the bus need not.
type local struct {
	log    *slog.Logger
	again  *shelf // what handlers could not take
	closed chan struct{}
	once   sync.Once

	mu   sync.Mutex
	subs map[*localSub]bool
}

// localSub is one subscription. Whoever gives it a message holds turn meanwhile.
type localSub struct {
	pattern string
	out     chan *message.Message
	turn    chan struct{}
	ended   chan struct{}
}

func newLocal(folder string, log *slog.Logger) (*local, error) {
	if folder == "" {
		return nil, errors.New("bus: the embedded bus needs a folder for what can't be handled")
	}
	again, err := openShelf(folder)
	if err != nil {
		return nil, err
	}
	return &local{log: log, again: again, closed: make(chan struct{}), subs: map[*localSub]bool{}}, nil
}

func (l *local) publish(subject string, m *message.Message) error {
	select {
	case <-l.closed:
		return ErrClosed
	default:
	}
	if subject == Poison {
		return l.again.put(m)
	}
	return l.spread(subject, m)
}

// spread gives a message to all who subscribe to its subject, and returns when they took it.
func (l *local) spread(subject string, m *message.Message) error {
	l.mu.Lock()
	var to []*localSub
	for s := range l.subs {
		if matches(s.pattern, subject) {
			to = append(to, s)
		}
	}
	l.mu.Unlock()
	errs := make([]error, len(to))
	var all sync.WaitGroup
	for i, s := range to {
		all.Go(func() { errs[i] = l.give(m.Context(), s, subject, m) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// give gives a message again and again until it is taken.
func (l *local) give(ctx context.Context, s *localSub, subject string, m *message.Message) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return ctx.Err()
	case <-s.ended:
		return l.left()
	}
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		taken, err := l.offer(ctx, s, subject, m)
		if taken || err != nil {
			return err
		}
		rest(ctx, pause)
	}
}

// offer gives a message once.
func (l *local) offer(ctx context.Context, s *localSub, subject string, m *message.Message) (taken bool, err error) {
	given, cancel := context.WithCancel(ctx)
	defer cancel()
	one := message.NewMessageWithContext(given, m.UUID, m.Payload)
	for name, value := range m.Metadata {
		if kind(name) == headerOfMessage {
			one.Metadata.Set(name, value)
		}
	}
	if one.Metadata.Get(subjectKey) == "" {
		one.Metadata.Set(subjectKey, subject)
	}
	select {
	case s.out <- one:
	case <-ctx.Done():
		return false, ctx.Err()
	case <-s.ended:
		return false, l.left()
	}
	ended := s.ended
	for {
		select {
		case <-one.Acked():
			return true, nil
		case <-one.Nacked():
			return false, ctx.Err()
		case <-ctx.Done():
			return false, ctx.Err()
		case <-ended: // the handler hears of it, and says what came of the message
			cancel()
			ended = nil
		}
	}
}

// left says that a handler that was to have a message is there no more: it is not taken.
func (l *local) left() error {
	return errors.New("bus: a handler ended before it took the message")
}

// localSubscriber is Watermill's.
type localSubscriber struct {
	on     *local
	closed chan struct{}
	once   sync.Once
	all    sync.WaitGroup
}

func (l *local) subscriber(string) message.Subscriber {
	return &localSubscriber{on: l, closed: make(chan struct{})}
}

// Subscribe gives the messages of a subject until ctx ends or Close.
func (s *localSubscriber) Subscribe(ctx context.Context, topic string) (<-chan *message.Message, error) {
	if _, err := streamOf(topic); err != nil {
		return nil, err
	}
	sub := &localSub{pattern: topic, out: make(chan *message.Message), turn: make(chan struct{}, 1), ended: make(chan struct{})}
	out := make(chan *message.Message)
	s.on.mu.Lock()
	s.on.subs[sub] = true
	s.on.mu.Unlock()
	s.all.Go(func() {
		defer close(out)
		defer func() {
			s.on.mu.Lock()
			delete(s.on.subs, sub)
			s.on.mu.Unlock()
			close(sub.ended)
		}()
		for {
			select {
			case m := <-sub.out:
				select {
				case out <- m:
					continue
				case <-ctx.Done():
				case <-s.closed:
				case <-s.on.closed:
				}
				m.Nack()
				return
			case <-ctx.Done():
				return
			case <-s.closed:
				return
			case <-s.on.closed:
				return
			}
		}
	})
	return out, nil
}

// Close ends the subscriptions.
func (s *localSubscriber) Close() error {
	s.once.Do(func() { close(s.closed) })
	s.all.Wait()
	return nil
}

func (l *local) tail(context.Context, Tail) iter.Seq2[kept, error] {
	return func(yield func(kept, error) bool) { yield(kept{}, ErrNothingKept) }
}

// redrive gives what was kept to the handlers, one message after the other; what they fail on again they keep again.
func (l *local) redrive(ctx context.Context, handler string) (int, error) {
	return l.again.take(func(to string, m *message.Message) (bool, error) {
		if handler != "" && to != handler {
			return false, nil
		}
		if !l.listens(redrive + "." + to) {
			return false, fmt.Errorf("handler %q is not running", to)
		}
		m.SetContext(ctx)
		return true, l.spread(redrive+"."+to, m)
	})
}

func (l *local) listens(subject string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for s := range l.subs {
		if matches(s.pattern, subject) {
			return true
		}
	}
	return false
}

func (l *local) check(context.Context) error {
	select {
	case <-l.closed:
		return ErrClosed
	default:
		return nil
	}
}

func (l *local) close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// matches tells whether a subject is one of a pattern in NATS' grammar: * is one token, a last > one or more.
func matches(pattern, subject string) bool {
	for {
		p, restP, moreP := strings.Cut(pattern, ".")
		s, restS, moreS := strings.Cut(subject, ".")
		switch {
		case p == ">" && !moreP:
			return s != ""
		case p != "*" && p != s, moreP != moreS:
			return false
		case !moreP:
			return true
		}
		pattern, subject = restP, restS
	}
}
