package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// The WAL is brought into the database file beside the appends, not by them: an append that had to do it would wait for
// thousands of pages. SQLite begins the WAL anew only when all of it is in the file, so the last few pages are copied while
// appends pause.
const (
	checkpointPages = 1000 // about as many pages are written between two checkpoints: more make each of them hold appends up for longer
	checkpointAlone = 4000 // the same while one append comes at a time, which is quicker with fewer checkpoints
	checkpointRest  = 200  // so few may be copied while appends pause
	checkpointTries = 6    // of coming so close, before appends pause for what is left
)

// checkpointer follows the growth of the WAL.
type checkpointer struct {
	db      *sql.DB
	pause   sync.Locker // held while nothing is appended
	written int         // pages since the last wake, guarded by pause
	wake    chan struct{}
	done    sync.WaitGroup
	failed  error // of the last checkpoint; the log is safe without one, but the WAL grows
}

func newCheckpointer(path string, pause sync.Locker) (*checkpointer, error) {
	db, err := connect(path, "rw", 1, "synchronous(FULL)", "wal_autocheckpoint(0)")
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	c := &checkpointer{db: db, pause: pause, wake: make(chan struct{}, 1)}
	c.done.Go(c.run)
	return c, nil
}

// wrote is told about a commit, of one append alone or of several, with pause held. It counts the pages that events touch at most: a leaf of each index, and
// their own bytes.
func (c *checkpointer) wrote(events, bytes int, alone bool) {
	enough := checkpointPages
	if alone {
		enough = checkpointAlone
	}
	if c.written += 2*events + bytes/4096 + 1; c.written < enough {
		return
	}
	c.written = 0
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *checkpointer) run() {
	for range c.wake {
		c.failed = c.checkpoint()
	}
}

func (c *checkpointer) checkpoint() error {
	before, _, err := c.copy()
	for range checkpointTries {
		if err != nil {
			return err
		}
		var log, copied int
		if log, copied, err = c.copy(); copied < log || log-before < checkpointRest {
			break // a reader holds the rest back, or there is little of it
		}
		before = log
	}
	c.pause.Lock()
	defer c.pause.Unlock()
	_, _, err = c.copy()
	return err
}

// copy brings what it can of the WAL into the file: its length in pages, and how many of them are in the file.
func (c *checkpointer) copy() (log, copied int, err error) {
	var busy int
	err = c.db.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &log, &copied)
	return log, copied, err
}

func (c *checkpointer) close() error {
	close(c.wake)
	c.done.Wait()
	return errors.Join(c.failed, c.db.Close())
}
