package airgap

import (
	"context"
	"errors"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// again writes the bundles from the one that holds an act on, as they were. Where no bundle of the series holds it, another
// series begins with it.
func (s *Sender) again(ctx context.Context, j *journal, from uint64, out *Sent) error {
	if from == 0 {
		return nil
	}
	if from < j.began.First {
		start, err := s.count(ctx, place{}, func(p place, _ es.Record) bool { return p.acts+1 < from })
		if err != nil {
			return err
		}
		source := j.began.Source
		source.Series++
		return j.write(line{Began: &began{Source: source, First: start.acts + 1, Chain: start.chain, From: start.at.String()}})
	}
	bundle := j.holding(from)
	for ; bundle > 0 && bundle < j.next(); bundle++ {
		wrote, err := s.remake(ctx, j, bundle)
		if err != nil {
			return err
		}
		if wrote {
			out.Again++
		}
	}
	return nil
}

// unfinished writes the bundle that was written down, but may not have come into the folder.
func (s *Sender) unfinished(ctx context.Context, j *journal) error {
	n := uint64(len(j.sent))
	if n <= j.put {
		return nil
	}
	if _, err := s.remake(ctx, j, n); err != nil {
		return err
	}
	return j.write(line{Put: n})
}

// remake makes a bundle as it was, and writes it unless it is there.
func (s *Sender) remake(ctx context.Context, j *journal, bundle uint64) (wrote bool, err error) {
	start, err := j.start(bundle)
	if err != nil {
		return false, err
	}
	was, made := j.sent[bundle-1], begin(start)
	if _, err := s.each(ctx, &made.end, func(item []byte, r es.Record) bool {
		if made.end.acts < was.Last {
			made.add(item, r)
		}
		return made.end.acts < was.Last
	}); err != nil {
		return false, err
	}
	text, digest, err := j.pack(bundle, made, s.Key)
	if err != nil {
		return false, err
	}
	if digest != was.Digest {
		return false, fmt.Errorf("%w: bundle %s comes out otherwise than it was", ErrSetBack, j.began.nameOf(bundle))
	}
	return put(s.Folder.bundle(j.began.nameOf(bundle)), text)
}

// head tells how far the sender is.
func (s *Sender) head(j *journal) (uint64, error) {
	end, err := j.start(j.next())
	if err != nil {
		return 0, err
	}
	h := Head{Source: j.began.Source, Bundle: uint64(len(j.sent)), Acts: end.acts, Chain: end.chain}
	if h.Bundle > 0 {
		h.Digest = j.sent[h.Bundle-1].Digest
	}
	text, _, err := sealed(kindHead, h, nil, s.Key)
	if err == nil {
		_, err = put(s.Folder.head(), text)
	}
	return end.acts, err
}

// receipt reads what the other side says; nil if it says nothing, or nothing that can be believed: it comes again.
func (s *Sender) receipt(of string) (*Receipt, string, error) {
	text, err := load(s.Folder.receipt())
	if err != nil || text == nil || len(s.Peers) == 0 {
		bad := (*BadError)(nil)
		if errors.As(err, &bad) {
			err = nil
		}
		return nil, "", err
	}
	r, err := opened[Receipt](kindReceipt, text, s.Peers)
	if err != nil || r.body.Ledger != of && r.body.Ledger != "" { // an outer ledger that could believe nothing yet doesn't know whose it is
		return nil, "", nil //nolint:nilerr // see above
	}
	return &r.body, r.digest, nil
}
