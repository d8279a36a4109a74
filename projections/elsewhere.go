package projections

import (
	"context"
	"iter"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Elsewhere tells how far others brought the projections of tables that several sinks write, each in a process of its own.
//
// Elsewhere first tells this sink's watchers that every row of every attached table changed, and then yields the live
// checkpoint of every projection; what is committed meanwhile and from then on it does not miss. From then on it yields an
// Advance for each Commit to live tables, each Switch and each Hold (see Shared) through another sink, those of one projection
// in the order in which they took effect; several may be told as one, the last. A Hold says where its process goes on, which the
// process before can't know of a last commit whose answer it lost. An Advance is yielded only after this sink's readers see that state
// and its watchers were told of the changed rows. What this sink itself commits may be left out. It ends with an error
// (ctx's, once ctx ends) or when the caller stops; after an error the caller calls again, and watchers hear of nothing that
// others do until then.
type Elsewhere interface {
	Elsewhere(ctx context.Context) iter.Seq2[Advance, error]
}

// Advance is a projection's new checkpoint. It is behind an earlier one only where the tables were made anew, or the store
// lost what it had not yet made durable.
type Advance struct {
	Projection string
	Through    es.Position
}
