package sqlite

import (
	"context"
	"sync/atomic"
)

// A checkpoint of the WAL within a commit holds that commit up for tens of milliseconds, and with it everybody who waits for
// the view. So a goroutine of its own copies pages back while commits go on, and only the little that came meanwhile is
// copied with the writing connection held, which lets the WAL begin anew.
const (
	dueRows   = 4000     // changed rows after which pages are copied back
	dueFrames = 16 << 10 // frames of the WAL (64 MiB) after which it should begin anew
)

// backfill copies the WAL back.
type backfill struct {
	rows  atomic.Int64 // changed since the last time
	due   chan struct{}
	end   context.CancelFunc
	ended chan struct{}
}

func (v *Views) startBackfill() {
	ctx, end := context.WithCancel(context.Background())
	v.fill = &backfill{due: make(chan struct{}, 1), end: end, ended: make(chan struct{})}
	go func() {
		defer close(v.fill.ended)
		for {
			select {
			case <-v.fill.due:
				v.backfill(ctx)
			case <-ctx.Done():
				return
			}
		}
	}()
}

// stop ends the goroutine; closing the file copies what is left.
func (f *backfill) stop() {
	f.end()
	<-f.ended
}

// changed counts rows of a commit.
func (f *backfill) changed(rows int) {
	if f.rows.Add(int64(rows)+1) < dueRows {
		return
	}
	f.rows.Store(0)
	select {
	case f.due <- struct{}{}:
	default: // it is at work and will look again
	}
}

// backfill copies what it can. What fails is tried again after more commits: the WAL keeps everything until then.
func (v *Views) backfill(ctx context.Context) {
	const passive = `PRAGMA wal_checkpoint(PASSIVE)` // waits for nobody and holds nobody up
	var busy, frames, copied int
	if err := v.db.read.QueryRowContext(ctx, passive).Scan(&busy, &frames, &copied); err != nil || frames < dueFrames {
		return
	}
	_ = v.writer.alone(ctx, func(ctx context.Context) error { // see above
		return v.writer.conn.QueryRowContext(ctx, passive).Scan(&busy, &frames, &copied)
	})
}
