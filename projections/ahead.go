package projections

import (
	"context"
	"errors"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// aheadLooks is how often the end of the log is looked at before a checkpoint behind it is believed: what was just written
// may not be seen everywhere at once.
const aheadLooks = 5

// AheadError says that a projection or reactor took what the log does not have: the log lost its end, or was put back to an
// earlier state. What it took since then stands for nothing; going on would leave views that no log accounts for.
type AheadError struct {
	Projection string
	At         es.Position // its checkpoint
	Head       es.Position // of the log
	Epoch      string      // the epoch that began without it; empty where the log tells of none
	Common     es.Position // the last position that both have, as far as is known; zero for none
}

func (e *AheadError) Error() string {
	text := fmt.Sprintf("projections: %s is at %s, which is not in the log: it ends at %s", e.Projection, e.At, e.Head)
	if e.Epoch != "" {
		text = fmt.Sprintf("projections: %s is at %s of another history than the log's, whose epoch %s begins behind %s", e.Projection, e.At, e.Epoch, e.Common)
	}
	return text + "; the log lost its end or was put back to an earlier state"
}

// OtherLogError says that the views are of another ledger than the log: what both would write there stands for neither.
type OtherLogError struct{ Views, Log string } // names of the ledgers; of the log empty while it has no event

func (e *OtherLogError) Error() string {
	log := "the log is that of ledger " + e.Log
	if e.Log == "" {
		log = "the log has no events"
	}
	return "projections: the views are those of ledger " + e.Views + ", " + log
}

func ahead(err error) bool {
	stray, other := (*AheadError)(nil), (*OtherLogError)(nil)
	return errors.As(err, &stray) || errors.As(err, &other)
}

// First has all other members wait until the named one has taken everything up to p, and check, if there is one, then finds
// nothing amiss, before Run. What check answers passes, but for the errors of this file: those stop the member.
func (g *Group) First(name string, p es.Position, check func(context.Context) error) error {
	m, err := g.member(name)
	if err == nil {
		g.first, g.firstThrough, g.firstCheck = m, p, check
	}
	return err
}

// awaitFirst tells whether the member may run; not so when ctx ended before.
func (g *Group) awaitFirst(ctx context.Context, m *member) bool {
	if g.first == nil || m == g.first {
		return true
	}
	err := g.first.runner.Wait(ctx, g.firstThrough)
	if err == nil {
		return g.firstCheck == nil || g.checkFirst(ctx, m)
	}
	if ctx.Err() == nil {
		m.runner.note(func(s *State) { s.Trouble, s.Tries = err, stuckTries })
		<-ctx.Done()
	}
	return false
}

func (g *Group) checkFirst(ctx context.Context, m *member) bool {
	for wait := firstPause; ; wait = min(2*wait, lastPause) {
		err := g.firstCheck(ctx)
		switch {
		case err == nil:
			return true
		case ahead(err):
			m.runner.note(func(s *State) { s.Failed = err })
			m.runner.tell(err)
			<-ctx.Done()
			return false
		case ctx.Err() != nil || !g.trouble(ctx, m, "check", err, wait):
			return false
		}
	}
}

// Stray gives the error of a member that was found ahead of the log while it ran: the log changed under the process, which
// should not take anything into it any more.
func (g *Group) Stray() <-chan error { return g.stray }
