package authority

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/projections"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Family knows who holds whose tasks on a day (职责承继). It keeps all authorities, which are few, in memory until one changes.
// Like projections.Fresh it is as new as what the watcher has heard. Safe for concurrent use.
//
// Two administrators who make two authorities each other's successor at the same moment end nothing here: a circle is followed
// once round.
type Family struct {
	reader projections.Reader

	mu      sync.Mutex
	changes uint64
	known   *lineage // nil: to be read again
}

// lineage is all authorities and, by successor, those that it took over from directly, by id.
type lineage struct {
	authorities map[string]*viewv1.Authority
	heirlooms   map[string][]string
	days        []string // on which tasks were or will be handed over, ascending
	changes     uint64
}

// NewFamily makes one; stop ends the watching.
func NewFamily(r projections.Reader, w projections.Watcher) (f *Family, stop func()) {
	f = &Family{reader: r}
	return f, w.Watch(func(keys []projections.Key) {
		if slices.ContainsFunc(keys, func(k projections.Key) bool { return k.Table == Table }) {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.changes++
			f.known = nil
		}
	})
}

// Holder is who holds the tasks of an authority on a day, at the end of the chain, under its present name; nil while the
// authority holds them itself, and of one that is unknown.
func (f *Family) Holder(ctx context.Context, id string, on calendar.Date) (*viewv1.Party, error) {
	l, err := f.lineage(ctx)
	if err != nil {
		return nil, err
	}
	at, seen := id, map[string]bool{}
	for !seen[at] && l.handed(at, on) {
		seen[at] = true
		at = l.authorities[at].GetSuccessorId()
	}
	if at == id {
		return nil, nil
	}
	return l.party(at), nil
}

// Predecessors are the authorities whose tasks another holds on a day, nearest first, those of one generation by id.
func (f *Family) Predecessors(ctx context.Context, id string, on calendar.Date) ([]*viewv1.Party, error) {
	l, err := f.lineage(ctx)
	if err != nil {
		return nil, err
	}
	var out []*viewv1.Party
	seen := map[string]bool{id: true}
	for generation := []string{id}; len(generation) > 0; {
		var before []string
		for _, successor := range generation {
			for _, p := range l.heirlooms[successor] {
				if !seen[p] && l.handed(p, on) {
					seen[p] = true
					before = append(before, p)
				}
			}
		}
		slices.Sort(before)
		for _, p := range before {
			out = append(out, l.party(p))
		}
		generation = before
	}
	return out, nil
}

// Version differs whenever Holder or Predecessors would answer otherwise, among those of one Family: another process counts
// otherwise.
func (f *Family) Version(ctx context.Context, on calendar.Date) (string, error) {
	l, err := f.lineage(ctx)
	if err != nil {
		return "", err
	}
	handed, _ := slices.BinarySearch(l.days, on.AddDays(1).String())
	return fmt.Sprintf("%d.%d", l.changes, handed), nil
}

// handed tells whether the tasks of an authority are another's on a day.
func (l *lineage) handed(id string, on calendar.Date) bool {
	a := l.authorities[id]
	return a.GetSuccessorId() != "" && a.GetSucceededOn() <= on.String()
}

func (l *lineage) party(id string) *viewv1.Party {
	return &viewv1.Party{Id: id, Name: l.authorities[id].GetName()}
}

// lineage reads all authorities unless it has them. What changed while it read is read again by whoever asks next.
func (f *Family) lineage(ctx context.Context) (*lineage, error) {
	f.mu.Lock()
	known, changes := f.known, f.changes
	f.mu.Unlock()
	if known != nil {
		return known, nil
	}
	l := &lineage{authorities: map[string]*viewv1.Authority{}, heirlooms: map[string][]string{}, changes: changes}
	for token := ""; ; {
		list, next, err := List(ctx, f.reader, Filter{PageSize: projections.MaxLimit, PageToken: token})
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			l.authorities[a.GetId()] = a
			if by := a.GetSuccessorId(); by != "" {
				l.heirlooms[by] = append(l.heirlooms[by], a.GetId())
				l.days = append(l.days, a.GetSucceededOn())
			}
		}
		if token = next; token == "" {
			break
		}
	}
	slices.Sort(l.days)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.changes == changes {
		f.known = l
	}
	return l, nil
}
