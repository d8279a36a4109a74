package postgres

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

//go:embed migration/views/*.sql
var viewMigrations embed.FS

// viewSchema is where views are kept.
func viewSchema() (Schema, error) {
	scripts, err := fs.Sub(viewMigrations, "migration/views")
	return Schema{Name: "mingjian_views", Scripts: scripts}, err
}

// Views keeps the tables of projections, for any number of processes at once. It is a projections.Sink, Shared, Reader, Watcher
// and Elsewhere, safe for concurrent use.
//
// A crash of the server may cost the last commits: they follow from the log again, since the checkpoint goes back with the rows.
type Views struct {
	name  string // of this process among those that share the tables
	write *pgxpool.Pool
	read  *pgxpool.Pool

	attach   sync.Mutex // over changes of which sets this process knows
	live     atomic.Pointer[liveSets]
	epochs   map[string]int64 // by projection, of the last Hold
	closing  sync.Once
	watchers projections.Watchers
}

// OpenViews opens the tables in the database of a URL, making or migrating their schema; one that a newer program changed in a
// way that this one must not touch is refused with *NewerSchemaError.
func OpenViews(ctx context.Context, url string) (*Views, error) {
	s, err := viewSchema()
	if err != nil {
		return nil, fmt.Errorf("postgres: open views: %w", err)
	}
	conns := int32(max(8, 2*runtime.NumCPU())) //nolint:gosec // a few
	write, err := open(ctx, url, s, false, func(c *pgxpool.Config) {
		c.MaxConns = max(c.MaxConns, conns)
		frugal(c)
		c.ConnConfig.RuntimeParams["synchronous_commit"] = "off" // see Views
	})
	if err != nil {
		return nil, err
	}
	read, err := open(ctx, url, s, true, func(c *pgxpool.Config) {
		c.MaxConns = max(c.MaxConns, conns)
		frugal(c)
	})
	if err != nil {
		write.Close()
		return nil, err
	}
	v := &Views{
		name: rand.Text(), write: write, read: read, epochs: map[string]int64{},
	}
	v.live.Store(&liveSets{})
	return v, nil
}

// frugal keeps the server from reading a table whole, or sorting what an index has in order, where its statistics mislead it;
// the costs by which it does so must not make it compile short queries.
func frugal(c *pgxpool.Config) {
	c.ConnConfig.RuntimeParams["enable_seqscan"] = "off"
	c.ConnConfig.RuntimeParams["enable_sort"] = "off"
	c.ConnConfig.RuntimeParams["jit"] = "off"
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

// Close ends all use and waits for what is under way. It may be called twice.
func (v *Views) Close() error {
	v.closing.Do(func() {
		v.attach.Lock()
		defer v.attach.Unlock()
		v.write.Close()
		v.read.Close()
	})
	return nil
}

// Watch is projections.Watcher's. What other processes commit is heard of while Elsewhere runs.
func (v *Views) Watch(changed func([]projections.Key)) (stop func()) {
	return v.watchers.Watch(changed)
}

// Checkpoint is projections.Reader's.
func (v *Views) Checkpoint(ctx context.Context, projection string) (es.Position, error) {
	for {
		set := v.live.Load().sets[projection]
		if set == nil {
			return es.Position{}, fmt.Errorf("postgres: projection %s is not attached", projection)
		}
		// A reader need not hold the lease under which this process once wrote the set.
		_, at, err := newViewSet(v, set.projection, set.id, 0).look(ctx, v.read)
		if !errors.Is(err, projections.ErrMoved) {
			return at, err
		}
		if again, err2 := v.replaced(ctx, set); !again {
			return es.Position{}, errors.Join(err, err2)
		}
	}
}

// table finds the live tables of a name.
func (v *Views) table(name string) (*viewTable, error) {
	if t, ok := v.live.Load().tables[name]; ok {
		return t, nil
	}
	return nil, &projections.QueryError{Table: name, Field: "table", Rule: "no attached projection has it"}
}

// Codes of errors (SQLSTATE) that say what became of a set.
const (
	codeMoved    = "MJ001" // ours, see advance
	codeNoTable  = "42P01"
	codeLockWait = "55P03"
)

func hasCode(err error, code string) bool {
	fault := (*pgconn.PgError)(nil)
	return errors.As(err, &fault) && fault.Code == code
}

// moved takes the faults of a set that is no longer there for what they are.
func moved(err error) error {
	if hasCode(err, codeMoved) || hasCode(err, codeNoTable) {
		return errors.Join(projections.ErrMoved, err)
	}
	return err
}
