package release

import (
	"context"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Feed is a page of the feed as far as it may still be shown. Moment is not looked at. No release is left out and none changes
// its place, number, dates or digest; one whose document may be shown no more goes without its content. The states are read
// after the page, so that what was taken away meanwhile is withheld already. It costs a read for each disclosure of the page.
func (p Past) Feed(ctx context.Context, after uint64, limit int) (list []*viewv1.Release, head uint64, err error) {
	list, head, err = Feed(ctx, p.Reader, after, limit)
	if err != nil {
		return nil, 0, err
	}
	shownSince := map[string]uint64{}
	for _, r := range list {
		if r.GetDocument() == "" || p.inside(r) {
			continue
		}
		since, known := shownSince[r.GetDisclosureId()]
		if !known {
			now, err := p.present(ctx, r.GetDisclosureId())
			if err != nil {
				return nil, 0, err
			}
			since = now.feedSince(p.Today)
			shownSince[r.GetDisclosureId()] = since
		}
		if r.GetSequence() < since {
			withhold(r)
		}
	}
	return list, head, nil
}

// never is beyond all numbers.
const never = ^uint64(0)

// feedSince is the number of the act from which on the feed shows contents on a day. The feed is for all outlets: what the
// portal shows no more, or never did, it still hands to others that do.
func (h held) feedSince(day calendar.Date) uint64 {
	since := never
	for _, o := range document.Outlets(h.GetOutlets()) {
		switch {
		case !o.Shown(day):
		case o.Outlet == rule.Portal:
			since = min(since, h.since)
		default:
			since = min(since, h.goneFrom(o.Outlet))
		}
	}
	return since
}

// goneFrom is the number of the last act by which an outlet stopped to show the disclosure; 0 for none. Of acts that the state
// has forgotten none is taken for shown.
func (h held) goneFrom(outlet rule.Outlet) (last uint64) {
	acts := append(slices.Clone(h.GetHistory()), reference(h.GetRelease()))
	if len(h.GetHistory()) == maxHistory {
		last = acts[0].GetSequence()
	}
	for _, act := range acts {
		if act.GetKind() == viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN ||
			act.GetKind() == viewv1.ReleaseKind_RELEASE_KIND_ENDED && slices.Contains(act.GetOutlets(), string(outlet)) {
			last = max(last, act.GetSequence())
		}
	}
	return last
}
