package grpcapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/mingjian-ledger/mingjian/domain/audit"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

const (
	trailBatch   = 64               // entries of one append
	trailPatient = 10 * time.Second // longest time of one append
)

// Trail enters who read what is not public. Entries of one authority and day that come at the same time go into the store
// with one append; the end of a stream is remembered, not read again each time. Another process that writes the same stream
// only costs a conflict and a look.
type Trail struct {
	store es.Store
	clock func() time.Time
	mu    sync.Mutex
	days  map[string]*trailDay // by the stream's id
}

// trailDay is one stream. All but waiting and busy belong to the one goroutine that appends.
type trailDay struct {
	waiting  []trailEntry
	busy     bool
	known    bool // whether want is what the store had last
	want     es.Expected
	revision es.Revision // of the next event
}

type trailEntry struct {
	event es.Proposed
	done  chan<- error
}

// NewTrail makes a trail over a store.
func NewTrail(store es.Store, clock func() time.Time) *Trail {
	return &Trail{store: store, clock: clock, days: map[string]*trailDay{}}
}

// Enter returns without error once the entry is stored. If ctx ends before, it may be stored all the same.
func (t *Trail) Enter(ctx context.Context, r audit.Read) error {
	events, err := audit.Decider.Decide(audit.Decider.Initial, audit.Enter{Read: r})
	if err != nil {
		return err
	}
	now := t.clock().UTC()
	digest := sha256.Sum256([]byte(r.Method + "\n" + r.Record + "\n" + r.Purpose))
	command := es.IDOf(uuid.New())
	proposed, err := es.Propose(es.Metadata{
		Command: command, CommandDigest: hex.EncodeToString(digest[:]), Correlation: command, Causation: command,
		Actor: r.Account, Role: string(r.Role), Authority: string(r.Authority), RecordedAt: now,
	}, events...)
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	t.wait(audit.Day(r.Authority, calendar.DateOf(now)), trailEntry{event: proposed[0], done: done})
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wait lines an entry up, and sees that somebody appends.
func (t *Trail) wait(id string, e trailEntry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	day, ok := t.days[id]
	if !ok {
		t.forget(id)
		day = &trailDay{}
		t.days[id] = day
	}
	day.waiting = append(day.waiting, e)
	if !day.busy {
		day.busy = true
		go t.drain(es.Stream{Category: audit.Decider.Category, ID: id}, day)
	}
}

// forget drops the streams of other days than that of id.
func (t *Trail) forget(id string) {
	_, today, _ := strings.Cut(id, ":")
	for other, day := range t.days {
		if _, on, _ := strings.Cut(other, ":"); on != today && !day.busy {
			delete(t.days, other)
		}
	}
}

// drain appends until nobody waits.
func (t *Trail) drain(stream es.Stream, day *trailDay) {
	for {
		t.mu.Lock()
		batch := day.waiting[:min(len(day.waiting), trailBatch)]
		day.waiting = day.waiting[len(batch):]
		day.busy = len(batch) > 0
		t.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		err := t.append(stream, day, batch)
		for _, e := range batch {
			e.done <- err
		}
	}
}

// append stores a batch. It has its own time limit: it serves many calls, none of which ends it for the others.
func (t *Trail) append(stream es.Stream, day *trailDay, batch []trailEntry) error {
	ctx, cancel := context.WithTimeout(context.Background(), trailPatient)
	defer cancel()
	events := make([]es.Proposed, len(batch))
	for i, e := range batch {
		events[i] = e.event
	}
	for try := 0; ; try++ {
		if !day.known {
			if err := t.look(ctx, stream, day); err != nil {
				return err
			}
		}
		_, err := t.store.Append(ctx, stream, day.want, events...)
		if err == nil {
			day.revision += es.Revision(len(events))
			day.want = es.Exactly(day.revision - 1)
			return nil
		}
		day.known = false // after any error, what is stored has to be looked up
		if conflict := (*es.ConflictError)(nil); !errors.As(err, &conflict) || try == 3 {
			return fmt.Errorf("grpcapi: append to %s: %w", stream, err)
		}
	}
}

// look finds the end of the stream.
func (t *Trail) look(ctx context.Context, stream es.Stream, day *trailDay) error {
	day.want, day.revision = es.NoStream{}, 0
	for r, err := range t.store.Read(ctx, stream, 0) {
		if err != nil {
			return fmt.Errorf("grpcapi: read %s: %w", stream, err)
		}
		day.want, day.revision = es.Exactly(r.Revision), r.Revision+1
	}
	day.known = true
	return nil
}
