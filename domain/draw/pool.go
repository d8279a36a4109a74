package draw

import (
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// Source gives the rosters (两库), whole, as a view holds them.
//
// Subjects MUST come ascending by the bytes of their ids, each once; inspectors too. Conflicts may come in any order.
// A stream holds no more than a page in memory and ends after an error.
//
// LastChange is the position of the last change of the rosters that the streams would show; it MUST move whenever a stream
// would give something else. What a stream gives while it moves means nothing: the caller reads again.
type Source interface {
	Subjects(ctx context.Context) iter.Seq2[Candidate, error]
	Inspectors(ctx context.Context) iter.Seq2[Officer, error]
	Conflicts(ctx context.Context) iter.Seq2[sortition.Conflict, error]
	LastChange(ctx context.Context) (es.Position, error)
}

// Pools are what Frozen holds of the rosters.
type Pools struct {
	Subjects, Inspectors, Conflicts Pool
	Layers                          []Layer
	Exclusions                      []sortition.Exclusion
	Bases                           []Base
	AtPosition                      string
}

// attempts is how often a scan is made anew because the rosters changed under it.
const attempts = 5

// TakePools writes the pools of a scope into the blob store. Memory grows with the inspectors and their conflicts, not with
// the subjects. A roster that changes during the scan is scanned anew; one that never rests is an Unavailable fault.
func TakePools(ctx context.Context, blobs Blobs, source Source, scope Scope) (Pools, error) {
	for range attempts {
		before, err := source.LastChange(ctx)
		if err != nil {
			return Pools{}, fmt.Errorf("draw: last change of the rosters: %w", err)
		}
		pools, err := takePools(ctx, blobs, source, scope)
		if err != nil {
			return Pools{}, err
		}
		after, err := source.LastChange(ctx)
		if err != nil {
			return Pools{}, fmt.Errorf("draw: last change of the rosters: %w", err)
		}
		if before == after {
			pools.AtPosition = before.String()
			return pools, nil
		}
	}
	return Pools{}, domain.Refuse(domain.Unavailable, "draw.pool.moving", "", "冻结期间名录库持续变动，请稍后重试",
		"the rosters kept changing while they were frozen; try again later")
}

func takePools(ctx context.Context, blobs Blobs, source Source, scope Scope) (p Pools, err error) {
	officers := map[string]bool{}
	p.Inspectors, _, err = put(ctx, blobs, inspectors(source.Inspectors(ctx), scope, officers), sortition.WriteInspectors)
	if err != nil {
		return p, fmt.Errorf("draw: freeze inspectors: %w", err)
	}
	declared := map[string][]sortition.Conflict{}
	for c, err := range source.Conflicts(ctx) {
		if err != nil {
			return p, fmt.Errorf("draw: read conflicts: %w", err)
		}
		if officers[c.Inspector] {
			declared[c.Subject] = append(declared[c.Subject], c)
		}
	}
	s := screening{scope: scope, declared: declared, excluded: map[Exclusion]uint64{}, bases: bases{}}
	var frozen sortition.Frozen
	p.Subjects, frozen, err = put(ctx, blobs, s.subjects(source.Subjects(ctx)), sortition.WriteSubjects)
	if err != nil {
		return p, fmt.Errorf("draw: freeze subjects: %w", err)
	}
	p.Conflicts, _, err = put(ctx, blobs, sortition.SortedPools(nil, nil, s.conflicts).Conflicts, sortition.WriteConflicts)
	if err != nil {
		return p, fmt.Errorf("draw: freeze conflicts: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(frozen.Strata)) {
		p.Layers = append(p.Layers, Layer{Stratum: name, Candidates: frozen.Strata[name]})
	}
	p.Bases = s.bases.sorted()
	for _, reason := range slices.Sorted(maps.Keys(s.excluded)) {
		p.Exclusions = append(p.Exclusions, sortition.Exclusion{Reason: string(reason), Count: s.excluded[reason]})
	}
	return p, nil
}

// screening passes the subjects in scope on, counts the others, and notes the conflicts of the former: a declared interest
// in somebody who can't be drawn is nobody's business.
type screening struct {
	scope     Scope
	declared  map[string][]sortition.Conflict
	excluded  map[Exclusion]uint64
	conflicts []sortition.Conflict
	bases     bases
}

func (s *screening) subjects(candidates iter.Seq2[Candidate, error]) iter.Seq2[sortition.Subject, error] {
	return func(yield func(sortition.Subject, error) bool) {
		for c, err := range candidates {
			if err != nil {
				yield(sortition.Subject{}, err)
				return
			}
			why := s.scope.Screen(c)
			if why == "" || why == CheckedRecently || why == CapReached {
				s.bases.count(s.scope.Stratum(c), c.Checks)
			}
			if why != "" {
				s.excluded[why]++
				continue
			}
			s.conflicts = append(s.conflicts, s.declared[c.ID]...)
			if !yield(sortition.Subject{ID: c.ID, Stratum: s.scope.Stratum(c), District: c.District}, nil) {
				return
			}
		}
	}
}

// inspectors passes those in the pool on, lines and districts in canonical order, and notes their ids.
func inspectors(officers iter.Seq2[Officer, error], scope Scope, ids map[string]bool) iter.Seq2[sortition.Inspector, error] {
	return func(yield func(sortition.Inspector, error) bool) {
		for o, err := range officers {
			if err != nil {
				yield(sortition.Inspector{}, err)
				return
			}
			if !scope.Admits(o) {
				continue
			}
			ids[o.ID] = true
			i := o.Inspector
			i.Lines = slices.Compact(slices.Sorted(slices.Values(i.Lines)))
			i.Districts = slices.Compact(slices.Sorted(slices.Values(i.Districts)))
			if !yield(i, nil) {
				return
			}
		}
	}
}

// put writes a pool into a blob as it comes.
func put[T any](ctx context.Context, blobs Blobs, elements iter.Seq2[T, error],
	write func(io.Writer, iter.Seq2[T, error]) (sortition.Frozen, sortition.PoolFile, error)) (Pool, sortition.Frozen, error) {
	var frozen sortition.Frozen
	digest, err := pipe(ctx, blobs, func(w io.Writer) (err error) {
		frozen, _, err = write(w, elements)
		return err
	})
	return Pool{Digest: digest, Root: frozen.Root, Count: frozen.Count}, frozen, err
}

// pipe puts what write writes. An error of write ends the put, so that no half of a list is kept.
func pipe(ctx context.Context, blobs Blobs, write func(io.Writer) error) (digest string, err error) {
	r, w := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.CloseWithError(write(w))
	}()
	digest, _, err = blobs.Put(ctx, r)
	r.CloseWithError(err) // a put that gave up early lets the writer go
	<-done
	return digest, err
}

// pools reads the frozen pools from the blob store, as often as sortition asks.
func (s State) pools(ctx context.Context, blobs Blobs) sortition.Pools {
	open := func(p Pool) func() (io.ReadCloser, error) {
		return func() (io.ReadCloser, error) { return blobs.Open(ctx, p.Digest) }
	}
	return sortition.Pools{
		Subjects:   sortition.Reopened(open(s.Frozen.Subjects), sortition.ReadSubjects),
		Inspectors: sortition.Reopened(open(s.Frozen.Inspectors), sortition.ReadInspectors),
		Conflicts:  sortition.Reopened(open(s.Frozen.Conflicts), sortition.ReadConflicts),
	}
}
