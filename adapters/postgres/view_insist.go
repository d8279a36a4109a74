package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// insistAfter is how long the new holder of a lease waits for what a holder before it left unfinished. One that was stopped in
// the midst of a transaction, or whose machine is gone, would keep it waiting for as long as its connection seems to be there.
const insistAfter = 2 * time.Second

// insistently is alone for the holder of a lease: it ends the connections of those that keep it waiting. Nothing that is
// acknowledged is lost by that, and what they do under an epoch that is over is of no effect anyhow.
func (v *Views) insistently(ctx context.Context, projection string, do func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, v.write, func(tx pgx.Tx) error {
		defer v.insist(ctx, tx.Conn().PgConn().PID())()
		if err := takeTurn(ctx, tx, projection); err != nil {
			return fmt.Errorf("wait for a turn: %w", err)
		}
		return do(tx)
	})
}

func (v *Views) insist(ctx context.Context, waiting uint32) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		look := time.NewTicker(insistAfter)
		defer look.Stop()
		for {
			select {
			case <-look.C:
			case <-ctx.Done():
				return
			}
			// What this role may not end, such as work of an administrator, is waited for.
			_, _ = v.write.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM unnest(pg_blocking_pids($1)) pid`, waiting)
		}
	}()
	return func() {
		cancel()
		<-done
	}
}
