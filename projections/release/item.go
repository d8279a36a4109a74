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
func (p Past) Item(ctx context.Context, at es.Position) (*viewv1.Release, error) {
	page, err := p.Reader.List(ctx, projections.Query{Table: Table, Where: map[string]string{colPosition: ordinal(at)}, Limit: 1})
	if err != nil {
		return nil, fmt.Errorf("release: at %s: %w", at, err)
	}
	if len(page.Rows) == 0 {
		return nil, nil //nolint:nilnil // as it says
	}
	item := &viewv1.Release{}
	if err := document.Decode(&page.Rows[0], item); err != nil {
		return nil, err
	}
	now, err := p.present(ctx, item.GetDisclosureId())
	if err != nil {
		return nil, err
	}
	if item.GetSequence() < now.feedSince(p.Today) && item.GetDocument() != "" && !p.inside(item) {
		withhold(item)
	}
	return item, nil
}
