package enterprise

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/projections"
)

// Version tells which state of a record is current: it differs whenever Get would answer otherwise. found is false if there
// is no record.
func Version(ctx context.Context, r projections.Reader, id string, day calendar.Date) (version string, found bool, err error) {
	row, err := r.Get(ctx, Table, id)
	if err != nil || row == nil {
		return "", false, err
	}
	return stateOf(row).on(day), true, nil
}

// state is what the version of a record rests on: while no term has run out, its place in the log; then the day too.
type state struct{ position, ends string }

func stateOf(row *projections.Row) state { return state{row.Position.String(), row.Columns[2]} }

func (s state) on(day calendar.Date) string {
	if over(s.ends, day) {
		return s.position + "@" + day.String()
	}
	return s.position
}

// Versions answers Version from memory for as long as the record stands. Like projections.Fresh it is as new as what
// the watcher has heard.
type Versions struct {
	fresh *projections.Fresh[state]
	today func() calendar.Date
}

// NewVersions keeps the versions of up to size records; stop ends the watching.
func NewVersions(r projections.Reader, w projections.Watcher, size int, today func() calendar.Date) (v *Versions, stop func()) {
	fresh, stop := projections.NewFresh(r, w, Table, size, func(row *projections.Row) (state, error) { return stateOf(row), nil })
	return &Versions{fresh, today}, stop
}

// EnterpriseVersion is Version on this day.
func (v *Versions) EnterpriseVersion(ctx context.Context, id string) (version string, found bool, err error) {
	s, found, err := v.fresh.Get(ctx, id)
	if err != nil || !found {
		return "", found, err
	}
	return s.on(v.today()), true, nil
}
