package release

import (
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Item is the release whose event stands at a position of the log, as Feed shows it; nil if the feed does not hold it, or not yet.
// It is sole when Feed shows no content of it and of all that its disclosure had before.
func (p Past) Item(ctx context.Context, at es.Position) (item *viewv1.Release, sole bool, err error) {
	page, err := p.Reader.List(ctx, projections.Query{Table: Table, Where: map[string]string{colPosition: ordinal(at)}, Limit: 1})
	if err != nil {
		return nil, false, fmt.Errorf("release: at %s: %w", at, err)
	}
	if len(page.Rows) == 0 {
		return nil, false, nil
	}
	item = &viewv1.Release{}
	if err := document.Decode(&page.Rows[0], item); err != nil {
		return nil, false, err
	}
	now, err := p.present(ctx, item.GetDisclosureId())
	if err != nil {
		return nil, false, err
	}
	// Of an outlet that came later the content is shown after the act that took away what was before, which has none itself.
	since := now.feedSince(p.Today)
	sole = item.GetSequence() < since || item.GetSequence() == since && item.GetDocument() == ""
	if sole && item.GetDocument() != "" && !p.inside(item) {
		withhold(item)
	}
	return item, sole, nil
}
