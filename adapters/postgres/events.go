package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

//go:embed migration/events/*.sql
var eventScripts embed.FS

// eventSchema is where the log is.
const eventSchema = "mingjian_events"

// ErrClosed is what a closed store answers.
var ErrClosed = errors.New("postgres: the store is closed")

// Options of an event store. The zero value is right for a server.
type Options struct {
	// ReadOnly opens for reading alone, perhaps from a standby; Append is refused and nothing is migrated.
	ReadOnly bool
	// Poll is how often the store looks for what other processes appended and it was not told of. Default one second.
	Poll time.Duration
	// Readers is the number of connections for reading; two more write and listen. Default twice the processors, at least four.
	Readers int
}

// Store is the event log in a database. It is an es.Store and an es.Source, for any number of goroutines and processes.
type Store struct {
	pool  *pgxpool.Pool
	opt   Options
	names *names

	queue  *queue
	writer *writer // used by the goroutine that commits

	head     atomic.Uint64 // the last position this process knows of
	recent   *adapter.Recent
	appended adapter.Bell
	news     chan struct{} // told when a head is to be announced to the other processes
	done     chan struct{} // closed by Close
	working  sync.WaitGroup
	stop     context.CancelFunc
	close    sync.Once
}

// Open opens the log of a database, making its schema if it is missing. It answers *NewerSchemaError, *ForeignSchemaError or
// *NotDurableError when it must not. The URL must lead to a session of the server's own: a pooler that shares sessions between
// transactions loses notifications.
func Open(ctx context.Context, url string, opt Options) (_ *Store, err error) {
	if opt.Poll <= 0 {
		opt.Poll = time.Second
	}
	if opt.Readers <= 0 {
		opt.Readers = max(4, 2*runtime.GOMAXPROCS(0))
	}
	scripts, err := fs.Sub(eventScripts, "migration/events")
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	s := &Store{opt: opt, queue: newQueue(), news: make(chan struct{}, 1), done: make(chan struct{})}
	s.appended.Ring()
	s.pool, err = open(ctx, url, Schema{Name: eventSchema, Scripts: scripts}, opt.ReadOnly, func(c *pgxpool.Config) {
		c.MaxConns = int32(min(opt.Readers, 1<<10)) //nolint:gosec // bounded
		planByIndex(c.ConnConfig)
	})
	if err != nil {
		return nil, err
	}
	s.names = &names{pool: s.pool}
	if err := s.begin(ctx); err != nil {
		s.pool.Close()
		return nil, err
	}
	return s, nil
}

// begin reads where the log ends and starts what works in the background.
func (s *Store) begin(ctx context.Context) error {
	head, err := s.stored(ctx)
	if err != nil {
		return err
	}
	s.head.Store(head)
	s.recent = adapter.NewRecent(head, maxPageRecords, maxPageBytes)
	if !s.opt.ReadOnly {
		s.writer = &writer{config: writing(s.pool.Config().ConnConfig)}
		if err := s.writer.connect(ctx); err != nil {
			return err
		}
	}
	var background context.Context
	background, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	s.working.Go(func() { s.listen(background) })
	s.working.Go(func() { s.poll(background) })
	if !s.opt.ReadOnly {
		s.working.Go(s.write)
		s.working.Go(func() { s.announce(background) })
	}
	return nil
}

// Close refuses new appends, lets the accepted ones finish, ends every Follow and closes the connections.
func (s *Store) Close() (err error) {
	s.close.Do(func() {
		s.queue.close()
		close(s.done)
		if s.writer != nil {
			<-s.queue.drained
		}
		s.stop()
		s.working.Wait()
		if s.writer != nil {
			s.writer.close()
		}
		s.pool.Close()
	})
	return nil
}

// Head implements es.Source.
func (s *Store) Head(ctx context.Context) (es.Position, error) {
	if err := errors.Join(s.open(), ctx.Err()); err != nil {
		return es.Position{}, err
	}
	head, err := s.stored(ctx)
	return es.At(head, 0), err
}

// open is nil, or ErrClosed.
func (s *Store) open() error {
	select {
	case <-s.done:
		return ErrClosed
	default:
		return nil
	}
}

// stored asks for the end of the log.
func (s *Store) stored(ctx context.Context) (uint64, error) {
	var head int64
	err := twice(ctx, s.pool, func() error { return s.pool.QueryRow(ctx, "SELECT position FROM head").Scan(&head) })
	if err != nil {
		return 0, fmt.Errorf("postgres: head: %w", err)
	}
	return uint64(head), nil
}

// advance notes that the log reaches to a position, and wakes who waits for that.
func (s *Store) advance(to uint64) {
	for known := s.head.Load(); to > known; known = s.head.Load() {
		if s.head.CompareAndSwap(known, to) {
			s.appended.Ring()
			return
		}
	}
}
