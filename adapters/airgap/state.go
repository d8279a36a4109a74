package airgap

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/gap"
)

// ErrMixed refuses a ledger that has acts of its own.
var ErrMixed = errors.New("airgap: the ledger has acts of its own: what an inner ledger makes public is taken into a ledger made for it alone")

// inbound is the stream in which an outer ledger records what it took.
var inbound = es.Stream{Category: gap.Category, ID: gap.Stream}

// Outer tells whether a log is that of an outer ledger. Whoever serves one lets nothing into the streams of categories that Carries
// names: they are the inner ledger's to write.
func Outer(ctx context.Context, store es.Store) (bool, error) {
	for _, err := range store.Read(ctx, inbound, 0) {
		return err == nil, err
	}
	return false, nil
}

// state is how far the outer log is, as it says itself.
type state struct {
	gap.State
	chain chain.Chain
	marks []mark // behind each bundle taken, ascending
	// halfway are the acts behind the last bundle: those of one that was being taken.
	halfway []act
	next    es.Revision // of the inbound stream
	seen    es.Position // up to there the log was looked through
}

// mark is the end of a bundle that was taken.
type mark struct {
	taken gap.Taken
	chain chain.Chain
}

// read reads the state. It costs a reading of the inbound stream and of the log behind the last bundle.
func read(ctx context.Context, log Log) (*state, error) {
	s := &state{State: gap.Decider.Initial}
	for r, err := range log.Read(ctx, inbound, 0) {
		if err != nil {
			return nil, fmt.Errorf("airgap: %w", err)
		}
		event, err := gap.Codec().Decode(r.Type, r.Data)
		if err == nil {
			err = s.follow(event)
		}
		if err != nil {
			return nil, fmt.Errorf("airgap: %w", err)
		}
		s.next = r.Revision + 1
		if _, is := event.(gap.Taken); is {
			s.seen = r.Position
		}
	}
	return s, s.behind(ctx, log)
}

// again is the state once more: what came since it was read, if it is only that.
func (s *state) again(ctx context.Context, log Log) (*state, error) {
	if s == nil {
		return read(ctx, log)
	}
	for _, err := range log.Read(ctx, inbound, s.next) {
		if err != nil {
			return nil, fmt.Errorf("airgap: %w", err)
		}
		return read(ctx, log) // another process took it
	}
	return s, s.behind(ctx, log)
}

// follow folds one more event.
func (s *state) follow(event gap.Event) (err error) {
	s.State = gap.Decider.Evolve(s.State, event)
	if taken, is := event.(gap.Taken); is {
		s.chain, err = chain.Parse(taken.Chain)
		s.marks = append(s.marks, mark{taken, s.chain})
	}
	return err
}

// behind reads what came behind the last bundle; into a ledger that is no outer one yet, nothing may have come at all.
func (s *state) behind(ctx context.Context, log Log) error {
	reached, err := carried(ctx, log, s.seen, func(r es.Record) (bool, error) {
		meta, err := r.Metadata()
		if err != nil {
			return false, err
		}
		if s.Ledger == "" || meta.Actor != Ward {
			return false, fmt.Errorf("%w: %s", ErrMixed, r.Stream)
		}
		s.halfway = append(s.halfway, actOf(r, s.Acts+uint64(len(s.halfway))+1))
		return true, nil
	})
	s.seen = reached
	return err
}

// carried hands out the acts of an outer log behind a position, to its end or until take says no; it tells how far it came.
func carried(ctx context.Context, log Log, from es.Position, take func(es.Record) (bool, error)) (es.Position, error) {
	head, err := log.Head(ctx)
	if err != nil || head.Compare(from) <= 0 {
		return from, err
	}
	for batch, err := range log.Follow(ctx, from) {
		if err != nil {
			return from, fmt.Errorf("airgap: %w", err)
		}
		for _, r := range batch.Records {
			from = r.Position
			if !Carries(r.Stream.Category) {
				continue
			}
			if more, err := take(r); err != nil || !more {
				return from, err
			}
		}
		if from = batch.Through; batch.CaughtUp || from.Compare(head) >= 0 {
			return from, nil
		}
	}
	return from, ctx.Err()
}

// chainAt is the chain over the first acts of the outer log, of which it has at least as many. Between bundles that were taken it
// reads the log.
func (s *state) chainAt(ctx context.Context, log Log, acts uint64) (sum chain.Chain, err error) {
	for _, m := range s.marks {
		if m.taken.Last == acts {
			return m.chain, nil
		}
	}
	count := uint64(0)
	_, err = carried(ctx, log, es.Position{}, func(r es.Record) (bool, error) {
		count++
		item, err := actOf(r, count).item()
		sum = sum.Next(item)
		return count < acts, err
	})
	return sum, err
}

// has tells whether the acts of a bundle, which has none that are new, are those that were taken. Under whatever number it comes:
// a sender that lost what it wrote down bundles anew.
func (s *state) has(ctx context.Context, log Log, b bundle) (bool, error) {
	for _, m := range s.marks {
		if m.taken.Digest == b.digest {
			return true, nil
		}
	}
	sum, err := s.chainAt(ctx, log, b.Last)
	return sum == b.After, err
}

// past tells whether a bundle is of an epoch before the one that is followed.
func (s *state) past(b bundle) bool {
	return s.Epoch != "" && b.Epoch != s.Epoch && !b.Began.After(s.Began)
}

// record records something of the outer ledger itself, unless that is so already.
func (s *state) record(ctx context.Context, log Log, at time.Time, cmd gap.Command, about ...string) error {
	events, err := gap.Decider.Decide(s.State, cmd)
	if err != nil || len(events) == 0 {
		return err
	}
	command := es.DeriveID(es.DeriveID("", "mingjian", "gap"), about...)
	proposed, err := es.Propose(es.Metadata{
		Command: command, Correlation: command, Causation: command, Actor: Ward, RecordedAt: at.UTC(),
	}, events...)
	if err != nil {
		return err
	}
	want := es.Expected(es.NoStream{})
	if s.next > 0 {
		want = es.Exactly(s.next - 1)
	}
	reached, err := log.Append(ctx, inbound, want, proposed...)
	if err != nil {
		return fmt.Errorf("airgap: %w", err)
	}
	for _, e := range events {
		err = errors.Join(err, s.follow(e))
		s.next++
		if _, is := e.(gap.Taken); is {
			s.seen = reached // the acts before it are those that were taken
		}
	}
	return err
}
