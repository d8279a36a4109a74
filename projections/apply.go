package projections

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"

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

// foresee loads at once what the changes ask for in the second place as far as the rows tell before any change, round by round;
// what they tell only after an earlier change of the batch is left to more.
func foresee(ctx context.Context, p Projection, target Target, rows *Rows, todo []pending) error {
	asking := slices.DeleteFunc(slices.Clone(todo), func(c pending) bool { return c.More == nil })
	told := make([][]Key, len(asking)) // what each named so far
	for len(asking) > 0 {
		var missing []Key
		asked, next := map[Key]bool{}, 0
		for i, c := range asking {
			rows.Begin(c.record.Position, c.Keys)
			rows.show(told[i])
			keys, err := c.More(rows)
			if err != nil {
				continue // it may be right once the changes before it are made
			}
			seen := len(rows.visible)
			unknown := rows.show(keys)
			if len(rows.visible) == seen {
				continue
			}
			for _, k := range unknown {
				if !asked[k] {
					asked[k], missing = true, append(missing, k)
				}
			}
			asking[next], told[next] = c, append(told[i], keys...)
			next++
		}
		asking, told = asking[:next], told[:next]
		if err := load(ctx, p, target, rows, missing); err != nil {
			return err
		}
	}
	return nil
}

// more loads the rows that a change asks for in the second place and that are not there yet, until it names no further one.
func more(ctx context.Context, p Projection, target Target, rows *Rows, c pending) error {
	for c.More != nil {
		keys, err := c.More(rows)
		if err != nil {
			return &ProjectError{p.Name, c.record, err}
		}
		seen := len(rows.visible)
		if err := load(ctx, p, target, rows, rows.show(keys)); err != nil {
			return err
		}
		if len(rows.visible) == seen {
			return nil
		}
	}
	return nil
}

func load(ctx context.Context, p Projection, target Target, rows *Rows, missing []Key) error {
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

type pending struct {
	Change
	record es.Record
}

// aside is how many records are worth a goroutine of their own.
const aside = 64

func project(p Projection, from es.Position, records []es.Record) (todo []pending, keys []Key, err error) {
	for len(records) > 0 && records[0].Position.Compare(from) <= 0 {
		records = records[1:]
	}
	changes, failed, err := projectAll(p, records)
	if err != nil {
		return nil, nil, &ProjectError{p.Name, records[failed], err}
	}
	asked := map[Key]bool{}
	for i, c := range changes {
		if c.Apply == nil {
			continue
		}
		todo = append(todo, pending{c, records[i]})
		for _, k := range c.Keys {
			if !asked[k] {
				asked[k], keys = true, append(keys, k)
			}
		}
	}
	return todo, keys, nil
}

// projectAll asks for each record's change. Decoding is most of what a rebuild does, and pure: large batches are divided among
// the processors. Of errors the first one counts, which is at failed.
func projectAll(p Projection, records []es.Record) (changes []Change, failed int, err error) {
	changes = make([]Change, len(records))
	parts := max(1, min(runtime.GOMAXPROCS(0), len(records)/aside))
	failures, at := make([]error, parts), make([]int, parts)
	var all sync.WaitGroup
	for part := range parts {
		work := func() {
			first, end := part*len(records)/parts, (part+1)*len(records)/parts
			for i := first; i < end && failures[part] == nil; i++ {
				at[part] = i
				changes[i], failures[part] = p.Project(records[i])
			}
		}
		if part == parts-1 {
			work()
		} else {
			all.Go(work)
		}
	}
	all.Wait()
	for part, err := range failures {
		if err != nil {
			return nil, at[part], err
		}
	}
	return changes, 0, nil
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
