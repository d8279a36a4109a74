package webhook

import (
	"context"
	"fmt"
	"time"
)

const (
	maxWaiting = 10_000 // releases that wait for an endpoint: beyond them its place in the feed stays
	lowWaiting = 64     // untried ones, below which more are looked at
	pageSize   = 256    // of the feed
)

// piece is a release that waits for an endpoint.
type piece struct {
	sequence   uint64
	disclosure string
	tries      int
	since      time.Time // first failure
	due        time.Time
}

func scanPiece(row scanner) (p piece, err error) {
	var sequence, since, due int64
	err = row.Scan(&sequence, &p.disclosure, &p.tries, &since, &due)
	p.sequence, p.since, p.due = uint64(sequence), instant(since), instant(due) //nolint:gosec // stored from one
	return p, err
}

// room tells whether an endpoint's queue takes more.
func (s *Store) room(ctx context.Context, id string) (bool, error) {
	var all, untried int
	err := s.q.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(CASE WHEN w.tries = 0 AND NOT EXISTS (
			SELECT 1 FROM waiting o WHERE o.endpoint = w.endpoint AND o.disclosure = w.disclosure AND o.sequence < w.sequence) THEN 1 ELSE 0 END), 0)
		FROM waiting w WHERE w.endpoint = ?`, id).Scan(&all, &untried)
	if err != nil {
		return false, fmt.Errorf("webhook: count what waits: %w", err)
	}
	return all+pageSize <= maxWaiting && untried < lowWaiting, nil
}

// enqueue moves the place of an endpoint behind a page of the feed, of which it keeps what the endpoint wants, unless its place
// was moved meanwhile.
func (s *Store) enqueue(ctx context.Context, e endpoint, p Page) error {
	through := p.After
	return s.write(ctx, "enqueue", func(tx querier) error {
		for _, i := range p.Items {
			through = i.Sequence
		}
		res, err := tx.ExecContext(ctx, `UPDATE endpoint SET through = ?, epoch = ? WHERE id = ? AND run = ? AND through = ?`,
			int64(through), p.Epoch, e.id, e.run, int64(e.through)) //nolint:gosec // numbers of releases
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		if p.After < e.through {
			if err := s.rewind(ctx, tx, e, p); err != nil {
				return err
			}
		}
		for _, i := range p.Items {
			if !e.wants(i) {
				continue
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO waiting (endpoint, sequence, disclosure, tries, since, due) VALUES (?, ?, ?, 0, 0, 0)`,
				e.id, int64(i.Sequence), i.Disclosure); err != nil { //nolint:gosec // as above
				return err
			}
		}
		return nil
	})
}

// rewind forgets what waits of numbers that the ledger gave up when it was restored.
func (s *Store) rewind(ctx context.Context, tx querier, e endpoint, p Page) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM waiting WHERE endpoint = ? AND sequence > ?`, e.id, int64(p.After)); err != nil { //nolint:gosec // as above
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE endpoint SET run = run + 1 WHERE id = ?`, e.id); err != nil {
		return err
	}
	return enter(ctx, tx, e.id, s.clock(), "", actRewound, fmt.Sprintf("台账已恢复，自编号%d之后继续推送 · the ledger was restored: going on behind release %d", p.After, p.After))
}

// heads are the releases that are due: of each disclosure the earliest, in the order of the feed.
func (s *Store) heads(ctx context.Context, id string, now time.Time, limit int) ([]piece, error) {
	list, err := collect(ctx, s.q, scanPiece, `SELECT sequence, disclosure, tries, since, due FROM waiting w WHERE endpoint = ? AND due <= ? AND NOT EXISTS (
			SELECT 1 FROM waiting o WHERE o.endpoint = w.endpoint AND o.disclosure = w.disclosure AND o.sequence < w.sequence)
		ORDER BY sequence LIMIT ?`, id, millis(now), limit)
	if err != nil {
		return nil, fmt.Errorf("webhook: find what is due: %w", err)
	}
	return list, nil
}

// next is when the next of those that failed is due; zero for never.
func (s *Store) next(ctx context.Context, id string, now time.Time) (time.Time, error) {
	var due int64
	err := s.q.QueryRowContext(ctx, `SELECT coalesce(min(due), 0) FROM waiting WHERE endpoint = ? AND due > ?`, id, millis(now)).Scan(&due)
	if err != nil {
		return time.Time{}, fmt.Errorf("webhook: find what is due next: %w", err)
	}
	return instant(due), nil
}

// postpone puts a release off that could not even be tried.
func (s *Store) postpone(ctx context.Context, e endpoint, p piece, due time.Time) error {
	return s.write(ctx, "postpone", func(tx querier) error {
		_, err := tx.ExecContext(ctx, `UPDATE waiting SET due = ? WHERE endpoint = ? AND sequence = ?`, millis(due), e.id, int64(p.sequence)) //nolint:gosec // as above
		return err
	})
}

// attempt is what is noted of a try.
type attempt struct {
	number     uint64
	sequence   uint64
	disclosure string
	message    string
	try        int
	at         time.Time
	result
	took time.Duration
}

// note adds an attempt, and forgets the oldest.
func note(ctx context.Context, q querier, id string, a *attempt) error {
	if err := q.QueryRowContext(ctx, `UPDATE endpoint SET attempts = attempts + 1 WHERE id = ? RETURNING attempts`, id).Scan(&a.number); err != nil {
		return err
	}
	n := int64(a.number) //nolint:gosec // counted from 1
	if _, err := q.ExecContext(ctx, `INSERT INTO attempt (endpoint, number, sequence, disclosure, message, try, at, outcome, status, took)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, n, int64(a.sequence), a.disclosure, a.message, a.try, millis(a.at), a.outcome, a.status, a.took.Milliseconds()); err != nil { //nolint:gosec // as above
		return err
	}
	_, err := q.ExecContext(ctx, `DELETE FROM attempt WHERE endpoint = ? AND number <= ?`, id, n-maxKept)
	return err
}

func scanAttempt(row scanner) (a attempt, err error) {
	var at, took int64
	err = row.Scan(&a.number, &a.sequence, &a.disclosure, &a.message, &a.try, &at, &a.outcome, &a.status, &took)
	a.at, a.took = instant(at), time.Duration(took)*time.Millisecond
	return a, err
}

// settled is what a try changes.
type settled struct {
	attempt attempt
	due     time.Time // of the next try, if it failed
	wait    time.Time // before which the whole endpoint is left alone
	state   string    // of the endpoint from now on, if it changes, and why
	reason  string
}

// settle keeps what came of a try. What was set back or deleted meanwhile is not touched, and an endpoint that was paused
// meanwhile stays so.
func (s *Store) settle(ctx context.Context, e endpoint, p piece, did settled) error {
	return s.write(ctx, "settle", func(tx querier) error {
		now, err := find(ctx, tx, e.id)
		if unknown(err) {
			return nil
		}
		if err == nil {
			err = note(ctx, tx, e.id, &did.attempt)
		}
		if err != nil || now.run != e.run {
			return err
		}
		if did.attempt.outcome == outcomeDelivered {
			return delivered(ctx, tx, e.id, p)
		}
		if err := s.failed(ctx, tx, now, p, did); err != nil || did.state == "" || now.state != stateActive {
			return err
		}
		act := actPaused
		if did.state == stateDisabled {
			act = actDisabled
		}
		if err := stand(ctx, tx, e.id, did.state, did.reason); err != nil {
			return err
		}
		return enter(ctx, tx, e.id, s.clock(), "", act, did.reason)
	})
}

func delivered(ctx context.Context, tx querier, id string, p piece) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM waiting WHERE endpoint = ? AND sequence = ?`, id, int64(p.sequence)); err != nil { //nolint:gosec // as above
		return err
	}
	// A time that the receiver asked for meanwhile stands.
	_, err := tx.ExecContext(ctx, `UPDATE endpoint SET streak = 0 WHERE id = ? AND streak <> 0`, id)
	return err
}

func (s *Store) failed(ctx context.Context, tx querier, now endpoint, p piece, did settled) error {
	since := p.since
	if since.IsZero() {
		since = did.attempt.at
	}
	if _, err := tx.ExecContext(ctx, `UPDATE waiting SET tries = ?, since = ?, due = ? WHERE endpoint = ? AND sequence = ?`,
		did.attempt.try, millis(since), millis(did.due), now.id, int64(p.sequence)); err != nil { //nolint:gosec // as above
		return err
	}
	until := did.wait
	if now.notBefore.After(until) {
		until = now.notBefore
	}
	_, err := tx.ExecContext(ctx, `UPDATE endpoint SET streak = streak + 1, not_before = ? WHERE id = ?`, millis(until), now.id)
	return err
}
