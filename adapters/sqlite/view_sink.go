package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// Attach is projections.Sink's.
func (v *Views) Attach(ctx context.Context, p projections.Projection) (projections.Target, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	v.attach.Lock()
	defer v.attach.Unlock()
	for _, t := range p.Tables {
		if taken := v.live.Load().tables[t.Name]; taken != nil && taken.set.projection.Name != p.Name {
			return nil, fmt.Errorf("sqlite: attach %s: table %s belongs to %s", p.Name, t.Name, taken.set.projection.Name)
		}
	}
	var id int64
	err := v.writer.write(ctx, func(ctx context.Context) error {
		var definition string
		err := v.writer.conn.QueryRowContext(ctx, `SELECT id, definition FROM generation WHERE projection = ? AND state = 'live'`, p.Name).
			Scan(&id, &definition)
		switch {
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return err
		case err == nil && definition == p.Definition():
			return nil
		}
		if err := v.retire(ctx, `projection = ? AND state <> 'dead'`, p.Name); err != nil {
			return err
		}
		id, err = v.makeSet(ctx, p, "live")
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("sqlite: attach %s: %w", p.Name, err)
	}
	set := v.live.Load().sets[p.Name]
	if set == nil || set.id != id {
		set = newViewSet(v, p, id)
		v.serve(set)
	}
	if err := v.sweep(ctx, p.Name); err != nil {
		return nil, fmt.Errorf("sqlite: attach %s: %w", p.Name, err)
	}
	return set, nil
}

// Shadow is projections.Sink's.
func (v *Views) Shadow(ctx context.Context, p projections.Projection) (projections.Target, error) {
	v.attach.Lock()
	defer v.attach.Unlock()
	if v.live.Load().sets[p.Name] == nil {
		return nil, fmt.Errorf("sqlite: shadow of %s: it is not attached", p.Name)
	}
	var id int64
	err := v.writer.write(ctx, func(ctx context.Context) (err error) {
		if err := v.retire(ctx, `projection = ? AND state = 'shadow'`, p.Name); err != nil {
			return err
		}
		id, err = v.makeSet(ctx, p, "shadow")
		return err
	})
	if err = errors.Join(err, v.sweep(ctx, p.Name)); err != nil {
		return nil, fmt.Errorf("sqlite: shadow of %s: %w", p.Name, err)
	}
	return newViewSet(v, p, id), nil
}

// Switch is projections.Sink's. The former tables are dropped in a transaction of their own, since that takes time and nobody
// reads them by then; what is left of them after a fault goes with the next Attach or Shadow.
func (v *Views) Switch(ctx context.Context, p projections.Projection, at es.Position, shadow projections.Target) error {
	set, ok := shadow.(*viewSet)
	if !ok || set.views != v || set.projection.Name != p.Name {
		return fmt.Errorf("sqlite: switch %s: the shadow is not of this sink and projection", p.Name)
	}
	v.attach.Lock()
	defer v.attach.Unlock()
	err := v.writer.write(ctx, func(ctx context.Context) error {
		if err := one(v.writer.exec(ctx, `UPDATE generation SET state = 'dead' WHERE projection = ? AND state = 'live' AND checkpoint = ?`,
			p.Name, at.String())); err != nil {
			return err
		}
		return one(v.writer.exec(ctx, `UPDATE generation SET state = 'live' WHERE id = ? AND state = 'shadow'`, set.id))
	})
	if err != nil {
		return fmt.Errorf("sqlite: switch %s: %w", p.Name, err)
	}
	v.serve(set)
	_ = v.sweep(ctx, p.Name) // tried again by the next Attach or Shadow; the switch stands
	return nil
}

// Drop is projections.Sink's.
func (v *Views) Drop(ctx context.Context, p projections.Projection, shadow projections.Target) error {
	set, ok := shadow.(*viewSet)
	if !ok || set.views != v {
		return fmt.Errorf("sqlite: drop shadow of %s: it is not of this sink", p.Name)
	}
	v.attach.Lock()
	defer v.attach.Unlock()
	err := v.writer.write(ctx, func(ctx context.Context) error {
		return v.retire(ctx, `id = ? AND state = 'shadow'`, set.id)
	})
	if err = errors.Join(err, v.sweep(ctx, p.Name)); err != nil {
		return fmt.Errorf("sqlite: drop shadow of %s: %w", p.Name, err)
	}
	if v.live.Load().sets[p.Name] != set {
		set.forget()
	}
	return nil
}

// Prune drops what is stored of projections that are not attached, such as older versions, and names them.
func (v *Views) Prune(ctx context.Context) ([]string, error) {
	v.attach.Lock()
	defer v.attach.Unlock()
	attached, err := json.Marshal(slices.Collect(maps.Keys(v.live.Load().sets)))
	if err != nil {
		return nil, fmt.Errorf("sqlite: prune: %w", err)
	}
	names, err := texts(v.db.read.QueryContext(ctx, `SELECT DISTINCT projection FROM generation
		WHERE projection NOT IN (SELECT value FROM json_each(?)) ORDER BY projection`, string(attached)))
	if err != nil {
		return nil, fmt.Errorf("sqlite: prune: %w", err)
	}
	for _, name := range names {
		err := v.writer.write(ctx, func(ctx context.Context) error { return v.retire(ctx, `projection = ?`, name) })
		if err = errors.Join(err, v.sweep(ctx, name)); err != nil {
			return nil, fmt.Errorf("sqlite: prune %s: %w", name, err)
		}
	}
	return names, nil
}

// serve lets readers see the set from now on, and tells the watchers.
func (v *Views) serve(set *viewSet) {
	before := v.live.Load()
	v.live.Store(before.with(set))
	former := before.sets[set.projection.Name]
	if former == nil {
		return
	}
	former.forget()
	var changed []projections.Key
	for name := range set.tables {
		changed = append(changed, projections.Key{Table: name})
	}
	v.watchers.Tell(changed)
}

// sweep drops the tables of a projection's dead sets, one set in a transaction.
func (v *Views) sweep(ctx context.Context, projection string) error {
	for more := true; more; {
		err := v.writer.write(ctx, func(ctx context.Context) (err error) {
			more, err = v.sweepOne(ctx, projection)
			return err
		})
		if err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
	}
	return nil
}

func (v *Views) sweepOne(ctx context.Context, projection string) (more bool, err error) {
	var id int64
	var list string
	var names []string
	err = v.writer.conn.QueryRowContext(ctx, `SELECT id, tables FROM generation WHERE projection = ? AND state = 'dead' LIMIT 1`, projection).
		Scan(&id, &list)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(list), &names)
	}
	if err != nil {
		return false, err
	}
	for _, name := range names {
		if _, err := v.writer.exec(ctx, `DROP TABLE IF EXISTS `+quote(name)); err != nil {
			return false, err
		}
	}
	_, err = v.writer.exec(ctx, `DELETE FROM generation WHERE id = ?`, id)
	return true, err
}

// retire marks sets as dead.
func (v *Views) retire(ctx context.Context, which string, arg any) error {
	_, err := v.writer.exec(ctx, `UPDATE generation SET state = 'dead' WHERE `+which, arg)
	return err
}

// makeSet makes a new set of empty tables.
func (v *Views) makeSet(ctx context.Context, p projections.Projection, state string) (int64, error) {
	res, err := v.writer.exec(ctx, `INSERT INTO generation (projection, state, definition, tables, checkpoint) VALUES (?, ?, ?, '[]', ?)`,
		p.Name, state, p.Definition(), es.Position{}.String())
	if err != nil {
		return 0, err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return 0, err
	}
	names := []string{}
	for _, shape := range p.Tables {
		t := newViewTable(&viewSet{id: id}, shape)
		for _, statement := range t.definition() {
			if _, err := v.writer.exec(ctx, statement); err != nil {
				return 0, fmt.Errorf("%s: %w", statement, err)
			}
		}
		names = append(names, t.physical()...)
	}
	list, err := json.Marshal(names)
	if err != nil {
		return 0, err
	}
	_, err = v.writer.exec(ctx, `UPDATE generation SET tables = ? WHERE id = ?`, string(list), id)
	return id, err
}

// one takes a compare-and-set that did not match one row as a checkpoint that was moved.
func one(res sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n != 1 {
		err = projections.ErrMoved
	}
	return err
}

func texts(rows *sql.Rows, err error) (out []string, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
