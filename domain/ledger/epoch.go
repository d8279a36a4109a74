package ledger

import (
	"context"
	"encoding/hex"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Epoch is a stretch of the ledger's life.
type Epoch struct {
	Number uint64
	ID     es.ID // of the first one the id of the ledger's first event
	// Began is the position of its first event, in the log as it is now; zero for the first epoch.
	Began  es.Position
	Events uint64 // that it has in common with the former one
	// Common is the position of the last event that it has in common with the former one, as that one numbered it.
	Common     es.Position
	Renumbered bool // the former one's positions compare with none of this or a later one
	// Hash is, of the first epoch, that of the ledger's first event, es.Record.Hash in lower-case hex: an id may follow from what
	// was recorded, and be the same where two ledgers began with the same.
	Hash       string
	RecordedAt time.Time
	Reason     string
}

// Name tells an epoch from every other of any ledger: its number and the beginning of its id.
func (e Epoch) Name() string {
	head, _, _ := strings.Cut(string(e.ID), "-")
	return strconv.FormatUint(e.Number, 10) + "-" + head
}

// Number is the number in a name; zero if it is none.
func Number(name string) uint64 {
	number, _, _ := strings.Cut(name, "-")
	n, err := strconv.ParseUint(number, 10, 63)
	if err != nil {
		return 0
	}
	return n
}

// Epochs are the epochs of one log, in order; none of a log without events.
type Epochs []Epoch

// Ledger tells this ledger from every other: the name of the first epoch and the beginning of its hash. It is empty without one.
func (all Epochs) Ledger() string {
	if len(all) == 0 {
		return ""
	}
	return all[0].Name() + "/" + all[0].Hash[:16]
}

// Now is the last one, zero without any.
func (all Epochs) Now() Epoch {
	if len(all) == 0 {
		return Epoch{}
	}
	return all[len(all)-1]
}

// Common tells what an epoch has in common with the log as it is: all that it has (whole) if it is the last, else everything up
// to a position, as that epoch numbered it, and how many events that is. An epoch that is not in the log is not known: another
// ledger's, or one that was itself restored over.
func (all Epochs) Common(name string) (at es.Position, events uint64, whole, known bool) {
	for i, e := range all {
		if e.Name() != name {
			continue
		}
		if i == len(all)-1 {
			return es.Position{}, 0, true, true
		}
		return all[i+1].Common, all[i+1].Events, false, true
	}
	return es.Position{}, 0, false, false
}

// Comparable tells whether positions of the named epoch mean the same in the log as it is.
func (all Epochs) Comparable(name string) bool {
	found := false
	for _, e := range all {
		if found && e.Renumbered {
			return false
		}
		found = found || e.Name() == name
	}
	return found
}

// Read finds the epochs of a log.
func Read(ctx context.Context, store es.Store, source es.Source) (Epochs, error) {
	first, err := firstOf(ctx, source)
	if err != nil || first == nil {
		return nil, err
	}
	all := Epochs{First(*first)}
	for r, err := range store.Read(ctx, es.Stream{Category: Category, ID: Stream}, 0) {
		if err != nil {
			return nil, fmt.Errorf("ledger: %w", err)
		}
		next, is, err := Of(r)
		if err != nil {
			return nil, err
		}
		if is {
			all = append(all, next)
		}
	}
	return all, nil
}

// First is the epoch that a log's first event begins.
func First(r es.Record) Epoch {
	hash := r.Hash()
	return Epoch{Number: 1, ID: r.ID, Hash: hex.EncodeToString(hash[:])}
}

// Of is the epoch that a record begins, if it does.
func Of(r es.Record) (e Epoch, is bool, err error) {
	if r.Stream.Category != Category {
		return e, false, nil
	}
	event, err := table.Decode(r.Type, r.Data)
	if err != nil {
		return e, false, fmt.Errorf("ledger: %w", err)
	}
	restored, is := event.(Restored)
	if !is {
		return e, false, nil
	}
	meta, err := r.Metadata()
	if err != nil {
		return e, false, err
	}
	common, err := es.ParsePosition(restored.Position)
	return Epoch{
		Number: restored.Number, ID: restored.ID, Began: r.Position, Events: restored.Events, Common: common,
		Renumbered: restored.Renumbered, RecordedAt: meta.RecordedAt, Reason: restored.Reason,
	}, true, err
}

// Approval is an approved rebuild with its place in the log.
type Approval struct {
	Approved   RebuildApproved
	Position   es.Position
	RecordedAt time.Time
}

// Approvals yields what was approved, in order. An error is yielded once, last.
func Approvals(ctx context.Context, store es.Store) iter.Seq2[Approval, error] {
	return func(yield func(Approval, error) bool) {
		for r, err := range store.Read(ctx, es.Stream{Category: Category, ID: Stream}, 0) {
			a, is := Approval{Position: r.Position}, false
			if err == nil {
				a.Approved, is, err = approvalOf(r)
			}
			if err == nil && is {
				var meta es.Metadata
				meta, err = r.Metadata()
				a.RecordedAt = meta.RecordedAt
			}
			if err != nil {
				yield(Approval{}, fmt.Errorf("ledger: %w", err))
				return
			}
			if is && !yield(a, nil) {
				return
			}
		}
	}
}

func approvalOf(r es.Record) (a RebuildApproved, is bool, err error) {
	event, err := table.Decode(r.Type, r.Data)
	if err == nil {
		a, is = event.(RebuildApproved)
	}
	return a, is, err
}

// firstOf is a log's first event, nil without one.
func firstOf(ctx context.Context, source es.Source) (*es.Record, error) {
	for batch, err := range source.Follow(ctx, es.Position{}) {
		if err != nil {
			return nil, fmt.Errorf("ledger: the first event: %w", err)
		}
		if len(batch.Records) > 0 {
			return &batch.Records[0], nil
		}
		if batch.CaughtUp {
			return nil, nil
		}
	}
	return nil, nil
}
