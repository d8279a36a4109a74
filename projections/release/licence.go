package release

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// OfLicence returns what the portal shows on a day of a licence's decisions, in the order of their recording. The Fault is of
// kind NotFound if nothing of it ever was public there, and Gone if nothing is any more.
func OfLicence(ctx context.Context, r projections.Reader, licence string, day calendar.Date) ([]*viewv1.Released, error) {
	prefix := disclosure.Record{Kind: disclosure.Licence, ID: licence + "."}.Disclosure()
	var list []*viewv1.Released
	var known string
	for after := ""; ; {
		page, err := r.List(ctx, projections.Query{Table: stateTable, From: prefix + "0", To: prefix + ":", After: after, Limit: projections.MaxLimit})
		if err != nil {
			return nil, fmt.Errorf("release: decisions of licence %s: %w", licence, err)
		}
		for _, row := range page.Rows {
			if !strings.HasPrefix(row.Key, prefix) {
				continue
			}
			state := &viewv1.Released{}
			if err := document.Decode(&row, state); err != nil {
				return nil, err
			}
			known = row.Key
			if stateOf(state) == public && shown(state, day) {
				list = append(list, state)
			}
		}
		if after = page.Next; after == "" {
			break
		}
	}
	slices.SortFunc(list, func(a, b *viewv1.Released) int { return decisionAt(prefix, a) - decisionAt(prefix, b) })
	if len(list) > 0 {
		return list, nil
	}
	if known != "" {
		_, err := Get(ctx, r, known, day) // says why the last one is gone
		return nil, err
	}
	return nil, domain.Refuse(domain.NotFound, "licence.public.unknown", "licence_id", "没有公示过该许可", "nothing of this licence was ever public")
}

// decisionAt is the number of the decision.
func decisionAt(prefix string, r *viewv1.Released) int {
	n, err := strconv.Atoi(strings.TrimPrefix(r.GetRelease().GetDisclosureId(), prefix))
	if err != nil {
		return 0
	}
	return n
}
