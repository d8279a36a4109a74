package release

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/history"
)

// MomentOf finds the moment that a caller names: "release:" and a number of the feed, "position:" and a position of the log,
// an instant (RFC 3339), or a date for its end in Asia/Shanghai. A Fault refuses another form, and what lies ahead of the
// clock or of the view.
func MomentOf(ctx context.Context, r projections.Reader, asOf string, now time.Time) (history.Moment, error) {
	end, err := readHead(ctx, r)
	if err != nil {
		return history.Moment{}, err
	}
	if number, ok := strings.CutPrefix(asOf, "release:"); ok {
		return momentOfRelease(ctx, r, number, end)
	}
	if position, ok := strings.CutPrefix(asOf, "position:"); ok {
		return momentOfPosition(ctx, r, position)
	}
	at, err := timeOf(asOf)
	if err != nil {
		return history.Moment{}, malformed()
	}
	if at.After(now) && instant(at) > end.publicAt {
		return history.Moment{}, ahead("该时刻尚未到来", "this moment has not come yet")
	}
	m, err := lastUpTo(ctx, r, colPublicAt, instant(at))
	m.Time, m.ByTime = at, true
	return m, err
}

func malformed() error {
	return domain.Refuse(domain.Invalid, "as_of.form", "as_of",
		"as_of 应为“release:编号”“position:位置”、RFC 3339 时刻或日期（yyyy-mm-dd）",
		"as_of is release:NUMBER, position:POSITION, an RFC 3339 instant or a date (yyyy-mm-dd)")
}

func ahead(zh, en string) error { return domain.Refuse(domain.Invalid, "as_of.ahead", "as_of", zh, en) }

// timeOf reads an instant, or a date as its last moment.
func timeOf(s string) (time.Time, error) {
	if day, err := calendar.Parse(s); err == nil && !day.IsZero() {
		return day.AddDays(1).StartsAt().Add(-time.Nanosecond), nil
	}
	at, err := time.Parse(time.RFC3339Nano, s)
	if err == nil && (at.UTC().Year() < 1 || at.UTC().Year() > 9999) {
		err = errors.New("release: no year of four digits")
	}
	return at.UTC(), err
}

func momentOfRelease(ctx context.Context, r projections.Reader, number string, end head) (history.Moment, error) {
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || strconv.FormatUint(n, 10) != number {
		return history.Moment{}, malformed()
	}
	switch {
	case n == 0:
		return history.Moment{}, nil
	case n > end.sequence:
		return history.Moment{}, ahead(fmt.Sprintf("本系统公示信息目前编号至%d", end.sequence), fmt.Sprintf("the feed ends at %d", end.sequence))
	}
	row, err := r.Get(ctx, Table, projections.Num(n))
	if err == nil && row == nil {
		err = errors.New("it is missing")
	}
	if err != nil {
		return history.Moment{}, fmt.Errorf("release: release %d: %w", n, err)
	}
	return momentOf(row)
}

func momentOfPosition(ctx context.Context, r projections.Reader, text string) (history.Moment, error) {
	p, err := es.ParsePosition(text)
	if err != nil {
		return history.Moment{}, malformed()
	}
	through, err := r.Checkpoint(ctx, Name)
	if err != nil {
		return history.Moment{}, fmt.Errorf("release: checkpoint: %w", err)
	}
	if through.Compare(p) < 0 {
		return history.Moment{}, ahead(fmt.Sprintf("本系统目前处理至位置%s", through), fmt.Sprintf("the views end at position %s", through))
	}
	m, err := lastUpTo(ctx, r, colPosition, ordinal(p))
	m.Position = p
	return m, err
}

// lastUpTo is the moment of the last release whose column is not beyond a value.
func lastUpTo(ctx context.Context, r projections.Reader, column, value string) (history.Moment, error) {
	page, err := r.List(ctx, projections.Query{Table: Table, OrderBy: column, Desc: true, To: value, Limit: 1})
	if err != nil {
		return history.Moment{}, fmt.Errorf("release: last release up to %s: %w", value, err)
	}
	if len(page.Rows) == 0 {
		return history.Moment{}, nil
	}
	return momentOf(&page.Rows[0])
}

// Through is the number of the last release that is not behind a place in the log; 0 for none. A view that has not come to that
// place can't tell: the answer is refused until it has.
func Through(ctx context.Context, r projections.Reader, p es.Position) (uint64, error) {
	at, err := r.Checkpoint(ctx, Name) // first: what it has come to it has still when it is asked
	if err != nil || at.Compare(p) < 0 {
		behind := domain.Refuse(domain.Unavailable, "feed.behind", "", "公示信息视图尚未更新到该位置，请稍后重试",
			"the view of the releases has not reached this position yet; try again")
		behind.Err = err
		return 0, behind
	}
	m, err := lastUpTo(ctx, r, colPosition, ordinal(p))
	return m.Sequence, err
}

// momentOf is that of a release.
func momentOf(row *projections.Row) (m history.Moment, err error) {
	if m.Sequence, err = strconv.ParseUint(row.Key, 10, 64); err != nil {
		return m, fmt.Errorf("release: number %s: %w", row.Key, err)
	}
	if m.Time, err = time.Parse(instantForm, row.Columns[1]); err != nil {
		return m, fmt.Errorf("release: time of release %s: %w", row.Key, err)
	}
	m.Position, err = ordinalOf(row.Columns[2])
	return m, err
}
