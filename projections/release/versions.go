package release

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Versions returns the acts of a disclosure, oldest first, and why it is public no more, if it is not. Moment is not looked
// at. Outside, an act shows its content only while the record is public, and not what stood before it was published anew.
func (p Past) Versions(ctx context.Context, disclosureID string, pageSize int, pageToken string) (list []*viewv1.RecordVersion, removal *viewv1.Removal, next string, err error) {
	now, err := p.present(ctx, disclosureID)
	if err != nil {
		return nil, nil, "", err
	}
	if now.GetRelease() == nil {
		return nil, nil, "", domain.Refuse(domain.NotFound, "record.unknown", "disclosure_id", "没有公示过该记录", "no such record was ever public")
	}
	page, err := p.Reader.List(ctx, projections.Query{
		Table: Table, Where: map[string]string{colDisclosure: disclosureID}, After: pageToken, Limit: pageSize,
	})
	if err != nil {
		return nil, nil, "", fmt.Errorf("release: versions of %s: %w", disclosureID, err)
	}
	isGone := refusal(now.Released, p.Today) != nil
	if isGone {
		if removal, err = p.lastRemoval(ctx, disclosureID, now); err != nil {
			return nil, nil, "", err
		}
	}
	for _, row := range page.Rows {
		v, number, err := version(&row)
		if err != nil {
			return nil, nil, "", err
		}
		if v.Release.GetDocument() != "" && !p.inside(v.GetRelease()) && (isGone || number < now.since) {
			withhold(v.GetRelease())
			v.Withheld = true
		}
		if len(list) > 0 {
			list[len(list)-1].ReplacedAt = v.GetPublicAt()
		}
		list = append(list, v)
	}
	if page.Next != "" {
		err = p.replaced(ctx, disclosureID, list[len(list)-1], page.Next)
	}
	return list, removal, page.Next, err
}

// replaced tells of the last version of a page when the first of the next one took its place.
func (p Past) replaced(ctx context.Context, id string, last *viewv1.RecordVersion, token string) error {
	page, err := p.Reader.List(ctx, projections.Query{
		Table: Table, Where: map[string]string{colDisclosure: id}, After: token, Limit: 1,
	})
	if err != nil || len(page.Rows) == 0 {
		return err
	}
	v, _, err := version(&page.Rows[0])
	last.ReplacedAt = v.GetPublicAt()
	return err
}

// lastRemoval tells why a record that is not public is so no more: for what it was last shown.
func (p Past) lastRemoval(ctx context.Context, id string, now held) (*viewv1.Removal, error) {
	return p.removal(ctx, id, held{Released: now.Released, since: now.since, last: now.since})
}

func version(row *projections.Row) (v *viewv1.RecordVersion, number uint64, err error) {
	v = &viewv1.RecordVersion{Release: &viewv1.Release{}}
	if err := document.Decode(row, v.GetRelease()); err != nil {
		return nil, 0, err
	}
	if number, err = strconv.ParseUint(row.Key, 10, 64); err != nil {
		return nil, 0, fmt.Errorf("release: number %s: %w", row.Key, err)
	}
	at, err := time.Parse(instantForm, row.Columns[1])
	if err != nil {
		return nil, 0, fmt.Errorf("release: time of release %s: %w", row.Key, err)
	}
	v.PublicAt = at.Format(time.RFC3339Nano)
	return v, number, nil
}
