package archive

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// line is one event.
type line struct {
	Position string      `json:"position"`
	Category string      `json:"category"`
	Stream   string      `json:"stream"`
	Revision es.Revision `json:"revision"`
	ID       es.ID       `json:"id"`
	Type     string      `json:"type"`
	Meta     []byte      `json:"meta"` // base64: the bytes are kept as they are, whatever they hold
	Data     []byte      `json:"data"`
	Hash     string      `json:"hash"` // es.Record.Hash in lower-case hex
}

// Write writes a log up to a position, which it must have, and hands each event to see.
func Write(ctx context.Context, w io.Writer, source es.Source, through es.Position, see func(es.Record)) error {
	z := gzip.NewWriter(w)
	buffered := bufio.NewWriterSize(z, 64<<10)
	enc := json.NewEncoder(buffered)
	enc.SetEscapeHTML(false)
	if err := each(ctx, source, through, func(r es.Record) error {
		hash := r.Hash()
		see(r)
		return enc.Encode(line{
			Position: r.Position.String(), Category: r.Stream.Category, Stream: r.Stream.ID, Revision: r.Revision, ID: r.ID, Type: r.Type,
			Meta: r.Meta, Data: r.Data, Hash: hex.EncodeToString(hash[:]),
		})
	}); err != nil {
		return fmt.Errorf("archive: write: %w", err)
	}
	return errors.Join(buffered.Flush(), z.Close())
}

// each follows a log to a position.
func each(ctx context.Context, source es.Source, through es.Position, take func(es.Record) error) error {
	if through == (es.Position{}) {
		return nil
	}
	for batch, err := range source.Follow(ctx, es.Position{}) {
		if err != nil {
			return err
		}
		for _, r := range batch.Records {
			if r.Position.Compare(through) > 0 {
				return nil
			}
			if err := take(r); err != nil {
				return err
			}
		}
		if batch.Through.Compare(through) >= 0 {
			return nil
		}
	}
	return errors.New("the log ended before")
}

// Read yields the events of an archive with the positions that they had. An error is yielded once, last.
func Read(ctx context.Context, r io.Reader) iter.Seq2[es.Record, error] {
	return func(yield func(es.Record, error) bool) {
		fail := func(n int, err error) {
			if ctx.Err() == nil {
				err = &SpoiltError{Event: n, Err: err}
			}
			yield(es.Record{}, err)
		}
		z, err := gzip.NewReader(bufio.NewReaderSize(r, 64<<10))
		if err != nil {
			fail(1, err)
			return
		}
		dec := json.NewDecoder(z)
		dec.DisallowUnknownFields()
		for n := 1; ; n++ {
			var l line
			if err := dec.Decode(&l); errors.Is(err, io.EOF) {
				return
			} else if err = errors.Join(err, ctx.Err()); err != nil {
				fail(n, err)
				return
			}
			rec, err := l.record()
			if err != nil {
				fail(n, err)
				return
			}
			if !yield(rec, nil) {
				return
			}
		}
	}
}

// SpoiltError says that an archive is not what was written.
type SpoiltError struct {
	Event int // the first that can't be read, from 1
	Err   error
}

func (e *SpoiltError) Error() string { return fmt.Sprintf("archive: event %d: %v", e.Event, e.Err) }
func (e *SpoiltError) Unwrap() error { return e.Err }

func (l line) record() (es.Record, error) {
	at, err := es.ParsePosition(l.Position)
	r := es.Record{
		Proposed: es.Proposed{ID: l.ID, Type: l.Type, Data: l.Data, Meta: l.Meta},
		Stream:   es.Stream{Category: l.Category, ID: l.Stream}, Revision: l.Revision, Position: at,
	}
	if err != nil {
		return r, err
	}
	if hash := r.Hash(); hex.EncodeToString(hash[:]) != l.Hash {
		return r, fmt.Errorf("%s@%d does not match its hash", r.Stream, r.Revision)
	}
	return r, nil
}
