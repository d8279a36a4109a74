package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// retire marks sets as dead.
const retire = `UPDATE generation SET state = 'dead' WHERE state <> 'dead'`

// sweepWait is how long a dropping waits for those who read the tables; others who want to read wait behind it meanwhile.
const sweepWait = `SET LOCAL lock_timeout = '500ms'`

// takeTurn waits until no other process changes which sets a projection has.
func takeTurn(ctx context.Context, tx pgx.Tx, projection string) error {
	batch := &pgx.Batch{}
	batch.Queue(`SET LOCAL synchronous_commit = on`)
	batch.Queue(`SELECT pg_advisory_xact_lock(hashtextextended('mingjian views ' || $1::text, 0))`, projection)
	return tx.SendBatch(ctx, batch).Close()
}

// alone runs a transaction that changes which sets a projection has, or under which epoch; those of all processes take turns.
// Unlike a commit of rows it is on disk when it is acknowledged, and what was committed before it too.
func (v *Views) alone(ctx context.Context, projection string, do func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, v.write, func(tx pgx.Tx) error {
		if err := takeTurn(ctx, tx, projection); err != nil {
			return err
		}
		return do(tx)
	})
}

// serve lets readers see the set from now on, and tells the watchers if that changes anything for them.
func (v *Views) serve(set *viewSet) {
	before := v.live.Load()
	v.live.Store(before.with(set))
	if former := before.sets[set.projection.Name]; former != nil && former.id != set.id {
		v.watchers.Tell(append(former.everything(), set.everything()...))
	}
}

// replaced looks whether another process replaced a set, and lets readers see the new one; again is true if they have another
// set than this one now.
func (v *Views) replaced(ctx context.Context, set *viewSet) (again bool, err error) {
	v.attach.Lock()
	defer v.attach.Unlock()
	now := v.live.Load().sets[set.projection.Name]
	if now == nil || now.id != set.id {
		return now != nil, nil
	}
	id, found, err := v.find(ctx, v.read, set.projection)
	if err != nil || !found || id == set.id {
		return false, err
	}
	v.serve(newViewSet(v, set.projection, id, 0))
	return true, nil
}

// sweep drops the tables of a projection's dead sets, one set in a transaction. What somebody reads for long is left for the
// next time.
func (v *Views) sweep(ctx context.Context, projection string) error {
	rows, err := v.write.Query(ctx, `SELECT id, tables FROM generation WHERE projection = $1 AND state = 'dead' ORDER BY id`, projection)
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	type dead struct {
		ID     int64
		Tables []string
	}
	sets, err := pgx.CollectRows(rows, pgx.RowToStructByPos[dead])
	for _, set := range sets {
		if err != nil {
			break
		}
		err = v.alone(ctx, projection, func(tx pgx.Tx) error {
			batch := &pgx.Batch{}
			batch.Queue(sweepWait)
			for _, table := range set.Tables {
				batch.Queue(`DROP TABLE IF EXISTS ` + quote(table))
			}
			batch.Queue(`DELETE FROM generation WHERE id = $1`, set.ID)
			return tx.SendBatch(ctx, batch).Close()
		})
		if hasCode(err, codeLockWait) {
			err = nil
		}
	}
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	return nil
}

// makeSet makes a new set of empty tables; a shadow gets its indexes when it is filled.
func (v *Views) makeSet(ctx context.Context, tx pgx.Tx, p projections.Projection, state string, epoch int64) (id int64, err error) {
	err = tx.QueryRow(ctx, `INSERT INTO generation (projection, state, definition, tables, checkpoint, epoch)
		VALUES ($1, $2, $3, '{}', $4, greatest($5, (SELECT max(epoch) FROM generation WHERE projection = $1))) RETURNING id`,
		p.Name, state, p.Definition(), es.Position{}.String(), epoch).Scan(&id)
	if err != nil {
		return 0, err
	}
	names := []string{}
	for _, t := range newViewSet(v, p, id, epoch).sorted() {
		names = append(names, t.name)
		statements := []string{t.definition()}
		if state == "live" {
			statements = append(append(statements, t.keyIndex()), t.indexes()...)
		}
		for _, statement := range statements {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return 0, fmt.Errorf("%s: %w", statement, err)
			}
		}
	}
	_, err = tx.Exec(ctx, `UPDATE generation SET tables = $1 WHERE id = $2`, names, id)
	return id, err
}

// one takes a compare-and-set that did not match one row as a checkpoint that was moved.
func one(tag pgconn.CommandTag, err error) error {
	if err == nil && tag.RowsAffected() != 1 {
		err = projections.ErrMoved
	}
	return err
}
