package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// viewWriter owns the one writing connection; whoever has the turn uses it alone.
//
// Statements run without the caller's context: one that can end costs the driver a goroutine for each statement and the
// connection when it ends. A turn is waited for under the context, and is short but for the dropping of large tables.
type viewWriter struct {
	conn                    *sql.Conn
	turn                    chan struct{} // holds the one turn
	begin, commit, rollback *sql.Stmt
	advance                 *sql.Stmt // moves a set's checkpoint from where it must be; every commit does
}

func newViewWriter(ctx context.Context, db *sql.DB) (_ *viewWriter, err error) {
	w := &viewWriter{turn: make(chan struct{}, 1)}
	if w.conn, err = db.Conn(ctx); err != nil {
		return nil, err
	}
	for text, target := range map[string]**sql.Stmt{
		"BEGIN IMMEDIATE": &w.begin, "COMMIT": &w.commit, "ROLLBACK": &w.rollback,
		`UPDATE generation SET checkpoint = ? WHERE id = ? AND state <> 'dead' AND checkpoint = ?`: &w.advance,
	} {
		if *target, err = w.conn.PrepareContext(ctx, text); err != nil { //nolint:sqlclosecheck // ends with the connection
			return nil, errors.Join(fmt.Errorf("%s: %w", text, err), w.conn.Close())
		}
	}
	w.turn <- struct{}{}
	return w, nil
}

// alone runs what it is given with the turn.
func (w *viewWriter) alone(ctx context.Context, do func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case _, open := <-w.turn:
		if !open {
			return ErrClosed
		}
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { w.turn <- struct{}{} }()
	return do(context.WithoutCancel(ctx))
}

// write runs what it is given in one transaction.
func (w *viewWriter) write(ctx context.Context, do func(context.Context) error) error {
	return w.alone(ctx, func(ctx context.Context) error {
		if _, err := w.begin.ExecContext(ctx); err != nil {
			return fmt.Errorf("begin: %w", err)
		}
		err := do(ctx)
		if err == nil {
			if _, err = w.commit.ExecContext(ctx); err == nil {
				return nil
			}
			err = fmt.Errorf("commit: %w", err)
		}
		// A transaction that SQLite has rolled back by itself already is no second fault.
		_, _ = w.rollback.ExecContext(ctx)
		return err
	})
}

// exec runs a statement that is not worth preparing. It needs the turn.
func (w *viewWriter) exec(ctx context.Context, text string, args ...any) (sql.Result, error) {
	return w.conn.ExecContext(ctx, text, args...)
}

// close waits for the turn and never gives it back. A statement left open would keep the file open, and with it the WAL.
func (w *viewWriter) close() error {
	<-w.turn
	close(w.turn)
	return errors.Join(w.begin.Close(), w.commit.Close(), w.rollback.Close(), w.advance.Close(), w.conn.Close())
}
