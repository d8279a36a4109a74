package projections

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// ErrTaken refuses a second Take of a name by one process before the first one's lease was released.
var ErrTaken = errors.New("projections: this process holds or awaits the lease already")

// Leases give work that must run once, such as a member of a Group, to one of several processes at a time.
//
// Take waits until this process has the lease of the name, and answers ctx's error when that ends before. At most one process
// has it. Each lease of a name has a greater epoch than all before it. Names are shared out (see Share) among the processes
// that hold or await them; where a process is without, the others do its work. The lease of a process that ended without a
// word passes on once its term is over, or sooner. A name that this process holds or awaits already is refused with ErrTaken.
//
// Ask makes this process, while it holds or awaits the name, the one to have it, before all others; of several who ask, one
// has it. It ends with withdraw. Holders names the process that has each lease that somebody has.
//
// Safe for concurrent use. Terms are measured by the store's clock alone.
type Leases interface {
	Take(ctx context.Context, name string) (Lease, error)
	Ask(name string) (withdraw func())
	Holders(ctx context.Context) (map[string]string, error)
}

// Lease is the right to do one thing.
//
// Epoch numbers it; a store that checks it refuses whoever had the lease before (see Shared). Lost is closed before another
// process can have the lease unless it was released, as far as this process runs: one that was stopped and goes on has the
// epoch against it. Asked is closed when another process should have it: its holder ends its work in order and releases it.
// Release gives it back, and who awaits it has it at once; it is called also for a lost lease, and only the first call
// counts. What fails in Release the end of the term makes good.
type Lease interface {
	Epoch() uint64
	Lost() <-chan struct{}
	Asked() <-chan struct{}
	Release(ctx context.Context)
}

// Shared is a Sink that several processes write, each projection by one of them at a time, under a lease.
//
// Hold is Attach for the holder of the projection's lease of the epoch. From then on targets of a lower epoch, in whichever
// process, their Shadow and their Switch MUST change nothing and answer ErrMoved; so does Hold itself below an epoch that was
// there before. A Switch keeps the epoch. Shadow, Switch and Drop act under the epoch of this sink's last Hold.
//
// Join makes the live tables that another process attached known to Reader and answers their checkpoint; it changes nothing
// in the store. ErrAbsent says that they are not there, or of another definition.
//
// Before Hold and Join answer, watchers are told that every row of the tables changed, since what others committed may not
// have been heard of yet.
type Shared interface {
	Sink
	Elsewhere
	Hold(ctx context.Context, p Projection, epoch uint64) (Target, error)
	Join(ctx context.Context, p Projection) (es.Position, error)
}

// ErrAbsent says that nobody has attached the projection's tables yet.
var ErrAbsent = errors.New("projections: the tables are not there yet")

// Share tells who of the candidates should have a name: each name goes to one by chance, always the same one, and keeps going
// to it when candidates come or go, unless it is one of them. It is empty where nobody is.
func Share(name string, candidates []string) string {
	if len(candidates) == 0 {
		return ""
	}
	return slices.MaxFunc(candidates, func(a, b string) int {
		if x, y := weight(name, a), weight(name, b); x != y {
			if x < y {
				return -1
			}
			return 1
		}
		return 0
	})
}

func weight(name, candidate string) uint64 {
	h := sha256.Sum256([]byte(name + "\n" + candidate))
	return binary.BigEndian.Uint64(h[:])
}
