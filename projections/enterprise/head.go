package enterprise

import (
	"fmt"
	"strconv"
	"time"

	"github.com/mingjian-ledger/mingjian/projections"
)

// head is the end of the feed: the number of the latest release and when it became public, as the release view has them, and
// the latest time at which anything was recorded since, which never goes back.
type head struct {
	sequence         uint64
	publicAt, latest string
}

// stamp orders what happened by moments: the number of the latest release, and when it became public or, of what came after
// it, was recorded. Text order is their order, and that of the log.
type stamp string

func stampOf(sequence uint64, at string) stamp { return stamp(projections.Num(sequence) + " " + at) }

func (h head) put(rows *projections.Rows) stamp {
	rows.Put(headTable, projections.Row{Key: headKey, Columns: []string{projections.Num(h.sequence), h.publicAt, h.latest}})
	return stampOf(h.sequence, h.latest)
}

// beside takes the stamp of what happened outside of the feed.
func beside(rows *projections.Rows, recorded time.Time) (stamp, error) {
	h, err := loadHead(rows)
	if err != nil {
		return "", err
	}
	h.latest = max(h.latest, instant(recorded))
	return h.put(rows), nil
}

// instant writes an instant so that text order is time order.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000Z") }

func headOf(row *projections.Row) (h head, err error) {
	if row == nil {
		return head{}, nil
	}
	h.publicAt, h.latest = row.Columns[1], row.Columns[2]
	if h.sequence, err = strconv.ParseUint(row.Columns[0], 10, 64); err != nil {
		return head{}, fmt.Errorf("enterprise: number of the latest release: %w", err)
	}
	return h, nil
}

func loadHead(rows *projections.Rows) (head, error) {
	row, err := rows.Get(headTable, headKey)
	if err != nil {
		return head{}, err
	}
	return headOf(row)
}

// advance numbers and dates releases as the feed does: all of them, from 1, in the order of the log, none before another that
// came first.
func advance(rows *projections.Rows, recorded time.Time) (number uint64, at stamp, err error) {
	h, err := loadHead(rows)
	if err != nil {
		return 0, "", err
	}
	h.sequence++
	h.publicAt = max(h.publicAt, instant(recorded))
	h.latest = h.publicAt
	return h.sequence, h.put(rows), nil
}
