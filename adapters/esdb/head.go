package esdb

import (
	"context"
	"fmt"
	"sync"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// ends remembers how far the log was looked through from behind.
type ends struct {
	mu   sync.Mutex
	seen horizon
}

type horizon struct {
	head es.Position // of the last record up to end
	end  es.Position // of the last event of any kind
}

// Head implements es.Source.
func (s *Store) Head(ctx context.Context) (es.Position, error) {
	if err := s.enter(); err != nil {
		return es.Position{}, err
	}
	defer s.busy.Done()
	head, _, err := s.find(ctx)
	if err != nil {
		err = fmt.Errorf("esdb: head: %w", err)
	}
	return head, err
}

// find looks for the last record, and the last event of any kind, from the end of $all backwards to where it looked before.
func (s *Store) find(ctx context.Context) (head, end es.Position, err error) {
	s.ends.mu.Lock()
	seen, limit := s.ends.seen, uint64(8)
	s.ends.mu.Unlock()
	var at client.AllPosition = client.End{}
	for found := false; !found; limit = min(4*limit, maxPageRecords) {
		n := uint64(0)
		next := at
		err := s.call(ctx, func(ctx context.Context, c *client.Client) error {
			n = 0
			events, err := c.ReadAll(ctx, client.ReadAllOptions{
				From: at, Direction: client.Backwards, Deadline: &s.opt.Deadline, RequiresLeader: true,
			}, limit)
			return drain(events, err, func(e *client.RecordedEvent) bool {
				pos := es.At(e.Position.Commit, e.Position.Prepare)
				if n, next = n+1, e.Position; end == (es.Position{}) {
					end = pos
				}
				if end.Compare(seen.end) < 0 {
					seen = horizon{} // the log lost its tail
				}
				switch {
				case pos.Compare(seen.end) <= 0:
					head, found = seen.head, true
				case s.names.own(e.StreamID):
					head, found = pos, true
				}
				return !found
			})
		})
		if err != nil {
			return head, end, err
		}
		at, found = next, found || n < limit
	}
	s.ends.mu.Lock()
	defer s.ends.mu.Unlock()
	if s.ends.seen.end.Compare(end) < 0 || seen == (horizon{}) {
		s.ends.seen = horizon{head, end}
	}
	return head, end, nil
}
