package archive

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Log is a store that takes an archive.
type Log interface {
	es.Store
	es.Source
}

// Importer is a store that takes a whole log faster than by appending event by event. Import MUST keep to what Append promises
// of each event, in order; positions[i] is the position that the store gave to records[i]. After an error some of them may be stored.
type Importer interface {
	Import(ctx context.Context, records []es.Record) (positions []es.Position, err error)
}

// importRecords and importBytes bound what is handed over at once.
const (
	importRecords = 1000
	importBytes   = 4 << 20
)

// ErrNotEmpty refuses to mix two logs.
var ErrNotEmpty = errors.New("archive: the store is not empty")

// Import brings events into an empty store and tells for each where it stands there.
func Import(ctx context.Context, to Log, records iter.Seq2[es.Record, error], placed func(r es.Record, at es.Position)) error {
	head, err := to.Head(ctx)
	if err != nil {
		return fmt.Errorf("archive: import: %w", err)
	}
	if head != (es.Position{}) {
		return ErrNotEmpty
	}
	take := appender{to}.Import
	if fast, ok := to.(Importer); ok {
		take = fast.Import
	}
	var batch []es.Record
	size := 0
	flush := func() error {
		positions, err := take(ctx, batch)
		if err != nil {
			return fmt.Errorf("archive: import: %w", err)
		}
		for i, r := range batch {
			placed(r, positions[i])
		}
		batch, size = batch[:0], 0
		return nil
	}
	for r, err := range records {
		if err != nil {
			return err
		}
		batch, size = append(batch, r), size+len(r.Data)+len(r.Meta)
		if len(batch) == importRecords || size >= importBytes {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// appender appends event by event: a batch may hold several streams, and their order is that of the log.
type appender struct{ Log }

func (a appender) Import(ctx context.Context, records []es.Record) ([]es.Position, error) {
	out := make([]es.Position, len(records))
	for i, r := range records {
		at, err := a.Append(ctx, r.Stream, Expected(r.Revision), r.Proposed)
		if err != nil {
			return nil, fmt.Errorf("%s@%d: %w", r.Stream, r.Revision, err)
		}
		out[i] = at
	}
	return out, nil
}

// Expected is what an event of that revision comes after.
func Expected(r es.Revision) es.Expected {
	if r == 0 {
		return es.NoStream{}
	}
	return es.Exactly(r - 1)
}
