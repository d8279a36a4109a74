package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

// Check reads everything and reports what is wrong: gaps and disorder in revisions, streams without events, a noted end of the log
// that is not its end, gaps in positions, and records that don't match their hash. It goes on after a finding as far as the
// database can be read. Whether the pages of the server are sound is the server's to say (pg_amcheck, data checksums). The error
// is ctx's, or that the database could not be asked at all.
func (s *Store) Check(ctx context.Context, report func(adapter.Problem)) error {
	if _, err := s.Head(ctx); err != nil {
		return err
	}
	for _, part := range []struct {
		name  string
		check func(context.Context, func(adapter.Problem)) error
	}{{"streams", s.checkStreams}, {"records", s.checkRecords}} {
		if err := part.check(ctx, report); err != nil {
			if ctx.Err() != nil || errors.Is(err, ErrClosed) {
				return fmt.Errorf("postgres: check: %w", err)
			}
			report(adapter.Problem{What: fmt.Sprintf("the check of %s stopped: %v", part.name, err)})
		}
	}
	return nil
}

// checkStreams looks at the log as it is at one moment. These questions are about all there is, so the server plans them freely.
func (s *Store) checkStreams(ctx context.Context, report func(adapter.Problem)) error {
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		free := "SELECT set_config(name, 'on', true) FROM unnest('{enable_seqscan,enable_hashjoin,enable_mergejoin,enable_bitmapscan}'::text[]) name"
		if _, err := tx.Exec(ctx, free); err != nil {
			return err
		}
		for _, check := range []func(context.Context, pgx.Tx, func(adapter.Problem)) error{checkEnd, checkRevisions, checkOrphans} {
			if err := check(ctx, tx, report); err != nil {
				return err
			}
		}
		return nil
	})
}

// checkEnd compares the end that is noted, which the next append builds on, with the one that is.
func checkEnd(ctx context.Context, tx pgx.Tx, report func(adapter.Problem)) error {
	var rows, noted, last int64
	query := "SELECT (SELECT count(*) FROM head), (SELECT coalesce(max(position), 0) FROM head), (SELECT coalesce(max(position), 0) FROM event)"
	if err := tx.QueryRow(ctx, query).Scan(&rows, &noted, &last); err != nil {
		return err
	}
	if rows != 1 {
		report(adapter.Problem{What: fmt.Sprintf("the end of the log is noted %d times", rows)})
	}
	if noted != last {
		report(adapter.Problem{Position: es.At(uint64(noted), 0), What: fmt.Sprintf("noted as the end of the log, whose last record is at %d", last)})
	}
	return nil
}

func checkRevisions(ctx context.Context, tx pgx.Tx, report func(adapter.Problem)) error {
	found, err := tx.Query(ctx, "SELECT stream, revision, position FROM event ORDER BY stream, revision")
	if err != nil {
		return err
	}
	var stream, revision, position, st, rev, pos int64
	_, err = pgx.ForEachRow(found, []any{&st, &rev, &pos}, func() error {
		want := revision + 1
		if st != stream {
			want, position = 0, 0
		}
		if rev != want {
			report(adapter.Problem{Position: es.At(uint64(pos), 0), What: fmt.Sprintf("stream %d has revision %d where %d belongs", st, rev, want)})
		}
		if pos <= position {
			report(adapter.Problem{Position: es.At(uint64(pos), 0), What: fmt.Sprintf("stream %d has revision %d before its predecessor", st, rev)})
		}
		stream, revision, position = st, rev, pos
		return nil
	})
	return err
}

func checkOrphans(ctx context.Context, tx pgx.Tx, report func(adapter.Problem)) error {
	found, err := tx.Query(ctx, "SELECT id, text FROM stream s WHERE NOT EXISTS (SELECT FROM event e WHERE e.stream = s.id) ORDER BY id")
	if err != nil {
		return err
	}
	var id int64
	var text string
	_, err = pgx.ForEachRow(found, []any{&id, &text}, func() error {
		report(adapter.Problem{What: fmt.Sprintf("stream %d (%s) has no events", id, text)})
		return nil
	})
	return err
}

// checkRecords walks the log.
func (s *Store) checkRecords(ctx context.Context, report func(adapter.Problem)) error {
	if err := s.names.refresh(ctx); err != nil {
		return err
	}
	for at, more := uint64(0), true; more; {
		page, err := s.rows(ctx, selectLog, nil, int64(at))
		if err != nil {
			return fmt.Errorf("after position %d: %w", at, err)
		}
		for i, r := range page.records {
			got, _ := r.Position.Pair()
			if got != at+1 {
				report(adapter.Problem{Position: es.At(at+1, 0), What: fmt.Sprintf("missing, and all up to %d", got)})
			}
			if err := s.complete(ctx, &page, i); err != nil {
				if _, damaged := errors.AsType[*adapter.DamageError](err); !damaged {
					return err
				}
				report(adapter.Problem{Position: r.Position, What: err.Error()})
			}
			at = got
		}
		more = page.more
	}
	return nil
}
