package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// Attach is projections.Sink's.
func (v *Views) Attach(ctx context.Context, p projections.Projection) (projections.Target, error) {
	set, err := v.enter(ctx, p, 0)
	if err != nil {
		return nil, fmt.Errorf("postgres: attach %s: %w", p.Name, err)
	}
	return set, nil
}

// Hold is projections.Shared's.
func (v *Views) Hold(ctx context.Context, p projections.Projection, epoch uint64) (projections.Target, error) {
	held := int64(epoch) //nolint:gosec // one more for each lease
	if held <= 0 {
		return nil, fmt.Errorf("postgres: hold %s: %d is no epoch", p.Name, epoch)
	}
	set, err := v.enter(ctx, p, held)
	if err != nil {
		return nil, fmt.Errorf("postgres: hold %s: %w", p.Name, err)
	}
	v.watchers.Tell(set.everything())
	return set, nil
}

// enter finds or makes the live tables, under an epoch if there is one.
func (v *Views) enter(ctx context.Context, p projections.Projection, epoch int64) (*viewSet, error) {
	if err := v.known(p); err != nil {
		return nil, err
	}
	v.attach.Lock()
	defer v.attach.Unlock()
	if err := v.untaken(p); err != nil {
		return nil, err
	}
	id, found, err := v.find(ctx, v.write, p)
	if err != nil {
		return nil, err
	}
	if !found || epoch > 0 {
		alone := v.alone
		if epoch > 0 {
			alone = v.insistently
		}
		err := alone(ctx, p.Name, func(tx pgx.Tx) (err error) {
			if id, err = v.settleOn(ctx, tx, p, epoch); err != nil || epoch == 0 {
				return err
			}
			set := newViewSet(v, p, id, epoch)
			_, through, err := set.look(ctx, tx)
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, notify, viewChannel, set.notice(through, set.everything()).text(), id)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	set := v.live.Load().sets[p.Name]
	if set == nil || set.id != id || set.epoch != epoch {
		set = newViewSet(v, p, id, epoch)
		v.serve(set)
	}
	if epoch > 0 {
		v.epochs[p.Name] = epoch
	}
	return set, v.sweep(ctx, p.Name)
}

// settleOn raises the epoch of a projection's sets and finds its live one, or makes one in the place of all others.
func (v *Views) settleOn(ctx context.Context, tx pgx.Tx, p projections.Projection, epoch int64) (id int64, err error) {
	if epoch > 0 {
		var later bool
		err := tx.QueryRow(ctx, `SELECT coalesce(max(epoch) > $2, false) FROM generation WHERE projection = $1`, p.Name, epoch).Scan(&later)
		if err == nil && later {
			err = projections.ErrMoved
		}
		if err != nil {
			return 0, err
		}
		if _, err := tx.Exec(ctx, `UPDATE generation SET epoch = $2 WHERE projection = $1`, p.Name, epoch); err != nil {
			return 0, err
		}
	}
	id, found, err := v.find(ctx, tx, p)
	if found || err != nil {
		return id, err
	}
	if _, err := tx.Exec(ctx, retire+` AND projection = $1`, p.Name); err != nil {
		return 0, err
	}
	return v.makeSet(ctx, tx, p, "live", epoch)
}

// known refuses an ill-formed definition.
func (v *Views) known(p projections.Projection) error {
	if !keepable(p.Name) {
		return fmt.Errorf("%q is not a name", p.Name)
	}
	return p.Check()
}

// untaken refuses a table that another projection has.
func (v *Views) untaken(p projections.Projection) error {
	for _, t := range p.Tables {
		if taken := v.live.Load().tables[t.Name]; taken != nil && taken.set.projection.Name != p.Name {
			return fmt.Errorf("table %s belongs to %s", t.Name, taken.set.projection.Name)
		}
	}
	return nil
}

// find is the live set of a projection, if it is of the same definition.
func (v *Views) find(ctx context.Context, db querier, p projections.Projection) (id int64, found bool, err error) {
	err = db.QueryRow(ctx, `SELECT id FROM generation WHERE projection = $1 AND state = 'live' AND definition = $2`, p.Name, p.Definition()).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, false, nil
	}
	return id, err == nil, err
}

// Join is projections.Shared's.
func (v *Views) Join(ctx context.Context, p projections.Projection) (es.Position, error) {
	fail := func(err error) (es.Position, error) {
		return es.Position{}, fmt.Errorf("postgres: join %s: %w", p.Name, err)
	}
	if err := v.known(p); err != nil {
		return fail(err)
	}
	v.attach.Lock()
	defer v.attach.Unlock()
	if err := v.untaken(p); err != nil {
		return fail(err)
	}
	id, found, err := v.find(ctx, v.read, p)
	if err == nil && !found {
		err = projections.ErrAbsent
	}
	if err != nil {
		return fail(err)
	}
	set := newViewSet(v, p, id, 0)
	_, at, err := set.look(ctx, v.read)
	if err != nil {
		return fail(err)
	}
	if now := v.live.Load().sets[p.Name]; now == nil || now.id != id {
		v.live.Store(v.live.Load().with(set))
	}
	v.watchers.Tell(set.everything())
	return at, nil
}

// Shadow is projections.Sink's.
func (v *Views) Shadow(ctx context.Context, p projections.Projection) (projections.Target, error) {
	v.attach.Lock()
	defer v.attach.Unlock()
	live := v.live.Load().sets[p.Name]
	if live == nil {
		return nil, fmt.Errorf("postgres: shadow of %s: it is not attached", p.Name)
	}
	epoch := v.epochs[p.Name]
	var id int64
	err := v.alone(ctx, p.Name, func(tx pgx.Tx) error {
		if _, _, err := newViewSet(v, p, live.id, epoch).look(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, retire+` AND projection = $1 AND state = 'shadow'`, p.Name); err != nil {
			return err
		}
		var err error
		id, err = v.makeSet(ctx, tx, p, "shadow", epoch)
		return err
	})
	if err == nil {
		err = v.sweep(ctx, p.Name)
	}
	if err != nil {
		return nil, fmt.Errorf("postgres: shadow of %s: %w", p.Name, err)
	}
	set := newViewSet(v, p, id, epoch)
	set.fill = newFilling(set)
	return set, nil
}

// Switch is projections.Sink's. The former tables are dropped in a transaction of their own, since that waits for whoever reads
// them; what is left of them after a fault goes with the next Attach or Shadow.
func (v *Views) Switch(ctx context.Context, p projections.Projection, at es.Position, shadow projections.Target) error {
	set, ok := shadow.(*viewSet)
	if !ok || set.views != v || set.projection.Name != p.Name {
		return fmt.Errorf("postgres: switch %s: the shadow is not of this sink and projection", p.Name)
	}
	set.turn.Lock()
	err := set.finish(ctx)
	set.turn.Unlock()
	if err != nil {
		return fmt.Errorf("postgres: switch %s: %w", p.Name, moved(err))
	}
	v.attach.Lock()
	defer v.attach.Unlock()
	epoch := v.epochs[p.Name]
	err = v.alone(ctx, p.Name, func(tx pgx.Tx) error {
		if err := one(tx.Exec(ctx, `UPDATE generation SET state = 'dead' WHERE projection = $1 AND state = 'live' AND checkpoint = $2
			AND ($3::bigint = 0 OR epoch = $3)`, p.Name, at.String(), epoch)); err != nil {
			return err
		}
		if err := one(tx.Exec(ctx, `UPDATE generation SET state = 'live' WHERE id = $1 AND state = 'shadow'`, set.id)); err != nil {
			return err
		}
		_, through, err := set.look(ctx, tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, notify, viewChannel, set.notice(through, set.everything()).text(), set.id)
		return err
	})
	if err != nil {
		return fmt.Errorf("postgres: switch %s: %w", p.Name, err)
	}
	v.serve(set)
	_ = v.sweep(ctx, p.Name) // tried again by the next Attach or Shadow; the switch stands
	return nil
}

// Drop is projections.Sink's.
func (v *Views) Drop(ctx context.Context, p projections.Projection, shadow projections.Target) error {
	set, ok := shadow.(*viewSet)
	if !ok || set.views != v {
		return fmt.Errorf("postgres: drop shadow of %s: it is not of this sink", p.Name)
	}
	v.attach.Lock()
	defer v.attach.Unlock()
	err := v.alone(ctx, p.Name, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, retire+` AND id = $1 AND state = 'shadow'`, set.id)
		return err
	})
	if err == nil {
		err = v.sweep(ctx, p.Name)
	}
	if err != nil {
		return fmt.Errorf("postgres: drop shadow of %s: %w", p.Name, err)
	}
	return nil
}

// Prune drops what is stored of projections that are not attached, such as older versions, and names them. Programs that
// still project those must have ended.
func (v *Views) Prune(ctx context.Context) ([]string, error) {
	v.attach.Lock()
	defer v.attach.Unlock()
	rows, err := v.read.Query(ctx, `SELECT DISTINCT projection FROM generation WHERE projection <> ALL($1)`,
		slices.Collect(maps.Keys(v.live.Load().sets)))
	if err != nil {
		return nil, fmt.Errorf("postgres: prune: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("postgres: prune: %w", err)
	}
	slices.Sort(names)
	for _, name := range names {
		err := v.alone(ctx, name, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, retire+` AND projection = $1`, name)
			return err
		})
		if err = errors.Join(err, v.sweep(ctx, name)); err != nil {
			return nil, fmt.Errorf("postgres: prune %s: %w", name, err)
		}
	}
	return names, nil
}
