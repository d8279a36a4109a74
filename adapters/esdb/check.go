package esdb

import (
	"context"
	"fmt"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

// Check reads the whole log and reports what is wrong: records that don't match their hash, events of others, deleted streams,
// gaps in revisions. It remembers the last revision of every stream, about a hundred bytes each. The error is ctx's, or that
// the server could not be asked.
func (s *Store) Check(ctx context.Context, report func(adapter.Problem)) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.busy.Done()
	next := map[string]uint64{}
	last := es.Position{}
	var from client.AllPosition = client.Start{}
	for more := true; more; {
		var page []*client.RecordedEvent
		err := s.call(ctx, func(ctx context.Context, c *client.Client) error {
			page = page[:0]
			events, err := c.ReadAll(ctx, client.ReadAllOptions{
				From: from, Direction: client.Forwards, Deadline: &s.opt.Deadline, RequiresLeader: true,
			}, maxPageRecords)
			return drain(events, err, func(e *client.RecordedEvent) bool { page = append(page, e); return true })
		})
		if err != nil {
			return fmt.Errorf("esdb: check after %s: %w", last, err)
		}
		more = len(page) == maxPageRecords
		for _, e := range page {
			pos := es.At(e.Position.Commit, e.Position.Prepare)
			if pos.Compare(last) <= 0 {
				continue // a page begins with the event that the last one ended with
			}
			last, from = pos, e.Position
			if !s.names.own(e.StreamID) {
				continue
			}
			if want := next[e.StreamID]; e.EventNumber != want {
				report(adapter.Problem{Position: pos, What: fmt.Sprintf("%s has revision %d where %d belongs", e.StreamID, e.EventNumber, want)})
			}
			next[e.StreamID] = e.EventNumber + 1
			if _, _, err := s.record(e); err != nil {
				report(adapter.Problem{Position: pos, What: err.Error()})
			}
		}
	}
	return nil
}
