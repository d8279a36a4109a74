package grpcapi

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/release"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

const (
	feedPage = 100             // releases of an answer, unless asked otherwise
	feedPoll = 2 * time.Second // longest wait for what the watcher did not hear of, since others were not heard for a while
)

// FeedServer hands out the releases, without the documents that are for the public no more.
type FeedServer struct {
	mingjianv1.UnimplementedFeedServiceServer
	Base
	Watcher projections.Watcher
	Poll    time.Duration   // longest wait of a follower who is not told of news; 0 for 2 seconds
	Closing <-chan struct{} // closed when the server goes down, so that followers leave; nil for never
	Epochs  *Epochs         // of the ledger, which the numbers of the feed are of; nil where it was never restored
}

// ListReleases is one page of the feed.
func (s FeedServer) ListReleases(ctx context.Context, req *mingjianv1.ListReleasesRequest) (*mingjianv1.ListReleasesResponse, error) {
	limit := int(req.GetLimit())
	if limit == 0 {
		limit = feedPage
	}
	list, head, err := s.read(ctx, req.GetEpoch(), req.GetAfter(), limit)
	if err != nil {
		return nil, err
	}
	next := req.GetAfter()
	if len(list) > 0 {
		next = list[len(list)-1].GetSequence()
	}
	return &mingjianv1.ListReleasesResponse{Releases: list, Next: next, Head: head, Epoch: s.Epochs.Name(ctx)}, nil
}

// read refuses a reader who is ahead: he holds releases that this ledger does not know, so he would miss the next of those
// numbers.
func (s FeedServer) read(ctx context.Context, epoch string, after uint64, limit int) ([]*viewv1.Release, uint64, error) {
	list, head, err := release.Past{Reader: s.Views, Today: s.Today()}.Feed(ctx, after, limit)
	if err == nil {
		err = s.stamped(ctx, list...)
	}
	if err == nil {
		err = s.Epochs.sameFeed(ctx, s.Base, epoch, after, head)
	}
	if err == nil && after > head {
		err = domain.Refuse(domain.Unavailable, "feed.after.ahead", "after",
			fmt.Sprintf("本系统公示信息目前编号至%d，请稍后重试；如持续出现请联系运维核对", head),
			fmt.Sprintf("the feed ends at %d; try again later, and ask the operator if it stays so", head))
	}
	return list, head, err
}

// FollowReleases sends what there is and then what comes, until the caller leaves.
func (s FeedServer) FollowReleases(req *mingjianv1.FollowReleasesRequest, stream grpc.ServerStreamingServer[mingjianv1.FollowReleasesResponse]) error {
	ctx, news := stream.Context(), make(chan struct{}, 1)
	defer s.Watcher.Watch(func(keys []projections.Key) {
		for _, k := range keys {
			if k.Table == release.Table {
				select {
				case news <- struct{}{}:
				default: // the follower knows already
				}
				return
			}
		}
	})()
	for epoch, after := req.GetEpoch(), req.GetAfter(); ; {
		list, _, err := s.read(ctx, epoch, after, feedPage)
		if err != nil {
			return err
		}
		if epoch = s.Epochs.Name(ctx); len(list) > 0 { // what is sent is of this one
			after = list[len(list)-1].GetSequence()
		}
		for _, r := range list {
			if err := stream.Send(&mingjianv1.FollowReleasesResponse{Release: r, Epoch: epoch}); err != nil {
				return err
			}
		}
		if len(list) == feedPage {
			continue
		}
		if err := s.wait(ctx, news); err != nil {
			return err
		}
	}
}

func (s FeedServer) wait(ctx context.Context, news <-chan struct{}) error {
	timer := time.NewTimer(cmp.Or(s.Poll, feedPoll))
	defer timer.Stop()
	select {
	case <-news:
	case <-timer.C:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.Closing:
		return domain.Refuse(domain.Unavailable, "feed.closing", "", "服务正在停止，请重新连接", "the server is going down; connect again")
	}
	return nil
}

// Released is the release whose event stands at a position of the log, as ListReleases tells it today, and whether no content is
// shown of it and of all that its disclosure had before. What the view does not hold yet is an error that passes.
func (s FeedServer) Released(ctx context.Context, at es.Position) (item *viewv1.Release, sole bool, err error) {
	item, sole, err = release.Past{Reader: s.Views, Today: s.Today()}.Item(ctx, at)
	if err == nil && item == nil {
		err = fmt.Errorf("grpcapi: the feed holds no release at %s", at)
	}
	if err == nil {
		err = s.stamped(ctx, item)
	}
	return item, sole, err
}
