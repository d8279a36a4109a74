package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/projections/catalogue"
	drawview "github.com/mingjian-ledger/mingjian/projections/draw"
	"github.com/mingjian-ledger/mingjian/projections/plan"
	"github.com/mingjian-ledger/mingjian/projections/statistics"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// PublicServer answers everybody, from views that hold nothing but what is public.
type PublicServer struct {
	mingjianv1.UnimplementedPublicServiceServer
	Base
	Blobs    draw.Blobs
	Fairness *FairnessDesk
}

// ListPublicCatalogues lists versions that are or were in force, newest first, without their items.
func (s PublicServer) ListPublicCatalogues(ctx context.Context, req *mingjianv1.ListPublicCataloguesRequest) (*mingjianv1.ListPublicCataloguesResponse, error) {
	list, next, err := catalogue.List(ctx, s.Views, catalogue.Filter{
		Authority: req.GetAuthorityId(), PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListPublicCataloguesResponse{Catalogues: list, NextPageToken: next}, nil
}

// GetPublicCatalogue is one version with its items.
func (s PublicServer) GetPublicCatalogue(ctx context.Context, req *mingjianv1.GetPublicCatalogueRequest) (*mingjianv1.GetPublicCatalogueResponse, error) {
	v, err := catalogue.Get(ctx, s.Views, req.GetCatalogueId(), int(req.GetVersion()))
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, domain.Refuse(domain.NotFound, "catalogue.missing", "catalogue_id", "没有公布过该清单版本", "no such version was ever public")
	}
	return &mingjianv1.GetPublicCatalogueResponse{Catalogue: v}, nil
}

// ListPublicPlans lists published plans, newest first.
func (s PublicServer) ListPublicPlans(ctx context.Context, req *mingjianv1.ListPublicPlansRequest) (*mingjianv1.ListPublicPlansResponse, error) {
	list, next, err := plan.List(ctx, s.Views, plan.Filter{
		Authority: req.GetAuthorityId(), Year: int(req.GetYear()), PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListPublicPlansResponse{Plans: list, NextPageToken: next}, nil
}

// ListPublicTasks lists the tasks of published plans, newest first.
func (s PublicServer) ListPublicTasks(ctx context.Context, req *mingjianv1.ListPublicTasksRequest) (*mingjianv1.ListPublicTasksResponse, error) {
	list, next, err := plan.Tasks(ctx, s.Views, plan.Filter{
		Authority: req.GetAuthorityId(), Plan: req.GetPlanId(), PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListPublicTasksResponse{Tasks: list, NextPageToken: next}, nil
}

// ListPublicDraws lists draws from their freezing on, newest first.
func (s PublicServer) ListPublicDraws(ctx context.Context, req *mingjianv1.ListPublicDrawsRequest) (*mingjianv1.ListPublicDrawsResponse, error) {
	if req.GetAuthorityId() != "" && req.GetTaskId() != "" {
		return nil, domain.Refuse(domain.Invalid, "draw.filter", "authority_id",
			"按任务查询时不能再按机关筛选", "a list of one task's draws takes no authority")
	}
	list, next, err := drawview.List(ctx, s.Views, drawview.Filter{
		Task: req.GetTaskId(), Authority: req.GetAuthorityId(), PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListPublicDrawsResponse{Draws: list, NextPageToken: next}, nil
}

// GetPublicDraw is one draw.
func (s PublicServer) GetPublicDraw(ctx context.Context, req *mingjianv1.GetPublicDrawRequest) (*mingjianv1.GetPublicDrawResponse, error) {
	v, err := drawview.Get(ctx, s.Views, req.GetId())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetPublicDrawResponse{Draw: v}, nil
}

// ListPublicDrawnSubjects lists who was drawn.
func (s PublicServer) ListPublicDrawnSubjects(ctx context.Context, req *mingjianv1.ListPublicDrawnSubjectsRequest) (*mingjianv1.ListPublicDrawnSubjectsResponse, error) {
	list, next, err := drawview.Subjects(ctx, s.Views, req.GetId(), pageSize(req.GetPageSize()), req.GetPageToken())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListPublicDrawnSubjectsResponse{Subjects: list, NextPageToken: next}, nil
}

// GetStatistics counts what is public.
func (s PublicServer) GetStatistics(ctx context.Context, req *mingjianv1.GetStatisticsRequest) (*mingjianv1.GetStatisticsResponse, error) {
	list, err := statistics.List(ctx, s.Views, statistics.Filter{
		Measure: req.GetMeasure(), Authority: req.GetAuthorityId(), Year: req.GetYear(), Day: s.Today(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetStatisticsResponse{Statistics: list}, nil
}
