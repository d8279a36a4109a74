package airgap

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/gap"
)

// Check refuses a ledger that has acts of its own.
func Check(ctx context.Context, log Log) error {
	_, err := read(ctx, log)
	return err
}

// Stand says how far an outer ledger is, of no inner one if it is none. All acts in it are counted and chained again: sound is
// false if they are not what was recorded of them.
func Stand(ctx context.Context, log Log) (at gap.State, sound bool, err error) {
	s, err := read(ctx, log)
	if err != nil {
		return at, false, err
	}
	if s.Ledger == "" {
		return s.State, true, nil
	}
	count, sum, next := uint64(0), chain.Chain{}, 0
	sound = true
	_, err = carried(ctx, log, es.Position{}, func(r es.Record) (bool, error) {
		if count == s.Acts {
			return false, nil
		}
		count++
		item, err := actOf(r, count).item()
		sum = sum.Next(item)
		if next < len(s.marks) && s.marks[next].taken.Last == count {
			sound, next = sound && s.marks[next].chain == sum, next+1
		}
		return true, err
	})
	return s.State, sound && count == s.Acts && sum == s.chain, err
}

// Book is what a sender wrote down: nothing yet, if it has no series.
type Book struct {
	Source
	Bundles uint64
	Acts    uint64
	Chain   chain.Chain
	Receipt *Receipt // last one that can be believed; nil without one
}

// Status reads what the sender wrote down, also while one is at work.
func (s *Sender) Status() (out Book, err error) {
	text, err := os.ReadFile(filepath.Join(s.State, journalName))
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("airgap: %w", err)
	}
	b, _, err := readBook(text)
	if err != nil || b.began == nil {
		return out, err
	}
	end, err := b.start(b.next())
	if err != nil {
		return out, err
	}
	out = Book{Source: b.began.Source, Bundles: uint64(len(b.sent)), Acts: end.acts, Chain: end.chain}
	out.Receipt, _, err = s.receipt(b.began.Ledger)
	return out, err
}

// readBook reads the whole lines of a journal, and how many bytes they are.
func readBook(text []byte) (b book, size int64, err error) {
	for {
		row, rest, whole := bytes.Cut(text, []byte("\n"))
		if !whole {
			return b, size, nil
		}
		var l line
		if err := json.Unmarshal(row, &l); err != nil {
			return b, size, fmt.Errorf("airgap: journal: %w", err)
		}
		b.take(l)
		size, text = size+int64(len(row))+1, rest
	}
}
