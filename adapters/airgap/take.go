package airgap

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/gap"
)

// take appends the acts of a bundle that are new, and records that it was taken. Nothing is appended before all of it holds.
func (r *Receiver) take(ctx context.Context, s *state, b bundle) error {
	diverged := func(format string, args ...any) error {
		return &BadError{File: b.name, Reason: Diverged, Err: fmt.Errorf(format, args...)}
	}
	list, err := r.acts(b)
	if err != nil {
		return err
	}
	first := s.Acts + 1
	sum, err := b.upTo(list, s.Acts)
	if err != nil {
		return err
	}
	if sum != s.chain {
		return diverged("its acts do not go on from the %d that were taken", s.Acts)
	}
	fresh := list[first-b.First:]
	for i, a := range s.halfway {
		if i < len(fresh) && !same(a, fresh[i]) {
			return diverged("act %d is in the log as another", a.Number)
		}
	}
	half := min(len(s.halfway), len(fresh))
	if err := r.append(ctx, fresh[half:]); err != nil {
		return err
	}
	s.halfway = s.halfway[half:]
	return s.record(ctx, r.Log, r.Clock(), gap.Take{Taken: gap.Taken{
		Epoch: b.Epoch, Began: b.Began, Series: b.Series, Bundle: b.Bundle, Digest: b.digest, First: first, Last: b.Last, Chain: b.After.String(), Key: b.key,
	}}, "take", b.digest, strconv.FormatUint(first, 10))
}

// acts reads a bundle again, with its acts: many may wait in the folder.
func (r *Receiver) acts(b bundle) ([]act, error) {
	again, there, err := r.bundle(b.name)
	switch {
	case err != nil:
		return nil, err
	case !there || again.digest != b.digest:
		return nil, &BadError{File: b.name, Reason: Lost, Err: errors.New("it was taken out of the folder")}
	}
	return again.acts(newGate())
}

// upTo is the chain over the acts up to a number that lies in the bundle, or right before it.
func (h Header) upTo(list []act, number uint64) (chain.Chain, error) {
	sum := h.Before
	for _, a := range list {
		if a.Number > number {
			break
		}
		item, err := a.item()
		if err != nil {
			return sum, err
		}
		sum = sum.Next(item)
	}
	return sum, nil
}

func same(a, b act) bool {
	return a.stream() == b.stream() && a.ID == b.ID && a.Type == b.Type && bytes.Equal(a.Data, b.Data) && bytes.Equal(a.Meta, b.Meta)
}

// importer is a log that takes many events at once faster than one by one. Import MUST keep to what Append promises of each, in
// their order; after an error some of them may be stored.
type importer interface {
	Import(ctx context.Context, records []es.Record) ([]es.Position, error)
}

// append puts acts into their streams, one after the other, so that the log has their order.
func (r *Receiver) append(ctx context.Context, list []act) error {
	next, records := map[es.Stream]es.Revision{}, make([]es.Record, len(list))
	for i, a := range list {
		stream := a.stream()
		revision, known := next[stream]
		if !known {
			for rec, err := range r.Log.Read(ctx, stream, 0) {
				if err != nil {
					return fmt.Errorf("airgap: %w", err)
				}
				revision = rec.Revision + 1
			}
		}
		next[stream] = revision + 1
		records[i] = es.Record{Proposed: a.proposed(), Stream: stream, Revision: revision}
	}
	err := r.store(ctx, records)
	if reused := (*es.ReusedError)(nil); errors.As(err, &reused) {
		return &BadError{Reason: Diverged, Err: err}
	}
	if err != nil {
		return fmt.Errorf("airgap: append: %w", err)
	}
	return nil
}

func (r *Receiver) store(ctx context.Context, records []es.Record) error {
	if fast, is := r.Log.(importer); is && len(records) > 0 {
		_, err := fast.Import(ctx, records)
		return err
	}
	for _, rec := range records {
		want := es.Expected(es.NoStream{})
		if rec.Revision > 0 {
			want = es.Exactly(rec.Revision - 1)
		}
		if _, err := r.Log.Append(ctx, rec.Stream, want, rec.Proposed); err != nil {
			return err
		}
	}
	return nil
}
