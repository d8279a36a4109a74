package postgres

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/projections"
)

// errSilent says that the row of this process is over: it was silent for a term.
var errSilent = errors.New("postgres: this process was silent for longer than a term")

// run keeps this process among those that share the leases until ctx ends.
func (l *Leases) run(ctx context.Context) {
	defer close(l.ended)
	for {
		err := l.live(ctx)
		if ctx.Err() != nil {
			return
		}
		l.options.Log.WarnContext(ctx, "leases lost, taking part again", slog.Any("error", err))
		select {
		case <-time.After(l.options.Beat / 4):
		case <-ctx.Done():
			return
		}
	}
}

// life is one row of this process, and the connection that stands for it.
type life struct {
	*Leases
	id          int64
	conn        *pgx.Conn
	names, asks []string // as others know them
	end         *time.Timer
}

// live is one life, until ctx ends or its connection or its row does.
func (l *Leases) live(ctx context.Context) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, l.config)
	if err != nil {
		return fmt.Errorf("postgres: leases: %w", err)
	}
	v := &life{Leases: l, conn: conn}
	// By this process's own clock, which need not be right to run as fast as others: the term began when the server took the
	// sign of life, after it was sent.
	v.end = time.AfterFunc(l.options.Term, func() {
		l.lose()
		cancel()
	})
	defer v.close(ctx)
	if err := v.begin(ctx); err != nil {
		return fmt.Errorf("postgres: leases: %w", err)
	}
	for {
		if err := v.round(ctx); err != nil {
			return fmt.Errorf("postgres: leases: %w", err)
		}
		if err := v.pause(ctx); err != nil {
			return fmt.Errorf("postgres: leases: %w", err)
		}
	}
}

// close ends the life here, then there.
func (v *life) close(ctx context.Context) {
	v.end.Stop()
	v.lose()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), v.options.Beat)
	defer cancel()
	if !v.conn.IsClosed() {
		_, _ = v.conn.Exec(ctx, `DELETE FROM process WHERE id = $1`, v.id) // else its term or its connection tells
		_, _ = v.conn.Exec(ctx, `SELECT pg_notify('`+leaseChannel+`', '')`)
	}
	_ = v.conn.Close(ctx)
}

// alive says that the row was there at a moment, so that it is for a term after it.
func (v *life) alive(at time.Time) {
	v.end.Reset(time.Until(at.Add(v.options.Term - v.options.Term/10)))
}

// begin makes the row. The lock comes first, since a row without one is that of a dead process.
func (v *life) begin(ctx context.Context) error {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return err
	}
	v.id = int64(binary.BigEndian.Uint64(b[:]) >> 1) //nolint:gosec // 63 bits
	sent := time.Now()
	if _, err := v.conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, v.id); err != nil {
		return err
	}
	if _, err := v.conn.Exec(ctx, `LISTEN `+leaseChannel); err != nil {
		return err
	}
	if _, err := v.conn.Exec(ctx, `INSERT INTO process (id, name, serves, expires, names, asks) VALUES ($1, $2, $3, clock_timestamp() + $4, '{}', '{}')`,
		v.id, v.options.Name, v.options.Serves, v.options.Term); err != nil {
		return err
	}
	v.alive(sent)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.process = v.id
	return nil
}

// round gives a sign of life, buries the dead, gives back what is over and takes what should be this process's.
func (v *life) round(ctx context.Context) error {
	names, held, asks := v.wanted()
	sent := time.Now()
	tag, err := v.conn.Exec(ctx, `UPDATE process SET expires = clock_timestamp() + $2, names = $3, asks = $4
		WHERE id = $1 AND expires > clock_timestamp()`, v.id, v.options.Term, names, asks)
	if err != nil {
		return err
	}
	if tag.RowsAffected() == 0 {
		return errSilent
	}
	v.alive(sent)
	// Who takes or renews meanwhile is waited for, and looked at again.
	buried, err := v.conn.Exec(ctx, `DELETE FROM process p WHERE id <> $1 AND (expires <= clock_timestamp() OR NOT EXISTS (
		SELECT FROM pg_locks k WHERE k.locktype = 'advisory' AND k.objsubid = 1 AND k.granted
		AND k.database = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND k.classid = (p.id >> 32)::oid AND k.objid = (p.id & 4294967295)::oid))`, v.id)
	if err != nil {
		return err
	}
	freed, err := v.conn.Exec(ctx, `UPDATE lease SET process = NULL WHERE process = $1 AND name <> ALL($2)`, v.id, held)
	if err != nil {
		return err
	}
	if err := v.share(ctx, names); err != nil {
		return err
	}
	if buried.RowsAffected()+freed.RowsAffected() == 0 && slices.Equal(names, v.names) && slices.Equal(asks, v.asks) {
		return nil
	}
	v.names, v.asks = names, asks
	_, err = v.conn.Exec(ctx, `SELECT pg_notify('`+leaseChannel+`', '')`)
	return err
}

// partner is a process among those that are alive.
type partner struct {
	id          int64
	serves      bool
	names, asks []string
}

// share takes what should be this process's and is free, and says what others should have.
func (v *life) share(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	all, err := v.partners(ctx)
	if err != nil {
		return err
	}
	holders, err := v.holding(ctx, names)
	if err != nil {
		return err
	}
	var take []string
	for _, name := range names {
		holder := holders[name]
		switch mine := chosen(name, holder, all) == v.id; {
		case mine && holder == 0:
			take = append(take, name)
		case !mine && holder == v.id:
			v.asked(name)
		}
	}
	if len(take) == 0 {
		return nil
	}
	// An epoch is also beyond all that were before the table was lost, if ever.
	rows, err := v.conn.Query(ctx, `INSERT INTO lease (name, epoch, process)
		SELECT name, extract(epoch FROM clock_timestamp()) * 1000, $1 FROM unnest($2::text[]) name ORDER BY name
		ON CONFLICT (name) DO UPDATE SET epoch = greatest(lease.epoch + 1, excluded.epoch), process = excluded.process
		WHERE lease.process IS NULL RETURNING name, epoch`, v.id, take)
	if err != nil {
		return err
	}
	var name string
	var epoch int64
	_, err = pgx.ForEachRow(rows, []any{&name, &epoch}, func() error {
		v.give(name, uint64(epoch)) //nolint:gosec // milliseconds since 1970
		return nil
	})
	return err
}

func (v *life) partners(ctx context.Context) ([]partner, error) {
	rows, err := v.conn.Query(ctx, `SELECT id, serves, names, asks FROM process WHERE expires > clock_timestamp()`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p partner, err error) {
		return p, row.Scan(&p.id, &p.serves, &p.names, &p.asks)
	})
}

func (v *life) holding(ctx context.Context, names []string) (map[string]int64, error) {
	rows, err := v.conn.Query(ctx, `SELECT name, process FROM lease WHERE name = ANY($1) AND process IS NOT NULL`, names)
	if err != nil {
		return nil, err
	}
	out := map[string]int64{}
	var name string
	var process int64
	_, err = pgx.ForEachRow(rows, []any{&name, &process}, func() error {
		out[name] = process
		return nil
	})
	return out, err
}

// chosen is who should have a name: of those who ask for it the one that has it or any other, then one of those that serve.
func chosen(name string, holder int64, all []partner) int64 {
	var ids, serving, asking []string
	for _, p := range all {
		if _, wants := slices.BinarySearch(p.names, name); !wants {
			continue
		}
		id := strconv.FormatInt(p.id, 10)
		ids = append(ids, id)
		if p.serves {
			serving = append(serving, id)
		}
		if _, asks := slices.BinarySearch(p.asks, name); asks {
			if p.id == holder {
				return holder
			}
			asking = append(asking, id)
		}
	}
	for _, some := range [][]string{asking, serving, ids} {
		if len(some) > 0 {
			id, _ := strconv.ParseInt(projections.Share(name, some), 10, 64) // one of those above
			return id
		}
	}
	return 0
}

func (v *life) asked(name string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if c := v.Leases.names[name]; c != nil && c.lease != nil {
		c.lease.ask()
	}
}

// give hands a lease to whoever awaits it; what nobody awaits any more the next round gives back.
func (v *life) give(name string, epoch uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	c := v.Leases.names[name]
	if c == nil || c.lease != nil || v.process != v.id {
		v.changed()
		return
	}
	c.lease = &pgLease{
		leases: v.Leases, name: name, epoch: epoch, process: v.id,
		lost: make(chan struct{}), asked: make(chan struct{}), over: make(chan struct{}),
	}
	c.got <- c.lease
}

// pause waits for the next sign of life to be due, for word from others or for a change here.
func (v *life) pause(ctx context.Context) error {
	waiting, stop := context.WithTimeout(ctx, v.options.Beat)
	woken := make(chan struct{})
	go func() {
		defer close(woken)
		select {
		case <-v.wake:
			stop()
		case <-waiting.Done():
		}
	}()
	_, err := v.conn.WaitForNotification(waiting)
	over := waiting.Err() != nil
	stop()
	<-woken // so that it takes no later call
	if over && ctx.Err() == nil && !v.conn.IsClosed() {
		return nil
	}
	return err
}
