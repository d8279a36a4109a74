package esdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// ErrClosed is what a closed store answers.
var ErrClosed = errors.New("esdb: the store is closed")

// Options of a store. The zero value is right for a server.
type Options struct {
	// Namespace begins the name of every stream, so that a server can be shared; it holds no "-". Default what the URL's
	// setting namespace says, else none.
	Namespace string
	// Connections bounds the calls under way at once; each Follow has a connection beside them. Default 16.
	Connections int
	// Deadline is that of one call. Default what the URL's setting defaultDeadline says, else ten seconds.
	Deadline time.Duration
	// Patience is how long a call is tried anew while no node answers or leads. Default 30 seconds.
	Patience time.Duration
	// Log is told of lost connections. Default nowhere.
	Log *slog.Logger
}

// Store is the event log on a server. It is an es.Store and an es.Source, for any number of goroutines.
type Store struct {
	opt   Options
	names names
	pool  *pool
	known known
	ends  ends

	version string
	ctx     context.Context // ends with Close; a Follow may outlive it by a moment
	end     context.CancelCauseFunc
	mu      sync.Mutex // of closed and the wait group's growth
	closed  bool
	busy    sync.WaitGroup
}

// Open connects to the server that the URL names, and finds the end of its log. It fails if no node answers within
// Options.Patience.
func Open(ctx context.Context, url string, opt Options) (*Store, error) {
	conf, namespace, err := parse(url)
	if err != nil {
		return nil, err
	}
	if opt.Namespace == "" {
		opt.Namespace = namespace
	}
	if opt.Connections <= 0 {
		opt.Connections = 16
	}
	if opt.Deadline <= 0 {
		opt.Deadline = 10 * time.Second
		if conf.DefaultDeadline != nil {
			opt.Deadline = *conf.DefaultDeadline
		}
	}
	if opt.Patience <= 0 {
		opt.Patience = 30 * time.Second
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	s := &Store{opt: opt, pool: newPool(conf, opt.Connections)}
	if s.names, err = newNames(opt.Namespace); err != nil {
		return nil, err
	}
	s.ctx, s.end = context.WithCancelCause(context.WithoutCancel(ctx))
	if err = s.meet(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("esdb: open: %w", err), s.Close())
	}
	return s, nil
}

// meet asks the server for its version, and for the end of its log, which shows that the credentials are good.
func (s *Store) meet(ctx context.Context) error {
	err := s.call(ctx, func(_ context.Context, c *client.Client) error {
		v, err := c.GetServerVersion()
		if err != nil {
			return err
		}
		s.version = fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
		if v.Major < 22 || v.Major == 22 && v.Minor < 6 {
			return &oldServerError{s.version}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, _, err = s.find(ctx)
	return err
}

type oldServerError struct{ version string }

func (e *oldServerError) Error() string {
	return "the server is of version " + e.version + "; 22.6 is the first that tells the position of an event read from its stream"
}

// ServerVersion is that of the node which answered Open.
func (s *Store) ServerVersion() string { return s.version }

// Close refuses new calls, ends every Follow, lets calls under way finish (without trying anew) and closes the connections.
func (s *Store) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.end(ErrClosed)
	s.busy.Wait()
	s.pool.close()
	return nil
}

// enter counts a call of the store's; the caller calls s.busy.Done once it is over.
func (s *Store) enter() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.busy.Add(1)
	return nil
}
