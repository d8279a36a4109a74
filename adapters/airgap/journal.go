package airgap

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// journalName is the sender's file, within a folder that is the sender's alone.
const journalName = "sent.jsonl"

// journal is what a sender writes down: where each bundle begins and ends, before the bundle is written. A line that a crash
// cut off is one that was not written: nothing followed from it yet.
type journal struct {
	file *os.File
	size int64
	book
}

// book is what the lines come to.
type book struct {
	began    *began
	sent     []sent // of the series
	put      uint64 // last bundle of the series that came into the folder
	answered string // digest of the last receipt that was answered
}

type line struct {
	Began    *began `json:"began,omitempty"`
	Sent     *sent  `json:"sent,omitempty"`
	Put      uint64 `json:"put,omitempty"`
	Answered string `json:"answered,omitempty"`
}

// began is the beginning of a series.
type began struct {
	Source
	First uint64      `json:"first"` // act with which it begins
	Chain chain.Chain `json:"chain"` // before that
	From  string      `json:"from"`  // position behind the act before
}

// sent is one bundle.
type sent struct {
	Digest  string      `json:"digest"`
	Last    uint64      `json:"last"`
	Chain   chain.Chain `json:"chain"`
	Through string      `json:"through"` // position of the last act
	// Of the record that the last act is: where it stands, and its hash.
	Stream   es.Stream   `json:"stream"`
	Revision es.Revision `json:"revision"`
	Hash     string      `json:"hash"`
}

func openJournal(folder string) (_ *journal, err error) {
	f, err := os.OpenFile(filepath.Join(folder, journalName), os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // within the folder that the operator named
	if err != nil {
		return nil, fmt.Errorf("airgap: journal: %w", err)
	}
	j := &journal{file: f}
	text, err := io.ReadAll(f)
	if err == nil {
		j.book, j.size, err = readBook(text)
	}
	if err == nil {
		err = f.Truncate(j.size)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("airgap: journal: %w", err), f.Close())
	}
	return j, nil
}

func (b *book) take(l line) {
	switch {
	case l.Began != nil:
		b.began, b.sent, b.put = l.Began, nil, 0
	case l.Sent != nil:
		b.sent = append(b.sent, *l.Sent)
	case l.Put > 0:
		b.put = l.Put
	case l.Answered != "":
		b.answered = l.Answered
	}
}

// write writes a line down, to disk.
func (j *journal) write(l line) error {
	text, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("airgap: journal: %w", err)
	}
	n, err := j.file.WriteAt(append(text, '\n'), j.size)
	if err = errors.Join(err, j.file.Sync()); err != nil {
		return fmt.Errorf("airgap: journal: %w", err)
	}
	j.size += int64(n)
	j.take(l)
	return nil
}

func (j *journal) close() error { return j.file.Close() }

// start is where a bundle of the series begins, which may be the next one.
func (b *book) start(bundle uint64) (place, error) {
	if bundle == 1 {
		at, err := es.ParsePosition(b.began.From)
		return place{b.began.First - 1, b.began.Chain, at}, err
	}
	s := b.sent[bundle-2]
	at, err := es.ParsePosition(s.Through)
	return place{s.Last, s.Chain, at}, err
}

// next is the number of the next bundle.
func (b *book) next() uint64 { return uint64(len(b.sent)) + 1 }

// holding is the bundle that holds an act; zero if none of the series does.
func (b *book) holding(act uint64) uint64 {
	if b.began == nil || act < b.began.First {
		return 0
	}
	for i, s := range b.sent {
		if act <= s.Last {
			return uint64(i) + 1
		}
	}
	return 0
}
