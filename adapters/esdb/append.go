package esdb

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

// proposal is an append on its way.
type proposal struct {
	stream es.Stream
	want   es.Expected
	events []es.Proposed
	first  es.Revision // of its events, if the expectation holds
	mark   mark
	data   []client.EventData
}

// propose does what needs no server. The hashes suppose that the expectation holds; if it doesn't, nothing is stored.
func propose(stream es.Stream, want es.Expected, events []es.Proposed) *proposal {
	p := &proposal{stream: stream, want: want, events: events, data: make([]client.EventData, len(events))}
	_, _ = rand.Read(p.mark[:]) // never fails
	if after, ok := want.(es.Exactly); ok {
		p.first = es.Revision(after) + 1
	}
	for i, e := range events {
		id, _ := e.ID.Bytes()
		r := es.Record{Proposed: e, Stream: stream, Revision: p.first + es.Revision(i)}
		p.data[i] = client.EventData{
			EventID: id, EventType: e.Type, Data: e.Data, Metadata: wrap(r.Hash(), p.mark, e.Meta), ContentType: client.ContentTypeBinary,
		}
		if json.Valid(e.Data) {
			p.data[i].ContentType = client.ContentTypeJson
		}
	}
	return p
}

// Append implements es.Store.
func (s *Store) Append(ctx context.Context, stream es.Stream, want es.Expected, events ...es.Proposed) (pos es.Position, err error) {
	if err := errors.Join(es.CheckAppend(stream, want, events), s.names.check(stream, events)); err != nil {
		return pos, err
	}
	if id, twice := adapter.Repeated(events); twice {
		return pos, &es.ReusedError{ID: id}
	}
	if err := s.enter(); err != nil {
		return pos, err
	}
	defer s.busy.Done()
	if pos, err = s.append(ctx, propose(stream, want, events)); err != nil {
		err = fmt.Errorf("esdb: append: %w", err)
	}
	return pos, err
}

// append lets the server judge the expectation, once it is known that the events up to there hold none of the ids: at the
// stream's end the server asks for no ids.
func (s *Store) append(ctx context.Context, p *proposal) (pos es.Position, err error) {
	expected := client.ExpectedRevision(client.NoStream{}) // never nil, which the client takes for any
	if after, ok := p.want.(es.Exactly); ok {
		_, found, end, err := s.learn(ctx, p, es.Revision(after))
		if err != nil {
			return pos, err
		}
		if found > 0 || end <= es.Revision(after) {
			return s.recognise(ctx, p)
		}
		expected = client.Revision(uint64(after))
	}
	before := s.known.next(p.stream)
	err = s.call(ctx, func(ctx context.Context, c *client.Client) error {
		_, err := c.AppendToStream(ctx, s.names.of(p.stream), client.AppendToStreamOptions{
			ExpectedRevision: expected, Deadline: &s.opt.Deadline, RequiresLeader: true,
		}, p.data...)
		return err
	})
	switch {
	case is(err, client.ErrorCodeWrongExpectedVersion):
		return s.recognise(ctx, p)
	case err != nil:
		return pos, err
	}
	s.known.ends(p.stream, p.first, before) // the server says so, and may have lost what was known behind
	return s.confirm(ctx, p)
}

// learn reads on until the ids up to a revision are known, or up to the stream's end, and looks for the proposal's among them.
// What was learnt may be forgotten before it is looked at, and then it is learnt again.
func (s *Store) learn(ctx context.Context, p *proposal, through es.Revision) (at []es.Revision, found int, end es.Revision, err error) {
	for {
		end = s.known.next(p.stream)
		if end <= through {
			err = s.pages(ctx, p.stream, end, uint64(through-end)+1, func(es.Record, mark) bool { end++; return true })
			if err != nil {
				return nil, 0, 0, err
			}
		}
		next := es.Revision(0)
		if at, found, next = s.known.find(p.stream, p.events); next >= end {
			return at, found, end, nil
		}
	}
}

// recognise tells, when the expectation does not hold or the ids are there, a retry from a reused id and from a conflict.
func (s *Store) recognise(ctx context.Context, p *proposal) (pos es.Position, err error) {
	at, found, _, err := s.learn(ctx, p, endless)
	if err != nil {
		return pos, err
	}
	if found == 0 {
		return pos, &es.ConflictError{Stream: p.stream, Want: p.want}
	}
	for i := range at {
		if found < len(at) || at[i] != at[0]+es.Revision(i) {
			return pos, &es.ReusedError{ID: p.events[i].ID}
		}
	}
	return s.compare(ctx, p, at[0])
}

const endless = es.Revision(1<<63 - 1)

// compare holds events to what is stored from a revision on under the same ids.
func (s *Store) compare(ctx context.Context, p *proposal, first es.Revision) (pos es.Position, err error) {
	i := 0
	err = s.pages(ctx, p.stream, first, uint64(len(p.events)), func(r es.Record, _ mark) bool {
		if e := p.events[i]; r.ID != e.ID || r.Type != e.Type || !bytes.Equal(r.Data, e.Data) {
			return false
		}
		pos, i = r.Position, i+1
		return true
	})
	switch {
	case errors.Is(err, errStopped):
		return es.Position{}, &es.ReusedError{ID: p.events[i].ID}
	case err == nil && i < len(p.events):
		return es.Position{}, fmt.Errorf("%s@%d is not there though it was stored", p.stream, first+es.Revision(i))
	}
	return pos, err
}

// confirm reads an append's last event back: the server also says yes to ids that are there, without a look at the rest.
func (s *Store) confirm(ctx context.Context, p *proposal) (pos es.Position, err error) {
	last, fresh := p.first+es.Revision(len(p.events)-1), false
	err = s.pages(ctx, p.stream, last, 1, func(r es.Record, m mark) bool {
		pos, fresh = r.Position, m == p.mark
		return true
	})
	if err != nil || !fresh {
		if err == nil {
			pos, err = s.compare(ctx, p, p.first)
		}
		return pos, err
	}
	ids := make([]es.ID, len(p.events))
	for i, e := range p.events {
		ids[i] = e.ID
	}
	s.known.note(p.stream, p.first, ids...)
	return pos, nil
}
