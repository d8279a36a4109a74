package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/holiday"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// HolidayServer keeps the notices of holidays.
type HolidayServer struct {
	mingjianv1.UnimplementedHolidayServiceServer
	Base
}

// RecordHolidayNotice records one.
func (s HolidayServer) RecordHolidayNotice(ctx context.Context, req *mingjianv1.RecordHolidayNoticeRequest) (*mingjianv1.RecordHolidayNoticeResponse, error) {
	issued, fault := civilDate("issued_on", req.GetIssuedOn())
	if fault != nil {
		return nil, fault
	}
	receipt, err := write(ctx, s.Base, holiday.Decider, holiday.Stream, req, holiday.Command(holiday.RecordNotice{
		By: CallOf(ctx).Actor, Today: s.Today(), Year: int(req.GetYear()), Number: req.GetNumber(), IssuedOn: issued,
		Amends: req.GetAmends(), Table: req.GetTable(), Source: req.GetSource(),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RecordHolidayNoticeResponse{Receipt: receipt}, nil
}

// holidays is what the program knows of holidays with what was recorded.
func (b Base) holidays(ctx context.Context) (holiday.State, error) {
	res, err := es.Load(ctx, b.Store, holiday.Decider, holiday.Stream)
	return res.State, err
}

// texts writes days as the API has them.
func texts(days []calendar.Date) []string {
	out := make([]string, len(days))
	for i, d := range days {
		out[i] = d.String()
	}
	return out
}
