package history

import (
	"time"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Moment is a place in the order of what became public: after a release and before the next. Of what is not in the feed, such
// as the name of an enterprise, a moment holds what stands in the log up to Position. Where it was asked for by time (ByTime)
// that is what stands before the release, and of what follows what was recorded by Time; a time at which a clock had been set
// back counts as the latest before it.
type Moment struct {
	Sequence uint64 // of the last release that had happened; 0 before the first
	Position es.Position
	Time     time.Time // zero before the first release, unless asked for by time
	ByTime   bool
}

// Day is the civil date of the moment; none before the first release.
func (m Moment) Day() calendar.Date {
	if m.Time.IsZero() {
		return calendar.Date{}
	}
	return calendar.DateOf(m.Time)
}
