package grpcapi

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
	samplingview "github.com/mingjian-ledger/mingjian/projections/sampling"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// listing draws the list of a campaign's results up as they are now. Which there are is told by the view, so that a result
// entered this moment may be left to the next version; what they say is told by the results themselves.
func (s SamplingServer) listing(ctx context.Context, campaign string, out io.Writer) (*sampling.Listing, error) {
	l := sampling.NewListing(out)
	for id, err := range samplingview.ResultIDs(ctx, s.Views, campaign) {
		if err != nil {
			return nil, err
		}
		r, err := es.Load(ctx, s.Store, sampling.Results, id)
		if err != nil {
			return nil, err
		}
		if err := l.Add(r.State); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// GetSamplingList tells which list would be published now.
func (s SamplingServer) GetSamplingList(ctx context.Context, req *mingjianv1.GetSamplingListRequest) (*mingjianv1.GetSamplingListResponse, error) {
	c, err := es.Load(ctx, s.Store, sampling.Campaigns, req.GetSamplingId())
	if err != nil {
		return nil, err
	}
	if !c.Exists {
		return nil, domain.Refuse(domain.NotFound, "sampling.missing", "sampling_id", "没有该抽检工作", "there is no such campaign")
	}
	if err := mayRead(ctx, string(c.State.Authority)); err != nil {
		return nil, err
	}
	l, err := s.listing(ctx, req.GetSamplingId(), io.Discard)
	if err != nil {
		return nil, err
	}
	list, totals, recorders := l.Sum()
	results := samplingview.Listed(list, totals)
	results.Publication = &viewv1.SamplingPublication{
		Version: int32(len(c.State.Results) + 1), Reason: "", DocumentNo: "", PublishedOn: "", //nolint:gosec // a stream is shorter than that
	}
	return &mingjianv1.GetSamplingListResponse{Results: results, Recorders: recorders}, nil
}

// PublishSamplingResults publishes the list that was read, today unless another day is given. It is kept before it is
// published; one that is not what was read is refused and not kept.
func (s SamplingServer) PublishSamplingResults(ctx context.Context, req *mingjianv1.PublishSamplingResultsRequest) (*mingjianv1.PublishSamplingResultsResponse, error) {
	on, fault := civilDate("published_on", cmp.Or(req.GetPublishedOn(), s.Today().String()))
	if fault != nil {
		return nil, fault
	}
	// Once it is published the list is another, by results entered since.
	if receipt, err := firstAnswer(ctx, s.Base, sampling.Campaigns, req.GetSamplingId(), req); err != nil || receipt != nil {
		return &mingjianv1.PublishSamplingResultsResponse{Receipt: receipt}, err
	}
	l, err := s.listing(ctx, req.GetSamplingId(), io.Discard)
	if err != nil {
		return nil, err
	}
	cmd := sampling.PublishResults{
		By: CallOf(ctx).Actor, Today: s.Today(), Reason: req.GetReason(), DocumentNo: req.GetDocumentNo(), PublishedOn: on,
		Read: req.GetListDigest(), List: sampling.List{Digest: "", Count: 0}, Totals: samplingTotals, Recorders: nil,
	}
	cmd.List, cmd.Totals, cmd.Recorders = l.Sum()
	if cmd.List.Digest == cmd.Read {
		if err := s.keep(ctx, req.GetSamplingId(), cmd.Read); err != nil {
			return nil, err
		}
	}
	receipt, err := s.campaign(ctx, req, cmd)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.PublishSamplingResultsResponse{Receipt: receipt}, nil
}

// samplingTotals are those of nothing.
var samplingTotals = sampling.Totals{Products: 0, BatchesDrawn: 0, BatchesFailing: 0, Failing: 0, Held: 0, Annulled: 0}

// keep stores the list, which must still have the digest.
func (s SamplingServer) keep(ctx context.Context, campaign, digest string) error {
	out, in := io.Pipe()
	go func() {
		_, err := s.listing(ctx, campaign, in)
		_ = in.CloseWithError(err) // a nil error ends the list; never fails
	}()
	got, _, err := s.Blobs.Put(ctx, out)
	_ = out.Close() // ends the writer if nobody reads on; never fails
	switch {
	case err != nil:
		return fmt.Errorf("grpcapi: keep the list of %s: %w", campaign, err)
	case got != digest:
		return domain.Refuse(domain.Precondition, "sampling.results.changed", "list_digest",
			"结果清单已变动，请重新核对后公布", "the list is another by now: read it again")
	}
	return nil
}
