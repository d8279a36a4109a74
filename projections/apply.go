package projections

import (
	"context"
	"fmt"
	"maps"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// ProjectError says which record a projection could not take.
type ProjectError struct {
	Projection string
	Record     es.Record
	Err        error
}

func (e *ProjectError) Error() string {
	return fmt.Sprintf("projections: %s can't take %s of %s@%d: %v",
		e.Projection, e.Record.Type, e.Record.Stream, e.Record.Revision, e.Err)
}

func (e *ProjectError) Unwrap() error { return e.Err }

// Apply folds one batch into a target standing at from. Records at or before from took effect already and are passed over.
// Rows are loaded only for records that change something.
func Apply(ctx context.Context, p Projection, target Target, from es.Position, batch es.Batch) error {
	if batch.Through.Compare(from) <= 0 {
		return nil
	}
	todo, keys, err := project(p, from, batch.Records)
	if err != nil {
		return err
	}
	var loaded map[Key]*Row
	if len(keys) > 0 {
		if loaded, err = target.Load(ctx, keys); err != nil {
			return fmt.Errorf("projections: load rows for %s: %w", p.Name, err)
		}
	}
	rows := NewRows(loaded)
	if err := foresee(ctx, p, target, rows, todo); err != nil {
		return err
	}
	for _, c := range todo {
		rows.Begin(c.record.Position, c.Keys)
		if err := more(ctx, p, target, rows, c); err != nil {
			return err
		}
		if err := c.Apply(rows); err != nil {
			return &ProjectError{p.Name, c.record, err}
		}
		if err := p.check(rows); err != nil {
			return &ProjectError{p.Name, c.record, err}
		}
	}
	if err := target.Commit(ctx, from, batch.Through, rows); err != nil {
		return fmt.Errorf("projections: commit %s: %w", p.Name, err)
	}
	return nil
}

// foresee loads at once what the changes ask for in the second place as far as the rows tell before any change; what they
// tell only after an earlier change of the batch is left to more.
func foresee(ctx context.Context, p Projection, target Target, rows *Rows, todo []pending) error {
	var missing []Key
	asked := map[Key]bool{}
	for _, c := range todo {
		if c.More == nil {
			continue
		}
		rows.Begin(c.record.Position, c.Keys)
		keys, err := c.More(rows)
		if err != nil {
			continue // it may be right once the changes before it are made
		}
		for _, k := range rows.show(keys) {
			if !asked[k] {
				asked[k], missing = true, append(missing, k)
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	loaded, err := target.Load(ctx, missing)
	if err != nil {
		return fmt.Errorf("projections: load further rows for %s: %w", p.Name, err)
	}
	maps.Copy(rows.rows, loaded)
	return nil
}

// more loads the rows that a change asks for in the second place and that are not there yet.
func more(ctx context.Context, p Projection, target Target, rows *Rows, c pending) error {
	if c.More == nil {
		return nil
	}
	keys, err := c.More(rows)
	if err != nil {
		return &ProjectError{p.Name, c.record, err}
	}
	if missing := rows.show(keys); len(missing) > 0 {
		loaded, err := target.Load(ctx, missing)
		if err != nil {
			return fmt.Errorf("projections: load rows for %s: %w", p.Name, err)
		}
		maps.Copy(rows.rows, loaded)
	}
	return nil
}

type pending struct {
	Change
	record es.Record
}

func project(p Projection, from es.Position, records []es.Record) (todo []pending, keys []Key, err error) {
	asked := map[Key]bool{}
	for _, rec := range records {
		if rec.Position.Compare(from) <= 0 {
			continue
		}
		c, err := p.Project(rec)
		if err != nil {
			return nil, nil, &ProjectError{p.Name, rec, err}
		}
		if c.Apply == nil {
			continue
		}
		todo = append(todo, pending{c, rec})
		for _, k := range c.Keys {
			if !asked[k] {
				asked[k], keys = true, append(keys, k)
			}
		}
	}
	return todo, keys, nil
}

// check looks at what the last change put: a row that breaks its table's shape is the projection's fault, for good.
func (p Projection) check(rows *Rows) error {
	for _, k := range rows.touched {
		t, ok := p.table(k.Table)
		if !ok {
			return fmt.Errorf("projections: %s has no table %q", p.Name, k.Table)
		}
		if row := rows.rows[k]; row != nil {
			if err := t.Check(*row); err != nil {
				return err
			}
		}
	}
	return nil
}

// Fill applies the log to a target from its checkpoint on, exactly through goal, or to the end of the log if that comes
// first. note, if not nil, is told how far it came.
func Fill(ctx context.Context, p Projection, source es.Source, target Target, goal es.Position, note func(es.Position)) error {
	at, err := target.Checkpoint(ctx)
	if err != nil {
		return fmt.Errorf("projections: checkpoint of %s: %w", p.Name, err)
	}
	if at.Compare(goal) >= 0 {
		return nil
	}
	for batch, err := range source.Follow(ctx, at) {
		if err != nil {
			return fmt.Errorf("projections: follow for %s: %w", p.Name, err)
		}
		batch = through(batch, goal)
		if err := Apply(ctx, p, target, at, batch); err != nil {
			return err
		}
		if at.Compare(batch.Through) < 0 {
			at = batch.Through
		}
		if note != nil {
			note(at)
		}
		if batch.CaughtUp || at.Compare(goal) >= 0 {
			return nil
		}
	}
	return errSourceEnded
}

// through cuts a batch off behind goal.
func through(b es.Batch, goal es.Position) es.Batch {
	if b.Through.Compare(goal) <= 0 {
		return b
	}
	n := 0
	for n < len(b.Records) && b.Records[n].Position.Compare(goal) <= 0 {
		n++
	}
	return es.Batch{Records: b.Records[:n], Through: goal}
}
