package enterprise

import (
	"context"
	"strconv"
	"sync/atomic"

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
	// replaced counts how often all records were: what a rebuild makes of an event may be another text, and stands at the place of
	// the event all the same.
	replaced atomic.Uint64
}

// NewVersions keeps the versions of up to size records; stop ends the watching.
func NewVersions(r projections.Reader, w projections.Watcher, size int, today func() calendar.Date) (v *Versions, stop func()) {
	v = &Versions{today: today}
	fresh, forget := projections.NewFresh(r, w, Table, size, func(row *projections.Row) (state, error) { return stateOf(row), nil })
	v.fresh = fresh
	deafen := w.Watch(v.changed)
	return v, func() {
		deafen()
		forget()
	}
}

func (v *Versions) changed(keys []projections.Key) {
	for _, k := range keys {
		if k.Table == Table && k.Key == "" {
			v.replaced.Add(1)
		}
	}
}

// EnterpriseVersion is Version on this day, and differs after a rebuild as well: another process counts otherwise.
func (v *Versions) EnterpriseVersion(ctx context.Context, id string) (version string, found bool, err error) {
	replaced := v.replaced.Load() // first: readers see the new records before they are told of
	s, found, err := v.fresh.Get(ctx, id)
	if err != nil || !found {
		return "", found, err
	}
	version = s.on(v.today())
	if replaced > 0 {
		version += "~" + strconv.FormatUint(replaced, 10)
	}
	return version, true, nil
}
