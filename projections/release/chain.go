package release

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/canonical"
	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// item is what the running digest is made of: what of a release never changes and is told to everybody, also where its document
// is withheld. Names and values are those of the release in JSON. Fields are never added or taken away: it would be another
// chain.
type item struct {
	Sequence        string   `json:"sequence"`
	Kind            string   `json:"kind"`
	DisclosureID    string   `json:"disclosureId"`
	Number          uint32   `json:"number"`
	AuthorityID     string   `json:"authorityId"`
	Digest          string   `json:"digest"`
	FormerDigest    string   `json:"formerDigest"`
	TombstoneDigest string   `json:"tombstoneDigest"`
	ReleasedAt      string   `json:"releasedAt"`
	ReleasedOn      string   `json:"releasedOn"`
	Outlets         []string `json:"outlets"`
}

// Item is what a release adds to the running digest, in canonical JSON. Whoever sends a release and whoever receives it, by
// whatever channel, make the same of it. Who holds its document checks beside that the SHA-256 of that is the digest.
func Item(r *viewv1.Release) ([]byte, error) {
	plain, err := json.Marshal(item{
		Sequence: fmt.Sprint(r.GetSequence()), Kind: r.GetKind().String(), DisclosureID: r.GetDisclosureId(), Number: r.GetNumber(),
		AuthorityID: r.GetAuthority().GetId(), Digest: r.GetDigest(), FormerDigest: r.GetFormerDigest(),
		TombstoneDigest: r.GetTombstoneDigest(), ReleasedAt: r.GetReleasedAt(), ReleasedOn: r.GetReleasedOn(),
		Outlets: append([]string{}, r.GetOutlets()...),
	})
	if err == nil {
		plain, err = canonical.JSON(plain)
	}
	if err != nil {
		return nil, fmt.Errorf("release: item %d: %w", r.GetSequence(), err)
	}
	return plain, nil
}

// Next is the running digest after one more release.
func Next(c chain.Chain, r *viewv1.Release) (chain.Chain, error) {
	one, err := Item(r)
	if err != nil {
		return c, err
	}
	return c.Next(one), nil
}

// Mark is how far the feed went at a release: its number, the running digest up to it and when it became public.
type Mark struct {
	Sequence uint64
	Chain    chain.Chain
	PublicAt time.Time // zero before the first
}

// Head is the mark of the newest release.
func Head(ctx context.Context, r projections.Reader) (Mark, error) {
	end, err := readHead(ctx, r)
	if err != nil || end.sequence == 0 {
		return Mark{}, err
	}
	at, err := time.Parse(instantForm, end.publicAt)
	return Mark{end.sequence, end.chain, at}, err
}

// MarkAt is the mark of the release of a number, the zero one of 0. A Fault of kind NotFound tells that the feed does not go
// so far.
func MarkAt(ctx context.Context, r projections.Reader, sequence uint64) (Mark, error) {
	if sequence == 0 {
		return Mark{}, nil
	}
	row, err := r.Get(ctx, Table, projections.Num(sequence))
	if err != nil {
		return Mark{}, fmt.Errorf("release: release %d: %w", sequence, err)
	}
	if row == nil {
		return Mark{}, domain.Refuse(domain.NotFound, "feed.at.unknown", "at",
			fmt.Sprintf("公示信息中没有编号%d", sequence), fmt.Sprintf("the feed has no release %d", sequence))
	}
	act := &viewv1.Release{}
	if err := document.Decode(row, act); err != nil {
		return Mark{}, err
	}
	m := Mark{Sequence: sequence}
	if m.Chain, err = chain.Parse(act.GetChain()); err != nil {
		return Mark{}, fmt.Errorf("release: release %d: %w", sequence, err)
	}
	m.PublicAt, err = time.Parse(instantForm, row.Columns[1])
	return m, err
}
