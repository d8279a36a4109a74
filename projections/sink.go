package projections

import (
	"context"
	"errors"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// ErrMoved says that a projection's checkpoint is not where the writer left it: another runner is at work.
var ErrMoved = errors.New("projections: the checkpoint was moved by another runner")

// Sink keeps the tables of projections.
//
// Attach makes the projection's live tables if they are missing and returns the target over them. Shadow makes a new, empty
// set of tables beside the live ones, dropping an older unfinished one. Switch makes a shadow the live set in one
// transaction and drops the former; readers see either set, never a mixture.
type Sink interface {
	Attach(ctx context.Context, p Projection) (Target, error)
	Shadow(ctx context.Context, p Projection) (Target, error)
	Switch(ctx context.Context, p Projection, shadow Target) error
}

// Target is one set of a projection's tables with its checkpoint.
//
// Checkpoint is the position through which all records took effect; zero at first. Load returns the rows of the keys, nil
// for those that are missing. Commit applies the changed rows and moves the checkpoint from from to through in one
// transaction; if the checkpoint is not at from it MUST change nothing and answer ErrMoved.
type Target interface {
	Checkpoint(ctx context.Context) (es.Position, error)
	Load(ctx context.Context, keys []Key) (map[Key]*Row, error)
	Commit(ctx context.Context, from, through es.Position, rows *Rows) error
}

// Reader answers queries from the live tables. Each answer is one consistent state.
type Reader interface {
	// Get returns a row, nil without error if there is none.
	Get(ctx context.Context, table, key string) (*Row, error)
	// List returns rows along an index of the table.
	List(ctx context.Context, q Query) (Page, error)
	// Checkpoint is the live checkpoint of a projection.
	Checkpoint(ctx context.Context, projection string) (es.Position, error)
}

// Query asks for rows: all Where columns equal, ordered by OrderBy and then by key. Some index of the table must begin with the
// Where columns (in any order) followed by OrderBy, else the query is refused: no query scans a table.
type Query struct {
	Table   string
	Where   map[string]string
	OrderBy string // a column; empty orders by key
	Desc    bool
	From    string // lowest OrderBy value, inclusive; empty for none
	To      string // highest OrderBy value, inclusive; empty for none
	Search  string // substring of at least two characters; needs Table.Search and no OrderBy but the key
	After   string // Page.Next of the page before; empty for the first
	Limit   int    // 1 to 1000
}

// Page is a run of rows; Next continues after its last row, empty at the end. Continuing is stable while rows are inserted.
type Page struct {
	Rows []Row
	Next string
}
