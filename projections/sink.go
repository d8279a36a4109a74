package projections

import (
	"context"
	"errors"
	"iter"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// ErrMoved says that a projection's checkpoint is not where the writer left it: another runner is at work, or the target was
// replaced.
var ErrMoved = errors.New("projections: the checkpoint was moved by another runner")

// Sink keeps the tables of projections.
//
// Attach makes the projection's live tables if they are missing, or if their stored definition differs from the given one
// (the former are dropped then), and returns the target over them; Reader knows the tables from then on. A table of another
// attached projection is refused. Shadow makes a new, empty set of tables beside the live ones of an attached projection,
// dropping an older unfinished one. Switch makes a shadow the live set in one transaction and drops the former; if the live
// checkpoint is not at at it MUST change nothing and answer ErrMoved. Readers see either set, never a mixture; targets over
// the former answer ErrMoved. Drop discards a shadow; a target that is live, because its Switch took effect, it leaves alone.
type Sink interface {
	Attach(ctx context.Context, p Projection) (Target, error)
	Shadow(ctx context.Context, p Projection) (Target, error)
	Switch(ctx context.Context, p Projection, at es.Position, shadow Target) error
	Drop(ctx context.Context, p Projection, shadow Target) error
}

// Target is one set of a projection's tables with its checkpoint.
//
// Checkpoint is the position through which all records took effect; zero at first. Load returns the rows of the keys, nil
// for those that are missing. Commit applies the changed rows (Rows.Changed, in that order) and moves the checkpoint from
// from to through in one transaction; if the checkpoint is not at from it MUST change nothing and answer ErrMoved. After any
// other error the outcome is unknown and Checkpoint tells it. Dump yields every row once, ordered by table name and key, of
// one consistent state; an error is yielded once, last.
type Target interface {
	Checkpoint(ctx context.Context) (es.Position, error)
	Load(ctx context.Context, keys []Key) (map[Key]*Row, error)
	Commit(ctx context.Context, from, through es.Position, rows *Rows) error
	Dump(ctx context.Context) iter.Seq2[Entry, error]
}

// Entry is one row of a dump.
type Entry struct {
	Table string
	Row   Row
}

// Reader answers queries from the live tables of attached projections. Each answer is one consistent state.
type Reader interface {
	// Get returns a row, nil without error if there is none.
	Get(ctx context.Context, table, key string) (*Row, error)
	// List returns rows along an index of the table, or those whose text holds the searched one.
	List(ctx context.Context, q Query) (Page, error)
	// Checkpoint is the live checkpoint of a projection.
	Checkpoint(ctx context.Context, projection string) (es.Position, error)
}

// Watcher tells of changed rows, so that what was rendered from them can be kept until then (see Fresh).
//
// Watch calls changed after each Commit or Switch made through the same sink, when readers see the new state and before
// Commit or Switch returns, also if its outcome is unknown. A Key without a key stands for every row of its table. Calls may
// be concurrent, must be quick and must not write to the sink. stop ends them. Where several processes write, see Elsewhere.
type Watcher interface {
	Watch(changed func([]Key)) (stop func())
}
