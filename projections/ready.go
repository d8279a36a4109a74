package projections

import (
	"errors"
	"fmt"
)

// Lack is what a member lacks to be ready; the zero Lack is nothing.
type Lack string

// All that a member can lack.
const (
	Stopped    Lack = "stopped"    // it has stopped for good
	Stuck      Lack = "stuck"      // it is stuck in a fault that comes again and again
	Unattached Lack = "unattached" // its tables are not there yet
	Unheard    Lack = "unheard"    // another process runs it, and how far that is is not heard
	Behind     Lack = "behind"     // it is farther behind the head of the log than allowed
)

// Lacks says what keeps the member from being ready, where it may be at most limit behind the head, or any distance if limit is
// 0. err says more for the log, and is nil if it lacks nothing.
func (s Status) Lacks(limit uint64) (lack Lack, err error) {
	switch {
	case s.Failed != nil:
		return Stopped, fmt.Errorf("projections: %s stopped: %w", s.Name, s.Failed)
	case s.Tries >= stuckTries:
		return Stuck, fmt.Errorf("projections: %s is stuck after %d tries: %w", s.Name, s.Tries, s.Trouble)
	case !s.Attached:
		return Unattached, fmt.Errorf("projections: %s is not attached yet", s.Name)
	case s.Unheard != nil:
		return Unheard, fmt.Errorf("projections: how far %s is elsewhere is not known: %w", s.Name, s.Unheard)
	case limit > 0 && s.Behind() > limit:
		return Behind, fmt.Errorf("projections: %s is %d behind, of %d allowed", s.Name, s.Behind(), limit)
	}
	return "", nil
}

// Ready is nil when no member lacks anything, without asking the source or the sink how far they are.
func (g *Group) Ready() error {
	var errs []error
	for _, m := range g.members {
		_, err := g.status(m).Lacks(0)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
