package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

const (
	advance = `SELECT advance($1, $2, $3, $4, $5)`
	notify  = `SELECT pg_notify($1, $2) FROM generation WHERE id = $3 AND state = 'live'`

	// viewPatience is how long a commit that was sent is waited for: less than a server may take to stop.
	viewPatience = 10 * time.Second

	// upsertRows is how many rows one statement takes.
	upsertRows = 1000
)

// Commit is projections.Target's: one round trip, in which the server takes the statements as one transaction.
func (s *viewSet) Commit(ctx context.Context, from, through es.Position, rows *projections.Rows) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("postgres: commit %s: %w", s.projection.Name, err)
	}
	if s.fill != nil {
		if err := s.fill.commit(ctx, from, through, rows); err != nil {
			return fmt.Errorf("postgres: commit %s: %w", s.projection.Name, err)
		}
		return nil
	}
	changed, err := s.change(ctx, from, through, rows)
	if hasCode(err, codeMoved) && s.place.known && s.place.at == from {
		err = s.lost(ctx, from, err)
	}
	if err != nil {
		s.place.known = false
		err = fmt.Errorf("postgres: commit %s: %w", s.projection.Name, moved(err))
	}
	if now := s.views.live.Load().sets[s.projection.Name]; now != nil && now.id == s.id && !errors.Is(err, projections.ErrMoved) {
		s.views.watchers.Tell(changed) // also when the commit's outcome is unknown
	}
	return err
}

// check refuses what the tables can't hold.
func (s *viewSet) check(k projections.Key, row *projections.Row) error {
	t, ok := s.tables[k.Table]
	switch {
	case !ok:
		return fmt.Errorf("it has no table %s", k.Table)
	case row == nil:
		return nil
	}
	return t.shape.Check(*row)
}

// change commits; changed is nil if nothing was sent.
func (s *viewSet) change(ctx context.Context, from, through es.Position, rows *projections.Rows) (changed []projections.Key, err error) {
	place, err := s.standing(ctx, from)
	if err != nil {
		return nil, err
	}
	remove, upsert := map[string][]string{}, map[string][]written{}
	for k, row := range rows.Changed {
		if err := s.check(k, row); err != nil {
			return nil, fmt.Errorf("row %s of %s: %w", k.Key, k.Table, err)
		}
		changed = append(changed, k)
		if row == nil {
			if keepable(k.Key) {
				remove[k.Table] = append(remove[k.Table], k.Key)
			}
			continue
		}
		place.born++
		upsert[k.Table] = append(upsert[k.Table], written{row, place.born})
	}
	batch := &pgx.Batch{}
	batch.Queue(advance, s.id, from.String(), through.String(), s.epoch, place.born)
	for _, t := range s.sorted() {
		if keys := remove[t.shape.Name]; len(keys) > 0 {
			batch.Queue(t.remove(), keys)
		}
		for some := range slices.Chunk(upsert[t.shape.Name], upsertRows) {
			batch.Queue(t.upsert(), t.arrays(some)...)
		}
	}
	batch.Queue(notify, viewChannel, s.notice(through, changed).text(), s.id)
	// It is not given up with ctx: it would take effect at some later moment, when the runner that was halted for a rebuild, say,
	// stands still and its tables are being read.
	sent, done := context.WithTimeout(context.WithoutCancel(ctx), viewPatience)
	defer done()
	if err := s.views.write.SendBatch(sent, batch).Close(); err != nil {
		return changed, err
	}
	s.place = standing{known: true, at: through, born: place.born}
	return changed, nil
}

// standing is where the set stands. What this process left there it knows; that it is still so the commit sees.
func (s *viewSet) standing(ctx context.Context, from es.Position) (standing, error) {
	if s.place.known && s.place.at == from {
		return s.place, nil
	}
	born, at, err := s.look(ctx, s.views.write)
	if err == nil && at != from {
		err = projections.ErrMoved
	}
	return standing{known: true, at: at, born: born}, err
}

// errLost says that a crash of the server took commits with it: the projection goes on from the checkpoint that is left.
var errLost = errors.New("the server lost the last commits and stands before them")

// lost looks whether the checkpoint that this process left is gone because the server went back, which is nobody's move.
func (s *viewSet) lost(ctx context.Context, left es.Position, err error) error {
	if _, at, now := s.look(ctx, s.views.write); now == nil && at.Compare(left) < 0 {
		return errLost
	}
	return err
}
