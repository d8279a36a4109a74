package projectionstest

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// Memory is a strict sink in memory. It fails its test when a document that it loaded is written into, when a row breaks its
// table's shape and when a target of another sink is handed to it.
type Memory struct {
	t testing.TB

	mu       sync.RWMutex
	live     map[string]*target // by projection
	shadows  map[string]*target
	owners   map[string]string // projection by table, of those attached
	broken   map[projections.Key]bool
	lost     int // commits that take effect and yet answer an error
	sets     int // targets made so far
	watchers projections.Watchers

	fence     map[string]uint64 // the highest epoch by projection, where several processes write
	processes []*Process
}

// NewMemory makes an empty sink.
func NewMemory(t testing.TB) *Memory {
	return &Memory{
		t: t, live: map[string]*target{}, shadows: map[string]*target{}, owners: map[string]string{},
		broken: map[projections.Key]bool{}, fence: map[string]uint64{},
	}
}

// Break makes each commit that writes the row fail until mended.
func (m *Memory) Break(table, key string) (mend func()) {
	k := projections.Key{Table: table, Key: key}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken[k] = true
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.broken, k)
	}
}

// Lose makes the next n commits take effect and answer ErrInjected.
func (m *Memory) Lose(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lost = n
}

// Attach is projections.Sink's.
func (m *Memory) Attach(ctx context.Context, p projections.Projection) (projections.Target, error) {
	if err := cmpErr(ctx.Err(), p.Check()); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range p.Tables {
		if owner, taken := m.owners[t.Name]; taken && owner != p.Name {
			return nil, fmt.Errorf("projectionstest: table %s belongs to %s", t.Name, owner)
		}
	}
	live := m.live[p.Name]
	if live == nil || live.projection.Definition() != p.Definition() {
		live = m.target(p)
		m.live[p.Name] = live
		maps.DeleteFunc(m.owners, func(_, owner string) bool { return owner == p.Name })
	}
	for _, t := range p.Tables {
		m.owners[t.Name] = p.Name
	}
	return live, nil
}

// Shadow is projections.Sink's.
func (m *Memory) Shadow(ctx context.Context, p projections.Projection) (projections.Target, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.live[p.Name] == nil {
		return nil, fmt.Errorf("projectionstest: %s is not attached", p.Name)
	}
	m.shadows[p.Name] = m.target(p)
	return m.shadows[p.Name], ctx.Err()
}

// Switch is projections.Sink's.
func (m *Memory) Switch(ctx context.Context, p projections.Projection, at es.Position, shadow projections.Target) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	if s, ok := shadow.(*target); !ok || m.shadows[p.Name] != s || m.live[p.Name].checkpoint != at {
		m.mu.Unlock()
		return projections.ErrMoved
	}
	m.live[p.Name] = m.shadows[p.Name]
	delete(m.shadows, p.Name)
	m.mu.Unlock()
	var changed []projections.Key
	for _, t := range p.Tables {
		changed = append(changed, projections.Key{Table: t.Name})
	}
	m.watchers.Tell(changed)
	return nil
}

// Drop is projections.Sink's.
func (m *Memory) Drop(ctx context.Context, p projections.Projection, shadow projections.Target) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s, ok := shadow.(*target); ok && m.shadows[p.Name] == s {
		delete(m.shadows, p.Name)
	}
	return ctx.Err()
}

// Watch is projections.Watcher's.
func (m *Memory) Watch(changed func([]projections.Key)) (stop func()) {
	return m.watchers.Watch(changed)
}

func (m *Memory) target(p projections.Projection) *target {
	m.sets++
	t := &target{sink: m, set: m.sets, projection: p, tables: map[string]*table{}, lent: map[*projections.Row]projections.Row{}}
	for _, shape := range p.Tables {
		tab := &table{shape: shape, rows: map[string]*stored{}, equal: map[int]map[string]map[string]*stored{}}
		for _, index := range shape.Indexes {
			tab.equal[slices.Index(shape.Columns, index[0])] = map[string]map[string]*stored{}
		}
		t.tables[shape.Name] = tab
	}
	return t
}

// target is one set of tables.
type target struct {
	sink       *Memory
	set        int // its number among all
	projection projections.Projection
	tables     map[string]*table
	checkpoint es.Position
	lent       map[*projections.Row]projections.Row // loaded rows with what they held
}

type table struct {
	shape projections.Table
	rows  map[string]*stored
	equal map[int]map[string]map[string]*stored // by the first columns of indexes, their values, and keys: to look at fewer rows
	born  int                                   // rows put so far; orders them by when they came to be
}

type stored struct {
	row  projections.Row
	born int
}

func (t *target) gone() bool {
	return t.sink.live[t.projection.Name] != t && t.sink.shadows[t.projection.Name] != t
}

// Checkpoint is projections.Target's.
func (t *target) Checkpoint(ctx context.Context) (es.Position, error) {
	t.sink.mu.RLock()
	defer t.sink.mu.RUnlock()
	if t.gone() {
		return es.Position{}, projections.ErrMoved
	}
	return t.checkpoint, ctx.Err()
}

// Load is projections.Target's.
func (t *target) Load(ctx context.Context, keys []projections.Key) (map[projections.Key]*projections.Row, error) {
	t.sink.mu.Lock()
	defer t.sink.mu.Unlock()
	if t.gone() {
		return nil, projections.ErrMoved
	}
	out := make(map[projections.Key]*projections.Row, len(keys))
	for _, k := range keys {
		tab, ok := t.tables[k.Table]
		if !ok {
			return nil, fmt.Errorf("projectionstest: %s has no table %s", t.projection.Name, k.Table)
		}
		out[k] = nil
		if s := tab.rows[k.Key]; s != nil {
			lent := deep(s.row)
			t.lent[&lent] = s.row
			out[k] = &lent
		}
	}
	return out, ctx.Err()
}

// Dump is projections.Target's.
func (t *target) Dump(ctx context.Context) iter.Seq2[projections.Entry, error] {
	return func(yield func(projections.Entry, error) bool) {
		t.sink.mu.RLock()
		var all []projections.Entry
		gone := t.gone()
		for _, name := range slices.Sorted(maps.Keys(t.tables)) {
			for _, key := range slices.Sorted(maps.Keys(t.tables[name].rows)) {
				all = append(all, projections.Entry{Table: name, Row: deep(t.tables[name].rows[key].row)})
			}
		}
		t.sink.mu.RUnlock()
		if gone {
			yield(projections.Entry{}, projections.ErrMoved)
			return
		}
		for _, e := range all {
			if err := ctx.Err(); err != nil {
				yield(projections.Entry{}, err)
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

func deep(r projections.Row) projections.Row {
	r.Columns, r.Doc = slices.Clone(r.Columns), slices.Clone(r.Doc)
	return r
}

func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
