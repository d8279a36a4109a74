package projections

import (
	"context"
	"iter"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Elsewhere tells how far other processes brought the projections of a sink that several write.
//
// Elsewhere yields the checkpoint of a projection each time another process moved it, those of one projection in the order of
// their commits, and only after this process's watchers were told of the changed rows. It first tells the watchers that every
// row of every table changed and yields every projection's present checkpoint, and does so again whenever it could have
// missed something. An error is yielded when it can't know; it goes on by itself until ctx ends.
type Elsewhere interface {
	Elsewhere(ctx context.Context) iter.Seq2[Advance, error]
}

// Advance is a projection's new checkpoint.
type Advance struct {
	Projection string
	Through    es.Position
}
