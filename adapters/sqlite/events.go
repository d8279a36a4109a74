package sqlite

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

//go:embed migration/events/*.sql
var eventScripts embed.FS

// ErrClosed is what a closed store answers.
var ErrClosed = errors.New("sqlite: the store is closed")

// Options of an event store. The zero value is right for a server.
type Options struct {
	// ReadOnly opens beside a process that writes; Append is refused and nothing is migrated.
	ReadOnly bool
	// Poll is how often a read-only store looks for what the other process appended. Default one second.
	Poll time.Duration
	// Readers is the number of connections for reading. Default twice the processors, at least four.
	Readers int
}

// Store is the event log in one file. It is an es.Store and an es.Source, for any number of goroutines.
type Store struct {
	db    *database
	lock  *directoryLock
	opt   Options
	names *names
	read  statements

	queue   queue
	writer  *writer // used by the goroutine that leads the queue
	keeper  *checkpointer
	commits sync.Mutex // held while the writer commits

	head     atomic.Uint64
	recent   *adapter.Recent
	appended adapter.Bell
	done     chan struct{} // closed by Close
	close    sync.Once
}

// Open opens the log at path, making it if it is missing, and takes the exclusive right to write its folder. It answers
// *InUseError, *NewerSchemaError or *ForeignFileError when it must not.
func Open(ctx context.Context, path string, opt Options) (_ *Store, err error) {
	if opt.Poll <= 0 {
		opt.Poll = time.Second
	}
	if opt.Readers <= 0 {
		opt.Readers = max(4, 2*runtime.GOMAXPROCS(0))
	}
	scripts, err := fs.Sub(eventScripts, "migration/events")
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	s := &Store{opt: opt, done: make(chan struct{})}
	s.appended.Ring()
	defer func() {
		if err != nil {
			err = errors.Join(err, s.shut())
		}
	}()
	if !opt.ReadOnly {
		if s.lock, err = lockDirectory(filepath.Dir(path)); err != nil {
			return nil, err
		}
	}
	s.db, err = openDatabase(ctx, path, schema{
		application: 0x4d4a4556, migrations: scripts, synchronous: "FULL", cacheKiB: 16 << 10, checkpoint: 1 << 16,
	}, opt.Readers, opt.ReadOnly)
	if err != nil {
		return nil, err
	}
	s.names = &names{db: s.db.read}
	if s.read, err = prepare(ctx, s.db.read); err != nil {
		return nil, err
	}
	head, err := s.stored(ctx)
	if err != nil {
		return nil, err
	}
	s.head.Store(head)
	s.recent = adapter.NewRecent(head, maxPageRecords, maxPageBytes)
	if opt.ReadOnly {
		return s, nil
	}
	if s.writer, err = newWriter(ctx, s.db.write, s.names); err != nil {
		return nil, err
	}
	s.keeper, err = newCheckpointer(s.db.path, &s.commits)
	return s, err
}

// Close refuses new appends, lets the accepted ones finish, ends every Follow and closes the file.
func (s *Store) Close() (err error) {
	s.close.Do(func() {
		s.queue.drain()
		close(s.done)
		err = s.shut()
	})
	return err
}

func (s *Store) shut() error {
	var errs []error
	if s.keeper != nil {
		errs = append(errs, s.keeper.close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.close())
	}
	if s.db != nil {
		errs = append(errs, s.read.close(), s.db.Close())
	}
	return errors.Join(append(errs, s.lock.Close())...)
}

// Head implements es.Source.
func (s *Store) Head(ctx context.Context) (es.Position, error) {
	head, err := s.last(ctx)
	return es.At(head, 0), err
}

// last is the last position: known to the writer, asked of the file by a reader.
func (s *Store) last(ctx context.Context) (uint64, error) {
	if err := errors.Join(s.open(), ctx.Err()); err != nil || !s.opt.ReadOnly {
		return s.head.Load(), err
	}
	return s.stored(ctx)
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

func (s *Store) stored(ctx context.Context) (head uint64, err error) {
	if err = s.read.head.QueryRowContext(ctx).Scan(&head); err != nil {
		err = fmt.Errorf("sqlite: head: %w", err)
	}
	return head, err
}
