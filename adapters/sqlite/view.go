package sqlite

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

//go:embed migration/views/*.sql
var viewMigrations embed.FS

// viewSchema is that of views.db. A power cut may cost the last commits of the views (synchronous=NORMAL): they follow from the
// log again, since the checkpoint goes back with the rows.
func viewSchema() (schema, error) {
	scripts, err := fs.Sub(viewMigrations, "migration/views")
	if err != nil {
		return schema{}, err
	}
	return schema{
		application: 0x4d4a5657, // "MJVW"
		migrations:  scripts,
		synchronous: "NORMAL",
		pageSize:    8 << 10,
		cacheKiB:    16 << 10,
		checkpoint:  0, // see backfill
	}, nil
}

// Views keeps the tables of projections in one file. It is a projections.Sink, Reader and Watcher, safe for concurrent use.
// Commits of different projections take turns at the one writing connection.
type Views struct {
	db     *database
	writer *viewWriter

	attach   sync.Mutex // over changes of which sets of tables there are
	live     atomic.Pointer[liveSets]
	fill     *backfill
	closing  sync.Once
	watchers projections.Watchers
}

// OpenViews opens the file, making or migrating it; a file of a newer schema is refused with *NewerSchemaError. One Views at a
// time may write a file: whoever opens it holds the data directory's lock.
func OpenViews(ctx context.Context, path string) (*Views, error) {
	s, err := viewSchema()
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	db, err := openDatabase(ctx, path, s, max(8, 2*runtime.NumCPU()), false)
	if err != nil {
		return nil, err
	}
	w, err := newViewWriter(ctx, db.write)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: open %s: %w", path, err), db.Close())
	}
	v := &Views{db: db, writer: w}
	v.live.Store(&liveSets{})
	v.startBackfill()
	return v, nil
}

// liveSets is what readers see; it is replaced as a whole.
type liveSets struct {
	sets   map[string]*viewSet   // by projection
	tables map[string]*viewTable // of all sets
}

// with is the same with one set more, or another one.
func (l *liveSets) with(set *viewSet) *liveSets {
	next := &liveSets{sets: map[string]*viewSet{set.projection.Name: set}, tables: map[string]*viewTable{}}
	for name, s := range l.sets {
		if name != set.projection.Name {
			next.sets[name] = s
		}
	}
	for _, s := range next.sets {
		maps.Copy(next.tables, s.tables)
	}
	return next
}

// Close ends all use. It may be called twice.
func (v *Views) Close() (err error) {
	v.closing.Do(func() {
		v.fill.stop()
		v.attach.Lock()
		defer v.attach.Unlock()
		for _, set := range v.live.Load().sets {
			set.forget()
		}
		err = errors.Join(v.writer.close(), v.db.Close())
	})
	return err
}

// Watch is projections.Watcher's.
func (v *Views) Watch(changed func([]projections.Key)) (stop func()) {
	return v.watchers.Watch(changed)
}

// Checkpoint is projections.Reader's.
func (v *Views) Checkpoint(ctx context.Context, projection string) (es.Position, error) {
	set := v.live.Load().sets[projection]
	if set == nil {
		return es.Position{}, fmt.Errorf("sqlite: projection %s is not attached", projection)
	}
	for {
		at, err := set.Checkpoint(ctx)
		now := v.live.Load().sets[projection]
		if err == nil || now == set {
			return at, err
		}
		set = now // switched in between
	}
}

// table finds the live tables of a name.
func (v *Views) table(name string) (*viewTable, error) {
	if t, ok := v.live.Load().tables[name]; ok {
		return t, nil
	}
	return nil, &projections.QueryError{Table: name, Field: "table", Rule: "no attached projection has it"}
}
