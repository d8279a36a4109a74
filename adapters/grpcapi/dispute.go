package grpcapi

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/es"
	disputeview "github.com/mingjian-ledger/mingjian/projections/dispute"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// DisputeServer keeps replies to public records and requests for their correction.
type DisputeServer struct {
	mingjianv1.UnimplementedDisputeServiceServer
	Base
}

// doubted is what a request says, through whichever door it came.
type doubted interface {
	GetDisclosureId() string
	GetRequester() string
	GetPoints() []string
	GetStatement() string
	GetEvidence() []string
}

// request maps what is asked, about the record as it is public now.
func (b Base) request(ctx context.Context, req doubted) (cmd dispute.Request, err error) {
	public, err := b.publicRecord(ctx, req.GetDisclosureId())
	if err != nil {
		return cmd, err
	}
	var nobody domain.Actor
	cmd = dispute.Request{
		By: nobody, Today: b.Today(), Public: public.Record, Requester: dispute.Requester(req.GetRequester()), Channel: dispute.Online, Points: nil,
		Statement: req.GetStatement(), Evidence: req.GetEvidence(), ReceivedOn: b.Today(),
	}
	for _, p := range req.GetPoints() {
		cmd.Points = append(cmd.Points, dispute.Point(p))
	}
	return cmd, nil
}

// RegisterCorrectionRequest registers what reached the authority.
func (s DisputeServer) RegisterCorrectionRequest(ctx context.Context, req *mingjianv1.RegisterCorrectionRequestRequest) (*mingjianv1.RegisterCorrectionRequestResponse, error) {
	on, fault := civilDate("received_on", req.GetReceivedOn())
	if fault != nil {
		return nil, fault
	}
	cmd, err := s.request(ctx, req)
	if err != nil {
		return nil, err
	}
	cmd.By, cmd.Channel, cmd.ReceivedOn = CallOf(ctx).Actor, dispute.Channel(req.GetChannel()), on
	receipt, err := write(ctx, s.Base, dispute.Decider, dispute.ID(req.GetDisclosureId(), cmd), req, dispute.Command(cmd))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RegisterCorrectionRequestResponse{Receipt: receipt}, nil
}

// requestAct is a request about one request for correction, with a day.
type requestAct interface {
	proto.Message
	GetRequestId() string
	GetOn() string
}

func (s DisputeServer) act(ctx context.Context, req requestAct, command func(domain.Actor, calendar.Date) dispute.Command) (*mingjianv1.Receipt, error) {
	on, fault := civilDate("on", req.GetOn())
	if fault != nil {
		return nil, fault
	}
	return write(ctx, s.Base, dispute.Decider, req.GetRequestId(), req, command(CallOf(ctx).Actor, on))
}

// VerifyCorrectionRequest records what was found.
func (s DisputeServer) VerifyCorrectionRequest(ctx context.Context, req *mingjianv1.VerifyCorrectionRequestRequest) (*mingjianv1.VerifyCorrectionRequestResponse, error) {
	receipt, err := s.act(ctx, req, func(by domain.Actor, on calendar.Date) dispute.Command {
		return dispute.Verify{By: by, Today: s.Today(), Findings: req.GetFindings(), On: on}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.VerifyCorrectionRequestResponse{Receipt: receipt}, nil
}

// DecideCorrectionRequest decides.
func (s DisputeServer) DecideCorrectionRequest(ctx context.Context, req *mingjianv1.DecideCorrectionRequestRequest) (*mingjianv1.DecideCorrectionRequestResponse, error) {
	r, err := es.Load(ctx, s.Store, dispute.Decider, req.GetRequestId())
	if err != nil {
		return nil, err
	}
	hands, err := s.hands(ctx, r.State.Requested.Record)
	if err != nil {
		return nil, err
	}
	receipt, err := s.act(ctx, req, func(by domain.Actor, on calendar.Date) dispute.Command {
		return dispute.Decide{By: by, Today: s.Today(), Hands: hands, Outcome: dispute.Outcome(req.GetOutcome()), Reason: req.GetReason(), On: on}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.DecideCorrectionRequestResponse{Receipt: receipt}, nil
}

// LinkCorrectionRequest names the release that made it good.
func (s DisputeServer) LinkCorrectionRequest(ctx context.Context, req *mingjianv1.LinkCorrectionRequestRequest) (*mingjianv1.LinkCorrectionRequestResponse, error) {
	r, err := es.Load(ctx, s.Store, dispute.Decider, req.GetRequestId())
	if err != nil {
		return nil, err
	}
	made, err := s.releaseOf(ctx, r.State.Requested.Record, int(req.GetRelease()))
	if err != nil {
		return nil, err
	}
	receipt, err := write(ctx, s.Base, dispute.Decider, req.GetRequestId(), req, dispute.Command(dispute.Link{
		By: CallOf(ctx).Actor, Made: made, Release: int(req.GetRelease()),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.LinkCorrectionRequestResponse{Receipt: receipt}, nil
}

// DropCorrectionRequest ends a request that is asked no more.
func (s DisputeServer) DropCorrectionRequest(ctx context.Context, req *mingjianv1.DropCorrectionRequestRequest) (*mingjianv1.DropCorrectionRequestResponse, error) {
	receipt, err := s.act(ctx, req, func(by domain.Actor, on calendar.Date) dispute.Command {
		return dispute.Drop{By: by, Today: s.Today(), Reason: req.GetReason(), On: on}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.DropCorrectionRequestResponse{Receipt: receipt}, nil
}

// GetCorrectionRequest is one request.
func (s DisputeServer) GetCorrectionRequest(ctx context.Context, req *mingjianv1.GetCorrectionRequestRequest) (*mingjianv1.GetCorrectionRequestResponse, error) {
	v, err := disputeview.Get(ctx, s.Views, req.GetRequestId())
	if err == nil {
		err = mayRead(ctx, v.GetAuthorityId())
	}
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetCorrectionRequestResponse{Request: v}, nil
}

// ListCorrectionRequests is a page of requests. Those about a disclosure run over all authorities, and the caller gets what it
// may read.
func (s DisputeServer) ListCorrectionRequests(ctx context.Context, req *mingjianv1.ListCorrectionRequestsRequest) (*mingjianv1.ListCorrectionRequestsResponse, error) {
	own, err := ownAuthority(ctx, req.GetAuthorityId())
	if err != nil {
		return nil, err
	}
	list, next, err := disputeview.List(ctx, s.Views, disputeview.Filter{
		Authority: own, Stage: req.GetStage(), Disclosure: req.GetDisclosureId(), PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	list = readable(ctx, list, func(v *viewv1.CorrectionRequest) string { return v.GetAuthorityId() })
	return &mingjianv1.ListCorrectionRequestsResponse{Requests: list, NextPageToken: next}, nil
}

// PublicDisputeServer takes requests from everybody.
type PublicDisputeServer struct {
	mingjianv1.UnimplementedPublicDisputeServiceServer
	Base
	Desk *IntakeDesk
}

// RequestCorrection registers a request of today. Who asks is not kept, also where a token was given.
func (s PublicDisputeServer) RequestCorrection(ctx context.Context, req *mingjianv1.RequestCorrectionRequest) (*mingjianv1.RequestCorrectionResponse, error) {
	if err := s.Desk.take(ctx); err != nil {
		return nil, err
	}
	cmd, err := s.request(ctx, req)
	if err != nil {
		return nil, err
	}
	receipt, err := write(ctx, s.Base, dispute.Decider, dispute.ID(req.GetDisclosureId(), cmd), req, dispute.Command(cmd))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RequestCorrectionResponse{RequestId: receipt.GetId(), ReceivedOn: cmd.ReceivedOn.String(), Position: receipt.GetPosition()}, nil
}

// GetPublicCorrectionRequest tells how far a request is.
func (s PublicDisputeServer) GetPublicCorrectionRequest(ctx context.Context, req *mingjianv1.GetPublicCorrectionRequestRequest) (*mingjianv1.GetPublicCorrectionRequestResponse, error) {
	v, err := disputeview.State(ctx, s.Views, req.GetRequestId())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetPublicCorrectionRequestResponse{Request: v}, nil
}
