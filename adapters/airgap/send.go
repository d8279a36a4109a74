package airgap

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/ledger"
)

// Log is a log of either side.
type Log interface {
	es.Store
	es.Source
}

// ErrSetBack says that the inner log is not the one that bundles were made of: it lost acts that were sent, or goes on otherwise.
var ErrSetBack = errors.New("airgap: the log is behind what was sent, or another: it was set back without a new epoch; " +
	"begin one (mingjian log epoch), so that the other side is told")

// Sender writes what an inner ledger makes public into the folder. One at a time may work on a state folder; its owner sees to that.
type Sender struct {
	Log    Log
	Folder Folder
	State  string // folder of the journal
	Key    ed25519.PrivateKey
	Peers  []ed25519.PublicKey // that sign receipts; none over a one-way link

	reached es.Position // how far the log was read behind the last bundle
	behind  string      // digest of that bundle
}

// Sent is what a call of Send did.
type Sent struct {
	Series  string // epoch and number
	Bundles int    // made
	Again   int    // written again
	Reason  Reason // why
	Acts    uint64 // that were sent so far
	Receipt *Receipt
}

// Send writes all acts that are new, and those again that the last receipt asks for, or from a number on. It may be stopped at any
// step: the next call goes on from there.
func (s *Sender) Send(ctx context.Context, from uint64) (out Sent, err error) {
	all, err := ledger.Read(ctx, s.Log, s.Log)
	if err != nil || len(all) == 0 {
		return out, err
	}
	if err := os.MkdirAll(s.State, 0o700); err != nil {
		return out, fmt.Errorf("airgap: %w", err)
	}
	j, err := openJournal(s.State)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, j.close()) }()
	if err := s.series(ctx, j, all); err != nil {
		return out, err
	}
	receipt, digest, err := s.receipt(all.Ledger())
	if err != nil {
		return out, err
	}
	out.Receipt = receipt
	if from == 0 && receipt != nil && receipt.Again != nil && digest != j.answered {
		from, out.Reason = receipt.Again.From, receipt.Again.Reason
	}
	if err := s.again(ctx, j, from, &out); err != nil {
		return out, err
	}
	if err := s.unfinished(ctx, j); err != nil {
		return out, err
	}
	for more := true; more; {
		if more, err = s.next(ctx, j, &out); err != nil {
			return out, err
		}
	}
	out.Series = fmt.Sprintf("%s.%d", j.began.Epoch, j.began.Series)
	if out.Acts, err = s.head(j); err == nil && digest != "" && digest != j.answered {
		err = j.write(line{Answered: digest})
	}
	return out, err
}

// series sees to it that the journal is that of the log's epoch, and that the log is still the one that was sent.
func (s *Sender) series(ctx context.Context, j *journal, all ledger.Epochs) error {
	now := all.Now()
	switch {
	case j.began == nil || j.began.Epoch != now.Name() && j.began.Ledger == all.Ledger() && !j.began.Began.After(now.RecordedAt):
	case j.began.Ledger != all.Ledger():
		return fmt.Errorf("airgap: the journal is of another ledger, %s: each has a state folder of its own", j.began.Ledger)
	case j.began.Epoch != now.Name():
		return ErrSetBack
	default:
		return s.same(ctx, j)
	}
	start := place{}
	if len(all) > 1 {
		var err error
		if start, err = s.count(ctx, start, func(_ place, r es.Record) bool { return r.Position.Compare(now.Began) < 0 }); err != nil {
			return err
		}
	}
	source := Source{Ledger: all.Ledger(), Epoch: now.Name(), Began: now.RecordedAt, Common: start.acts, Shared: start.chain}
	source.Series = s.former(source) + 1
	return j.write(line{Began: &began{Source: source, First: start.acts + 1, Chain: start.chain, From: start.at.String()}})
}

// former is the last series of an epoch, as the folder tells: a journal that was lost can't.
func (s *Sender) former(of Source) (series uint64) {
	own, is := s.Key.Public().(ed25519.PublicKey)
	text, err := load(s.Folder.head())
	if err != nil || text == nil || !is {
		return 0
	}
	head, err := opened[Head](kindHead, text, []ed25519.PublicKey{own})
	if err != nil || head.body.Ledger != of.Ledger || head.body.Epoch != of.Epoch {
		return 0
	}
	return head.body.Series
}

// same checks that the record of the last act that was sent is where it was.
func (s *Sender) same(ctx context.Context, j *journal) error {
	if len(j.sent) == 0 {
		return nil
	}
	last := j.sent[len(j.sent)-1]
	for r, err := range s.Log.Read(ctx, last.Stream, last.Revision) {
		if err != nil {
			return fmt.Errorf("airgap: %w", err)
		}
		if hash := r.Hash(); r.Position.String() == last.Through && hex.EncodeToString(hash[:]) == last.Hash {
			return nil
		}
		break
	}
	return ErrSetBack
}

// count counts acts from a place on, as long as goOn says so or to the end of the log.
func (s *Sender) count(ctx context.Context, from place, goOn func(place, es.Record) bool) (place, error) {
	_, err := s.each(ctx, &from, func(item []byte, r es.Record) bool {
		if !goOn(from, r) {
			return false
		}
		from = place{from.acts + 1, from.chain.Next(item), r.Position}
		return true
	})
	return from, err
}

// each hands out the acts behind a place, which take moves on, to the end of the log or until take says no. Up to reached, if it
// came to the end, there are no others.
func (s *Sender) each(ctx context.Context, at *place, take func(item []byte, r es.Record) bool) (reached es.Position, err error) {
	head, err := s.Log.Head(ctx)
	if err != nil {
		return reached, fmt.Errorf("airgap: %w", err)
	}
	if head.Compare(at.at) < 0 {
		return reached, ErrSetBack
	}
	g := newGate()
	for batch, err := range s.Log.Follow(ctx, at.at) {
		if err != nil {
			return reached, fmt.Errorf("airgap: %w", err)
		}
		for _, r := range batch.Records {
			a, is, err := g.act(r, at.acts+1)
			if err != nil {
				return reached, err
			}
			if !is {
				continue
			}
			item, err := a.item()
			if err != nil || !take(item, r) {
				return reached, err
			}
		}
		if batch.CaughtUp || batch.Through.Compare(head) >= 0 {
			return batch.Through, nil
		}
	}
	return reached, ctx.Err()
}

// next makes the next bundle; not if there are no new acts.
func (s *Sender) next(ctx context.Context, j *journal, out *Sent) (bool, error) {
	start, err := j.start(j.next())
	if err != nil {
		return false, err
	}
	made, last := begin(start), ""
	if n := len(j.sent); n > 0 {
		last = j.sent[n-1].Digest
	}
	if s.behind == last && last != "" && s.reached.Compare(start.at) > 0 {
		made.end.at = s.reached // up to there nothing is an act
	}
	reached, err := s.each(ctx, &made.end, func(item []byte, r es.Record) bool {
		fits := made.fits(item)
		if fits {
			made.add(item, r)
		}
		return fits
	})
	if err != nil {
		return false, err
	}
	if made.end.acts == start.acts {
		s.behind, s.reached = last, reached
		return false, nil
	}
	text, digest, err := j.pack(j.next(), made, s.Key)
	if err != nil {
		return false, err
	}
	hash := made.record.Hash()
	if err := j.write(line{Sent: &sent{
		Digest: digest, Last: made.end.acts, Chain: made.end.chain, Through: made.end.at.String(),
		Stream: made.record.Stream, Revision: made.record.Revision, Hash: hex.EncodeToString(hash[:]),
	}}); err != nil {
		return false, err
	}
	n := j.next() - 1
	if _, err := put(s.Folder.bundle(j.began.nameOf(n)), text); err != nil {
		return false, err
	}
	out.Bundles++
	return true, j.write(line{Put: n})
}

// pack makes the file of a bundle of the series.
func (b *book) pack(bundle uint64, made *acts, key ed25519.PrivateKey) (text []byte, digest string, err error) {
	previous := ""
	if bundle > 1 {
		previous = b.sent[bundle-2].Digest
	}
	payload := made.lines.Bytes()
	return pack(Header{
		Source: b.began.Source, Bundle: bundle, Previous: previous, First: made.start.acts + 1, Last: made.end.acts,
		Before: made.start.chain, After: made.end.chain, Size: len(payload), Digest: digestOf(payload),
	}, payload, key)
}
