package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/profile"
)

// Ledger hears what became of rows. Next is the number of the first row that was neither submitted nor held, 0 if there is none.
// Submitted and Held MUST take the same again and record it once.
type Ledger interface {
	Next(ctx context.Context) (uint64, error)
	Submitted(ctx context.Context, row Row, batch string) error
	Held(ctx context.Context, row Row, problem Problem) error
}

// Archive keeps the copies of batches; see draw.Blobs.
type Archive interface {
	Put(ctx context.Context, r io.Reader) (digest string, size int64, err error)
	Open(ctx context.Context, digest string) (io.ReadCloser, error)
}

// Sender sends the rows of a platform and kind. Senders of several may share a folder; one process at a time may use it.
type Sender struct {
	Platform   string
	Kind       profile.Kind
	Layouts    func(version string) (Layout, error) // of a version of the profile
	Rows       Rows
	Identities Identities
	Ledger     Ledger
	Sheets     Spreadsheets
	Key        Key
	Drop       Drop
	Archive    Archive
	Dir        string // of mode 0700, on this machine
	Most       int    // rows of a batch
}

// Working is the folder in which tables stand until they are put; it holds personal data meanwhile, and is emptied before and
// after. Sheets should have its temporary files there.
func (s *Sender) Working() string {
	return filepath.Join(s.Dir, "making-"+s.Platform+"-"+string(s.Kind))
}

// Send sends all rows that were not sent yet, a batch after another, and yields each batch when the ledger knows of it.
func (s *Sender) Send(ctx context.Context) iter.Seq2[Sent, error] {
	return func(yield func(Sent, error) bool) {
		if err := s.clear(); err != nil {
			yield(Sent{}, err)
			return
		}
		for {
			p, there, err := s.plan(ctx)
			if err != nil {
				yield(Sent{}, err)
				return
			}
			if !there {
				return
			}
			sent, err := s.send(ctx, p)
			if err = errors.Join(err, s.clear()); !yield(sent, err) || err != nil {
				return
			}
		}
	}
}

// clear removes what a batch left in the working folder.
func (s *Sender) clear() error {
	if err := errors.Join(os.RemoveAll(s.Working()), os.MkdirAll(s.Working(), 0o700)); err != nil {
		return fmt.Errorf("exchange: working folder: %w", err)
	}
	return nil
}

// plan is the batch at which the sender was, or the next one.
func (s *Sender) plan(ctx context.Context) (pending, bool, error) {
	at := state{s.Dir}
	if p, there, err := at.pending(s.Platform, s.Kind); err != nil || there {
		return p, there, err
	}
	from, err := s.Ledger.Next(ctx)
	if err != nil {
		return pending{}, false, fmt.Errorf("exchange: first row to send: %w", err)
	}
	last, err := at.last(s.Platform, s.Kind)
	if err != nil || from == 0 {
		return pending{}, false, err
	}
	next, there, err := cut(ctx, s.Rows, max(from, last+1), s.Most)
	if err != nil || !there {
		return pending{}, false, err
	}
	p := pending{plan: next}
	return p, true, at.begin(s.Platform, s.Kind, p)
}

// cut says which rows from a number on are a batch: none of a second version of the profile, no record twice, and no more than most.
func cut(ctx context.Context, rows Rows, from uint64, most int) (p plan, there bool, err error) {
	records := map[string]bool{}
	for row, err := range rows.From(ctx, from) {
		if err != nil {
			return p, false, fmt.Errorf("exchange: rows: %w", err)
		}
		it, err := readItem(row.Item)
		if err != nil {
			return p, false, err
		}
		if there && it.Version != p.Version || records[it.Record] || len(records) == most {
			break
		}
		if !there {
			p = plan{Version: it.Version, From: row.Number}
		}
		records[it.Record], p.To, there = true, row.Number, true
	}
	if there {
		if p.Before, err = rows.Before(ctx, p.From); err != nil {
			return p, false, fmt.Errorf("exchange: running digest: %w", err)
		}
	}
	return p, there, nil
}

// send does what is left to do of a batch. Each step may be done again.
func (s *Sender) send(ctx context.Context, p pending) (Sent, error) {
	layout, err := s.Layouts(p.Version)
	if err != nil {
		return Sent{}, err
	}
	batch := BatchName(s.Platform, s.Kind, p.From, p.To)
	arrived := false
	if p.Audit != "" {
		if arrived, err = s.Drop.Has(ctx, batch+manifestEnd); err != nil {
			return Sent{}, err
		}
	}
	if !arrived {
		if p, err = s.put(ctx, p, layout); err != nil {
			return Sent{}, err
		}
	}
	sent, held, err := s.audited(ctx, p)
	if err != nil {
		return Sent{}, err
	}
	if err := s.tell(ctx, p, sent.Batch, held); err != nil {
		return Sent{}, err
	}
	at := state{s.Dir}
	return sent, errors.Join(at.note(sent), at.end(s.Platform, s.Kind))
}

// put makes the batch, keeps the copy, and puts the files, the manifest last.
func (s *Sender) put(ctx context.Context, p pending, layout Layout) (pending, error) {
	dir, err := os.MkdirTemp(s.Working(), "")
	if err != nil {
		return p, fmt.Errorf("exchange: working folder: %w", err)
	}
	m := maker{layout: layout, key: s.Key, sheets: s.Sheets, open: s.Identities, dir: dir, plan: p.plan}
	batch, err := m.make(ctx, s.Rows.From(ctx, p.From))
	if err != nil {
		return p, err
	}
	var names []string
	for _, path := range batch.sent {
		names = append(names, filepath.Base(path))
	}
	former := p.Names
	p.Names = slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(former), names...))))
	if p.Audit, p.Sign, err = s.keep(ctx, batch.audit); err != nil {
		return p, err
	}
	if err := (state{s.Dir}).begin(s.Platform, s.Kind, p); err != nil {
		return p, err
	}
	for _, name := range former { // of a former attempt, when another row could be sent
		if !slices.Contains(names, name) {
			if err := s.Drop.Remove(ctx, name); err != nil {
				return p, err
			}
		}
	}
	for _, path := range batch.sent {
		if err := s.putFile(ctx, path); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (s *Sender) putFile(ctx context.Context, path string) (err error) {
	f, err := os.Open(path) //nolint:gosec // in the working folder
	if err != nil {
		return fmt.Errorf("exchange: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("exchange: %w", err)
	}
	return s.Drop.Put(ctx, filepath.Base(path), f, info.Size())
}

// tell tells the ledger what became of each row.
func (s *Sender) tell(ctx context.Context, p pending, batch string, held map[uint64]Problem) error {
	for row, err := range s.Rows.From(ctx, p.From) {
		if err != nil {
			return fmt.Errorf("exchange: rows: %w", err)
		}
		if row.Number > p.To {
			return nil
		}
		if problem, is := held[row.Number]; is {
			err = s.Ledger.Held(ctx, row, problem)
		} else {
			err = s.Ledger.Submitted(ctx, row, batch)
		}
		if err != nil {
			return fmt.Errorf("exchange: row %d is sent and not recorded as such yet: %w", row.Number, err)
		}
	}
	return nil
}
