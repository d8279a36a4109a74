package projections

import (
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

func ahead(err error) bool {
	stray := (*AheadError)(nil)
	return errors.As(err, &stray)
}

// First has all other members wait until the named one has taken everything up to p, before Run.
func (g *Group) First(name string, p es.Position) error {
	m, err := g.member(name)
	if err == nil {
		g.first, g.firstThrough = m, p
	}
	return err
}

// Stray gives the error of a member that was found ahead of the log while it ran: the log changed under the process, which
// should not take anything into it any more.
func (g *Group) Stray() <-chan error { return g.stray }
