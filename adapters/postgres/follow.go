package postgres

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

// channel is where a process tells the others that the log has grown. What it says is the position of the log's end.
const channel = "mingjian_events"

// newsPause is the least time between two notifications. The first after a quiet time goes out at once.
const newsPause = 10 * time.Millisecond

// Pauses between two tries to reach the server for listening; each is twice the one before.
const (
	firstPause = 50 * time.Millisecond
	lastPause  = 10 * time.Second
)

// answerPatience is how long a question in the background may take before its connection counts as lost.
const answerPatience = 30 * time.Second

// Follow implements es.Source.
func (s *Store) Follow(ctx context.Context, after es.Position) iter.Seq2[es.Batch, error] {
	t := adapter.Tail{Store: "postgres", Ahead: s.ahead, Batch: s.batch, Wait: s.wait, Appended: &s.appended}
	return t.Follow(ctx, after)
}

// ahead refuses a position that the log has not reached: it lost its tail, or the position is another log's. Who begins to follow
// thus also knows of all that was appended before, by whichever process.
func (s *Store) ahead(ctx context.Context, at uint64) error {
	if err := errors.Join(s.open(), ctx.Err()); err != nil {
		return err
	}
	before := s.head.Load()
	head, err := s.stored(ctx)
	switch {
	case err != nil:
		return err
	case head < before: // what is kept of it is another log's by now
		return shorter(head, before)
	case at > head:
		return fmt.Errorf("the log ends at %d", head)
	}
	s.advance(head)
	return nil
}

// shorter says that a log is shorter than it was.
func shorter(head, before uint64) error {
	return fmt.Errorf("the log ends at %d, and was at %d before", head, before)
}

// wait returns when there is a record after at.
func (s *Store) wait(ctx context.Context, at uint64, more <-chan struct{}) error {
	for s.head.Load() <= at {
		select {
		case <-more:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.done:
			return ErrClosed
		}
		more = s.appended.Next()
	}
	return nil
}

// batch is a run of the log after a position. It is caught up if it reaches what this process knows to be the end.
func (s *Store) batch(ctx context.Context, at uint64) (b es.Batch, err error) {
	if err := errors.Join(s.open(), ctx.Err()); err != nil {
		return b, err
	}
	head := s.head.Load()
	if at >= head {
		return es.Batch{Through: es.At(at, 0), CaughtUp: true}, nil
	}
	b, err = s.recent.After(ctx, at, head, func() (es.Batch, error) { return s.fetch(ctx, at) })
	if err == nil && len(b.Records) == 0 {
		err = shorter(at, head)
	}
	return b, err
}

func (s *Store) fetch(ctx context.Context, at uint64) (b es.Batch, err error) {
	page, _, err := s.page(ctx, selectLog, nil, int64(at))
	for _, r := range page {
		if got, _ := r.Position.Pair(); got != at+1 {
			return es.Batch{}, fmt.Errorf("position %d is missing", at+1)
		}
		at++
	}
	if err == nil {
		s.advance(at)
	}
	return es.Batch{Records: page, Through: es.At(at, 0)}, err
}

// listen hears of what others append, until ctx ends. A lost connection is replaced; what was missed meanwhile, poll finds.
func (s *Store) listen(ctx context.Context) {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		if s.hear(ctx) {
			pause = firstPause
		}
		retry := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			retry.Stop()
			return
		case <-retry.C:
		}
	}
}

// hear listens on a connection of its own until it is lost; it tells whether there was one.
func (s *Store) hear(ctx context.Context) bool {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return false
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(ctx)
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return false // a standby can't
	}
	for {
		var head int64
		if err := conn.QueryRow(ctx, "SELECT position FROM head").Scan(&head); err != nil {
			return false
		}
		s.advance(uint64(head))
		if err := s.heed(ctx, conn); err != nil {
			return true
		}
	}
}

// heed returns when a notification names a position that is news. It is a hint: anybody in the database may notify.
func (s *Store) heed(ctx context.Context, conn *pgx.Conn) error {
	for {
		heard, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		if to, err := strconv.ParseUint(heard.Payload, 10, 64); err == nil && to > s.head.Load() {
			return nil
		}
	}
}

// poll asks for the end of the log now and then, until ctx ends: a notification may be lost.
func (s *Store) poll(ctx context.Context) {
	tick := time.NewTicker(s.opt.Poll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		s.ask(ctx)
	}
}

// ask notes where the log ends, if the server answers.
func (s *Store) ask(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	if head, err := s.stored(ctx); err == nil {
		s.advance(head)
	}
}

// announce tells other processes how far the log reaches, after the commit: within it, the server would let one commit that
// notifies wait for the other, whatever they write. Several commits may share one notification, and one that fails is not
// missed for long.
func (s *Store) announce(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.news:
		}
		s.tell(ctx)
		held := time.NewTimer(newsPause)
		select {
		case <-ctx.Done():
			held.Stop()
			return
		case <-held.C:
		}
	}
}

func (s *Store) tell(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	_, _ = s.pool.Exec(ctx, "SELECT pg_notify($1, $2)", channel, strconv.FormatUint(s.head.Load(), 10))
}
