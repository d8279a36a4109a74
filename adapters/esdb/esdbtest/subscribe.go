package esdbtest

import (
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/status"
)

// maxLive is how many events may wait for a live subscriber before he falls behind.
const maxLive = 256

// subscription is one at work.
type subscription struct {
	*sender
	next    int // place in the log
	matches func(*event) bool
	window  uint32 // events between checkpoints; none if zero
	looked  uint32
	live    bool
}

// subscribe sends what there is after a place, and goes on as the log grows.
func (n *node) subscribe(o *streams.ReadReq_Options, keep func(*event) bool, out *sender) error {
	s := &subscription{sender: out, matches: keep}
	if w := o.GetFilter(); w != nil {
		s.window = max(1, w.GetMax()) * max(1, w.GetCheckpointIntervalMultiplier())
	}
	if o.GetStream() != nil {
		s.within(o.GetStream())
	} else {
		switch at := o.GetAll().GetAllOption().(type) {
		case *streams.ReadReq_Options_AllOptions_Position:
			s.next = n.log.index(at.Position.GetCommitPosition() + 1)
		case *streams.ReadReq_Options_AllOptions_End:
			s.next = n.visible()
		default:
		}
	}
	id := uuid.NewString()
	if err := s.send(&streams.ReadResp{Content: &streams.ReadResp_Confirmation{
		Confirmation: &streams.ReadResp_SubscriptionConfirmation{SubscriptionId: id},
	}}); err != nil {
		return err
	}
	for {
		more, err := s.advance()
		if err != nil {
			return err
		}
		select {
		case <-more:
		case <-s.to.Context().Done():
			return status.FromContextError(s.to.Context().Err()).Err()
		}
	}
}

// within narrows a subscription to a stream, after a revision.
func (s *subscription) within(o *streams.ReadReq_Options_StreamOptions) {
	name, after := string(o.GetStreamIdentifier().GetStreamName()), int64(-1)
	switch at := o.GetRevisionOption().(type) {
	case *streams.ReadReq_Options_StreamOptions_Revision:
		after = int64(min(at.Revision, math.MaxInt64))
	case *streams.ReadReq_Options_StreamOptions_End:
		s.next = s.visible()
	default:
	}
	s.matches = func(e *event) bool { return e.stream == name && int64(e.revision) > after }
}

// advance sends what there is, and says when it has.
func (s *subscription) advance() (<-chan struct{}, error) {
	for {
		limit := min(s.visible(), s.next+maxLive)
		events, more := s.log.from(s.next, limit)
		if len(events) == 0 {
			if s.next < s.visible() {
				continue
			}
			return more, s.turn(true)
		}
		if len(events) == maxLive || s.fault.passing(s.sent, Behind) {
			if err := s.turn(false); err != nil {
				return nil, err
			}
		}
		for _, e := range events {
			if err := s.look(e); err != nil {
				return nil, err
			}
		}
	}
}

// look sends an event that matches, and a checkpoint when it is time.
func (s *subscription) look(e *event) error {
	s.next++
	s.looked++
	if s.matches(e) {
		if err := s.event(e); err != nil {
			return err
		}
	}
	if s.window == 0 || s.looked < s.window {
		return nil
	}
	s.looked = 0
	return s.send(&streams.ReadResp{Content: &streams.ReadResp_Checkpoint_{
		Checkpoint: &streams.ReadResp_Checkpoint{CommitPosition: e.position, PreparePosition: e.position},
	}})
}

// turn tells that a subscription became live, or fell behind.
func (s *subscription) turn(live bool) error {
	if s.live == live || s.since(23, 10) < 0 {
		return nil
	}
	s.live = live
	if live {
		return s.send(&streams.ReadResp{Content: &streams.ReadResp_CaughtUp_{CaughtUp: &streams.ReadResp_CaughtUp{}}})
	}
	return s.send(&streams.ReadResp{Content: &streams.ReadResp_FellBehind_{FellBehind: &streams.ReadResp_FellBehind{}}})
}
