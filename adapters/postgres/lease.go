package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/mingjian-ledger/mingjian/projections"
)

//go:embed migration/leases/*.sql
var leaseScripts embed.FS

// leaseChannel carries word of every change that may matter to who awaits a lease.
const leaseChannel = "mingjian_leases"

// LeaseOptions are the settings of OpenLeases; the zero value is for a command beside the servers.
type LeaseOptions struct {
	Name   string        // of this process among the holders; "" for its host and number
	Serves bool          // it shares the work; others do only what no server does, or what they ask for
	Term   time.Duration // how long a silent process keeps its leases; 0 for 6 seconds
	Beat   time.Duration // between two signs of life; 0 for a third of the term
	Log    *slog.Logger  // nil for none
}

func (o LeaseOptions) complete() LeaseOptions {
	if o.Name == "" {
		host, _ := os.Hostname() // an unknown host has no name
		o.Name = fmt.Sprintf("%s:%d", host, os.Getpid())
	}
	if o.Term <= 0 {
		o.Term = 6 * time.Second
	}
	if o.Beat <= 0 {
		o.Beat = o.Term / 3
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Leases are projections.Leases over the schema mingjian_leases. A process is a row that expires after a term, renewed on a
// connection that does nothing else, and holds a lease for as long as the row is there. Who finds that a row has expired, or
// that the connection of its process has ended, deletes it, and with it every lease of the process.
type Leases struct {
	options LeaseOptions
	config  *pgx.ConnConfig
	pool    *pgxpool.Pool
	stop    context.CancelFunc
	ended   chan struct{}
	wake    chan struct{} // something changed that others should know of, or that makes a lease due

	mu      sync.Mutex
	process int64               // the row of this process while it is known to be there, else 0
	names   map[string]*claimed // held or awaited
	asks    map[string]int      // how often each name is asked for
}

// claimed is a name that this process holds or awaits.
type claimed struct {
	got   chan *pgLease // takes one
	lease *pgLease      // nil while it is awaited
}

// OpenLeases migrates the schema if need be and begins to take part.
func OpenLeases(ctx context.Context, url string, o LeaseOptions) (*Leases, error) {
	s, err := leaseSchema()
	if err != nil {
		return nil, fmt.Errorf("postgres: leases: %w", err)
	}
	return openLeases(ctx, url, s, o)
}

// leaseSchema is where leases are kept.
func leaseSchema() (Schema, error) {
	scripts, err := fs.Sub(leaseScripts, "migration/leases")
	return Schema{Name: "mingjian_leases", Scripts: scripts}, err
}

func openLeases(ctx context.Context, url string, s Schema, o LeaseOptions) (*Leases, error) {
	config, err := parse(url, s.Name)
	if err != nil {
		return nil, err
	}
	pool, err := open(ctx, url, s, false, func(c *pgxpool.Config) { c.MaxConns, c.MinConns = 2, 0 })
	if err != nil {
		return nil, err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	l := &Leases{
		options: o.complete(), config: config.ConnConfig, pool: pool, stop: stop, ended: make(chan struct{}), wake: make(chan struct{}, 1),
		names: map[string]*claimed{}, asks: map[string]int{},
	}
	go l.run(running)
	return l, nil
}

// Close gives all leases back.
func (l *Leases) Close() error {
	l.stop()
	<-l.ended
	l.pool.Close()
	return nil
}

// Take is projections.Leases'.
func (l *Leases) Take(ctx context.Context, name string) (projections.Lease, error) {
	l.mu.Lock()
	if _, twice := l.names[name]; twice {
		l.mu.Unlock()
		return nil, fmt.Errorf("%s: %w", name, projections.ErrTaken)
	}
	c := &claimed{got: make(chan *pgLease, 1)}
	l.names[name] = c
	l.mu.Unlock()
	l.changed()
	select {
	case lease := <-c.got:
		return lease, nil
	case <-l.ended:
		return nil, errors.New("postgres: the leases are closed")
	case <-ctx.Done():
	}
	l.mu.Lock()
	lease := c.lease
	if lease == nil {
		delete(l.names, name)
	}
	l.mu.Unlock()
	if lease != nil {
		giving, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.options.Beat)
		defer cancel()
		lease.Release(giving)
	}
	l.changed()
	return nil, ctx.Err()
}

// Ask is projections.Leases'.
func (l *Leases) Ask(name string) (withdraw func()) {
	l.ask(name, 1)
	return sync.OnceFunc(func() { l.ask(name, -1) })
}

func (l *Leases) ask(name string, n int) {
	l.mu.Lock()
	if l.asks[name] += n; l.asks[name] == 0 {
		delete(l.asks, name)
	}
	l.mu.Unlock()
	l.changed()
}

// changed has the loop look at once.
func (l *Leases) changed() {
	select {
	case l.wake <- struct{}{}:
	default: // it is about to
	}
}

// Holders is projections.Leases'.
func (l *Leases) Holders(ctx context.Context) (map[string]string, error) {
	rows, err := l.pool.Query(ctx, `SELECT lease.name, process.name FROM lease JOIN process ON process.id = lease.process
		WHERE process.expires > clock_timestamp()`)
	if err != nil {
		return nil, fmt.Errorf("postgres: holders: %w", err)
	}
	out := map[string]string{}
	var name, holder string
	if _, err := pgx.ForEachRow(rows, []any{&name, &holder}, func() error {
		out[name] = holder
		return nil
	}); err != nil {
		return nil, fmt.Errorf("postgres: holders: %w", err)
	}
	return out, nil
}

// wanted are the names that this process holds or awaits, those that it holds, and those that it asks for, sorted.
func (l *Leases) wanted() (names, held, asks []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	names = slices.AppendSeq(make([]string, 0, len(l.names)), maps.Keys(l.names))
	asks = slices.AppendSeq(make([]string, 0, len(l.asks)), maps.Keys(l.asks))
	slices.Sort(names)
	slices.Sort(asks)
	held = []string{}
	for _, name := range names {
		if c := l.names[name]; c.lease != nil && c.lease.process == l.process && !c.lease.released() {
			held = append(held, name)
		}
	}
	return names, held, asks
}

// lose ends all leases here, before they can begin elsewhere.
func (l *Leases) lose() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.process = 0
	for _, c := range l.names {
		if c.lease != nil {
			c.lease.lose()
		}
	}
}

// pgLease is one lease of a process.
type pgLease struct {
	leases      *Leases
	name        string
	epoch       uint64
	process     int64
	lost, asked chan struct{}
	over        chan struct{} // closed by Release
	once        [3]sync.Once  // of lost, asked and over
}

// Epoch is projections.Lease's.
func (p *pgLease) Epoch() uint64 { return p.epoch }

// Lost is projections.Lease's.
func (p *pgLease) Lost() <-chan struct{} { return p.lost }

// Asked is projections.Lease's.
func (p *pgLease) Asked() <-chan struct{} { return p.asked }

func (p *pgLease) lose() { p.once[0].Do(func() { close(p.lost) }) }
func (p *pgLease) ask()  { p.once[1].Do(func() { close(p.asked) }) }

// Release is projections.Lease's.
func (p *pgLease) Release(ctx context.Context) {
	p.once[2].Do(func() {
		close(p.over)
		p.release(ctx)
	})
}

func (p *pgLease) released() bool { return !pending(p.over) }

func pending(c <-chan struct{}) bool {
	select {
	case <-c:
		return false
	default:
		return true
	}
}

// release frees the row, so that who awaits it has it at once. Where that fails the loop does it, or the end of the row of this
// process.
func (p *pgLease) release(ctx context.Context) {
	l := p.leases
	var err error
	if pending(p.lost) { // else the row of the process is over, or about to be
		_, err = l.pool.Exec(ctx, `WITH freed AS (UPDATE lease SET process = NULL WHERE name = $1 AND process = $2 AND epoch = $3 RETURNING name)
		SELECT pg_notify('`+leaseChannel+`', '') FROM freed`, p.name, p.process, int64(p.epoch)) //nolint:gosec // milliseconds since 1970
	}
	l.mu.Lock()
	if c := l.names[p.name]; c != nil && c.lease == p {
		delete(l.names, p.name)
	}
	l.mu.Unlock()
	if err != nil {
		l.options.Log.WarnContext(ctx, "lease not given back yet",
			slog.String("lease", p.name), slog.Any("error", err))
	}
	l.changed()
}
