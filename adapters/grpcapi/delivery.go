package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	deliveryview "github.com/mingjian-ledger/mingjian/projections/delivery"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// DeliveryServer keeps track of what credit platforms are given and answer.
type DeliveryServer struct {
	mingjianv1.UnimplementedDeliveryServiceServer
	Base
	Platforms policy.Platforms
}

// AuthorityReportingServer keeps under which codes authorities report.
type AuthorityReportingServer struct {
	mingjianv1.UnimplementedAuthorityReportingServiceServer
	Base
}

// ArrangeReporting records an authority's code and the source of its data.
func (s AuthorityReportingServer) ArrangeReporting(ctx context.Context, req *mingjianv1.ArrangeReportingRequest) (*mingjianv1.ArrangeReportingResponse, error) {
	receipt, err := write(ctx, s.Base, authority.Decider, req.GetAuthorityId(), req, authority.Command(authority.ArrangeReporting{
		By: CallOf(ctx).Actor, Code: req.GetCode(), SourceName: req.GetSourceName(), SourceCode: req.GetSourceCode(), Reason: req.GetReason(),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ArrangeReportingResponse{Receipt: receipt}, nil
}

// ListDeliveries is a page of an authority's deliveries.
func (s DeliveryServer) ListDeliveries(ctx context.Context, req *mingjianv1.ListDeliveriesRequest) (*mingjianv1.ListDeliveriesResponse, error) {
	of := ownOr(ctx, req.GetAuthorityId())
	if err := mayRead(ctx, of); err != nil {
		return nil, err
	}
	list, next, err := deliveryview.List(ctx, s.Views, deliveryview.Filter{
		Authority: of, Status: req.GetStatus(), PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListDeliveriesResponse{Deliveries: list, NextPageToken: next}, nil
}

// GetDelivery is one delivery.
func (s DeliveryServer) GetDelivery(ctx context.Context, req *mingjianv1.GetDeliveryRequest) (*mingjianv1.GetDeliveryResponse, error) {
	v, err := deliveryview.Get(ctx, s.Views, req.GetDeliveryId())
	if err != nil {
		return nil, err
	}
	if err := mayRead(ctx, v.GetAuthorityId()); err != nil {
		return nil, err
	}
	return &mingjianv1.GetDeliveryResponse{Delivery: v}, nil
}

// PrepareDelivery prepares the row of what is public now.
func (s DeliveryServer) PrepareDelivery(ctx context.Context, req *mingjianv1.PrepareDeliveryRequest) (*mingjianv1.PrepareDeliveryResponse, error) {
	id := delivery.ID(req.GetPlatform(), req.GetDisclosureId())
	receipt, err := firstAnswer(ctx, s.Base, delivery.Decider, id, req)
	if err == nil && receipt == nil {
		var cmd delivery.Prepare
		if cmd, err = policy.PrepareDelivery(ctx, s.Store, s.Platforms, req.GetPlatform(), req.GetDisclosureId(), s.Today()); err == nil {
			cmd.By, cmd.Reason = CallOf(ctx).Actor, req.GetReason()
			receipt, err = write(ctx, s.Base, delivery.Decider, id, req, delivery.Command(cmd))
		}
	}
	if err != nil {
		return nil, err
	}
	return &mingjianv1.PrepareDeliveryResponse{Receipt: receipt}, nil
}

// ChooseDeliveryName names the party as the platform's base record does.
func (s DeliveryServer) ChooseDeliveryName(ctx context.Context, req *mingjianv1.ChooseDeliveryNameRequest) (*mingjianv1.ChooseDeliveryNameResponse, error) {
	on, fault := civilDate("as_of", req.GetAsOf())
	if fault != nil {
		return nil, fault
	}
	now, err := es.Load(ctx, s.Store, delivery.Decider, req.GetDeliveryId())
	if err != nil {
		return nil, err
	}
	known := false
	if now.Exists {
		if known, err = policy.KnownName(ctx, s.Store, now.State.Kind, now.State.Record, req.GetName()); err != nil {
			return nil, err
		}
	}
	receipt, err := write(ctx, s.Base, delivery.Decider, req.GetDeliveryId(), req, delivery.Command(delivery.ChooseName{
		By: CallOf(ctx).Actor, Today: s.Today(), Name: req.GetName(), Known: known, AsOf: on, Reason: req.GetReason(),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ChooseDeliveryNameResponse{Receipt: receipt}, nil
}

// RecordDeliveryRepresentative adds the representative that the record does not say.
func (s DeliveryServer) RecordDeliveryRepresentative(
	ctx context.Context, req *mingjianv1.RecordDeliveryRepresentativeRequest,
) (*mingjianv1.RecordDeliveryRepresentativeResponse, error) {
	receipt, err := write(ctx, s.Base, delivery.Decider, req.GetDeliveryId(), req, delivery.Command(delivery.RecordRepresentative{
		By: CallOf(ctx).Actor, Today: s.Today(), Name: req.GetName(), Reason: req.GetReason(),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RecordDeliveryRepresentativeResponse{Receipt: receipt}, nil
}

// ResendDelivery has what was rejected or given up sent again.
func (s DeliveryServer) ResendDelivery(ctx context.Context, req *mingjianv1.ResendDeliveryRequest) (*mingjianv1.ResendDeliveryResponse, error) {
	receipt, err := write(ctx, s.Base, delivery.Decider, req.GetDeliveryId(), req, delivery.Command(delivery.Resend{
		By: CallOf(ctx).Actor, Today: s.Today(), As: delivery.Action(req.GetAs()), Reason: req.GetReason(),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ResendDeliveryResponse{Receipt: receipt}, nil
}

// GiveUpDelivery ends a delivery.
func (s DeliveryServer) GiveUpDelivery(ctx context.Context, req *mingjianv1.GiveUpDeliveryRequest) (*mingjianv1.GiveUpDeliveryResponse, error) {
	receipt, err := write(ctx, s.Base, delivery.Decider, req.GetDeliveryId(), req, delivery.Command(delivery.GiveUp{
		By: CallOf(ctx).Actor, Today: s.Today(), Reason: req.GetReason(),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GiveUpDeliveryResponse{Receipt: receipt}, nil
}

// ListDeliveryRows is a page of a platform's rows. What fills the personal columns is not in it.
func (s DeliveryServer) ListDeliveryRows(ctx context.Context, req *mingjianv1.ListDeliveryRowsRequest) (*mingjianv1.ListDeliveryRowsResponse, error) {
	of := sequence(req)
	list, err := deliveryview.Rows(ctx, s.Views, of, req.GetAfterNumber(), pageSize(req.GetPageSize()))
	if err != nil {
		return nil, err
	}
	rows := make([]*viewv1.DeliveryRow, len(list))
	for i, kept := range list {
		rows[i] = kept.GetRow()
	}
	// Read last, so that it is never behind the list.
	head, err := deliveryview.Head(ctx, s.Views, of)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListDeliveryRowsResponse{Rows: rows, Head: head}, nil
}

// sequence is the one that a request names.
func sequence(req interface {
	GetPlatform() string
	GetKind() string
}) deliveryview.Sequence {
	return deliveryview.Sequence{Platform: req.GetPlatform(), Kind: delivery.Kind(req.GetKind())}
}
