package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

// Check reads everything and reports what is wrong: pages and indexes (SQLite's own integrity check), gaps in positions, gaps
// and disorder in revisions, streams without events, and records that don't match their hash. It goes on after a finding as
// far as the file can be read. The error is ctx's, or that the file could not be asked at all.
func (s *Store) Check(ctx context.Context, report func(adapter.Problem)) error {
	if err := s.open(); err != nil {
		return err
	}
	for _, part := range []struct {
		name  string
		check func(context.Context, func(adapter.Problem)) error
	}{{"pages", s.checkPages}, {"revisions", s.checkRevisions}, {"records", s.checkRecords}} {
		if err := part.check(ctx, report); err != nil {
			if ctx.Err() != nil || errors.Is(err, ErrClosed) {
				return fmt.Errorf("sqlite: check: %w", err)
			}
			report(adapter.Problem{What: fmt.Sprintf("the check of %s stopped: %v", part.name, err)})
		}
	}
	return nil
}

func (s *Store) checkPages(ctx context.Context, report func(adapter.Problem)) error {
	return s.ask(ctx, "PRAGMA integrity_check", func(rows *sql.Rows) error {
		var found string
		if err := rows.Scan(&found); err != nil || found == "ok" {
			return err
		}
		report(adapter.Problem{What: "pages: " + found})
		return nil
	})
}

// checkRevisions walks the index of streams, which holds all it needs.
func (s *Store) checkRevisions(ctx context.Context, report func(adapter.Problem)) error {
	var stream, revision, position int64 = -1, 0, 0
	err := s.ask(ctx, "SELECT stream, revision, position FROM event ORDER BY stream, revision", func(rows *sql.Rows) error {
		var st, rev, pos int64
		if err := rows.Scan(&st, &rev, &pos); err != nil {
			return err
		}
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
	if err != nil {
		return err
	}
	orphans := `SELECT id, text FROM stream s WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.stream = s.id)`
	return s.ask(ctx, orphans, func(rows *sql.Rows) error {
		var id int64
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return err
		}
		report(adapter.Problem{What: fmt.Sprintf("stream %d (%s) has no events", id, text)})
		return nil
	})
}

// checkRecords walks the log.
func (s *Store) checkRecords(ctx context.Context, report func(adapter.Problem)) error {
	if err := s.names.refresh(ctx); err != nil {
		return err
	}
	for at, more := uint64(0), true; more; {
		page, err := s.rows(ctx, s.read.log, nil, int64(at))
		if err != nil {
			return fmt.Errorf("after position %d: %w", at, err)
		}
		for i, r := range page.records {
			got, _ := r.Position.Pair()
			if got != at+1 {
				report(adapter.Problem{Position: es.At(at+1, 0), What: fmt.Sprintf("missing, and all up to %d", got)})
			}
			if err := s.complete(ctx, &page, i); err != nil {
				report(adapter.Problem{Position: r.Position, What: err.Error()})
			}
			at = got
		}
		more = page.more
	}
	return nil
}

// ask calls visit for every row of a query.
func (s *Store) ask(ctx context.Context, query string, visit func(*sql.Rows) error) error {
	rows, err := s.db.read.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := visit(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
