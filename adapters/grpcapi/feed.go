package grpcapi

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections/release"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

const feedPage = 100 // releases of an answer, unless asked otherwise

// FeedServer hands out the releases, without the documents that are for the public no more.
type FeedServer struct {
	mingjianv1.UnimplementedFeedServiceServer
	Base
	Waiting *Waiting        // where those wait who want what comes next
	Closing <-chan struct{} // closed when the server goes down, so that followers leave; nil for never
	Public  string          // address of the instance for the public, without a "/" at its end; empty for that of the request
	Sandbox bool            // what is released is fictional, and every answer says so
	Epochs  *Epochs         // of the ledger, which the numbers of the feed are of; nil where it was never restored
}

// ListReleases is one page of the feed, after a wait if it is empty and the caller would wait.
func (s FeedServer) ListReleases(ctx context.Context, req *mingjianv1.ListReleasesRequest) (*mingjianv1.ListReleasesResponse, error) {
	limit := cmp.Or(int(req.GetLimit()), feedPage)
	var news <-chan struct{}
	if req.GetWait() > 0 {
		news = s.Waiting.next()
	}
	list, head, err := s.read(ctx, req.GetEpoch(), req.GetAfter(), limit)
	if err == nil && len(list) == 0 && req.GetWait() > 0 {
		list, head, err = s.await(ctx, req, limit, news)
	}
	if err != nil {
		return nil, err
	}
	next, chain := req.GetAfter(), ""
	if len(list) > 0 {
		last := list[len(list)-1]
		next, chain = last.GetSequence(), last.GetChain()
	} else {
		mark, err := release.MarkAt(ctx, s.Views, next)
		if err != nil {
			return nil, err
		}
		chain = mark.Chain.String()
	}
	return &mingjianv1.ListReleasesResponse{
		Releases: list, Next: next, Head: head, Epoch: s.Epochs.Name(ctx), Chain: chain, Sandbox: s.Sandbox,
	}, nil
}

// await reads again when there is news. A server that goes down lets those who wait go with what there is.
func (s FeedServer) await(ctx context.Context, req *mingjianv1.ListReleasesRequest, limit int, news <-chan struct{}) ([]*viewv1.Release, uint64, error) {
	leave, err := s.Waiting.sit()
	if err != nil {
		return nil, 0, err
	}
	defer leave()
	timer := time.NewTimer(time.Duration(req.GetWait()) * time.Second)
	defer timer.Stop()
	for {
		over, err := s.Waiting.until(ctx, news, timer.C, s.Closing)
		if err != nil && ctx.Err() != nil {
			return nil, 0, ctx.Err()
		}
		over = over || err != nil
		news = s.Waiting.next()
		list, head, err := s.read(ctx, req.GetEpoch(), req.GetAfter(), limit)
		if err != nil || len(list) > 0 || over {
			return list, head, err
		}
	}
}

// GetFeedHead is the end of the feed, or how far its first releases go.
func (s FeedServer) GetFeedHead(ctx context.Context, req *mingjianv1.GetFeedHeadRequest) (*mingjianv1.GetFeedHeadResponse, error) {
	end, err := release.Head(ctx, s.Views)
	if err != nil {
		return nil, err
	}
	mark := end
	if req.At != nil {
		if err := s.known(ctx, req.GetEpoch(), "at", req.GetAt(), end.Sequence); err != nil {
			return nil, err
		}
		if mark, err = release.MarkAt(ctx, s.Views, req.GetAt()); err != nil {
			return nil, err
		}
	}
	at := ""
	if mark.Sequence > 0 {
		at = mark.PublicAt.Format(time.RFC3339Nano)
	}
	return &mingjianv1.GetFeedHeadResponse{
		Sequence: mark.Sequence, Chain: mark.Chain.String(), Epoch: s.Epochs.Name(ctx), Time: at, Head: max(end.Sequence, mark.Sequence),
		Sandbox: s.Sandbox,
	}, nil
}

// read refuses a reader who is ahead: he holds releases that this ledger does not know, so he would miss the next of those
// numbers.
func (s FeedServer) read(ctx context.Context, epoch string, after uint64, limit int) ([]*viewv1.Release, uint64, error) {
	list, head, err := release.Past{Reader: s.Views, Today: s.Today()}.Feed(ctx, after, limit)
	if err == nil {
		err = s.stamped(ctx, list...)
	}
	if err == nil {
		err = s.known(ctx, epoch, "after", after, head)
	}
	return list, head, err
}

// known refuses a number that this ledger does not have, or had of another history.
func (s FeedServer) known(ctx context.Context, epoch, field string, number, head uint64) error {
	err := s.Epochs.sameFeed(ctx, s.Base, epoch, number, head)
	if err == nil && number > head {
		err = domain.Refuse(domain.Unavailable, "feed.after.ahead", field,
			fmt.Sprintf("本系统公示信息目前编号至%d，请稍后重试；如持续出现请联系运维核对", head),
			fmt.Sprintf("the feed ends at %d; try again later, and ask the operator if it stays so", head))
	}
	return err
}

// FollowReleases sends what there is and then what comes, until the caller leaves.
func (s FeedServer) FollowReleases(req *mingjianv1.FollowReleasesRequest, stream grpc.ServerStreamingServer[mingjianv1.FollowReleasesResponse]) error {
	ctx := stream.Context()
	leave, err := s.Waiting.sit()
	if err != nil {
		return err
	}
	defer leave()
	for epoch, after := req.GetEpoch(), req.GetAfter(); ; {
		news := s.Waiting.next()
		list, _, err := s.read(ctx, epoch, after, feedPage)
		if err != nil {
			return err
		}
		if epoch = s.Epochs.Name(ctx); len(list) > 0 { // what is sent is of this one
			after = list[len(list)-1].GetSequence()
		}
		for _, r := range list {
			if err := stream.Send(&mingjianv1.FollowReleasesResponse{Release: r, Epoch: epoch, Sandbox: s.Sandbox}); err != nil {
				return err
			}
		}
		if len(list) == feedPage {
			continue
		}
		if _, err := s.Waiting.until(ctx, news, nil, s.Closing); err != nil {
			return err
		}
	}
}

// Released is the release whose event stands at a position of the log, as ListReleases tells it today. What the view does not hold yet is
// an error that passes.
func (s FeedServer) Released(ctx context.Context, at es.Position) (*viewv1.Release, error) {
	item, err := release.Past{Reader: s.Views, Today: s.Today()}.Item(ctx, at)
	if err == nil && item == nil {
		err = fmt.Errorf("grpcapi: the feed holds no release at %s", at)
	}
	if err == nil {
		err = s.stamped(ctx, item)
	}
	return item, err
}
