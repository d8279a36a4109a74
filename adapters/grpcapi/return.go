package grpcapi

import (
	"cmp"
	"context"
	"io"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/returns"
	returnsview "github.com/mingjian-ledger/mingjian/projections/returns"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Books begins files of tables. An unknown format MUST be a fault of kind Invalid; see returns.Book for what a file promises.
type Books interface {
	New(format string, w io.Writer) (returns.Book, error)
}

// ReturnServer makes and keeps track of the returns to the lead office.
type ReturnServer struct {
	mingjianv1.UnimplementedReturnServiceServer
	Base
	Books Books
	Blobs draw.Blobs
}

// OverrideReturnSchedule puts another schedule in the place of the table's.
func (s ReturnServer) OverrideReturnSchedule(ctx context.Context, req *mingjianv1.OverrideReturnScheduleRequest) (*mingjianv1.OverrideReturnScheduleResponse, error) {
	from, fault := civilDate("from", req.GetFrom())
	if fault != nil {
		return nil, fault
	}
	authority := domain.AuthorityID(ownOr(ctx, req.GetAuthorityId()))
	receipt, err := write(ctx, s.Base, returns.Decider, returns.ID(req.GetRow(), authority), req, returns.Command(returns.Override{
		By: CallOf(ctx).Actor, Today: s.Today(), Override: returns.ScheduleOverridden{
			Return: "", Authority: authority, Row: req.GetRow(), From: from, Schedule: returns.Schedule{
				Every: returns.Every(req.GetEvery()), Day: int(req.GetDay()), After: int(req.GetAfterMonths()), Covers: returns.Covers(req.GetCovers()),
				Roll: returns.Roll(req.GetRoll()),
			}, Lines: req.GetLines(), WithoutInspectors: req.GetWithoutInspectors(), OverrideBy: req.GetOverrideBy(), CopyTo: req.GetCopyTo(),
			DocumentNo: req.GetDocumentNo(), Reason: req.GetReason(), By: "",
		},
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.OverrideReturnScheduleResponse{Receipt: receipt}, nil
}

// ownOr is the authority asked for, or the caller's.
func ownOr(ctx context.Context, asked string) string {
	return cmp.Or(asked, string(CallOf(ctx).Actor.Authority))
}

// SubmitReturn makes the form, keeps the file and records that it was delivered.
func (s ReturnServer) SubmitReturn(ctx context.Context, req *mingjianv1.SubmitReturnRequest) (*mingjianv1.SubmitReturnResponse, error) {
	receipt, file, err := s.deliver(ctx, req, func(by domain.Actor, authority domain.AuthorityID, f returns.File) returns.Command {
		return returns.Submit{
			By: by, Today: s.Today(), Calendar: calendar.Embedded(), Authority: authority, Row: req.GetRow(), Period: req.GetPeriod(), File: f,
		}
	})
	return &mingjianv1.SubmitReturnResponse{Receipt: receipt, File: file}, err
}

// AmendReturn makes the form anew and records that it stands in the place of the one delivered.
func (s ReturnServer) AmendReturn(ctx context.Context, req *mingjianv1.AmendReturnRequest) (*mingjianv1.AmendReturnResponse, error) {
	receipt, file, err := s.deliver(ctx, req, func(by domain.Actor, authority domain.AuthorityID, f returns.File) returns.Command {
		return returns.Amend{
			By: by, Today: s.Today(), Authority: authority, Row: req.GetRow(), Period: req.GetPeriod(), Reason: req.GetReason(), File: f,
		}
	})
	return &mingjianv1.AmendReturnResponse{Receipt: receipt, File: file}, err
}

// delivering is what both deliveries ask for.
type delivering interface {
	proto.Message
	GetRow() string
	GetAuthorityId() string
	GetPeriod() string
	GetFormat() string
	GetExpectedDigest() string
}

// deliver makes the form, demands that it is the one that was looked at, keeps it and records it. The same request sent again
// gets its first answer, however the form would look by now.
func (s ReturnServer) deliver(
	ctx context.Context, req delivering, command func(domain.Actor, domain.AuthorityID, returns.File) returns.Command,
) (*mingjianv1.Receipt, *viewv1.ReturnFile, error) {
	authority := domain.AuthorityID(ownOr(ctx, req.GetAuthorityId()))
	id := returns.ID(req.GetRow(), authority)
	receipt, err := firstAnswer(ctx, s.Base, returns.Decider, id, req)
	if err == nil && receipt == nil {
		receipt, err = s.deliverNow(ctx, req, id, authority, command)
	}
	if err != nil {
		return nil, nil, err
	}
	res, err := es.Load(ctx, s.Store, returns.Decider, id)
	if err != nil {
		return nil, nil, err
	}
	return receipt, fileView(res.State.Delivered[req.GetPeriod()].File()), nil
}

func (s ReturnServer) deliverNow(
	ctx context.Context, req delivering, id string, authority domain.AuthorityID, command func(domain.Actor, domain.AuthorityID, returns.File) returns.Command,
) (*mingjianv1.Receipt, error) {
	f, err := s.form(ctx, req.GetRow(), string(authority), req.GetPeriod())
	if err != nil {
		return nil, err
	}
	spool, file, err := s.make(ctx, f, req.GetFormat())
	if err != nil {
		return nil, err
	}
	defer spool.remove()
	if want := req.GetExpectedDigest(); want != "" && want != file.Digest {
		return nil, domain.Refuse(domain.Precondition, "return.form.changed", "expected_digest",
			"报表内容已变动，请重新核对后报送", "the form is another by now: look at it again")
	}
	cmd := command(CallOf(ctx).Actor, authority, file)
	// What would be refused is not kept.
	res, err := es.Load(ctx, s.Store, returns.Decider, id)
	if err == nil {
		_, err = returns.Decider.Decide(res.State, cmd)
	}
	if err != nil {
		return nil, err
	}
	if _, _, err := s.Blobs.Put(ctx, spool.reader()); err != nil {
		return nil, err
	}
	return write(ctx, s.Base, returns.Decider, id, req, cmd)
}

func fileView(f returns.File) *viewv1.ReturnFile {
	return &viewv1.ReturnFile{
		Digest: f.Digest, Format: f.Format, Rows: int32(f.Rows), Late: int32(f.Late), Carried: int32(f.Carried), AsOf: f.AsOf, //nolint:gosec // rows of a worksheet
		AsOfAt: f.AsOfAt.UTC().Format(time.RFC3339Nano),
	}
}

// GetReturnState returns the schedule that holds today, and all schedules and deliveries of a row.
func (s ReturnServer) GetReturnState(ctx context.Context, req *mingjianv1.GetReturnStateRequest) (*mingjianv1.GetReturnStateResponse, error) {
	authority := ownOr(ctx, req.GetAuthorityId())
	if err := mayRead(ctx, authority); err != nil {
		return nil, err
	}
	row, err := returnRow(req.GetRow())
	if err != nil {
		return nil, err
	}
	id := returns.ID(row.No, domain.AuthorityID(authority))
	res, err := es.Load(ctx, s.Store, returns.Decider, id)
	if err != nil {
		return nil, err
	}
	state, err := returnsview.State(ctx, s.Views, id)
	if err != nil {
		return nil, err
	}
	state.Row, state.AuthorityId = row.No, authority
	plan := res.State.PlanOf(row, s.Today())
	return &mingjianv1.GetReturnStateResponse{State: state, Schedule: &viewv1.ReturnSchedule{
		From: "", Every: string(plan.Every), Day: int32(plan.Day), After: int32(plan.After), Covers: string(plan.Covers), Roll: string(plan.Roll), //nolint:gosec // days and months
		Lines: plan.Lines, WithoutInspectors: plan.WithoutInspectors, OverrideBy: plan.OverrideBy, CopyTo: plan.CopyTo, DocumentNo: "", Reason: "",
	}}, nil
}

func returnRow(no string) (returns.Row, error) {
	row, known := returns.RowOf(no)
	if !known {
		return row, domain.Refuse(domain.NotFound, "return.row.missing", "row", "任务分解表中没有该编号："+no, "the table has no row "+no)
	}
	return row, nil
}
