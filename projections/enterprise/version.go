package enterprise

import (
	"context"

	"github.com/mingjian-ledger/mingjian/projections"
)

// Version tells which state of a record is current: it differs whenever Get would answer otherwise. found is false if there
// is no record.
func Version(ctx context.Context, r projections.Reader, id string) (version string, found bool, err error) {
	row, err := r.Get(ctx, Table, id)
	if err != nil || row == nil {
		return "", false, err
	}
	return row.Position.String(), true, nil
}

// Versions answers Version from memory for as long as the record stands. Like projections.Fresh it is right only where the
// watcher hears of every change.
type Versions struct{ fresh *projections.Fresh[string] }

// NewVersions keeps the versions of up to size records; stop ends the watching.
func NewVersions(r projections.Reader, w projections.Watcher, size int) (v *Versions, stop func()) {
	fresh, stop := projections.NewFresh(r, w, Table, size, func(row *projections.Row) (string, error) {
		return row.Position.String(), nil
	})
	return &Versions{fresh}, stop
}

// EnterpriseVersion is Version.
func (v *Versions) EnterpriseVersion(ctx context.Context, id string) (version string, found bool, err error) {
	return v.fresh.Get(ctx, id)
}
