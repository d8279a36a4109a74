package reporting

import (
	"context"
	"fmt"
	"iter"
	"strconv"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/reporting"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Decisions yields the decisions of an authority and a month (yyyy-mm) in the order of the log, page by page, so that memory does not
// grow with them; a widened reader (see projections.Widen) gives those whose tasks it holds too. An error is yielded once, last.
func Decisions(ctx context.Context, r projections.Reader, authority, month string) iter.Seq2[*viewv1.ReportedDecision, error] {
	return func(yield func(*viewv1.ReportedDecision, error) bool) {
		q := projections.Query{
			Table: Table, Where: map[string]string{colAuthority: authority, colMonth: month}, OrderBy: colAt, Limit: projections.MaxLimit,
		}
		for {
			page, next, err := document.List(ctx, r, q, func() *viewv1.ReportedDecision { return &viewv1.ReportedDecision{} })
			if err != nil {
				yield(nil, err)
				return
			}
			for _, v := range page {
				if !yield(v, nil) {
					return
				}
			}
			if q.After = next; next == "" {
				return
			}
		}
	}
}

// Head is the last event that changed a decision of some authorities: what was read between two equal heads is one state.
type Head struct {
	Position es.Position // zero before the first
	Recorded string      // RFC 3339, UTC
}

// HeadOf reads it.
func HeadOf(ctx context.Context, r projections.Reader, authorities []string) (last Head, err error) {
	for _, a := range authorities {
		row, err := r.Get(ctx, headTable, a)
		if err != nil {
			return last, fmt.Errorf("reporting: state of %s: %w", a, err)
		}
		if row != nil && last.Position.Compare(row.Position) < 0 {
			last = Head{Position: row.Position, Recorded: row.Columns[0]}
		}
	}
	return last, nil
}

// Prepared is how many rows were prepared for a platform, by kind. What is read later knows of each of them.
func Prepared(ctx context.Context, r projections.Reader, platform string) (map[string]uint64, error) {
	out := map[string]uint64{}
	for _, kind := range []delivery.Kind{delivery.Penalty, delivery.Licence} {
		row, err := r.Get(ctx, rowTable, sequence(platform, string(kind)))
		if err != nil {
			return nil, fmt.Errorf("reporting: rows for %s: %w", platform, err)
		}
		if row == nil {
			continue
		}
		if out[string(kind)], err = strconv.ParseUint(row.Columns[0], 10, 64); err != nil {
			return nil, fmt.Errorf("reporting: rows for %s: %w", platform, err)
		}
	}
	return out, nil
}

// Of is the decision as it counts for a platform.
func Of(v *viewv1.ReportedDecision, platform string) reporting.Decision {
	d := reporting.Decision{
		Kind: v.GetKind(), Authority: v.GetAuthorityId(), Record: v.GetRecordId(), Disclosure: v.GetDisclosureId(),
		Event:     reporting.Event{Stream: v.GetStream(), Revision: v.GetRevision(), ID: v.GetEventId(), Digest: v.GetEventDigest()},
		DecidedOn: date(v.GetDecidedOn()), Ground: v.GetGround(), Due: date(v.GetDueOn()), Provisional: v.GetProvisional(),
		Lapsed: reporting.Stop{On: date(v.GetLapsedOn()), By: v.GetLapsedBy()}, Released: date(v.GetReleasedOn()),
		Gone: reporting.Stop{On: date(v.GetGoneOn()), By: v.GetGoneBy()},
	}
	for _, given := range v.GetDeliveries() {
		if given.GetPlatform() != platform {
			continue
		}
		d.Status = given.GetStatus()
		for _, r := range given.GetRows() {
			d.Rows = append(d.Rows, reporting.Row{
				Number: r.GetNumber(), Digest: r.GetDigest(), Shows: r.GetShows(), SentOn: date(r.GetSentOn()), Verdict: r.GetVerdict(),
				Refused: r.GetRefused(), Answered: date(r.GetAnsweredOn()), Receipt: r.GetReceipt(), Left: r.GetLeft(),
			})
		}
	}
	return d
}

// date reads a date that the view wrote; an empty text is none.
func date(text string) calendar.Date {
	day, err := calendar.Parse(text)
	if err != nil {
		return calendar.Date{}
	}
	return day
}
